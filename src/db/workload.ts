/** What each agent has on their desk, now. */
import type { Sight } from '../core/permissions.ts'
import type { Queryable } from './client.ts'
import { inSight } from './sight.ts'

export type Workload = {
  /** Null: what nobody owns. */
  agentId: string | null
  name: string | null
  available: boolean
  capacity: number | null
  open: number
  waiting: number
  overdue: number
  /** Since when the one who waits longest has waited. */
  oldestAt: Date | null
}

/** Everybody who works here, those without a ticket too, and what is nobody's; whoever has most first. */
export function workloads(sql: Queryable, sees: Sight, now: Date) {
  return sql<Workload[]>`
    with desk as (
      select t.owner_id, count(*) filter (where t.state <> 'waiting')::integer as open,
        count(*) filter (where t.state = 'waiting')::integer as waiting,
        count(*) filter (where t.due_at <= ${now})::integer as overdue, min(t.waiting_since) as oldest_at
      from tickets t where t.state <> 'resolved' and ${inSight(sql, sees)} group by t.owner_id
    )
    select a.id as agent_id, a.name, coalesce(a.available, false) as available, a.capacity, coalesce(d.open, 0) as open,
      coalesce(d.waiting, 0) as waiting, coalesce(d.overdue, 0) as overdue, d.oldest_at
    from (select * from agents where deactivated_at is null) a full join desk d on d.owner_id = a.id
    order by 5 desc, 6 desc, a.name`
}
