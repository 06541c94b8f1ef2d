import type { RunDetails, RunState, RunSummary } from './runs.ts'

/** A state, and of a run that is active what it is about. */
export type Phase = Exclude<RunState, 'running'> | 'executing' | 'retrying' | 'waiting' | 'queued'

export function phaseOf(
  { state, isExecuting, attempt, nextAt }: Pick<RunSummary, 'state' | 'isExecuting' | 'attempt' | 'nextAt'>,
  now: Date,
): Phase {
  if (state !== 'running') return state
  if (isExecuting) return 'executing'
  if (nextAt && nextAt <= now) return 'queued'
  return attempt > 0 ? 'retrying' : 'waiting'
}

/** The same of a run that is known whole. */
export function detailedPhaseOf({ state, queue }: RunDetails, now: Date): Phase {
  const times = queue.flatMap(item => (item.at ? [item.at.getTime()] : []))
  return phaseOf(
    {
      state,
      isExecuting: queue.some(item => item.isExecuting),
      attempt: Math.max(0, ...queue.map(item => item.attempt)),
      nextAt: times.length > 0 ? new Date(Math.min(...times)) : null,
    },
    now,
  )
}

/** Whether `retryNow` finds something to do: a failure, or a retry that waits. */
export function canRetry({ state, queue }: RunDetails, now: Date): boolean {
  if (state === 'failed') return true
  return queue.some(
    ({ kind, isExecuting, attempt, at }) => kind === 'call' && !isExecuting && attempt > 0 && at !== null && at > now,
  )
}
