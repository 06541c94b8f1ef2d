/** What the operator may see of runs and do to them, as whoever holds the runs hands it in. */

export const runStates = ['running', 'completed', 'failed', 'cancelled'] as const
export type RunState = (typeof runStates)[number]

export type RunOperations = {
  /** Newest first. `before` is the id of a run: those created before it. */
  runs(filter: RunFilter): Promise<RunSummary[]>
  /** The functions that there are runs of. */
  functionIds(): Promise<string[]>
  run(id: string): Promise<RunDetails | undefined>
  retryNow(id: string): Promise<RetryOutcome>
  cancel(id: string): Promise<CancelOutcome>
}

export type RunFilter = { functionId?: string; state?: RunState; before?: string; limit?: number }
/** `due` is a retry that waited, `reopened` a run that had failed. */
export type RetryOutcome = 'due' | 'reopened' | 'nothing to retry' | 'not failed' | 'no such run'
export type CancelOutcome = 'cancelled' | 'not running' | 'no such run'
export type RunError = { name: string; message: string; stack?: string }

type Run = {
  id: string
  functionId: string
  state: RunState
  error: RunError | null
  output: unknown
  createdAt: Date
  finishedAt: Date | null
}

export type RunSummary = Run & {
  /** Failed attempts of what it is doing now. */
  attempt: number
  /** Names of the steps that are done, in order. */
  steps: string[]
  /** A process is at it. */
  isExecuting: boolean
  /** When it goes on by itself; null when finished. */
  nextAt: Date | null
}

export type RunDetails = Run & {
  events: unknown[]
  steps: RunStep[]
  queue: RunItem[]
  /** The run whose step invoked it and still waits for it. */
  invokedBy: string | null
}

/** `output` is as the function is given it: `{ data }`, `{ error }`, null or a whole event. */
export type RunStep = { id: string; name: string; output: unknown; finishedAt: Date }

/** What a run does or waits for. */
export type RunItem = {
  /** `step` is the run's next call. */
  stepId: string
  kind: 'call' | 'sleep' | 'wait' | 'invoke'
  name: string
  isExecuting: boolean
  /** When it is due or its time is up; null while the run waits for its other items. */
  at: Date | null
  attempt: number
  error: RunError | null
  /** The event it waits for, and what must hold. */
  event: string | null
  condition: string | null
  /** The run it invoked. */
  invoked: string | null
}

/** What a step came to: its error, or else its result. Of an event that it waited for, the ids. */
export function resultOf({ output }: RunStep): { result: unknown; error: RunError | null } {
  if (!isRecord(output)) return { result: output ?? null, error: null }
  if ('error' in output) return { result: null, error: output.error as RunError }
  if (typeof output.name === 'string') return { result: eventOf(output), error: null }
  return { result: output.data ?? null, error: null }
}

export type EventIds = { name: string; id: string | null; at: string | null; ids: Record<string, string> }

/** An event without what it tells: its name, its own id, its time, and the ids in its data. */
export function eventOf(event: unknown): EventIds {
  const { name, id, ts, data } = isRecord(event) ? event : {}
  const fields = Object.entries(isRecord(data) ? data : {})
  return {
    name: String(name),
    id: typeof id === 'string' ? id : null,
    at: typeof ts === 'number' && Number.isFinite(new Date(ts).getTime()) ? new Date(ts).toISOString() : null,
    ids: Object.fromEntries(fields.filter((field): field is [string, string] => isUuid(field[1]))),
  }
}

function isUuid(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
