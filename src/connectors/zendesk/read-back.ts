/** Of a push whose answer was lost: what is there by now. Total and pure. */
import { same } from '../../core/echo.ts'
import type { PushItem, PushResult, RemoteValues } from '../contract.ts'

/**
 * Nothing is written: it is told what the record holds, so that what we would say otherwise by now is an update like any other.
 * What is neither that nor what we said then is somebody else's.
 */
export function asFound(item: PushItem, remoteId: string, values: RemoteValues, version: string | null): PushResult {
  const there: RemoteValues = {}
  const theirs: RemoteValues = {}
  for (const [name, value] of Object.entries(item.values)) {
    there[name] = values[name] ?? null
    const isOurs = same(there[name], value) || !item.unheard || same(there[name], item.unheard[name])
    if (!isOurs) theirs[name] = there[name]
  }
  const stored = { recordId: item.recordId, kind: 'stored', remoteId, there } as const
  // What somebody has changed is to be read, so the record is not known as it is now.
  return Object.keys(theirs).length > 0 ? { ...stored, version: null, theirs } : { ...stored, version }
}
