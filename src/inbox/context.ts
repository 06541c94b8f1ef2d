import { v7 } from 'uuid'
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

/** Ids grow with time (RFC 9562, version 7). */
export const newId = (): string => v7()
