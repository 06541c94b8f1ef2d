/** Notes, tasks, tags and who is present. */
import type { Queryable, Tx } from './client.ts'
import { jsonRows } from './rows.ts'

/** Before every message. */
const NOTHING = '00000000-0000-0000-0000-000000000000'

export type NoteRow = {
  id: string
  workspaceId: string
  ticketId: string
  author: unknown
  authorName: string
  text: string
  mentions: string[]
  createdAt: Date
}

export type TaskRow = {
  id: string
  workspaceId: string
  ticketId: string
  title: string
  ownerId: string | null
  dueAt: Date | null
  createdAt: Date
  doneAt: Date | null
  remindedAt: Date | null
}

export type TagRow = { id: string; workspaceId: string; name: string; colour: string }

export const presenceKinds = ['viewing', 'replying', 'away'] as const
export type PresenceKind = (typeof presenceKinds)[number]
export type PresenceRow = { ticketId: string; agentId: string; kind: PresenceKind; expiresAt: Date; name: string }

export function insertNotes(tx: Tx, rows: NoteRow[]) {
  return tx`insert into notes select * from jsonb_populate_recordset(null::notes, ${jsonRows(tx, rows)})`
}

export function notesOfTicket(sql: Queryable, ticketId: string) {
  return sql<NoteRow[]>`select * from notes where ticket_id = ${ticketId} order by created_at, id limit 1000`
}

export function insertTasks(tx: Tx, rows: TaskRow[]) {
  return tx`insert into tasks select * from jsonb_populate_recordset(null::tasks, ${jsonRows(tx, rows)})`
}

export function updateTask(tx: Tx, row: TaskRow) {
  return tx`
    update tasks set title = ${row.title}, owner_id = ${row.ownerId}, due_at = ${row.dueAt}, done_at = ${row.doneAt},
      reminded_at = ${row.remindedAt} where id = ${row.id}`
}

export async function taskById(sql: Queryable, id: string) {
  const [row] = await sql<TaskRow[]>`select * from tasks where id = ${id}`
  return row
}

export function tasksOfTicket(sql: Queryable, ticketId: string) {
  return sql<TaskRow[]>`select * from tasks where ticket_id = ${ticketId} order by created_at, id limit 1000`
}

/** What somebody has to do, the soonest first. */
export function tasksOfAgent(sql: Queryable, agentId: string, limit: number) {
  return sql<TaskRow[]>`
    select * from tasks where owner_id = ${agentId} and done_at is null order by due_at nulls last, id limit ${limit}`
}

/** Tasks that have come due and whose owner nobody has reminded. Each is given once, however many sweep. */
export function takeDueTasks(tx: Tx, now: Date) {
  return tx<TaskRow[]>`
    update tasks set reminded_at = ${now}
    where id in (
      select id from tasks where done_at is null and reminded_at is null and due_at is not null and due_at <= ${now}
      order by due_at limit 500 for update skip locked
    ) returning *`
}

export function listTags(sql: Queryable) {
  return sql<TagRow[]>`select * from tags order by name`
}

/** Those that the workspace has already stay as they are. */
export function insertTags(tx: Tx, rows: TagRow[]) {
  return tx<TagRow[]>`
    insert into tags select * from jsonb_populate_recordset(null::tags, ${jsonRows(tx, rows)})
    on conflict (workspace_id, name) do nothing returning *`
}

export async function recolourTag(tx: Tx, id: string, colour: string) {
  const [row] = await tx<(TagRow & { before: string })[]>`
    update tags t set colour = ${colour} from tags o where t.id = ${id} and o.id = t.id returning t.*, o.colour as before`
  return row
}

export async function deleteTag(tx: Tx, id: string) {
  const [row] = await tx<TagRow[]>`delete from tags where id = ${id} returning *`
  return row
}

/** Answers with what was there before; nothing where it was as it is, so that only news are told. */
export async function bePresent(
  tx: Tx,
  row: { workspaceId: string; ticketId: string; agentId: string; kind: PresenceKind; expiresAt: Date },
  now: Date,
): Promise<boolean> {
  const [before] = await tx<{ isNews: boolean }[]>`
    with before as (select kind from presence where ticket_id = ${row.ticketId} and agent_id = ${row.agentId} and expires_at > ${now})
    insert into presence (workspace_id, ticket_id, agent_id, kind, expires_at)
    values (${row.workspaceId}, ${row.ticketId}, ${row.agentId}, ${row.kind}, ${row.expiresAt})
    on conflict (ticket_id, agent_id) do update set kind = excluded.kind, expires_at = excluded.expires_at
    returning (select kind from before) is distinct from kind as is_news`
  return before?.isNews ?? true
}

export async function leave(tx: Tx, ticketId: string, agentId: string): Promise<boolean> {
  const rows = await tx`delete from presence where ticket_id = ${ticketId} and agent_id = ${agentId} returning 1`
  return rows.length > 0
}

export function presentAt(sql: Queryable, ticketId: string, now: Date) {
  return sql<PresenceRow[]>`
    select p.ticket_id, p.agent_id, p.kind, p.expires_at, a.name from presence p join agents a on a.id = p.agent_id
    where p.ticket_id = ${ticketId} and p.expires_at > ${now} order by a.name`
}

type Reader = { workspaceId: string; ticketId: string; agentId: string }

/** Up to this message of the ticket; never back. Answers whether that is news. Nothing where the message is not of it. */
export async function readUpTo(tx: Tx, reader: Reader, messageId: string): Promise<boolean> {
  const rows = await tx`
    insert into ticket_reads as r (workspace_id, ticket_id, agent_id, message_id)
    select ${reader.workspaceId}, ticket_id, ${reader.agentId}, id from messages
    where id = ${messageId} and ticket_id = ${reader.ticketId}
    on conflict (ticket_id, agent_id) do update set message_id = excluded.message_id
    where excluded.message_id > r.message_id
    returning 1`
  return rows.length > 0
}

/** As it was before the customer's last message. */
export function unreadLast(tx: Tx, { workspaceId, ticketId, agentId }: Reader) {
  return tx`
    insert into ticket_reads (workspace_id, ticket_id, agent_id, message_id)
    values (${workspaceId}, ${ticketId}, ${agentId}, coalesce((
      select id from messages where ticket_id = ${ticketId} and direction = 'in' and target_wamid is null
      order by id desc offset 1 limit 1), ${NOTHING}))
    on conflict (ticket_id, agent_id) do update set message_id = excluded.message_id`
}

/** Tells who follows the feed of what no trigger sees. */
export function noteChange(
  tx: Tx,
  row: { workspaceId: string; kind: string; recordId: string; ticketId: string | null; detail?: string },
) {
  return tx`
    insert into changes (xid, seq, workspace_id, at, kind, record_id, ticket_id, detail)
    values (pg_current_xact_id()::text::bigint, nextval('changes_seq'), ${row.workspaceId}, clock_timestamp(), ${row.kind},
      ${row.recordId}, ${row.ticketId}, ${row.detail ?? null})`
}

/** After as many days a ticket that waits on the customer is resolved; null: never. */
export async function autoCloseDays(sql: Queryable): Promise<number | null> {
  const [row] = await sql<{ days: number | null }[]>`select auto_close_days as days from workspaces`
  return row?.days ?? null
}

export async function setAutoCloseDays(tx: Tx, days: number | null): Promise<number | null> {
  const [row] = await tx<{ before: number | null }[]>`
    update workspaces w set auto_close_days = ${days} from workspaces o where o.id = w.id
    returning o.auto_close_days as before`
  return row?.before ?? null
}
