/**
 * Before fields of tickets are written they are looked at: what an agent has changed meanwhile is heard first, and of the rest
 * Zendesk refuses what changes between this look and the write.
 * https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/#protecting-against-ticket-update-collisions
 */
import { same } from '../../core/echo.ts'
import { type PushItem, type PushResult, RemoteCallError } from '../contract.ts'
import { read } from './client.ts'
import { lostCall } from './failure.ts'
import { chunks, JOB_SIZE } from './jobs.ts'
import { failed } from './results.ts'
import { type Ticket, ticketsAnswer } from './schema.ts'
import type { ZendeskContext } from './settings.ts'
import { ticketValues } from './values.ts'

export type Update = { item: PushItem; input: Record<string, unknown> }

/** `ready`: with what makes Zendesk refuse a write that comes too late. A call for a hundred of them. */
export async function guarded(
  ctx: ZendeskContext,
  updates: Update[],
): Promise<{ ready: Update[]; refused: PushResult[] }> {
  const known = new Map<string, Ticket>()
  try {
    for (const part of chunks(updates, JOB_SIZE)) {
      const ids = part.map(({ item }) => item.remoteId).join(',')
      for (const ticket of (await read(ctx, 'tickets/show_many', ticketsAnswer, { ids })).tickets)
        known.set(ticket.id, ticket)
    }
  } catch (error) {
    if (!(error instanceof RemoteCallError)) throw error
    const failure = lostCall(error.failure, 'read')
    return { ready: [], refused: updates.map(({ item }) => failed(item, failure)) }
  }
  const ready: Update[] = []
  const refused: PushResult[] = []
  for (const { item, input } of updates) {
    const ticket = known.get(item.remoteId ?? '')
    const field = ticket && changedThere(ctx, item, ticket)
    if (field) {
      const message = `"${field}" was changed in Zendesk meanwhile: that is heard first`
      refused.push(failed(item, { kind: 'retry after', afterMs: 1_000, message, maybeStored: true }))
    } else ready.push({ item, input: ticket?.updated_at ? { ...input, ...stampOf(ticket.updated_at) } : input })
  }
  return { ready, refused }
}

function stampOf(updatedAt: string) {
  return { safe_update: true, updated_stamp: updatedAt }
}

/** A field that neither holds what both sides agreed on nor what we would say. Tags are added and taken away, over nobody's. */
function changedThere({ settings }: ZendeskContext, { changed, agreed, values }: PushItem, ticket: Ticket) {
  if (!agreed || ticket.status === 'closed') return undefined
  const now = ticketValues(ticket, settings)
  // Open reads as new while it is nobody's: that it has an agent now, or none, is no change of its status.
  const others = [null, 'somebody'].map(assignee => ticketValues({ ...ticket, assignee_id: assignee }, settings))
  return changed.find(field => {
    if (field === 'tags' || !(field in now)) return false
    const readings = isStatus(field) ? [now, ...others] : [now]
    const known = [agreed[field], values[field] ?? null]
    return !readings.some(reading => known.some(value => same(reading[field], value)))
  })
}

const isStatus = (field: string): boolean => field === 'status' || field === 'custom_status_id'
