/** Runs as JSON, with an OpenAPI document of its own: workspaces are told of none of it. */
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import { AppError } from '../../core/errors.ts'
import { idParam, instant, iso, problemShape } from '../api/shapes.ts'
import { invalid } from '../invalid.ts'
import type { HttpEnv, HttpRuntime } from '../runtime.ts'
import {
  eventOf,
  type RunError,
  type RunItem,
  type RunOperations,
  type RunStep,
  type RunSummary,
  resultOf,
  runStates,
} from './runs.ts'

const errorShape = z.object({ name: z.string(), message: z.string(), stack: z.string().optional() }).openapi('RunError')

const summaryShape = z
  .object({
    id: z.uuid(),
    functionId: z.string(),
    state: z.enum(runStates),
    isExecuting: z.boolean().openapi({ description: 'A process is at it' }),
    failedAttempts: z.number().int().openapi({ description: 'Of what it is doing now' }),
    error: errorShape.nullable(),
    steps: z.array(z.string()).openapi({ description: 'Names of those that are done' }),
    createdAt: instant,
    finishedAt: instant,
    nextAt: instant.openapi({ description: 'When it goes on by itself' }),
  })
  .openapi('RunSummary')

const eventShape = z.object({
  name: z.string(),
  id: z.string().nullable(),
  at: instant,
  ids: z.record(z.string(), z.string()).openapi({ description: 'The ids in its data' }),
})

const stepShape = z.object({
  id: z.string(),
  name: z.string(),
  result: z.unknown(),
  error: errorShape.nullable(),
  finishedAt: instant,
})

const itemShape = z.object({
  stepId: z.string().openapi({ description: '`step` is the next call of the function' }),
  kind: z.enum(['call', 'sleep', 'wait', 'invoke']),
  name: z.string(),
  isExecuting: z.boolean(),
  at: instant.openapi({ description: 'When it is due or its time is up; null while it waits for the others' }),
  failedAttempts: z.number().int(),
  error: errorShape.nullable(),
  event: z.string().nullable(),
  condition: z.string().nullable(),
  invoked: z.uuid().nullable().openapi({ description: 'The run it waits for' }),
})

const detailsShape = z
  .object({
    id: z.uuid(),
    functionId: z.string(),
    state: z.enum(runStates),
    error: errorShape.nullable(),
    output: z.unknown(),
    createdAt: instant,
    finishedAt: instant,
    invokedBy: z.uuid().nullable(),
    events: z.array(eventShape),
    steps: z.array(stepShape),
    queue: z.array(itemShape).openapi({ description: 'What it does or waits for' }),
  })
  .openapi('Run')

/** Ids of functions are printable ASCII. */
export const functionId = z.string().regex(/^[\x21-\x7e]{1,200}$/, 'is not the id of a function')

const listQuery = z.object({
  state: z.enum(runStates).optional(),
  function: functionId.optional(),
  before: z.uuid().optional().openapi({ description: '`nextBefore` of the page before' }),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})

const problems = {
  401: { description: 'Not the operator', content: { 'application/problem+json': { schema: problemShape } } },
  403: { description: 'From another site', content: { 'application/problem+json': { schema: problemShape } } },
  404: { description: 'Not there', content: { 'application/problem+json': { schema: problemShape } } },
  409: { description: 'Nothing to do', content: { 'application/problem+json': { schema: problemShape } } },
  422: { description: 'Input that needs mending', content: { 'application/problem+json': { schema: problemShape } } },
} as const

const answers = <S extends z.ZodType>(schema: S) => ({
  ...problems,
  200: { description: 'Done', content: { 'application/json': { schema } } },
})

const security = [{ operator: [] }]
const routes = {
  list: createRoute({
    ...{ method: 'get', path: '/runs', summary: 'Runs, newest first', security },
    request: { query: listQuery },
    responses: answers(z.object({ items: z.array(summaryShape), nextBefore: z.uuid().nullable() })),
  }),
  read: createRoute({
    ...{ method: 'get', path: '/runs/{id}', summary: 'A run, with its steps and what it waits for', security },
    request: { params: idParam },
    responses: answers(detailsShape),
  }),
  retry: createRoute({
    ...{ method: 'post', path: '/runs/{id}/retry', summary: 'Retry now, or reopen a run that failed', security },
    request: { params: idParam },
    responses: answers(z.object({ outcome: z.enum(['due', 'reopened']), run: detailsShape })),
  }),
  cancel: createRoute({
    ...{ method: 'post', path: '/runs/{id}/cancel', summary: 'Cancel a run that is active', security },
    request: { params: idParam },
    responses: answers(z.object({ outcome: z.literal('cancelled'), run: detailsShape })),
  }),
}

export const operatorApi = new OpenAPIHono<HttpEnv>({ defaultHook: invalid })

operatorApi
  .openapi(routes.list, async c => {
    const { state, function: functionId, before, limit } = c.req.valid('query')
    const found = await runsOf(c.var.runtime).runs({ state, functionId, before, limit: limit + 1 })
    const items = found.slice(0, limit)
    const nextBefore = found.length > limit ? (items.at(-1)?.id ?? null) : null
    return c.json({ items: items.map(showSummary), nextBefore }, 200)
  })
  .openapi(routes.read, async c => c.json(await show(runsOf(c.var.runtime), c.req.valid('param').id), 200))
  .openapi(routes.retry, async c => {
    const runs = runsOf(c.var.runtime)
    const { id } = c.req.valid('param')
    const outcome = await runs.retryNow(id)
    if (outcome === 'no such run') throw new AppError('not found', { what: 'run' })
    if (outcome === 'nothing to retry' || outcome === 'not failed') throw new AppError('nothing to retry')
    return c.json({ outcome, run: await show(runs, id) }, 200)
  })
  .openapi(routes.cancel, async c => {
    const runs = runsOf(c.var.runtime)
    const { id } = c.req.valid('param')
    const outcome = await runs.cancel(id)
    if (outcome === 'no such run') throw new AppError('not found', { what: 'run' })
    if (outcome === 'not running') throw new AppError('not running')
    return c.json({ outcome, run: await show(runs, id) }, 200)
  })

operatorApi.openAPIRegistry.registerComponent('securitySchemes', 'operator', { type: 'http', scheme: 'basic' })
operatorApi.doc31('/openapi.json', {
  openapi: '3.1.0',
  info: { title: 'Buzón: runs', version: '1', description: 'For whoever operates the installation.' },
  servers: [{ url: '/operator/api' }],
})

function runsOf({ operator }: HttpRuntime): RunOperations {
  if (!operator?.runs) throw new AppError('runs elsewhere')
  return operator.runs
}

async function show(runs: RunOperations, id: string): Promise<z.infer<typeof detailsShape>> {
  const run = await runs.run(id)
  if (!run) throw new AppError('not found', { what: 'run' })
  const { functionId, state, output, invokedBy } = run
  return {
    ...{ id, functionId, state, output: output ?? null, invokedBy },
    error: showError(run.error),
    createdAt: iso(run.createdAt),
    finishedAt: iso(run.finishedAt),
    events: run.events.map(eventOf),
    steps: run.steps.map(showStep),
    queue: run.queue.map(showItem),
  }
}

function showSummary(run: RunSummary): z.infer<typeof summaryShape> {
  const { id, functionId, state, isExecuting, attempt, steps } = run
  return {
    ...{ id, functionId, state, isExecuting, steps, failedAttempts: attempt },
    error: showError(run.error),
    createdAt: iso(run.createdAt),
    finishedAt: iso(run.finishedAt),
    nextAt: iso(run.nextAt),
  }
}

function showStep(step: RunStep): z.infer<typeof stepShape> {
  const { result, error } = resultOf(step)
  return { id: step.id, name: step.name, result, error: showError(error), finishedAt: iso(step.finishedAt) }
}

function showItem({ attempt, at, error, ...item }: RunItem): z.infer<typeof itemShape> {
  return { ...item, at: iso(at), failedAttempts: attempt, error: showError(error) }
}

function showError(error: RunError | null): z.infer<typeof errorShape> | null {
  return error && { name: error.name, message: error.message, stack: error.stack }
}
