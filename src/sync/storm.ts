/**
 * The storm breaker. A rule there that rewrites what we write, against a rule here that writes it again, would go on for as
 * long as both live: after a few turns in a few minutes the pair is held, and a person looks at it.
 */
import type { ObjectKind } from '../connectors/contract.ts'
import type { Actor } from '../core/actor.ts'
import { AppError } from '../core/errors.ts'
import { writeAudit } from '../db/audit.ts'
import type { Tx } from '../db/client.ts'
import { ticketsOfContacts } from '../db/contact-merges.ts'
import { forgetSaid } from '../db/links.ts'
import { type OutboxRow, tellAgain } from '../db/outbox.ts'
import { noteTrips, type RoundTripRow, releasePair, roundTripById } from '../db/round-trips.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { newId } from '../inbox/context.ts'
import type { SyncContext } from './context.ts'
import type { OpenConnection } from './open-connection.ts'
import type { Ready } from './prepare-push.ts'

/** Two people who correct each other stay below this; two programs do not. */
const TRIPS = 5
const WINDOW_MS = 10 * 60_000

/** Counts the turns that these pushes are, and gives back those that may leave. Each turn is counted once, however often it is tried. */
export async function breakStorms(
  tx: Tx,
  ctx: SyncContext,
  { row: { id: connectionId } }: OpenConnection,
  kind: ObjectKind,
  ready: Ready<OutboxRow>[],
): Promise<Ready<OutboxRow>[]> {
  const turns = ready.flatMap(({ item: { recordId }, trip }) => (trip ? [{ recordId, fields: trip }] : []))
  if (turns.length === 0) return ready
  const { workspaceId, now } = ctx
  const rows = turns.map(turn => ({ id: newId(), workspaceId, connectionId, kind, ...turn }))
  const [held] = await Promise.all([
    noteTrips(tx, rows, { limit: TRIPS, windowMs: WINDOW_MS, now }),
    forgetSaid(
      tx,
      connectionId,
      kind,
      turns.map(({ recordId, fields }) => ({ recordId, fields: Object.keys(fields) })),
    ),
  ])
  return ready.filter(({ item }) => !held.has(item.recordId))
}

/** Our side is told again, as it is now; of whom was erased there, their tickets too. Throws `not found`, or `not held`. */
export async function releaseHeldPair(ctx: SyncContext, id: string, actor: Actor): Promise<RoundTripRow> {
  const pair = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const released = await releasePair(tx, id, actor, ctx.now)
    if (!released) throw new AppError((await roundTripById(tx, id)) ? 'not held' : 'not found', { what: 'held pair' })
    const { connectionId, kind, recordId, reason } = released
    const tickets = reason === 'erased' && kind === 'contact' ? await ticketsOfContacts(tx, [recordId]) : []
    const hanging = tickets.map(ticket => ({ kind: 'ticket' as const, recordId: ticket.id }))
    await tellAgain(tx, ctx.workspaceId, connectionId, [{ kind, recordId }, ...hanging], ctx.now)
    await writeAudit(tx, { ...ctx, actor }, newId(), {
      ...{ action: 'held pair released', subjectKind: kind, subjectId: recordId, data: { connectionId } },
    })
    return released
  })
  const { connectionId } = pair
  await ctx.emit([{ name: 'sync/outbox.dirty', data: { workspaceId: ctx.workspaceId, connectionId } }])
  return pair
}
