import type { Claimed } from './claim.ts'
import type { Failure, RunSummary } from './history.ts'
import type { Sql } from './start-runs.ts'

export type RunDetails = Omit<RunSummary, 'steps' | 'attempt' | 'nextAt' | 'isExecuting'> & {
  /** What it was started with. */
  events: unknown[]
  /** What is done, in order. */
  steps: RunStep[]
  /** What it does or waits for. */
  queue: RunItem[]
  /** The run whose step invoked it and still waits for it. */
  invokedBy: string | null
}

/** `output` is as the function is given it: `{ data }`, `{ error }`, null or a whole event. */
export type RunStep = { id: string; name: string; output: unknown; finishedAt: Date }

export type RunItem = {
  /** `step` is the run's next call. */
  stepId: string
  kind: Claimed['kind']
  name: string
  /** A process is at it, and `at` is when its lease runs out. */
  isExecuting: boolean
  /** When it is due or its time is up; null while the run waits for its other items. */
  at: Date | null
  /** Failed attempts, and how the last one failed. */
  attempt: number
  error: Failure | null
  /** The event it waits for, and what must hold. */
  event: string | null
  condition: string | null
  /** The run it invoked. */
  invoked: string | null
}

/** All that is known of a run. */
export async function readRun(db: Sql, id: string): Promise<RunDetails | undefined> {
  if (!isRunId(id)) return undefined
  const [run] = await db<Omit<RunDetails, 'steps' | 'queue'>[]>`
    select id, function_id as "functionId", state, events, error, output, created_at as "createdAt",
      finished_at as "finishedAt",
      (select run_id from engine.items where items.id = run.parent_item) as "invokedBy"
    from engine.runs run where id = ${id}`
  if (run === undefined) return undefined
  const steps = await db<RunStep[]>`
    select id, name, output, finished_at as "finishedAt" from engine.steps where run_id = ${id} order by position`
  const items = await db<(RunItem & { path: string | null; value: string | null })[]>`
    select step_id as "stepId", kind, name, lease is not null as "isExecuting", at, attempt, error, event,
      expression as condition, path, value,
      (select run.id from engine.runs run where run.parent_item = item.id) as invoked
    from engine.items item
    left join engine.listeners listener on listener.item_id = item.id and item.kind = 'wait'
    where item.run_id = ${id} order by item.id`
  const queue = items.map(({ path, value, ...item }) => ({
    ...item,
    condition: item.condition ?? equality(path, value),
  }))
  return { ...run, steps, queue }
}

/** What the index compares, as an expression. */
function equality(path: string | null, value: string | null): string | null {
  if (!path) return null
  const names: string[] = JSON.parse(path)
  return `async.${names.join('.')} == ${value}`
}

/** Whether the text may be a run’s id; Postgres refuses to compare any other. */
export function isRunId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)
}
