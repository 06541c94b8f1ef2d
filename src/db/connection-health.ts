/** What is known of a connection by now, gathered in one go. */
import { DELETION } from '../core/deletion.ts'
import type { Lane } from '../core/lane.ts'
import type { Queryable } from './client.ts'

export type Signs = {
  lanes: { lane: Lane; waiting: number; failing: number }[]
  /** Since when the oldest change that is due waits; carried over history does not count. */
  oldestAt: Date | null
  /** Pushes that were refused and not taken up, changes of theirs too. */
  refused: number
  held: number
  /** Held because the CRM erased them. */
  erased: number
  /** Deleted there, and asked about. */
  deleted: number
  drift: number
  lastDeliveryAt: Date | null
  unread: number
}

export async function signsOf(
  sql: Queryable,
  { id, connector }: { id: string; connector: string },
  now: Date,
): Promise<Signs> {
  const source = `${connector}:${id}`
  const [lanes, [rest]] = await Promise.all([
    sql<Signs['lanes']>`
      select lane, count(*)::integer as waiting, (count(*) filter (where attempts > 0))::integer as failing
      from outbox where connection_id = ${id} group by lane`,
    sql<Omit<Signs, 'lanes'>[]>`
      select
        (select min(dirty_at) from outbox where connection_id = ${id} and dirty_at > 'epoch' and available_at <= ${now})
          as oldest_at,
        (select count(*)::integer from dead_letters where kind = 'push' and replayed_at is null
          and place >= ${`${id} `} and place < ${`${id}!`}) as refused,
        (select count(*)::integer from round_trips where connection_id = ${id} and held_at is not null
          and reason = 'rewritten') as held,
        (select count(*)::integer from round_trips where connection_id = ${id} and held_at is not null
          and reason = 'erased') as erased,
        (select count(*)::integer from conflicts where connection_id = ${id} and state = 'open' and field = ${DELETION})
          as deleted,
        (select count(*)::integer from drift_findings where connection_id = ${id} and resolved_at is null) as drift,
        (select max(received_at) from deliveries where source = ${source}) as last_delivery_at,
        (select count(*)::integer from deliveries where source = ${source} and processed_at is null) as unread`,
  ])
  return {
    lanes: [...lanes],
    ...(rest ?? {
      oldestAt: null,
      refused: 0,
      held: 0,
      erased: 0,
      deleted: 0,
      drift: 0,
      lastDeliveryAt: null,
      unread: 0,
    }),
  }
}
