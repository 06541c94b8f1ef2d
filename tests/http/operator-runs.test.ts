/** What the operator sees of runs, and does to them, as JSON and as pages. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SANDBOX } from '../../src/config.ts'
import { newId } from '../../src/inbox/new-id.ts'
import { startHub, type TestHub } from '../support/hub.ts'

type Summary = { id: string; functionId: string; state: string; failedAttempts: number; nextAt: string | null }
type Page = { items: Summary[]; nextBefore: string | null }
type Run = Summary & {
  error: { message: string } | null
  output: unknown
  events: { name: string; ids: Record<string, string> }[]
  steps: { name: string; result: unknown; error: { message: string } | null; finishedAt: string }[]
  queue: { stepId: string; kind: string; failedAttempts: number; at: string | null; error: { message: string } }[]
}

let t: TestHub
beforeAll(async () => {
  t = await startHub()
  // Five functions look around each minute: more runs than a page has.
  for (let minute = 0; minute < 12; minute++) await t.pass(60)
})
afterAll(() => t.close())

const SEND = 'buzon-send-message'
const headers = {
  authorization: `Basic ${Buffer.from(`operator:${SANDBOX.operatorToken}`).toString('base64')}`,
  'accept-language': 'es-MX,es;q=0.9',
}
const ask = (method: string, path: string) => fetch(`${t.url}/operator${path}`, { method, headers, redirect: 'manual' })
const api = async <T = Run>(method: string, path: string) => {
  const answer = await ask(method, `/api${path}`)
  return { status: answer.status, body: (await answer.json()) as T }
}
const list = async (query: string) => (await api<Page>('GET', `/runs?${query}`)).body
const page = async (path: string) => (await ask('GET', path)).text()

/** A run of send-message, which fails as long as it may not read. */
async function sendNothing() {
  const [workspaceId, conversationId] = [newId(), newId()]
  // Later than any other, so that it is the newest.
  await t.pass(1)
  await t.hub.services.emit([{ name: 'inbox/message.queued', data: { workspaceId, conversationId } }])
  await t.pass(0)
  const { items } = await list(`function=${SEND}&limit=1`)
  return { id: String(items[0]?.id), workspaceId, conversationId }
}
const breakDatabase = () => t.database.owner`revoke select on messages from buzon_app`
const mendDatabase = () => t.database.owner`grant select on messages to buzon_app`

/** More than any retry waits. */
const LONG_S = 200

async function failedRun() {
  await breakDatabase()
  const run = await sendNothing()
  for (let attempt = 0; attempt < 4; attempt++) await t.pass(LONG_S)
  return run
}

describe('the list', () => {
  it('pages through runs, newest first, each once', async () => {
    const all = (await list('limit=200')).items.map(run => run.id)
    expect(all.length).toBeGreaterThan(50)
    const seen: string[] = []
    for (let before = ''; ; ) {
      const { items, nextBefore } = await list(`limit=7${before}`)
      seen.push(...items.map(run => run.id))
      if (!nextBefore) break
      before = `&before=${nextBefore}`
    }
    expect(seen).toEqual(all)
  })

  it('filters by state and function', async () => {
    const { items } = await list('state=completed&function=buzon-recover-sends')
    expect(items.length).toBeGreaterThan(0)
    for (const run of items) expect(run).toMatchObject({ state: 'completed', functionId: 'buzon-recover-sends' })
    expect(await list('function=buzon-unheard-of')).toEqual({ items: [], nextBefore: null })
  })

  it.each(['state=happy', 'function=a%00b', 'function=', 'before=nonsense', 'limit=201', 'limit=0'])(
    'refuses %s, naming what to mend; a page shows what it can',
    async query => {
      const answer = await api<{ code: string; errors: { field: string }[] }>('GET', `/runs?${query}`)
      expect(answer).toMatchObject({ status: 422, body: { code: 'invalid_input' } })
      expect(answer.body.errors[0]?.field).toBe(query.split('=')[0])
      expect(await page(`/runs?${query}`)).toContain('buzon-recover-sends')
    },
  )

  it('is a page with a link to each run and to those before', async () => {
    const { items, nextBefore } = await list('limit=50')
    const first = await page('/runs')
    for (const { id } of items) expect(first).toContain(`href="/operator/runs/${id}"`)
    expect(first).toContain(`href="/operator/runs?before=${nextBefore}"`)
    const second = await page(`/runs?before=${nextBefore}`)
    for (const { id } of items) expect(second).not.toContain(id)
    expect(second).toContain('Volver a las más recientes')
  })
})

describe('a run that waits for a retry', () => {
  it('is shown with why and until when, and is tried at once when asked', async () => {
    await breakDatabase()
    const { id, workspaceId, conversationId } = await sendNothing()
    const { body: run } = await api('GET', `/runs/${id}`)
    expect(run).toMatchObject({
      ...{ id, functionId: SEND, state: 'running', output: null, steps: [] },
      events: [{ name: 'inbox/message.queued', ids: { workspaceId, conversationId } }],
      queue: [{ stepId: 'step', kind: 'call', failedAttempts: 1, error: { message: /permission denied/ } }],
    })
    expect(Date.parse(String(run.queue[0]?.at))).toBeGreaterThan(t.now().getTime())
    const html = await page(`/runs/${id}`)
    for (const text of ['Espera un reintento', 'Intento 2', 'permission denied', 'Reintentar ahora', conversationId]) {
      expect(html).toContain(text)
    }
    await mendDatabase()
    expect(await api('POST', `/runs/${id}/retry`)).toMatchObject({ status: 200, body: { outcome: 'due' } })
    await t.hub.settle()
    expect((await api('GET', `/runs/${id}`)).body).toMatchObject({
      ...{ state: 'completed', error: null, queue: [], output: { kind: 'done' } },
      steps: [{ name: 'send-0', result: { kind: 'done' }, error: null, finishedAt: t.now().toISOString() }],
    })
    const again = await api<{ code: string }>('POST', `/runs/${id}/retry`)
    expect(again).toMatchObject({ status: 409, body: { code: 'nothing_to_retry' } })
  })

  it('is cancelled, once, and does no more', async () => {
    await breakDatabase()
    const { id } = await sendNothing()
    await mendDatabase()
    expect(await api('POST', `/runs/${id}/cancel`)).toMatchObject({
      ...{ status: 200, body: { outcome: 'cancelled', run: { state: 'cancelled', queue: [] } } },
    })
    expect(await api('POST', `/runs/${id}/cancel`)).toMatchObject({ status: 409, body: { code: 'not_running' } })
    await t.pass(LONG_S)
    expect((await api('GET', `/runs/${id}`)).body).toMatchObject({ state: 'cancelled', steps: [] })
    expect((await list('state=cancelled')).items.map(run => run.id)).toEqual([id])
    const html = await page(`/runs/${id}`)
    expect(html).toContain('Cancelada')
    expect(html).not.toMatch(/<button id="(retry|cancel)"/)
  })
})

describe('a run that has failed', () => {
  it('is reopened by the button of its page, which says so', async () => {
    const { id } = await failedRun()
    const { body: run } = await api('GET', `/runs/${id}`)
    expect(run).toMatchObject({ state: 'failed', error: { message: /permission denied/ }, queue: [] })
    expect((await list('state=failed')).items.map(each => each.id)).toContain(id)
    const html = await page(`/runs/${id}`)
    expect(html).toContain(`action="/operator/runs/${id}/retry"`)
    expect(html).not.toContain(`action="/operator/runs/${id}/cancel"`)

    await mendDatabase()
    const answer = await ask('POST', `/runs/${id}/retry`)
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `/operator/runs/${id}?done=reopened`])
    expect(await page(`/runs/${id}?done=reopened`)).toContain('La ejecución se reabrió en el paso que falló.')
    await t.hub.settle()
    expect((await api('GET', `/runs/${id}`)).body).toMatchObject({ state: 'completed', error: null })
  })

  it('is told what was in vain', async () => {
    const { id } = await sendNothing()
    const answers = await Promise.all(['retry', 'cancel'].map(act => ask('POST', `/runs/${id}/${act}`)))
    expect(answers.map(answer => answer.headers.get('location'))).toEqual([
      `/operator/runs/${id}?done=not+failed`,
      `/operator/runs/${id}?done=not+running`,
    ])
    expect(await page(`/runs/${id}?done=not+running`)).toContain('No había nada que cancelar')
    expect(await page(`/runs/${id}?done=<script>`)).not.toContain('role="status">No')
  })
})

describe('a run that there is not', () => {
  it.each([newId(), 'nonsense'])('%s', async id => {
    const status = id === 'nonsense' ? 422 : 404
    for (const [method, path] of [
      ['GET', `/runs/${id}`],
      ['POST', `/runs/${id}/retry`],
      ['POST', `/runs/${id}/cancel`],
    ] as const) {
      expect((await api(method, path)).status).toBe(status)
      const answer = await ask(method, path)
      expect(answer.status).toBe(404)
      expect(await answer.text()).toContain('Esta ejecución no existe')
    }
  })
})

describe('pages', () => {
  it.each([
    ['es-MX,es;q=0.9', 'es', 'Ejecuciones'],
    ['en-GB', 'en', 'Runs'],
    ['pt-BR', 'pt', 'Execuções'],
    ['fr', 'en', 'Runs'],
  ])('for %s are in %s', async (language, code, title) => {
    const answer = await fetch(`${t.url}/operator/runs`, { headers: { ...headers, 'accept-language': language } })
    expect(await answer.text()).toMatch(new RegExp(`<html lang="${code}">[^]*<h1>${title}</h1>`))
  })

  it('run their own script only, and stand in nobody’s frame', async () => {
    const answer = await ask('GET', '/runs')
    const policy = String(answer.headers.get('content-security-policy'))
    const nonce = /script-src 'nonce-([^']+)'/.exec(policy)?.[1]
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    const html = await answer.text()
    expect(html.match(/<script/g)).toHaveLength(1)
    expect(html).toContain(`<script type="module" nonce="${nonce}">`)
    expect(html).not.toMatch(/https?:\/\//)
    expect((await ask('GET', '/runs')).headers.get('content-security-policy')).not.toBe(policy)
  })

  it('take nothing for markup that comes from outside', async () => {
    const { id } = await sendNothing()
    await t.database.owner`
      update engine.steps set name = '<b>step</b>', output = '{"data": "</pre><script>alert(1)</script>"}'
      where run_id = ${id}`
    await t.database.owner`
      update engine.runs set error = '{"name": "<i>", "message": "<img src=x>"}', state = 'failed' where id = ${id}`
    for (const path of [`/runs/${id}`, '/runs']) expect(await page(path)).not.toMatch(/<b>step|<script>alert|<img|<i>/)
  })

  it('say what will be here where nothing has run', async () => {
    await t.database.owner`delete from engine.runs`
    expect(await page('/runs')).toContain('Todavía no hay ejecuciones')
  })
})
