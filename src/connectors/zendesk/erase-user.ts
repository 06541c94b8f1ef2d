import { z } from 'zod'
import { type EraseResult, RemoteCallError } from '../contract.ts'
import { read, request } from './client.ts'
import { runJobs, type Work } from './jobs.ts'
import { type Ticket, ticketsAnswer } from './schema.ts'
import { TAG, type ZendeskContext } from './settings.ts'

/**
 * Deletes a person for good, with the tickets of their WhatsApp and all that is said on them. Zendesk does not let go of somebody
 * who has other tickets that are not closed: then it says so. https://support.zendesk.com/hc/en-us/articles/4408831672602
 */
export async function eraseUser(ctx: ZendeskContext, remoteId: string): Promise<EraseResult> {
  try {
    const tickets = await ticketsOf(ctx, remoteId)
    const ids = tickets.filter(({ tags }) => tags.includes(TAG)).map(({ id }) => id)
    for (const path of ['tickets/destroy_many', 'deleted_tickets/destroy_many']) {
      const outcomes = await runJobs(
        ctx,
        destroying(path),
        ids.map(id => ({ id })),
      )
      const failure = outcomes.flatMap(each =>
        each.kind === 'failed' && each.failure.kind !== 'gone' ? [each.failure] : [],
      )[0]
      if (failure) return { kind: 'failed', failure }
    }
    for (const path of [`users/${remoteId}`, `deleted_users/${remoteId}`]) {
      const answer = await request(ctx, { method: 'DELETE', path, purpose: 'update', schema: z.unknown() })
      if (answer.kind === 'refused' && answer.failure.kind !== 'gone')
        return { kind: 'failed', failure: answer.failure }
    }
    return { kind: 'erased' }
  } catch (error) {
    if (!(error instanceof RemoteCallError)) throw error
    return error.failure.kind === 'gone' ? { kind: 'erased' } : { kind: 'failed', failure: error.failure }
  }
}

async function ticketsOf(ctx: ZendeskContext, userId: string): Promise<Ticket[]> {
  const tickets: Ticket[] = []
  let after: string | null | undefined
  do {
    const query = { 'page[size]': '100', ...(after ? { 'page[after]': after } : {}) }
    const page = await read(ctx, `users/${userId}/tickets/requested`, ticketsAnswer, query)
    tickets.push(...page.tickets)
    after = page.meta.has_more ? page.meta.after_cursor : null
  } while (after)
  return tickets
}

function destroying(path: string): Work {
  return {
    ...{ method: 'DELETE', path, purpose: 'update' },
    carry: inputs => ({ query: { ids: inputs.map(input => (input as { id: string }).id).join(',') } }),
  }
}
