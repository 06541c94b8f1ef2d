/** Work that Zendesk does after it has answered: asked for by the hundred, looked up until it is done. */
import { randomBytes } from 'node:crypto'
import type { Context, Hono } from 'hono'
import type { Runtime, SandboxEnv } from '../runtime.ts'
import { ZendeskRefused } from './errors.ts'
import type { Account, Job, JobResult } from './state.ts'

const MOST_ITEMS = 100
/** Jobs are forgotten after an hour. */
const KEPT_MS = 3_600_000

/** Does it at once, and says so when its time has come. `partial` faults refuse items by their places. */
export function startJob<T>(
  c: Context<SandboxEnv>,
  { clock, bus }: Runtime,
  items: T[],
  one: (item: T) => JobResult,
): { job_status: ReturnType<typeof jobView> } {
  const account = c.get('zendesk')
  if (items.length > MOST_ITEMS)
    throw new ZendeskRefused({
      status: 422,
      body: { error: 'TooManyValues', description: `At most ${MOST_ITEMS} records` },
    })
  const running = [...account.jobs.values()].filter(job => job.doneAt > clock.now()).length
  if (account.rateLimit !== false && running >= account.rateLimit.jobs) {
    const headers = { 'Retry-After': '10' }
    throw new ZendeskRefused({
      status: 429,
      headers,
      body: { error: 'TooManyJobs', description: 'Too many jobs are queued or running' },
    })
  }
  const fault = c.get('fault')
  const refused = new Set(fault?.kind === 'partial' ? (fault.failIndexes ?? []) : [])
  const results = items.map((item, index) =>
    refused.has(index)
      ? { index, error: 'RecordInvalid', details: 'Planned refusal', status: 'Failed', success: false }
      : { index, ...one(item) },
  )
  const job: Job = {
    ...{ id: `V3-${randomBytes(16).toString('hex')}`, status: 'queued', total: items.length, results },
    doneAt: clock.now() + account.jobMs,
  }
  for (const [id, old] of account.jobs) if (old.doneAt < clock.now() - KEPT_MS) account.jobs.delete(id)
  account.jobs.set(job.id, job)
  bus.changed()
  return { job_status: { ...jobView(job, Number.NEGATIVE_INFINITY), status: 'queued' } }
}

export function mountJobs(app: Hono<SandboxEnv>, { clock }: Runtime) {
  const shown = (account: Account, ids: string[]) =>
    ids.flatMap(id => {
      const job = account.jobs.get(id)
      return job ? [jobView(job, clock.now())] : []
    })
  app.get('/zendesk/api/v2/job_statuses/show_many', c => {
    const ids = (c.req.query('ids') ?? '').split(',')
    return c.json({ job_statuses: shown(c.get('zendesk'), ids) })
  })
  app.get('/zendesk/api/v2/job_statuses/:id', c => {
    const [job] = shown(c.get('zendesk'), [c.req.param('id')])
    return job ? c.json({ job_status: job }) : c.json({ error: 'RecordNotFound', description: 'Not found' }, 404)
  })
}

function jobView({ id, total, doneAt, results }: Job, now: number) {
  const isDone = doneAt <= now
  return {
    ...{ id, job_type: 'Bulk', url: `https://example.zendesk.com/api/v2/job_statuses/${id}.json`, total },
    ...{ progress: isDone ? total : 0, status: isDone ? 'completed' : 'queued', message: isDone ? 'Completed' : null },
    results: isDone ? results : null,
  }
}
