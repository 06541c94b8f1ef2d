import type { Actor } from '../core/actor.ts'
import type { Emit } from '../core/events.ts'
import type { Sight } from '../core/permissions.ts'
import type { Because } from '../core/provenance.ts'
import type { Db } from '../db/client.ts'

/** What every verb of the inbox is given. */
export type InboxContext = {
  db: Db
  workspaceId: string
  now: Date
  /** Who does it: everybody but them is told. */
  actor: Actor
  /** Whose tickets the actor sees; of all others a verb says `not found`. */
  sees: Sight
  /** What it is done because of, where the actor did not simply do it: kept with each field that changes. */
  because?: Because
  /** Wakes durable functions, after commit. */
  emit: Emit
}

export { newId } from './new-id.ts'
