import type { Emit } from '../core/events.ts'
import type { Db } from '../db/client.ts'
import type { Sealing } from '../db/sealing.ts'

/** What carrying changes needs. */
export type SyncContext = {
  db: Db
  workspaceId: string
  now: Date
  emit: Emit
  sealing: Sealing
  fetch: typeof fetch
  /** Origin of each connector's API, by connector id. */
  baseUrls: Record<string, string>
  /** Milliseconds, for durations only. */
  clock: () => number
}
