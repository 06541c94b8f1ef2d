import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { toFunction } from '../../src/engine/function.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { createApp, startApp } from './harness.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

const config = (extra: Record<string, unknown>) => ({ id: 'app-fn', triggers: [{ event: 'a/b' }], ...extra })

describe('what is not supported', () => {
  it.each([
    [{ rateLimit: { limit: 1, period: '1m' } }, 'Function "app-fn" uses rateLimit, which'],
    [{ throttle: { limit: 1, period: 'often' } }, 'the throttle period "often" is not a duration'],
    [{ singleton: { mode: 'skip' } }, 'Function "app-fn" uses singleton, which'],
    [{ priority: { run: '1' } }, 'Function "app-fn" uses priority, which'],
    [{ timeouts: { finish: '1m' } }, 'Function "app-fn" uses timeouts, which'],
    [{ cancel: [{ event: 'inngest/x' }] }, 'Function "app-fn" uses cancelOn with the event inngest/x, which'],
    [{ cancel: [{ event: 'x/*' }] }, 'Function "app-fn" uses cancelOn with the wildcard x/*, which'],
    [{ cancel: [{ event: 'x', timeout: 'soon' }] }, 'the cancelOn timeout "soon" is neither a duration nor a date'],
    [{ cancel: [{ event: 'x', if: 'asinc.data.id == 1' }] }, 'is not a CEL expression over event and async'],
    [{ cancel: Array.from({ length: 6 }, () => ({ event: 'x' })) }, 'uses more than 5 cancelOn, which'],
    [{ batchEvents: { maxSize: 2, timeout: '1s', if: 'true' } }, 'Function "app-fn" uses batchEvents.if, which'],
    [{ triggers: [{ cron: '* * * * *', jitter: '5s' }] }, 'Function "app-fn" uses cron jitter, which'],
    [{ concurrency: { limit: 1, scope: 'env', key: '"crm"' } }, 'Function "app-fn" uses concurrency with scope env'],
    [{ triggers: [{ event: 'inngest/function.finished' }] }, 'the trigger inngest/function.finished'],
    [{ debounce: { period: '1s' }, batchEvents: { maxSize: 2, timeout: '1s' } }, 'debounce together with batchEvents'],
    [{ debounce: { period: '1s' }, idempotency: 'event.data.a' }, 'idempotency with debounce'],
    [{ debounce: { period: 'soon' } }, 'the debounce period "soon" is not a duration'],
    [{ concurrency: { limit: 1, key: 'event.data.(' } }, 'the concurrency key "event.data.(" is not a CEL expression'],
    [{ concurrency: { limit: 1, key: 'evnt.data.id' } }, 'is not a CEL expression'],
    [{ triggers: [{ cron: '* * * * * *' }] }, '"* * * * * *" is not a cron schedule'],
    [{ triggers: [{ cron: 'TZ=Nowhere/At_all 0 9 * * *' }] }, 'is not a cron schedule'],
  ])('refuses %j', (extra, message) => {
    expect(() => toFunction(config(extra))).toThrow(message)
  })

  it('is refused at start', async () => {
    const { engine, handler, appId } = createApp(database.db, inngest => [
      inngest.createFunction({ id: 'fine', triggers: { event: 'a/b' } }, () => 1),
      inngest.createFunction({ id: 'bad', singleton: { mode: 'skip' }, triggers: { event: 'a/b' } }, () => 1),
    ])
    await expect(engine.start(handler)).rejects.toThrow(`Function "${appId}-bad" uses singleton`)
  })

  it.each([
    ['waitForSignal', 'uses WaitForSignal, which the embedded engine does not support'],
    ['failed', 'waits for the event inngest/function.failed, which the embedded engine does not support'],
    ['wildcard', 'waits for the wildcard x/*, which the embedded engine does not support'],
    ['if', 'waits for x/y if "asinc.data.id == 1", which is not a CEL expression over event and async'],
    ['timeout', 'waits with timeout "", which is neither a duration nor a date'],
  ])('fails the run that only shows it when called: %s', async (what, message) => {
    const { engine, inngest } = await startApp(database.db, inngest => [
      inngest.createFunction({ id: 'using', triggers: { event: 'demo/using' } }, async ({ step }) => {
        const wait = (event: string, extra = {}) => step.waitForEvent('w', { event, timeout: '1h', ...extra })
        if (what === 'waitForSignal') await step.waitForSignal('s', { signal: 's', timeout: '1h', onConflict: 'fail' })
        if (what === 'failed') await wait('inngest/function.failed')
        if (what === 'wildcard') await wait('x/*')
        if (what === 'if') await wait('x/y', { if: 'asinc.data.id == 1' })
        if (what === 'timeout') await wait('x/y', { timeout: 'some time' })
      }),
    ])
    await inngest.send({ name: 'demo/using' })
    await engine.settle()
    expect(await engine.runs({ functionId: `${inngest.id}-using` })).toMatchObject([
      { state: 'failed', error: { message: `Function "${inngest.id}-using" ${message}` } },
    ])
  })
})

describe('the handler', () => {
  it('answers 401 to calls that are not signed with the key', async () => {
    const seen: string[] = []
    const { handler, appId } = await startApp(database.db, inngest => [
      inngest.createFunction({ id: 'secret', triggers: { event: 'a/b' } }, () => seen.push('called')),
    ])
    const call = (headers: Record<string, string>, method = 'POST') =>
      handler(
        new Request(`http://127.0.0.1:8787/api/inngest?fnId=${appId}-secret&stepId=step`, {
          method,
          headers,
          body: JSON.stringify({ event: { name: 'a/b' }, events: [], steps: {}, ctx: { run_id: 'r' } }),
        }),
      )
    const now = Math.round(Date.now() / 1000)
    expect((await call({})).status).toBe(401)
    expect((await call({ 'x-inngest-signature': `t=${now}&s=${'0'.repeat(64)}` })).status).toBe(401)
    expect((await call({ 'x-inngest-signature': 'nonsense' })).status).toBe(401)
    expect((await call({}, 'PUT')).status).toBe(401)
    expect((await call({ 'x-inngest-sync-kind': 'in_band' }, 'PUT')).status).toBe(401)
    expect(seen).toEqual([])
  })

  it('is not started with another key', async () => {
    const { engine, handler } = createApp(
      database.db,
      inngest => [inngest.createFunction({ id: 'secret', triggers: { event: 'a/b' } }, () => 1)],
      { signingKey: 'another' },
    )
    await expect(engine.start(handler)).rejects.toThrow('refused to register: 401')
  })
})

describe('events', () => {
  const post = (body: unknown) => ({ method: 'POST', body: JSON.stringify(body) })

  it('are refused when too large, without a name, or in Inngest’s own name', async () => {
    const { engine } = await startApp(database.db, inngest => [
      inngest.createFunction({ id: 'any', triggers: { event: 'a/b' } }, () => 1),
    ])
    const answer = async (event: unknown) => (await engine.fetch('https://inn.gs/e/local', post([event]))).json()
    expect(await answer({ name: 'a/b', data: 'x'.repeat(512 * 1024) })).toMatchObject({
      status: 413,
      error: expect.stringContaining('the limit is 524288'),
    })
    expect(await answer({ data: 1 })).toMatchObject({ status: 400 })
    expect(await answer({ name: 'inngest/function.failed' })).toMatchObject({ status: 400 })
    expect(await answer({ name: 'a/b', data: 1 })).toMatchObject({ status: 200, ids: [expect.any(String)] })
  })

  it('are refused before the functions are known', async () => {
    const { engine } = createApp(database.db, () => [])
    const response = await engine.fetch('https://inn.gs/e/local', post([{ name: 'a/b' }]))
    expect(await response.json()).toMatchObject({ status: 503 })
  })

  it('are the only thing that fetch answers', async () => {
    const { engine } = createApp(database.db, () => [])
    await expect(engine.fetch('https://api.inngest.com/v1/runs/x')).rejects.toThrow('answers only events, not GET')
    await expect(engine.fetch('https://api.inngest.com/fn/register', post({}))).rejects.toThrow('answers only events')
  })
})
