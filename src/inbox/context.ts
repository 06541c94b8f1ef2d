import type { Actor } from '../core/actor.ts'
import type { Emit } from '../core/events.ts'
import type { Db } from '../db/client.ts'

/** What every verb of the inbox is given. */
export type InboxContext = {
  db: Db
  workspaceId: string
  now: Date
  /** Who does it: everybody but them is told. */
  actor: Actor
  /** Wakes durable functions, after commit. */
  emit: Emit
}

export { newId } from './new-id.ts'
