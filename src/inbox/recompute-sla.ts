/** After a policy or a calendar was changed: the clocks of open tickets are folded anew, or shown as they would be. */
import { type ClockKind, policyFor } from '../core/sla.ts'
import { type ClockRow, saveClocks, type TicketEventRow } from '../db/arrivals.ts'
import type { Tx } from '../db/client.ts'
import { type InboxConfig, loadInboxConfig } from '../db/inbox-config.ts'
import * as recomputes from '../db/recomputes.ts'
import { inWorkspace } from '../db/tenancy.ts'
import type { LockedTicket } from '../db/tickets.ts'
import { type InboxContext, newId } from './context.ts'
import { clockRows, standing } from './fold-arrivals.ts'

/** Tickets of one transaction. */
const SLICE = 200

export type MovedDeadline = {
  ticketId: string
  number: number
  clock: ClockKind
  turn: number
  from: Date | null
  to: Date | null
}

/** With the change itself, in its transaction. */
export function requestRecompute(tx: Tx, { workspaceId, now }: Pick<InboxContext, 'workspaceId' | 'now'>) {
  const counts = { afterId: null, tickets: 0, moved: 0, doneAt: null }
  return recomputes.insertRecompute(tx, { id: newId(), workspaceId, requestedAt: now, ...counts })
}

/** After its commit. */
export function wakeRecompute({ emit, workspaceId }: InboxContext): Promise<void> {
  return emit([{ name: 'inbox/sla.changed', data: { workspaceId } }])
}

/** Takes one slice; carries on where the last one ended, whoever took it. `done`: there is nothing to be computed. */
export function recomputeSlice(ctx: Pick<InboxContext, 'db' | 'workspaceId' | 'now'>): Promise<'more' | 'done'> {
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const job = await recomputes.nextRecompute(tx)
    if (!job) return 'done'
    const [config, slice] = await Promise.all([
      loadInboxConfig(tx, ctx.workspaceId),
      recomputes.openTicketsAfter(tx, job.afterId, SLICE, true),
    ])
    const folded = fold(config, slice)
    const gone = folded.flatMap(({ gone }) => gone.map(clock => clock.id))
    const rows = folded.flatMap(({ clocks }) => clocks)
    const changed = folded.filter(
      ({ ticket, slaPolicyId, dueAt }) =>
        slaPolicyId !== ticket.slaPolicyId || dueAt?.getTime() !== ticket.dueAt?.getTime(),
    )
    if (gone.length > 0) await recomputes.dropClocks(tx, gone)
    if (rows.length > 0) await saveClocks(tx, rows)
    if (changed.length > 0) {
      await recomputes.saveStanding(
        tx,
        changed.map(({ ticket, slaPolicyId, dueAt }) => ({ id: ticket.id, slaPolicyId, dueAt })),
      )
    }
    await recomputes.saveRecompute(tx, {
      ...job,
      afterId: slice.tickets.at(-1)?.id ?? job.afterId,
      tickets: job.tickets + slice.tickets.length,
      moved: job.moved + folded.filter(({ moved }) => moved.length > 0).length,
      doneAt: slice.tickets.length < SLICE ? ctx.now : null,
    })
    return 'more'
  })
}

export type Preview = { tickets: number; moved: number; isWhole: boolean; deadlines: MovedDeadline[] }

/** Open tickets that are looked at, and deadlines that are shown. */
const LOOKED_AT = 2_000
const SHOWN = 100

/** What another configuration would make of the open tickets. Nothing is written. */
export function previewSla(ctx: InboxContext, change: (config: InboxConfig) => InboxConfig): Promise<Preview> {
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const [config, slice] = await Promise.all([
      loadInboxConfig(tx, ctx.workspaceId),
      recomputes.openTicketsAfter(tx, null, LOOKED_AT, false),
    ])
    const moved = fold(change(config), slice).filter(each => each.moved.length > 0)
    return {
      ...{ tickets: slice.tickets.length, moved: moved.length, isWhole: slice.tickets.length < LOOKED_AT },
      deadlines: moved.flatMap(each => each.moved).slice(0, SHOWN),
    }
  })
}

type Slice = { tickets: readonly LockedTicket[]; events: readonly TicketEventRow[]; clocks: readonly ClockRow[] }

function fold(config: InboxConfig, { tickets, events, clocks }: Slice) {
  const eventsOf = Map.groupBy(events, event => event.ticketId)
  const clocksOf = Map.groupBy(clocks, clock => clock.ticketId)
  return tickets.map(ticket => {
    const slaPolicyId = policyOf(config, ticket)
    const before = clocksOf.get(ticket.id) ?? []
    const chronology = eventsOf.get(ticket.id) ?? []
    const after = clockRows(config, { ...ticket, slaPolicyId }, chronology, newId)
    const { dueAt } = standing(chronology, after)
    const gone = before.filter(clock => !after.some(each => isSame(each, clock)))
    const moved = [...after, ...gone].flatMap(({ kind: clock, turn }): MovedDeadline[] => {
      const from = before.find(each => isSame(each, { kind: clock, turn }))?.dueAt ?? null
      const to = after.find(each => isSame(each, { kind: clock, turn }))?.dueAt ?? null
      const { id: ticketId, number } = ticket
      return from?.getTime() === to?.getTime() ? [] : [{ ticketId, number, clock, turn, from, to }]
    })
    return { ticket, slaPolicyId, dueAt, clocks: after, gone, moved }
  })
}

function isSame(a: Pick<ClockRow, 'kind' | 'turn'>, b: Pick<ClockRow, 'kind' | 'turn'>): boolean {
  return a.kind === b.kind && a.turn === b.turn
}

/** The policy that a rule has chosen stays, as long as it is there. */
function policyOf({ rules, policies }: InboxConfig, ticket: LockedTicket): string | null {
  const { assignmentReason: reason, slaPolicyId, contactCategory: category } = ticket
  const rule = reason?.kind === 'rule' ? rules.find(each => each.id === reason.ruleId) : undefined
  const isChosen = slaPolicyId !== null && rule?.actions.slaPolicyId === slaPolicyId
  if (isChosen && policies.some(policy => policy.id === slaPolicyId)) return slaPolicyId
  return policyFor(policies, { ...ticket, category })?.id ?? null
}
