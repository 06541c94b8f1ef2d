/** The event bus of an organization: what was changed, as Change Data Capture has it, for 72 hours. */
import type { ChangeEvent, SalesforceRow, SObjectStore, Value } from './state.ts'
import type { Scope } from './write.ts'

const KEPT_MS = 72 * 3_600_000
/** Salesforce keeps all of that time; this has the memory of one process. */
const MOST = 4_000
/** Objects that are chosen for change data capture. */
const CAPTURED = new Set(['Contact', 'Lead', 'Case', 'WhatsApp_Message__c'])
/** No fields of their own on an event: they are its header's. */
const SYSTEM = new Set(['Id', 'IsDeleted', 'SystemModstamp'])

export function noteChange(
  scope: Scope,
  store: SObjectStore,
  row: SalesforceRow,
  type: 'CREATE' | 'UPDATE' | 'DELETE',
  before: Record<string, Value>,
) {
  if (!CAPTURED.has(store.name)) return
  const { state, org, clock } = scope
  const changed = Object.keys(row.fields).filter(
    name => !SYSTEM.has(name) && (row.fields[name] ?? null) !== (before[name] ?? null),
  )
  const values = Object.fromEntries(changed.map(name => [name, row.fields[name] ?? null]))
  const told =
    org.tells === 'whole' || org.tells === 'unreadable'
      ? { type, recordId: row.id, changed, values }
      : org.tells === 'gap'
        ? { type: `GAP_${type}`, recordId: row.id, changed: [], values: {} }
        : { type: 'GAP_OVERFLOW', recordId: '000000000000000AAA', changed: [], values: {} }
  const event: ChangeEvent = {
    ...{ replayId: state.nextReplayId++, at: clock.now(), entity: store.name, userId: scope.userId },
    ...{ origin: `com/salesforce/api/rest/68.0;client=${scope.client ?? 'SfdcWeb'}`, ...told },
  }
  const events = state.events.get(org.orgId) ?? []
  state.events.set(org.orgId, events)
  events.push(event)
  if (events.length > MOST) events.splice(0, events.length - MOST / 2)
}

/** Events after a position, 0 being the first of all; undefined where that is not kept any more, or never was. */
export function eventsAfter(events: readonly ChangeEvent[], replayId: number, now: number): ChangeEvent[] | undefined {
  const kept = events.filter(({ at }) => at > now - KEPT_MS)
  const known = replayId === 0 || kept.some(event => event.replayId === replayId)
  return known ? kept.filter(event => event.replayId > replayId) : undefined
}
