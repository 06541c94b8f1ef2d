import { DEFAULT_CHOICES, type NotificationChoices, type NotificationKind } from '../core/notification.ts'
import type { Queryable, Tx } from './client.ts'
import { jsonRows } from './rows.ts'

export type NotificationRow = {
  id: string
  workspaceId: string
  agentId: string
  kind: NotificationKind
  key: string
  ticketId: string | null
  data: Record<string, unknown>
  createdAt: Date
  readAt: Date | null
  mailAt: Date | null
  mailError: string | null
  mailedAt: Date | null
}

export type NotificationView = NotificationRow & { ticketNumber: number | null }

/** Whoever was told of the same before is not told again. */
export function insertNotifications(tx: Tx, rows: NotificationRow[]) {
  return tx`
    insert into notifications select * from jsonb_populate_recordset(null::notifications, ${jsonRows(tx, rows)})
    on conflict (agent_id, kind, key) do nothing`
}

/** As `insertNotifications`, by what each agent has chosen: in one statement, for where there is no time to read first. */
export function tellAgents(
  tx: Tx,
  rows: Pick<NotificationRow, 'id' | 'workspaceId' | 'agentId' | 'kind' | 'key' | 'ticketId' | 'createdAt'>[],
) {
  return tx`
    insert into notifications (id, workspace_id, agent_id, kind, key, ticket_id, data, created_at, read_at, mail_at)
    select r.id, r.workspace_id, r.agent_id, r.kind, r.key, r.ticket_id, '{}', r.created_at,
      case when wants.app then null else r.created_at end, case when wants.email then r.created_at end
    from jsonb_populate_recordset(null::notifications, ${jsonRows(tx, rows)}) r join agents a on a.id = r.agent_id
    cross join lateral (select coalesce(a.notifications, ${tx.json(DEFAULT_CHOICES)}::jsonb) as chosen) c
    cross join lateral (select c.chosen -> 'app' ? r.kind as app, c.chosen -> 'email' ? r.kind as email) wants
    where wants.app or wants.email
    on conflict (agent_id, kind, key) do nothing`
}

/** What these agents want to be told of, and how; null where they have not said. */
export function notificationChoicesOf(sql: Queryable, agentIds: string[]) {
  return sql<{ id: string; notifications: NotificationChoices | null }[]>`
    select id, notifications from agents where id = any(${agentIds}::uuid[])`
}

export function saveNotificationChoices(tx: Tx, agentId: string, choices: NotificationChoices) {
  return tx`update agents set notifications = ${tx.json(choices as never)} where id = ${agentId}`
}

/** Newest first. The cursor is the last row of the page before. */
export function listNotifications(
  sql: Queryable,
  agentId: string,
  unread: boolean,
  page: { limit: number; after?: { at: Date; id: string } | undefined },
) {
  return sql<NotificationView[]>`
    select n.*, t.number as ticket_number from notifications n left join tickets t on t.id = n.ticket_id
    where n.agent_id = ${agentId} ${unread ? sql`and n.read_at is null` : sql``}
      ${page.after ? sql`and (n.created_at, n.id) < (${page.after.at}, ${page.after.id})` : sql``}
    order by n.created_at desc, n.id desc limit ${page.limit}`
}

/** Up to a thousand: nobody counts further. */
export async function countUnread(sql: Queryable, agentId: string): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::integer as count from (
      select 1 from notifications where agent_id = ${agentId} and read_at is null limit 1000) as n`
  return row?.count ?? 0
}

/** All of the agent's without `ids`. Returns how many were unread. */
export async function markNotificationsRead(tx: Tx, agentId: string, ids: string[] | null, now: Date): Promise<number> {
  const rows = await tx`
    update notifications set read_at = ${now}
    where agent_id = ${agentId} and read_at is null ${ids ? tx`and id = any(${ids}::uuid[])` : tx``} returning id`
  return rows.length
}

/** Mails that are due, put off until `until` while they are in hand, so that two processes do not send the same. */
export function takeDueMails(tx: Tx, now: Date, until: Date, limit: number) {
  return tx<(NotificationView & { email: string })[]>`
    with due as (
      select id from notifications where mail_at <= ${now} order by mail_at limit ${limit} for update skip locked
    )
    update notifications n set mail_at = ${until} from due, agents a
    where n.id = due.id and a.id = n.agent_id
    returning n.*, a.email, (select number from tickets where id = n.ticket_id) as ticket_number`
}

export function settleMail(tx: Tx, id: string, mail: Pick<NotificationRow, 'mailAt' | 'mailError' | 'mailedAt'>) {
  return tx`
    update notifications set mail_at = ${mail.mailAt}, mail_error = ${mail.mailError}, mailed_at = ${mail.mailedAt}
    where id = ${id}`
}

export function workspacesWithDueMail(sql: Queryable, now: Date) {
  return sql<{ workspaceId: string }[]>`
    select workspaces_with_due_mail as workspace_id from workspaces_with_due_mail(${now})`
}
