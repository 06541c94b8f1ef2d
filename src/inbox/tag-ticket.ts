import type { TicketRow } from '../db/arrivals.ts'
import { insertTags } from '../db/collaboration.ts'
import { changeTicket } from './change-ticket.ts'
import { type InboxContext, newId } from './context.ts'

/** Of a tag that the workspace has not seen before. */
export const PLAIN_COLOUR = '#6b7280'

/** Puts tags on the ticket and takes others off. One that is new joins the workspace's list, in grey. */
export function tagTicket(
  ctx: InboxContext,
  ticketId: string,
  { add = [], remove = [] }: { add?: string[] | undefined; remove?: string[] | undefined },
): Promise<TicketRow> {
  return changeTicket(ctx, ticketId, ticket => {
    const tags = [...new Set([...ticket.tags, ...add])].filter(tag => !remove.includes(tag))
    if (tags.length === ticket.tags.length && tags.every(tag => ticket.tags.includes(tag))) return null
    const fresh = tags.map(name => ({ id: newId(), workspaceId: ctx.workspaceId, name, colour: PLAIN_COLOUR }))
    return {
      values: { tags },
      events: [{ kind: 'tagged', data: { from: ticket.tags, to: tags } }],
      action: 'ticket tagged',
      also: tx => insertTags(tx, fresh),
    }
  })
}
