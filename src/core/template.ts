/**
 * Message templates: what Meta says of them, which placeholders they have, and what a message made of one says.
 * Components are kept as Meta writes them (Meta, "Template components"); what is read of them is checked here.
 */
import { z } from 'zod'
import type { Language } from './errors.ts'

export const templateStatuses = [
  ...(['approved', 'pending', 'rejected', 'paused', 'disabled', 'in_appeal', 'flagged'] as const),
  ...(['pending_deletion', 'deleted', 'archived', 'limit_exceeded', 'locked', 'unknown'] as const),
] as const
export type TemplateStatus = (typeof templateStatuses)[number]

/** A flagged one is about to be disabled, and goes out until then. */
export function canBeSent(status: TemplateStatus): boolean {
  return status === 'approved' || status === 'flagged'
}

/** Meta's word for a state, in a webhook or in a list. */
export function templateStatus(word: string): TemplateStatus {
  const lower = word.toLowerCase()
  if (lower === 'reinstated' || lower === 'active') return 'approved'
  if (lower === 'appeal_requested') return 'in_appeal'
  return templateStatuses.find(status => status === lower) ?? 'unknown'
}

/** What a webhook tells of a template. */
export type TemplateEvent = { remoteId: string; name: string | null; language: string | null } & (
  | { kind: 'status'; status: TemplateStatus; reason: string | null }
  | { kind: 'quality'; quality: string | null }
  /** `upcoming`: what Meta will make of it, a day after it has said so. */
  | { kind: 'category'; category: string | null; upcoming: string | null; upcomingAt: Date | null }
  /** It says something else now, and has to be read again. */
  | { kind: 'content' }
)

const text = z.string().optional().catch(undefined)
const button = z.looseObject({ type: z.string(), text, url: text, flow_id: text })
export const templateComponent = z.looseObject({
  type: z.string().transform(type => type.toUpperCase()),
  format: z
    .string()
    .transform(format => format.toUpperCase())
    .optional()
    .catch(undefined),
  text,
  buttons: z.array(button).optional().catch(undefined),
})
export type TemplateComponent = z.infer<typeof templateComponent>
export const templateComponents = z.array(templateComponent)

export type ParameterFormat = 'positional' | 'named'

export type Template = {
  name: string
  language: string
  category: string
  status: TemplateStatus
  parameterFormat: ParameterFormat
  components: TemplateComponent[]
}

/** Placeholders in the order of their first use: `1`, `2` … or names. */
export function placeholdersOf(words: string): string[] {
  return [...new Set([...words.matchAll(/\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g)].map(match => match[1] ?? ''))]
}

export type MediaFormat = 'image' | 'video' | 'document' | 'location'

/** What has to be given to send it. */
export type TemplateNeeds = {
  header: { kind: 'none' } | { kind: 'text'; placeholders: string[] } | { kind: MediaFormat }
  body: string[]
  /** Buttons that take a parameter, by their place among all. */
  buttons: { index: number; kind: 'url' | 'copy_code' }[]
  /** Of a carousel, card by card. */
  cards?: TemplateNeeds[]
}

export function needsOf({ components }: Pick<Template, 'components'>): TemplateNeeds {
  const header = componentOf(components, 'HEADER')
  const media = (['image', 'video', 'document', 'location'] as const).find(
    kind => kind.toUpperCase() === header?.format,
  )
  const inHeader = placeholdersOf(header?.text ?? '')
  const cards = cardsOf(components)
  return {
    ...(cards.length > 0 ? { cards: cards.map(card => needsOf({ components: card })) } : {}),
    header: media ? { kind: media } : inHeader.length > 0 ? { kind: 'text', placeholders: inHeader } : { kind: 'none' },
    body: placeholdersOf(componentOf(components, 'BODY')?.text ?? ''),
    buttons: (componentOf(components, 'BUTTONS')?.buttons ?? []).flatMap(({ type, url }, index) => {
      const kind = buttonNeed(type, url ?? '')
      return kind ? [{ index, kind }] : []
    }),
  }
}

/** The components of each card. */
function cardsOf(components: TemplateComponent[]): TemplateComponent[][] {
  const cards = carouselCards.safeParse(componentOf(components, 'CAROUSEL')?.cards).data ?? []
  return cards.map(card => card.components)
}

const carouselCards = z.array(z.looseObject({ components: templateComponents }))

function buttonNeed(type: string, url: string): 'url' | 'copy_code' | null {
  if (type === 'URL' && placeholdersOf(url).length > 0) return 'url'
  return type === 'COPY_CODE' ? 'copy_code' : null
}

function componentOf(components: TemplateComponent[], type: string): TemplateComponent | undefined {
  return components.find(component => component.type === type)
}

/** Values for placeholders: in their order, or by name. */
export type TemplateValues = string[] | Record<string, string>

/** Fills in what is given; what is not stays as it is written. */
export function fillIn(words: string, values: TemplateValues): string {
  const keys = placeholdersOf(words)
  return words.replace(/\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g, (whole, key: string) => {
    const value = Array.isArray(values) ? values[keys.indexOf(key)] : values[key]
    return value ?? whole
  })
}

/** What the customer reads: header, body, footer and buttons. */
export function renderTemplate(
  { components }: Pick<Template, 'components'>,
  given: {
    header?: TemplateValues | undefined
    body?: TemplateValues | undefined
    cards?: { body?: TemplateValues | undefined }[] | undefined
  },
): string {
  const header = componentOf(components, 'HEADER')
  const buttons = componentOf(components, 'BUTTONS')?.buttons ?? []
  const lines = [
    header?.text ? fillIn(header.text, given.header ?? []) : '',
    fillIn(componentOf(components, 'BODY')?.text ?? '', given.body ?? []),
    componentOf(components, 'FOOTER')?.text ?? '',
    ...buttons.flatMap(({ text }) => (text ? [`• ${text}`] : [])),
    ...cardsOf(components).map((card, n) => {
      const words = fillIn(componentOf(card, 'BODY')?.text ?? '', given.cards?.[n]?.body ?? [])
      return words && `${n + 1}. ${words}`
    }),
  ]
  return lines.filter(line => line !== '').join('\n')
}

/** The language first that is asked for (`es` before `es_MX` before others), then by name. */
export function byLanguage<T extends Pick<Template, 'language' | 'name'>>(templates: T[], language: Language): T[] {
  const rank = (tag: string) => (tag === language ? 0 : tag.toLowerCase().startsWith(`${language}_`) ? 1 : 2)
  return [...templates].sort(
    (a, b) =>
      rank(a.language) - rank(b.language) || a.name.localeCompare(b.name) || a.language.localeCompare(b.language),
  )
}
