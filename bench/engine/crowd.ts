/** Many runs that sleep or wait, made of one that does: the engine's own rows, copied. */
import type postgres from 'postgres'

/** Of the one run of this function; `count` in all. Waiting ones each wait for a number of their own, from 1. */
export async function multiply(owner: postgres.Sql, functionId: string, count: number): Promise<void> {
  await owner`
    with original as (select * from engine.runs where function_id = ${functionId}),
    copy as (
      insert into engine.runs (function_id, state, events, keys, pending, created_at)
      select function_id, state, events, keys, pending, created_at from original, generate_series(2, ${count}::int)
      returning id
    ), copied as (
      select id, row_number() over () + 1 as n from copy
    ), steps as (
      insert into engine.steps (run_id, id, name, output, finished_at)
      select copied.id, step.id, step.name, step.output, step.finished_at
      from copied, engine.steps step join original on original.id = step.run_id
    ), items as (
      insert into engine.items (run_id, function_id, step_id, kind, name, keys, at)
      select copied.id, item.function_id, item.step_id, item.kind, item.name, item.keys, item.at + copied.n * interval '1 ms'
      from copied, engine.items item join original on original.id = item.run_id
      returning id, run_id, kind
    )
    insert into engine.listeners (item_id, event, path, value, expression, expires_at)
    select items.id, event, path, copied.n::text, expression, expires_at
    from items join copied on copied.id = items.run_id,
      (select listener.* from engine.listeners listener join engine.items item on item.id = item_id
        join original on original.id = item.run_id) as listener
    where items.kind = 'wait'`
  await owner`analyze engine.runs, engine.steps, engine.items, engine.listeners`
}
