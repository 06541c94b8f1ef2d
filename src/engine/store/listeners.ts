import type { Json } from '../json.ts'
import type { Sql } from './start-runs.ts'

/** Who may hear of an event, by what the index knows. */
export type Listener = {
  itemId: string
  runId: string
  /** The run itself is cancelled, rather than one of its steps done. */
  cancels: boolean
  event: string
  path: string
  value: string
  /** What must hold besides, over the events that started the run. */
  expression: string | null
  events: Json[] | null
}

export type Question = Pick<Listener, 'event' | 'path' | 'value'>

/** The listeners that answer to one of these events, earliest first. */
export async function findListeners(tx: Sql, questions: Question[], now: Date): Promise<Listener[]> {
  return tx<Listener[]>`
    with asked as (
      select distinct * from unnest(
        ${questions.map(each => each.event)}::text[], ${questions.map(each => each.path)}::text[],
        ${questions.map(each => each.value)}::text[]) as asked (event, path, value)
    )
    select item.id as "itemId", item.run_id as "runId", item.step_id = 'step' as cancels, event, path, value, expression,
      case when expression is not null then run.events end as events
    from asked join engine.listeners listener using (event, path, value)
    join engine.items item on item.id = listener.item_id
    join engine.runs run on run.id = item.run_id
    where listener.expires_at is null or listener.expires_at > ${now}
    order by listener.id`
}
