/** Endpoints of the customer's own, and what goes to them. */
import type { Queryable, Tx } from './client.ts'
import { jsonRows } from './rows.ts'

export type EndpointState = 'active' | 'disabled' | 'failing'
export type EndpointRow = {
  id: string
  workspaceId: string
  url: string
  description: string
  events: string[]
  /** Sealed. */
  secret: string
  state: EndpointState
  failingSince: Date | null
  createdAt: Date
}

export type DeliveryRow = {
  id: string
  workspaceId: string
  endpointId: string
  eventId: string
  eventType: string
  payload: unknown
  state: 'pending' | 'delivered' | 'failed'
  attempts: number
  nextAt: Date | null
  lastStatus: number | null
  lastAnswer: string | null
  createdAt: Date
  deliveredAt: Date | null
}

export function listEndpoints(sql: Queryable) {
  return sql<EndpointRow[]>`select * from webhook_endpoints order by created_at, id`
}

export async function endpointById(sql: Queryable, id: string) {
  const [row] = await sql<EndpointRow[]>`select * from webhook_endpoints where id = ${id}`
  return row
}

export function saveEndpoint(tx: Tx, row: EndpointRow) {
  return tx`
    insert into webhook_endpoints select * from jsonb_populate_recordset(null::webhook_endpoints, ${jsonRows(tx, [row])})
    on conflict (id) do update set url = excluded.url, description = excluded.description, events = excluded.events,
      state = excluded.state, failing_since = excluded.failing_since, secret = excluded.secret`
}

export function deleteEndpoint(tx: Tx, id: string) {
  return tx`delete from webhook_endpoints where id = ${id}`
}

/** One endpoint hears of one thing once. */
export function insertDeliveries(tx: Tx, rows: DeliveryRow[]) {
  return tx`
    insert into webhook_deliveries select * from jsonb_populate_recordset(null::webhook_deliveries, ${jsonRows(tx, rows)})
    on conflict (endpoint_id, event_id) do nothing`
}

export function listDeliveries(
  sql: Queryable,
  endpointId: string,
  state: string | undefined,
  page: { limit: number; after?: { at: Date; id: string } | undefined },
) {
  return sql<DeliveryRow[]>`
    select * from webhook_deliveries where endpoint_id = ${endpointId} ${state ? sql`and state = ${state}` : sql``}
      ${page.after ? sql`and (created_at, id) < (${page.after.at}, ${page.after.id})` : sql``}
    order by created_at desc, id desc limit ${page.limit}`
}

export function dueWebhooks(sql: Queryable, now: Date, limit: number) {
  return sql<{ workspaceId: string; deliveryId: string }[]>`
    select workspace_id, delivery_id from due_webhooks(${now}, ${limit})`
}

export type ClaimedDelivery = DeliveryRow & Pick<EndpointRow, 'url' | 'secret'> & { endpointState: EndpointState }

/** Takes it for so long that a crash leaves it to the next sweep; nothing where somebody else has it in hand. */
export async function claimDelivery(tx: Tx, id: string, now: Date, until: Date): Promise<ClaimedDelivery | undefined> {
  const [row] = await tx<ClaimedDelivery[]>`
    update webhook_deliveries d set attempts = d.attempts + 1, next_at = ${until}
    from webhook_endpoints e where d.id = ${id} and d.next_at <= ${now} and e.id = d.endpoint_id
    returning d.*, e.url, e.secret, e.state as endpoint_state`
  return row
}

export function settleDelivery(
  tx: Tx,
  id: string,
  row: Pick<DeliveryRow, 'state' | 'nextAt' | 'lastStatus' | 'lastAnswer' | 'deliveredAt'>,
) {
  return tx`
    update webhook_deliveries set state = ${row.state}, next_at = ${row.nextAt}, last_status = ${row.lastStatus},
      last_answer = ${row.lastAnswer}, delivered_at = ${row.deliveredAt} where id = ${id}`
}

/** Something arrived, or did not: since when nothing has, and whether it is given up. */
export async function noteEndpoint(
  tx: Tx,
  id: string,
  arrived: boolean,
  now: Date,
  giveUpBefore: Date,
): Promise<boolean> {
  const rows = await tx<{ state: string }[]>`
    update webhook_endpoints set failing_since = ${arrived ? null : tx`coalesce(failing_since, ${now}::timestamptz)`},
      state = ${arrived ? tx`state` : tx`case when state = 'active' and failing_since < ${giveUpBefore} then 'failing' else state end`}
    where id = ${id} returning state`
  return rows[0]?.state === 'failing'
}

/** Begins anew: one, or all that failed since. Returns how many. */
export async function replayDeliveries(tx: Tx, endpointId: string, which: { id: string } | { since: Date }, now: Date) {
  const rows = await tx`
    update webhook_deliveries set state = 'pending', attempts = 0, next_at = ${now}
    where endpoint_id = ${endpointId}
      and ${'id' in which ? tx`id = ${which.id}` : tx`state = 'failed' and created_at >= ${which.since}`} returning 1`
  return rows.length
}

/** What endpoints are told of these records, by id. */
export async function webhookData(tx: Tx, ids: { tickets: string[]; messages: string[]; contacts: string[] }) {
  const rows = await tx<{ id: string; data: Record<string, unknown> }[]>`
    select t.id, json_build_object('id', t.id, 'number', 'BZ-' || t.number, 'subject', t.subject, 'state', t.state,
      'priority', t.priority, 'tags', t.tags, 'ownerId', t.owner_id, 'teamId', t.team_id, 'contactId', t.contact_id,
      'channelId', t.channel_id, 'openedAt', t.opened_at, 'resolvedAt', t.resolved_at) as data
    from tickets t where t.id = any(${ids.tickets}::uuid[])
    union all
    select m.id, json_build_object('id', m.id, 'ticketId', m.ticket_id, 'contactId', m.contact_id, 'channelId', m.channel_id,
      'direction', m.direction, 'kind', m.kind, 'text', m.text, 'at', m.provider_at, 'status', m.status,
      'failureCode', m.failure_code, 'wamid', m.wamid) as data
    from messages m where m.id = any(${ids.messages}::uuid[])
    union all
    select c.id, json_build_object('id', c.id, 'name', c.name, 'phone', c.phone, 'email', c.email, 'category', c.category,
      'tags', c.tags, 'mergedInto', c.merged_into) as data
    from contacts c where c.id = any(${ids.contacts}::uuid[])`
  return new Map(rows.map(row => [row.id, row.data]))
}
