/** From a push item to the properties that a call sends. */
import type { PushItem, PushResult } from '../contract.ts'
import { stored, type Write } from './batch.ts'
import type { Properties, UpdateInput } from './client.ts'

/** Linked items as updates, and those that have nothing to say as done. */
export function splitUpdates(items: PushItem[]): { silent: PushResult[]; updates: Write<UpdateInput>[] } {
  const silent: PushResult[] = []
  const updates: Write<UpdateInput>[] = []
  for (const item of items) {
    const properties = changedProperties(item)
    if (item.remoteId === null) continue
    if (Object.keys(properties).length === 0) silent.push(stored(item, { id: item.remoteId, updatedAt: null }))
    else updates.push({ item, input: { objectWriteTraceId: item.recordId, id: item.remoteId, properties } })
  }
  return { silent, updates }
}

/** What changed, and '' for what was emptied. */
export function changedProperties({ values, changed }: PushItem): Properties {
  return Object.fromEntries(changed.filter(name => name in values).map(name => [name, values[name] ?? '']))
}

/** For a record that may be new: everything we know, and nothing empty. */
export function knownProperties({ values }: PushItem): Properties {
  const known: Properties = {}
  for (const [name, value] of Object.entries(values)) if (value !== null && value !== '') known[name] = value
  return known
}
