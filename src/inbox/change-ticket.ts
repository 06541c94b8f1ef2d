/** What every verb on a ticket does around its decision: lock, decide, write, recompute the clocks, tell. */
import { spokenBy } from '../core/actor.ts'
import { ticketWeight } from '../core/assignment.ts'
import { type Changes, changesOf } from '../core/changes.ts'
import { AppError } from '../core/errors.ts'
import { fieldChanges } from '../core/provenance.ts'
import type { TicketEventRow, TicketRow } from '../db/arrivals.ts'
import * as arrivals from '../db/arrivals.ts'
import { writeAudit } from '../db/audit.ts'
import type { Tx } from '../db/client.ts'
import { type InboxConfig, loadInboxConfig } from '../db/inbox-config.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { emailsOf, type LockedTicket, lockTicket, ticketEvents } from '../db/tickets.ts'
import { type InboxContext, newId } from './context.ts'
import { namedCustom } from './custom-values.ts'
import { clockRows, standing } from './fold-arrivals.ts'
import { noteChanges } from './note-changes.ts'
import { tell, wake } from './tell.ts'

export type TicketMove = {
  values: Partial<TicketRow>
  events: { kind: TicketEventRow['kind']; data?: unknown }[]
  /** For the audit log, such as `ticket resolved`. */
  action: string
  /** For the audit log, of what is changed beside the ticket itself: what differs. */
  beside?: Changes
  /** What else is written with it. */
  also?: (tx: Tx) => PromiseLike<unknown>
  /** Of the team alone: no connection is told. */
  private?: true
}

/**
 * Applies what `decide` says of the locked ticket; nothing is written where it says null. Throws `not found`, or
 * `another ticket open` where the customer has a newer open ticket. `at` is
 * when it was done, where that is not now.
 */
export async function changeTicket(
  ctx: InboxContext,
  ticketId: string,
  decide: (ticket: LockedTicket, config: InboxConfig) => TicketMove | null,
  at: Date = ctx.now,
): Promise<TicketRow> {
  const { ticket, connectionIds, isFreed } = await oneOpen(
    inWorkspace(ctx.db, ctx.workspaceId, async tx => {
      const [ticket, config] = await Promise.all([
        lockTicket(tx, ctx.sees, ticketId),
        loadInboxConfig(tx, ctx.workspaceId),
      ])
      if (!ticket) throw new AppError('not found', { what: 'ticket' })
      const move = decide(ticket, config)
      if (!move) return { ticket, connectionIds: [], isFreed: false }
      const connectionIds = await writeMove(tx, ctx, config, ticket, move, at)
      const changed = { ...ticket, ...move.values }
      return { ticket: changed, connectionIds, isFreed: config.needs.loads && weighsLess(ticket, changed) }
    }),
  )
  await wake(ctx, connectionIds)
  if (isFreed) await ctx.emit([{ name: 'inbox/capacity.freed', data: { workspaceId: ctx.workspaceId } }])
  return ticket
}

/** Its owner may take another one. */
function weighsLess(before: TicketRow, after: TicketRow): boolean {
  return before.ownerId !== null && (after.ownerId !== before.ownerId || ticketWeight(after) < ticketWeight(before))
}

/** Reopening an episode while a newer one is open would make two of them. */
async function oneOpen<T>(change: Promise<T>): Promise<T> {
  try {
    return await change
  } catch (error) {
    const { code, constraint_name: constraint } = error as { code?: string; constraint_name?: string }
    if (code !== '23505' || constraint !== 'tickets_one_open') throw error
    throw new AppError('another ticket open', {}, { cause: error })
  }
}

/** Returns the connections to wake after commit. `except`: the connection that need not be told. */
export async function writeMove(
  tx: Tx,
  ctx: InboxContext,
  config: InboxConfig,
  ticket: TicketRow,
  move: TicketMove,
  at: Date,
  except: string | null = spokenBy(ctx.actor),
): Promise<string[]> {
  const changed: TicketRow = { ...ticket, ...move.values, updatedAt: ctx.now }
  const fresh: TicketEventRow[] = move.events.map(({ kind, data = null }) => ({
    ...{ id: newId(), workspaceId: ctx.workspaceId, ticketId: ticket.id, kind, data },
    ...{ at, recordedAt: ctx.now, actor: ctx.actor },
  }))
  const events = [...(await ticketEvents(tx, ticket.id)), ...fresh]
  const clocks = clockRows(config, changed, events, newId)
  Object.assign(changed, standing(events, clocks))
  const [connectionIds] = await Promise.all([
    move.private ? [] : tell(tx, ctx, 'ticket', ticket.id, except),
    arrivals.updateTickets(tx, [changed]),
    fresh.length > 0 ? arrivals.insertTicketEvents(tx, fresh) : null,
    clocks.length > 0 ? arrivals.saveClocks(tx, clocks) : null,
    writeAudit(tx, ctx, newId(), {
      action: move.action,
      subjectKind: 'ticket',
      subjectId: ticket.id,
      ...(move.beside ?? changesOf(ticket, move.values)),
    }),
    move.also?.(tx),
    noteMoved(tx, ctx, ticket, changed, at),
  ])
  return connectionIds
}

/** Of the fields that people and CRMs write. An owner goes by their address, as CRMs know them. */
async function noteMoved(tx: Tx, ctx: InboxContext, before: TicketRow, after: TicketRow, at: Date) {
  const owners = [before.ownerId, after.ownerId]
  const emails =
    before.ownerId === after.ownerId
      ? new Map<string, string>()
      : await emailsOf(
          tx,
          owners.flatMap(id => id ?? []),
        )
  const valuesOf = ({ state, priority, subject, tags, ownerId, custom }: TicketRow): Record<string, unknown> => ({
    ...{ state, priority, subject, tags, owner: emails.get(ownerId ?? '') ?? null, ...namedCustom(custom) },
  })
  const [was, is] = [valuesOf(before), valuesOf(after)]
  const changes = fieldChanges([...new Set([...Object.keys(was), ...Object.keys(is)])], was, is)
  await noteChanges(tx, ctx, { kind: 'ticket', id: before.id }, changes, at)
}
