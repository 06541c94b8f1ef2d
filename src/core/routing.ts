/**
 * Which rules hold for the message that opens a ticket, and what they ask for together. Rules are tried in order; one
 * that holds ends the search, unless it says `continue`.
 */
import { z } from 'zod'
import { contactCategories } from './contact.ts'
import { languages } from './errors.ts'
import { plain } from './plain-text.ts'
import { priorities } from './ticket.ts'

export { plain } from './plain-text.ts'

const phrases = z.array(z.string().trim().min(1).max(200)).max(200)

/** All that is said must hold. A condition that is not said is no condition. */
const simple = z.strictObject({
  /** Any of these words or phrases, whole, whatever their case and accents. */
  keywords: phrases.optional(),
  /** All of them, anywhere in the text. */
  allKeywords: phrases.optional(),
  /** Only inside (true) or outside (false) the workspace's business hours. */
  inBusinessHours: z.boolean().optional(),
  /** The same, of a calendar by its id. */
  hours: z.strictObject({ calendarId: z.uuid(), open: z.boolean() }).optional(),
  /** Of the ticket as it is by then: what an earlier rule gave, else that of the customer's category. */
  priorities: z.array(z.enum(priorities)).min(1).optional(),
  /** In which the customer writes; where that cannot be told, that of the number's country. */
  languages: z.array(z.enum(languages)).min(1).optional(),
  /** Any of these tags of the customer, or given by an earlier rule. */
  tags: z.array(z.string().min(1)).min(1).optional(),
  category: z.enum(contactCategories).optional(),
  channelId: z.uuid().optional(),
  channelIds: z.array(z.uuid()).min(1).optional(),
  /** The customer came by an advertisement or a post; by one of these, where ids or words are given. */
  ad: z
    .strictObject({
      sourceTypes: z.array(z.enum(['ad', 'post'])).optional(),
      sourceIds: z.array(z.string().min(1)).optional(),
      /** Any of these words in its headline or text. */
      keywords: phrases.optional(),
    })
    .optional(),
  /** A field of the customer's record in a CRM, as last agreed with it; in any connection where none is named. */
  crm: z
    .strictObject({
      connectionId: z.uuid().optional(),
      field: z.string().min(1),
      /** Any of these values; case and accents do not matter. None: the field is not empty. */
      is: z.array(z.string()).optional(),
    })
    .optional(),
  /** The customer's first ticket on this number (true), or a later one (false). */
  firstContact: z.boolean().optional(),
  contact: z
    .strictObject({
      /** `+52`, `+34 91`: the beginning of the number. */
      phonePrefixes: z
        .array(z.string().regex(/^\+?[\d ]+$/, 'must be the beginning of a phone number, such as +52'))
        .optional(),
      /** `@empresa.example` */
      emailDomains: z.array(z.string().min(1)).optional(),
      /** Any of these words in the name. */
      nameKeywords: phrases.optional(),
    })
    .optional(),
})

const withGroups = <S extends z.ZodType>(inner: S) => ({
  /** At least one holds. */
  any: z.array(inner).min(1).max(50).optional(),
  /** Each holds. */
  all: z.array(inner).min(1).max(50).optional(),
  /** None holds. */
  not: z.array(inner).min(1).max(50).optional(),
})

/** Groups may hold groups, one level deep: "(A and B) or C, and not D" is as far as a person reads. */
const grouped = z.strictObject({ ...simple.shape, ...withGroups(simple) })
export const ruleConditions = z.strictObject({ ...simple.shape, ...withGroups(grouped) })

type Simple = z.infer<typeof simple>
type Group = Simple & { any?: Group[] | undefined; all?: Group[] | undefined; not?: Group[] | undefined }
export type RuleConditions = z.infer<typeof ruleConditions>

export const ruleActions = z.strictObject({
  teamId: z.uuid().optional(),
  agentId: z.uuid().optional(),
  priority: z.enum(priorities).optional(),
  tags: z.array(z.string().min(1)).optional(),
  slaPolicyId: z.uuid().optional(),
  /** What whoever takes the ticket should know; see the team's strategy. */
  skills: z.array(z.string().min(1)).optional(),
  /** The search goes on: later rules may add what this one has not said. */
  continue: z.boolean().optional(),
})
export type RuleActions = z.infer<typeof ruleActions>

export type RoutingRule = {
  id: string
  position: number
  name: string
  conditions: RuleConditions
  actions: RuleActions
}

export type RoutingFacts = {
  text: string
  category: string
  channelId: string
  inBusinessHours: boolean
  /** By calendar id; one that is not there is closed. */
  openCalendars?: ReadonlySet<string>
  priority?: string
  language?: string | null
  tags?: string[]
  ad?: { sourceType: string | null; sourceId: string | null; text: string } | null
  crm?: { connectionId: string; values: Record<string, unknown> }[]
  firstContact?: boolean
  contact?: { name: string | null; phone: string | null; email: string | null }
}

export type RuleMatch = { rule: RoutingRule; keyword: string | null }

/** What the rules that held ask for: of each thing what the first of them said, of tags and skills all. */
export type Routed = { matches: RuleMatch[]; actions: Omit<RuleActions, 'continue'> }

export type CompiledRules = { rules: RoutingRule[]; index: KeywordIndex }

/** Once for each version of the rules; then a message costs its words and one look at each rule. */
export function compileRules(rules: RoutingRule[]): CompiledRules {
  const ordered = [...rules].sort((a, b) => a.position - b.position)
  return { rules: ordered, index: indexKeywords(ordered.flatMap(rule => keywordsOf(rule.conditions))) }
}

export function route({ rules, index }: CompiledRules, facts: RoutingFacts): Routed {
  const routed: Routed = { matches: [], actions: {} }
  const said = phrasesIn(index, facts.text)
  const now = { ...facts, tags: facts.tags ?? [] }
  for (const rule of rules) {
    const held = holds(rule.conditions, now, said)
    if (!held) continue
    const { continue: goesOn, ...actions } = rule.actions
    routed.matches.push({ rule, keyword: held.keyword })
    routed.actions = {
      ...actions,
      ...routed.actions,
      ...joined('tags', routed.actions.tags, actions.tags),
      ...joined('skills', routed.actions.skills, actions.skills),
    }
    if (!goesOn) break
    if (routed.actions.priority) now.priority = routed.actions.priority
    now.tags = [...now.tags, ...(actions.tags ?? [])]
  }
  return routed
}

/** The first rule that holds. */
export function firstMatch(rules: RoutingRule[], facts: RoutingFacts): RuleMatch | null {
  return route(compileRules(rules), facts).matches[0] ?? null
}

/** Whether some rule looks at CRM fields, so that they have to be read. */
export function looksAtCrm(rules: RoutingRule[]): boolean {
  const looks = (group: Group): boolean =>
    group.crm !== undefined || [...(group.any ?? []), ...(group.all ?? []), ...(group.not ?? [])].some(looks)
  return rules.some(rule => looks(rule.conditions as Group))
}

function joined(name: 'tags' | 'skills', before: string[] = [], more: string[] = []) {
  const all = [...new Set([...before, ...more])]
  return all.length > 0 ? { [name]: all } : {}
}

type Held = { keyword: string | null } | null
const HELD: Held = { keyword: null }

/** Null where it does not hold; else the keyword that told, where one did. */
function holds(group: Group, facts: RoutingFacts, said: ReadonlySet<string>): Held {
  let keyword: string | null = null
  if (group.keywords?.length) {
    keyword = group.keywords.find(word => said.has(bare(word))) ?? null
    if (keyword === null) return null
  }
  if (!simpleHolds(group, facts, said)) return null
  for (const each of group.all ?? []) {
    const held = holds(each, facts, said)
    if (!held) return null
    keyword ??= held.keyword
  }
  if (group.any) {
    let some: Held = null
    for (const each of group.any) if (!some) some = holds(each, facts, said)
    if (!some) return null
    keyword ??= some.keyword
  }
  for (const each of group.not ?? []) if (holds(each, facts, said)) return null
  return keyword === null ? HELD : { keyword }
}

function simpleHolds(given: Simple, facts: RoutingFacts, said: ReadonlySet<string>): boolean {
  if (given.allKeywords && !given.allKeywords.every(word => said.has(bare(word)))) return false
  if (given.inBusinessHours !== undefined && given.inBusinessHours !== facts.inBusinessHours) return false
  if (given.hours && given.hours.open !== (facts.openCalendars?.has(given.hours.calendarId) ?? false)) return false
  if (given.priorities && !(given.priorities as string[]).includes(facts.priority ?? 'normal')) return false
  if (given.languages && !(given.languages as (string | null)[]).includes(facts.language ?? null)) return false
  if (given.tags && !given.tags.some(tag => facts.tags?.includes(tag))) return false
  if (given.category && given.category !== facts.category) return false
  if (given.channelId && given.channelId !== facts.channelId) return false
  if (given.channelIds && !given.channelIds.includes(facts.channelId)) return false
  if (given.firstContact !== undefined && given.firstContact !== (facts.firstContact ?? false)) return false
  if (given.ad && !adHolds(given.ad, facts.ad ?? null)) return false
  if (given.crm && !crmHolds(given.crm, facts.crm ?? [])) return false
  return !given.contact || contactHolds(given.contact, facts.contact)
}

function adHolds({ sourceTypes, sourceIds, keywords }: NonNullable<Simple['ad']>, ad: RoutingFacts['ad']): boolean {
  if (!ad) return false
  if (sourceTypes?.length && !(sourceTypes as (string | null)[]).includes(ad.sourceType)) return false
  if (sourceIds?.length && !(ad.sourceId !== null && sourceIds.includes(ad.sourceId))) return false
  return !keywords?.length || says(ad.text, keywords)
}

function crmHolds({ connectionId, field, is }: NonNullable<Simple['crm']>, crm: NonNullable<RoutingFacts['crm']>) {
  const values = crm
    .filter(record => !connectionId || record.connectionId === connectionId)
    .map(record => record.values[field])
    .filter(value => value !== undefined && value !== null && value !== '')
    .map(value => plain(String(value)))
  return is?.length ? values.some(value => is.some(wanted => bare(wanted) === value)) : values.length > 0
}

function contactHolds(given: NonNullable<Simple['contact']>, contact: RoutingFacts['contact']): boolean {
  const digits = contact?.phone?.replace(/\D/g, '') ?? ''
  const { phonePrefixes, emailDomains, nameKeywords } = given
  if (phonePrefixes?.length && !phonePrefixes.some(prefix => digits.startsWith(prefix.replace(/\D/g, '')))) return false
  const domain = contact?.email?.split('@')[1]?.toLowerCase() ?? ''
  if (emailDomains?.length && !emailDomains.some(each => each.replace(/^@/, '').toLowerCase() === domain)) return false
  return !nameKeywords?.length || says(contact?.name ?? '', nameKeywords)
}

function says(text: string, keywords: string[]): boolean {
  const within = ` ${plain(text)} `
  return keywords.some(word => bare(word) !== '' && within.includes(` ${bare(word)} `))
}

/** Phrases by their first word, so that a text is read once whatever the number of rules. */
type KeywordIndex = Map<string, { phrase: string; words: string[] }[]>

function keywordsOf(group: Group): string[] {
  const inner = [...(group.any ?? []), ...(group.all ?? []), ...(group.not ?? [])]
  return [...(group.keywords ?? []), ...(group.allKeywords ?? []), ...inner.flatMap(keywordsOf)]
}

function indexKeywords(keywords: string[]): KeywordIndex {
  const index: KeywordIndex = new Map()
  for (const phrase of new Set(keywords.map(bare))) {
    const words = phrase.split(' ')
    const [first = ''] = words
    if (first) index.set(first, [...(index.get(first) ?? []), { phrase, words }])
  }
  return index
}

function phrasesIn(index: KeywordIndex, text: string): Set<string> {
  const found = new Set<string>()
  if (index.size === 0) return found
  const spoken = plain(text).split(' ')
  for (let n = 0; n < spoken.length; n++) {
    for (const { phrase, words } of index.get(spoken[n] ?? '') ?? []) {
      if (words.every((word, k) => spoken[n + k] === word)) found.add(phrase)
    }
  }
  return found
}

/** Keywords come again with every message. */
function bare(keyword: string): string {
  let known = kept.get(keyword)
  if (known === undefined) {
    if (kept.size >= KEPT) kept.clear()
    known = plain(keyword)
    kept.set(keyword, known)
  }
  return known
}

const kept = new Map<string, string>()
const KEPT = 50_000
