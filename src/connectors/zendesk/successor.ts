import type { Failure } from '../../core/failure.ts'
import { RemoteCallError } from '../contract.ts'
import { read, request } from './client.ts'
import { lostCall } from './failure.ts'
import { continuationOf, followUpOf } from './find-tickets.ts'
import { type Ticket, ticketAnswer } from './schema.ts'
import { CONTINUED, TAG, type ZendeskContext } from './settings.ts'

/**
 * The id of the ticket that goes on from one that takes no more comments: one that is there, else a follow-up of a closed one, or
 * a new one beside one that is full, which is solved. Or why there is none.
 */
export async function successorOf(ctx: ZendeskContext, ticketId: string, isFull: boolean): Promise<string | Failure> {
  try {
    const { ticket } = await read(ctx, `tickets/${ticketId}`, ticketAnswer)
    const next = (await continuationOf(ctx, ticket)) ?? (isFull ? undefined : await followUpOf(ctx, ticket))
    return next?.id ?? (await makeNext(ctx, ticket, isFull))
  } catch (error) {
    if (!(error instanceof RemoteCallError)) throw error
    return lostCall(error.failure, 'read')
  }
}

async function makeNext(ctx: ZendeskContext, ticket: Ticket, isFull: boolean): Promise<string | Failure> {
  const { id, subject, external_id, requester_id, assignee_id, group_id, priority } = ticket
  const next = {
    ...{
      subject,
      external_id,
      requester_id: Number(requester_id),
      priority,
      tags: [...new Set([TAG, ...ticket.tags])],
    },
    ...(isFull ? {} : { via_followup_source_id: Number(id) }),
    ...(assignee_id ? { assignee_id: Number(assignee_id) } : {}),
    ...(group_id ? { group_id: Number(group_id) } : {}),
    comment: { body: `WhatsApp · ${subject ?? ''} (← #${id})`, public: false },
  }
  const answer = await request(ctx, {
    ...{ method: 'POST', path: 'tickets', purpose: 'create', schema: ticketAnswer, items: 1, body: { ticket: next } },
    idempotencyKey: `${ctx.connectionId}:next:${id}`,
  })
  if (answer.kind === 'refused') return answer.failure
  if (isFull) {
    const body = { ticket: { status: 'solved', additional_tags: [CONTINUED] } }
    await request(ctx, { method: 'PUT', path: `tickets/${id}`, purpose: 'update', schema: ticketAnswer, body })
  }
  return answer.value.ticket.id
}
