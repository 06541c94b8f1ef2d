import { seesAll } from '../core/permissions.ts'
import type { InboxContext } from '../inbox/context.ts'
import type { Services } from '../sync/context.ts'

/** The hub itself, in one workspace: it sees all, and everybody is told of what it does. */
export function asSystem({ db, emit, now }: Services, workspaceId: string): InboxContext {
  return { db, emit, workspaceId, now: now(), actor: { kind: 'system' }, sees: seesAll }
}
