/**
 * Writes by the hundred. Zendesk takes a job on and answers at once; what became of each item is looked up, of all jobs in one
 * call, in the order of the items. https://developer.zendesk.com/api-reference/ticketing/ticket-management/job_statuses/
 */
import type { Failure } from '../../core/failure.ts'
import { RemoteCallError } from '../contract.ts'
import { demand, request } from './client.ts'
import { itemFailure, lostCall, meetsTheRest, type Purpose } from './failure.ts'
import { type Job, type JobResult, jobAnswer, jobsAnswer } from './schema.ts'
import type { ZendeskContext } from './settings.ts'

export const JOB_SIZE = 100
/** 30 may be queued or running in an account, whoever asked for them. */
const JOBS_AT_ONCE = 15
/** Between two looks; ms. Longer than these together no job of a hundred takes. */
const WAITS = [250, 500, 1_000, 2_000, 3_000, 4_000, 5_000, 5_000, 5_000]

/** `made`: it was not there before. */
export type Outcome = { kind: 'done'; id: string | null; made: boolean } | { kind: 'failed'; failure: Failure }

export type Work = {
  method: 'POST' | 'PUT' | 'DELETE'
  path: string
  purpose: Purpose
  /** The body, or the query, that carries these. */
  carry(inputs: object[]): { body?: unknown; query?: Record<string, string> }
}

export const createUsers = work('POST', 'users/create_or_update_many', 'users', 'create')
export const updateUsers = work('PUT', 'users/update_many', 'users', 'update')
export const createTickets = work('POST', 'tickets/create_many', 'tickets', 'create')
export const importTickets = work('POST', 'imports/tickets/create_many', 'tickets', 'create')
export const updateTickets = work('PUT', 'tickets/update_many', 'tickets', 'update')
/** Updates that say something: twice would be said twice. */
export const commentTickets = work('PUT', 'tickets/update_many', 'tickets', 'create')

function work(method: Work['method'], path: string, name: string, purpose: Purpose): Work {
  return { method, path, purpose, carry: inputs => ({ body: { [name]: inputs } }) }
}

/** One outcome for each input, in their order. After a refusal that would meet the rest too, the rest is not sent. */
export async function runJobs(ctx: ZendeskContext, work: Work, inputs: object[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  let stop: Failure | undefined
  for (const part of chunks(chunks(inputs, JOB_SIZE), JOBS_AT_ONCE)) {
    const begun: { size: number; job: Job | Failure }[] = []
    for (const one of part) {
      const job: Job | Failure = stop ?? (await begin(ctx, work, one))
      if ('kind' in job) stop ??= meetsTheRest(job)
      begun.push({ size: one.length, job })
    }
    const done = await finish(
      ctx,
      begun.flatMap(({ job }) => ('kind' in job ? [] : [job])),
    )
    for (const { size, job } of begun) outcomes.push(...outcomesOf(work, size, job, done))
  }
  return outcomes
}

/** Cuts a list into pieces of at most `size`. */
export function chunks<T>(list: readonly T[], size: number): T[][] {
  const pieces: T[][] = []
  for (let start = 0; start < list.length; start += size) pieces.push(list.slice(start, start + size))
  return pieces
}

async function begin(ctx: ZendeskContext, { method, path, purpose, carry }: Work, inputs: object[]) {
  const call = { method, path, purpose, items: inputs.length, ...carry(inputs) }
  const answer = await request(ctx, { ...call, schema: jobAnswer })
  return answer.kind === 'answered' ? answer.value.job_status : answer.failure
}

/** The jobs that came to an end while we waited, or why no more is known. */
async function finish(ctx: ZendeskContext, begun: Job[]): Promise<Map<string, Job> & { failure?: Failure }> {
  const done: Map<string, Job> & { failure?: Failure } = new Map()
  const isOver = ({ status }: Job) => status === 'completed' || status === 'failed' || status === 'killed'
  for (const job of begun) if (isOver(job)) done.set(job.id, job)
  for (const ms of WAITS) {
    const open = begun.filter(({ id }) => !done.has(id))
    if (open.length === 0) return done
    await (ctx.wait?.(ms) ?? new Promise<void>(resolve => setTimeout(resolve, ms)))
    try {
      const query = { ids: open.map(({ id }) => id).join(',') }
      const call = {
        method: 'GET',
        path: 'job_statuses/show_many',
        query,
        purpose: 'read',
        schema: jobsAnswer,
      } as const
      for (const job of (await demand(ctx, call)).job_statuses) if (isOver(job)) done.set(job.id, job)
    } catch (error) {
      if (!(error instanceof RemoteCallError)) throw error
      // The jobs go on: a look that failed is made again.
      done.failure = error.failure
      if (error.failure.kind === 'unauthorized') return done
    }
  }
  return done
}

function outcomesOf(
  { purpose }: Work,
  size: number,
  begun: Job | Failure,
  done: Map<string, Job> & { failure?: Failure },
): Outcome[] {
  if ('kind' in begun) return Array.from({ length: size }, () => ({ kind: 'failed', failure: begun }))
  const job = done.get(begun.id)
  const why = job?.message ?? done.failure?.message ?? 'it is still at work'
  const lost = lostCall({ kind: 'ambiguous', message: `What became of the job is not known: ${why}` }, purpose)
  const byPlace = new Map((job?.results ?? []).map((result, nth) => [result.index ?? nth, result]))
  return Array.from({ length: size }, (_, nth) => outcomeOf(byPlace.get(nth), purpose, lost))
}

function outcomeOf(result: JobResult | undefined, purpose: Purpose, lost: Failure): Outcome {
  if (!result) return { kind: 'failed', failure: lost }
  if (result.error !== null || result.status === 'Failed')
    return { kind: 'failed', failure: itemFailure(result, purpose) }
  return { kind: 'done', id: result.id ?? null, made: result.status === 'Created' }
}
