/** `/operator/runs`: runs for people, made on the server. Nothing on the pages comes from elsewhere. */
import { z } from '@hono/zod-openapi'
import { type Context, Hono } from 'hono'
import { html } from 'hono/html'
import { languageOf } from '../errors.ts'
import type { HttpEnv } from '../runtime.ts'
import { functionId } from './api.ts'
import { emptyState, layout, type PageOptions, type Reader } from './layout.ts'
import { detailedPhaseOf } from './phase.ts'
import { runList } from './run-list.ts'
import { runView } from './run-view.ts'
import { runStates } from './runs.ts'
import { texts } from './texts.ts'

const PAGE = 50

/** What makes no sense in an address is as if it were not there. */
const listQuery = z.object({
  state: z.enum(runStates).optional().catch(undefined),
  function: functionId.optional().catch(undefined),
  before: z.uuid().optional().catch(undefined),
})

const outcomes = ['due', 'reopened', 'cancelled', 'nothing to retry', 'not failed', 'not running'] as const
const doneQuery = z.object({ done: z.enum(outcomes).optional().catch(undefined) })

export const runPages = new Hono<HttpEnv>()
  .get('/', async c => {
    const reader = readerOf(c)
    const runs = c.var.runtime.operator?.runs
    if (!runs) return elsewhere(c, reader)
    const { state, function: functionId, before } = listQuery.parse(c.req.query())
    const filter = { state, functionId, before }
    const [found, functionIds] = await Promise.all([runs.runs({ ...filter, limit: PAGE + 1 }), runs.functionIds()])
    const shown = found.slice(0, PAGE)
    const nextBefore = found.length > PAGE ? (shown.at(-1)?.id ?? null) : null
    const body = runList(reader, { runs: shown, functionIds, filter, nextBefore })
    return page(c, reader, { title: reader.t.runs, live: before === undefined, body })
  })
  .get('/:id', async c => {
    const reader = readerOf(c)
    const runs = c.var.runtime.operator?.runs
    if (!runs) return elsewhere(c, reader)
    const run = await runs.run(c.req.param('id'))
    if (!run) return missing(c, reader)
    const { done } = doneQuery.parse(c.req.query())
    return page(c, reader, {
      title: run.functionId,
      live: run.state === 'running',
      state: reader.t.phase[detailedPhaseOf(run, reader.now)],
      notice: done && reader.t.done[done],
      body: runView(reader, run),
    })
  })
  .post('/:id/retry', c => act(c, 'retryNow'))
  .post('/:id/cancel', c => act(c, 'cancel'))

/** Does it and shows the run again, with what came of it. */
async function act(c: Context<HttpEnv>, verb: 'retryNow' | 'cancel') {
  const reader = readerOf(c)
  const runs = c.var.runtime.operator?.runs
  if (!runs) return elsewhere(c, reader)
  const id = c.req.param('id') ?? ''
  const outcome = await runs[verb](id)
  if (outcome === 'no such run') return missing(c, reader)
  return c.redirect(`/operator/runs/${id}?${new URLSearchParams({ done: outcome })}`, 303)
}

function readerOf(c: Context<HttpEnv>): Reader {
  const language = languageOf(c.req.header('accept-language')) ?? 'en'
  return { language, t: texts[language], now: c.var.runtime.services.now() }
}

function elsewhere(c: Context<HttpEnv>, reader: Reader) {
  const { t } = reader
  const body = html`<h1>${t.runs}</h1>${emptyState(t.elsewhereTitle, t.elsewhere)}`
  return page(c, reader, { title: t.runs, live: false, body })
}

function missing(c: Context<HttpEnv>, reader: Reader) {
  const { t } = reader
  const link = html`<a class="button" href="/operator/runs">${t.backToRuns}</a>`
  const body = html`<h1>${t.runs}</h1>${emptyState(t.missingTitle, t.missing, link)}`
  return page(c, reader, { title: t.missingTitle, live: false, body }, 404)
}

function page(c: Context<HttpEnv>, reader: Reader, options: Omit<PageOptions, 'nonce'>, status: 200 | 404 = 200) {
  const nonce = crypto.randomUUID()
  c.header('content-security-policy', policy(nonce))
  // No stricter: without its origin, a browser's POST would be refused as another site's.
  c.header('referrer-policy', 'same-origin')
  c.header('content-language', reader.language)
  c.header('vary', 'accept-language')
  return c.html(layout(reader, { ...options, nonce }), status)
}

function policy(nonce: string): string {
  const own = `style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; connect-src 'self'; img-src data:`
  return `default-src 'none'; ${own}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`
}
