/** From items to what a call sends, and back. Pure. */
import type { Failure } from '../../core/failure.ts'
import type { PushItem, PushResult, RemoteValues } from '../contract.ts'
import type { Outcome } from './jobs.ts'

export function failed({ recordId }: PushItem, failure: Failure): PushResult {
  return { recordId, kind: 'failed', failure }
}

/** A job says no version: what is read later is judged by its values. */
export function stored({ recordId }: PushItem, remoteId: string): PushResult {
  return { recordId, kind: 'stored', remoteId, version: null }
}

export function resultOf(item: PushItem, outcome: Outcome): PushResult {
  if (outcome.kind === 'failed') return failed(item, outcome.failure)
  const remoteId = item.remoteId ?? outcome.id
  if (remoteId) return stored(item, remoteId)
  return failed(item, { kind: 'ambiguous', message: 'Zendesk stored it and did not say under which number' })
}

/** What changed, with null for what was emptied. */
export function changedValues({ values, changed }: PushItem): RemoteValues {
  return Object.fromEntries(changed.filter(name => name in values).map(name => [name, values[name] ?? null]))
}

/** For a record that may be new: everything we know, and nothing empty. */
export function knownValues({ values }: PushItem): RemoteValues {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== ''))
}
