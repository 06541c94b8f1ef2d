/** Tickets that are to get an owner, locked for whoever gives them one. The assignments are locked before. */
import type { Queryable, Tx } from './client.ts'
import type { LockedTicket } from './tickets.ts'

/** Urgent first, then who has waited longer; those in somebody's hand at the moment are left for the next time. */
export function queuedTickets(tx: Tx, limit: number) {
  return tx<LockedTicket[]>`
    select t.*, p.category as contact_category
    from tickets t join conversations c on c.id = t.conversation_id join contacts p on p.id = t.contact_id
    where ${isQueued(tx)}
    order by array_position(array['urgent', 'high', 'normal', 'low'], t.priority), t.opened_at, t.id
    limit ${limit} for update of t, c skip locked`
}

/** What an agent is in charge of. `states`: of these only. */
export function ticketsOfOwner(tx: Tx, ownerId: string, states: string[]) {
  return tx<LockedTicket[]>`
    select t.*, p.category as contact_category
    from tickets t join conversations c on c.id = t.conversation_id join contacts p on p.id = t.contact_id
    where t.owner_id = ${ownerId} and t.state = any(${states}::text[])
    order by c.id for update of t, c`
}

export type QueuedView = {
  ticketId: string
  number: number
  teamId: string | null
  priority: string
  openedAt: Date
  assignmentReason: unknown
}

export function listQueue(sql: Queryable, teamId: string | null, limit: number) {
  return sql<QueuedView[]>`
    select t.id as ticket_id, t.number, t.team_id, t.priority, t.opened_at, t.assignment_reason from tickets t
    where ${isQueued(sql)} ${teamId ? sql`and t.team_id = ${teamId}` : sql``}
    order by array_position(array['urgent', 'high', 'normal', 'low'], t.priority), t.opened_at, t.id limit ${limit}`
}

/** What a person left without an owner does not wait for one. */
function isQueued(sql: Queryable) {
  return sql`t.board in ('new', 'escalated') and t.state = 'open' and t.owner_id is null and t.snoozed_at is null
    and t.assignment_reason ->> 'kind' <> 'by hand'`
}

export function workspacesWithQueue(sql: Queryable) {
  return sql<{ workspaceId: string }[]>`select workspaces_with_queue as workspace_id from workspaces_with_queue()`
}
