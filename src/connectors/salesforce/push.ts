/**
 * Records of all kinds in one go: who is new there is looked for, then everything is written in as few composites as hold it.
 * People, cases and messages are upserted by our external ids, known ones updated by theirs.
 */
import { type ObjectKind, type PushItem, type PushResult, RemoteCallError, type Together } from '../contract.ts'
import { failed, type Write, type Written, writeAll } from './collections.ts'
import { type Digested, planDigests, toldOfAll } from './digests.ts'
import { lostCall, waitForParent } from './failure.ts'
import { type KnownByPhone, meetByPhone } from './meet-by-phone.ts'
import { asPersonAccounts, withContactIds } from './person-accounts.ts'
import { misfitOf } from './picklist-rules.ts'
import { readSurvivors } from './read.ts'
import { readUnheard } from './read-unheard.ts'
import { changedFields, knownFields, objectOf, type SObject } from './records.ts'
import {
  CASE_LEAD,
  CONTACT_KEY,
  DIGEST_OF,
  MESSAGE,
  MESSAGE_KEY,
  type SalesforceContext,
  type SalesforceSettings,
  TICKET_KEY,
} from './settings.ts'

const KINDS = ['contact', 'ticket', 'message'] as const

/** One kind alone, on parents that are there. */
export async function pushKind(ctx: SalesforceContext, kind: ObjectKind, items: PushItem[]): Promise<PushResult[]> {
  const results = await pushTogether(ctx, { contact: [], ticket: [], message: [], [kind]: items })
  return results[kind]
}

/** A parent that is pushed along is named by its `recordId`. */
export async function pushTogether(ctx: SalesforceContext, items: Together<PushItem>): Promise<Together<PushResult>> {
  const results: Together<PushResult> = { contact: [], ticket: [], message: [] }
  const writes: Write[] = []
  const places: Places = new Map()
  const members: Digested['members'] = new Map()
  for (const kind of KINDS) {
    const planned = withoutMisfits(ctx.settings, await plan(ctx, kind, items[kind], places, members))
    results[kind].push(...planned.results)
    writes.push(...planned.writes)
    for (const result of planned.results) {
      places.set(result.recordId, result.kind === 'stored' ? { id: result.remoteId } : { failed: true })
    }
    for (const { item, type, by, fields } of planned.writes) {
      places.set(item.recordId, by === 'Id' ? { id: String(fields.Id) } : { type, key: String(fields[by]) })
    }
  }
  const kindOf = new Map(KINDS.flatMap(kind => items[kind].map(({ recordId }) => [recordId, kind] as const)))
  for (const { result } of toldOfAll(await writeWhereTheyAre(ctx, writes), members)) {
    results[kindOf.get(result.recordId) ?? 'message'].push(result)
  }
  return results
}

type Planned = { results: PushResult[]; writes: Write[] }

/** Where records of this push are: by id, or to be by the key of a record that is written with them. */
type Places = Map<string, { id: string } | { type: Write['type']; key: string } | { failed: true }>

/** `members`: what the digests of this push hold is told here. */
async function plan(
  ctx: SalesforceContext,
  kind: ObjectKind,
  given: PushItem[],
  places: Places,
  members: Digested['members'],
): Promise<Planned> {
  const planned: Planned = { results: [], writes: [] }
  const digested = await planDigested(ctx, given.filter(isOfDigest), places)
  planned.results.push(...digested.results)
  planned.writes.push(...digested.writes)
  for (const [recordId, within] of digested.members) members.set(recordId, within)
  const items = [...given.filter(item => !isOfDigest(item)), ...digested.apart.map(asRecord)]
  const unlinked = items.filter(({ remoteId }) => remoteId === null)
  for (const item of items) {
    const { remoteId } = item
    if (remoteId === null) continue
    const type = objectOf(remoteId) ?? typeOf(ctx.settings, kind)
    const fields = onObject(ctx.settings, type, changedFields(ctx.settings, item))
    if (Object.keys(fields).length === 0) {
      planned.results.push({ recordId: item.recordId, kind: 'stored', remoteId, version: null })
    } else planned.writes.push({ item, type, by: 'Id', fields: { Id: remoteId, ...withoutEmptyOwner(fields) } })
  }
  const unheard = await readUnheard(
    ctx,
    kind,
    unlinked.filter(item => item.unheard),
  )
  const fresh = unlinked.filter(item => !item.unheard)
  const met = await meet(ctx, kind, fresh)
  planned.results.push(...unheard.results, ...met.results)
  planned.writes.push(...met.writes)
  for (const item of [...met.strangers, ...unheard.missing]) {
    const write = creationOf(ctx.settings, kind, item, places)
    if (write) planned.writes.push(write)
    else planned.results.push(failed(item, waitForParent('What it hangs on was not stored')))
  }
  return planned
}

const isOfDigest = ({ remoteType, remoteId }: PushItem) => remoteId?.includes('#') ?? remoteType === 'digest'

/** A message for which its digest has no room. */
function asRecord({ values: { [DIGEST_OF]: _, ...values }, ...item }: PushItem): PushItem {
  return { ...item, values, remoteId: null }
}

async function planDigested(ctx: SalesforceContext, items: PushItem[], places: Places): Promise<Digested> {
  const none: Digested = { results: [], writes: [], members: new Map(), apart: [] }
  if (items.length === 0) return none
  const parentsOf = (item: PushItem) => {
    const parents = (['contact', 'ticket'] as const).map(parent =>
      parentOf(ctx.settings, MESSAGE, parent, item, places),
    )
    return parents.includes('failed') ? undefined : (Object.assign({}, ...parents) as Record<string, unknown>)
  }
  try {
    return await planDigests(ctx, items, parentsOf)
  } catch (error) {
    if (!(error instanceof RemoteCallError)) throw error
    const failure = lostCall(error.failure, 'read')
    return { ...none, results: items.map(item => failed(item, failure)) }
  }
}

/** What people there could not have chosen is not written. */
function withoutMisfits(settings: SalesforceSettings, { results, writes }: Planned): Planned {
  const fitting: Planned = { results: [...results], writes: [] }
  for (const write of writes) {
    const { item, type, by, fields } = write
    const isNew = by !== 'Id'
    const misfit = misfitOf(settings, { object: type, values: item.values, written: Object.keys(fields), isNew })
    if (misfit) fitting.results.push(failed(item, misfit))
    else fitting.writes.push(write)
  }
  return fitting
}

function meet(ctx: SalesforceContext, kind: ObjectKind, items: PushItem[]): Promise<KnownByPhone> {
  if (kind === 'contact' && ctx.settings.findByPhone && items.length > 0) return meetByPhone(ctx, items)
  return Promise.resolve({ results: [], writes: [], strangers: items })
}

const keys = { contact: CONTACT_KEY, ticket: TICKET_KEY, message: MESSAGE_KEY } as const

function typeOf({ newPeople }: SalesforceSettings, kind: ObjectKind): SObject {
  const person = newPeople === 'Lead' ? 'Lead' : 'Contact'
  return kind === 'contact' ? person : kind === 'ticket' ? 'Case' : MESSAGE
}

/** Undefined where a parent that is pushed along has failed. */
function creationOf(settings: SalesforceSettings, kind: ObjectKind, item: PushItem, places: Places): Write | undefined {
  const type = typeOf(settings, kind)
  const known = onObject(settings, type, knownFields(settings, item))
  const parents = (['contact', 'ticket'] as const).map(parent => parentOf(settings, type, parent, item, places))
  if (parents.includes('failed')) return undefined
  const fields = Object.assign({ ...requiredOf(settings, type, item), ...known }, ...parents)
  const isAssigned = type === 'Case' && settings.assignmentRules && !('OwnerId' in known)
  return { item, type, by: keys[kind], fields, ...(isAssigned ? { isAssigned } : {}) }
}

/** The record type, and what Salesforce takes nobody without: who has no name here has their number there. */
function requiredOf(
  { leadCompany, recordTypes }: SalesforceSettings,
  type: SObject,
  { values }: PushItem,
): Record<string, string> {
  if (type === MESSAGE) return {}
  const RecordTypeId = recordTypes[type]
  const typed: Record<string, string> = RecordTypeId ? { RecordTypeId } : {}
  if (type === 'Case') return typed
  const number = values.MobilePhone ?? values.Phone ?? values[CONTACT_KEY] ?? ''
  return { ...typed, LastName: number, ...(type === 'Lead' ? { Company: leadCompany } : {}) }
}

/** The field by which a record hangs on another: by its id, or by its key where it is written along. A case knows leads by our own field. */
function parentOf(
  { casesOfLeads }: SalesforceSettings,
  type: SObject,
  parent: 'contact' | 'ticket',
  { parents }: PushItem,
  places: Places,
): Record<string, unknown> | 'failed' {
  const named = parents[parent]
  if (named === undefined) return {}
  const place = places.get(named) ?? { id: named }
  if ('failed' in place) return 'failed'
  const target = 'id' in place ? objectOf(place.id) : place.type
  if (type === 'Case' && target !== 'Contact') {
    if (target !== 'Lead' || !casesOfLeads) return {}
    return 'id' in place
      ? { [CASE_LEAD]: place.id }
      : { [CASE_LEAD.replace('__c', '__r')]: { [CONTACT_KEY]: place.key } }
  }
  const isStandard = type === 'Case'
  if ('id' in place) return { [isStandard ? 'ContactId' : `${target ?? 'Contact'}__c`]: place.id }
  const key = parent === 'contact' ? CONTACT_KEY : TICKET_KEY
  return { [isStandard ? 'Contact' : `${target}__r`]: { [key]: place.key } }
}

function onObject({ notOnLeads }: SalesforceSettings, type: SObject, fields: Record<string, unknown>) {
  if (type !== 'Lead') return fields
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !notOnLeads.includes(name)))
}

/** Nothing there is without an owner. */
function withoutEmptyOwner({ OwnerId, ...fields }: Record<string, unknown>): Record<string, unknown> {
  return OwnerId ? { ...fields, OwnerId } : fields
}

async function writeWhereTheyAre(ctx: SalesforceContext, writes: Write[]): Promise<Written[]> {
  let placed: Write[]
  try {
    placed = await asPersonAccounts(ctx, writes)
  } catch (error) {
    if (!(error instanceof RemoteCallError)) throw error
    const failure = lostCall(error.failure, 'read')
    return writes.map(write => ({ write, result: failed(write.item, failure) }))
  }
  return withContactIds(ctx, await followMerges(ctx, await writeAll(ctx, placed)))
}

/** A record that a merge or a conversion has taken away is written where it went. */
async function followMerges(ctx: SalesforceContext, written: Written[]): Promise<Written[]> {
  const isGone = ({ result }: Written) => result.kind === 'failed' && result.failure.kind === 'gone'
  const gone = written.filter(isGone)
  if (gone.length === 0) return written
  const rest = written.filter(each => !isGone(each))
  let survivors: Map<string, string>
  try {
    survivors = await readSurvivors(
      ctx,
      gone.map(({ write }) => String(write.fields.Id)),
    )
  } catch (error) {
    if (!(error instanceof RemoteCallError)) throw error
    const failure = lostCall(error.failure, 'read')
    return [...rest, ...gone.map(({ write }) => ({ write, result: failed(write.item, failure) }))]
  }
  const moved = gone.flatMap(({ write }) => {
    const id = survivors.get(String(write.fields.Id))
    return id ? [{ ...write, type: objectOf(id) ?? write.type, fields: { ...write.fields, Id: id } }] : []
  })
  const lost = gone.filter(({ write }) => !survivors.has(String(write.fields.Id)))
  return [...rest, ...lost, ...(moved.length > 0 ? await writeAll(ctx, moved) : [])]
}
