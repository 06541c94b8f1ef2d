/** What is overdue: found over all workspaces by ids alone, and marked within one. */
import type { ClockKind } from '../core/sla.ts'
import type { Queryable, Tx } from './client.ts'

export type Marked = { ticketId: string; kind: ClockKind; turn: number; at: Date }

export function markBreaches(tx: Tx, now: Date) {
  return tx<Marked[]>`
    update clocks set breached_at = due_at
    where stopped_at is null and breached_at is null and due_at is not null and due_at <= ${now}
    returning ticket_id, kind, turn, due_at as at`
}

export function markWarnings(tx: Tx, now: Date) {
  return tx<Marked[]>`
    update clocks set warned_at = warn_at
    where stopped_at is null and warned_at is null and warn_at is not null and warn_at <= ${now}
    returning ticket_id, kind, turn, warn_at as at`
}

/** What the sweeps look for, over all workspaces. */
export function workspacesWithDueClocks(sql: Queryable, now: Date) {
  return sql<{ workspaceId: string }[]>`
    select workspaces_with_due_clocks as workspace_id from workspaces_with_due_clocks(${now})`
}

export function dirtyConnections(sql: Queryable, now: Date) {
  return sql<{ workspaceId: string; connectionId: string }[]>`
    select workspace_id, connection_id from dirty_connections(${now})`
}

export function unreadConnections(sql: Queryable, before: Date) {
  return sql<{ workspaceId: string; connectionId: string }[]>`
    select workspace_id, connection_id from unread_connections(${before})`
}

export function unsentConversations(sql: Queryable, before: Date) {
  return sql<{ workspaceId: string; conversationId: string }[]>`
    select workspace_id, conversation_id from unsent_conversations(${before})`
}

export function ticketsToWake(sql: Queryable, now: Date, limit: number) {
  return sql<{ workspaceId: string; ticketId: string }[]>`
    select workspace_id, ticket_id from tickets_to_wake(${now}, ${limit})`
}

export function ticketsToClose(sql: Queryable, now: Date, limit: number) {
  return sql<{ workspaceId: string; ticketId: string }[]>`
    select workspace_id, ticket_id from tickets_to_close(${now}, ${limit})`
}

export function workspacesWithDueTasks(sql: Queryable, now: Date) {
  return sql<{ workspaceId: string }[]>`
    select workspaces_with_due_tasks as workspace_id from workspaces_with_due_tasks(${now})`
}
