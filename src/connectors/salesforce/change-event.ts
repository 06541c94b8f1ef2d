/**
 * Change events (CDC) as the Pub/Sub API brings them, in our words. What an event does not tell, or what the feed tells better
 * (deletions, merges, conversions, answers that wait to be sent), is left to the feed, which is then read at once.
 * https://developer.salesforce.com/docs/platform/change-data-capture/guide/cdc-event-fields-header.html
 */
import { z } from 'zod'
import { tellingsOf } from '../../core/tellings.ts'
import type { RemoteChange, RemoteValues } from '../contract.ts'
import { CLIENT_NAME } from './client.ts'
import { wantedOf } from './records.ts'
import { MESSAGE, type SalesforceContext, salesforceSettings } from './settings.ts'

/** Whether a connection with these settings names a channel of them. */
export function wantsEvents(settings: unknown): boolean {
  return salesforceSettings.parse(settings).eventChannel !== ''
}

/** Fields of an event's schema, in its order: the bitmaps count by it. `parts`: those of a compound one, such as a name. */
export type EventField = { name: string; parts?: string[] }

const header = z.object({
  entityName: z.string(),
  recordIds: z.array(z.string()),
  changeType: z.string(),
  changeOrigin: z.string().default(''),
  /** ms. */
  commitTimestamp: z.number(),
  commitUser: z.string().default(''),
  changedFields: z.array(z.string()).default([]),
})
export const changeEvent = z.looseObject({ ChangeEventHeader: header })
export type ChangeEvent = z.infer<typeof changeEvent>

/** `isPartial`: something happened that the feed is to be asked for. */
export type Told = { changes: RemoteChange[]; isPartial: boolean }

export function toChanges(ctx: SalesforceContext, schema: EventField[], event: ChangeEvent): Told {
  const { entityName, recordIds, changeType, changeOrigin, commitTimestamp, commitUser } = event.ChangeEventHeader
  const origin = new Set(changeOrigin.split(';'))
  const byUs = origin.has(`client=${CLIENT_NAME}`) || (ctx.settings.userId !== '' && commitUser === ctx.settings.userId)
  const isGap = changeType.startsWith('GAP_')
  const changed = namesIn(event.ChangeEventHeader.changedFields, schema)
  if (entityName === MESSAGE) return { changes: [], isPartial: !byUs && (isGap || waits(event, changed)) }
  if (entityName !== 'Contact' && entityName !== 'Lead' && entityName !== 'Case')
    return { changes: [], isPartial: false }
  const isTouch = /^(GAP_)?(CREATE|UPDATE|UNDELETE)$/.test(changeType) && !changed.includes('IsConverted')
  // A wildcard stands for all records of an object.
  if (!isTouch || recordIds.some(id => !/^\w+$/.test(id))) return { changes: [], isPartial: true }
  const wanted = new Set(wantedOf(ctx, entityName))
  const values = isGap ? {} : valuesOf(event, changeType === 'CREATE' ? [...wanted] : changed, wanted)
  const author = byUs || !commitUser.startsWith('005') ? {} : { author: { by: 'person', user: commitUser } as const }
  const at = new Date(commitTimestamp)
  // A record that is made tells all that it holds, and nothing was there before.
  const tellings = changeType === 'UPDATE' ? { tellings: tellingsOf(values, at, byUs) } : {}
  const touch = { at, byUs, values, ...tellings, ...author }
  const object = entityName === 'Case' ? 'ticket' : 'contact'
  return { changes: recordIds.map(remoteId => ({ kind: 'touched', object, remoteId, ...touch })), isPartial: false }
}

/** Somebody wrote an answer that is to be sent. */
function waits(event: ChangeEvent, changed: string[]): boolean {
  const isNews = event.ChangeEventHeader.changeType === 'CREATE' || changed.includes('Status__c')
  return isNews && event.Status__c === 'Queued'
}

/**
 * Names of the fields whose bits are set. A bitmap is hexadecimal, its lowest bit the first field of the schema; `4-0x06` is one of
 * the parts of the field in place 4.
 * https://developer.salesforce.com/docs/platform/pub-sub-api/guide/event-deserialization-considerations.html
 */
export function namesIn(bitmaps: readonly string[], schema: readonly EventField[]): string[] {
  return bitmaps.flatMap(text => {
    const [, parent, hex = '0'] = /^(?:(\d+)-)?(0x[0-9a-fA-F]+)$/.exec(text) ?? []
    const names = parent === undefined ? schema.map(({ name }) => name) : (schema[Number(parent)]?.parts ?? [])
    const bits = BigInt(hex)
    return names.filter((_, at) => ((bits >> BigInt(at)) & 1n) === 1n)
  })
}

/** Of the fields that are read; a part of a compound field has the name of a field of its own. */
function valuesOf(event: ChangeEvent, names: string[], wanted: ReadonlySet<string>): RemoteValues {
  const flat: Record<string, unknown> = { ...event }
  for (const value of Object.values(event)) {
    if (typeof value === 'object' && value !== null && value !== event.ChangeEventHeader) Object.assign(flat, value)
  }
  const told = names.filter(name => wanted.has(name) && typeof flat[name] !== 'object')
  const nulled = names.filter(name => wanted.has(name) && flat[name] === null)
  return Object.fromEntries([
    ...told.map(name => [name, flat[name] === undefined ? null : String(flat[name])] as const),
    ...nulled.map(name => [name, null] as const),
  ])
}
