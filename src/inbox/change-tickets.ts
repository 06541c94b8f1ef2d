import { AppError, type ErrorCode } from '../core/errors.ts'
import type { Priority, TicketState } from '../core/ticket.ts'
import { assignTicket } from './assign-ticket.ts'
import type { InboxContext } from './context.ts'
import { snoozeTicket } from './snooze-ticket.ts'
import { tagTicket } from './tag-ticket.ts'
import { updateTicket } from './update-ticket.ts'

export type BulkAct =
  | { kind: 'assign'; agentId: string | null }
  | { kind: 'state'; state: TicketState }
  | { kind: 'priority'; priority: Priority }
  | { kind: 'tag'; add?: string[] | undefined; remove?: string[] | undefined }
  | { kind: 'snooze'; until: Date | null }

export type BulkResult = { ticketId: string } & (
  | { kind: 'done' }
  | { kind: 'refused'; code: ErrorCode; facts: Record<string, string> }
)

/** Under way at a time: a bulk leaves connections to the others. */
const AT_ONCE = 4

/** One act on many tickets; each is a transaction of its own, with its own result and its own line in the audit log. */
export async function changeTickets(ctx: InboxContext, ticketIds: string[], act: BulkAct): Promise<BulkResult[]> {
  const results: BulkResult[] = []
  const waiting = [...new Set(ticketIds)].entries()
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const [nth, ticketId] of waiting) results[nth] = await changeOne(ctx, ticketId, act)
    }),
  )
  return results
}

async function changeOne(ctx: InboxContext, ticketId: string, act: BulkAct): Promise<BulkResult> {
  try {
    await perform(ctx, ticketId, act)
    return { ticketId, kind: 'done' }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { ticketId, kind: 'refused', code: error.code, facts: error.facts }
  }
}

function perform(ctx: InboxContext, ticketId: string, act: BulkAct): Promise<unknown> {
  switch (act.kind) {
    case 'assign':
      return assignTicket(ctx, ticketId, act.agentId)
    case 'state':
      return updateTicket(ctx, ticketId, { state: act.state })
    case 'priority':
      return updateTicket(ctx, ticketId, { priority: act.priority })
    case 'tag':
      return tagTicket(ctx, ticketId, act)
    case 'snooze':
      return snoozeTicket(ctx, ticketId, act.until)
  }
}
