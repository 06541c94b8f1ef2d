/** By the API: how a CRM account fares, its budget, plans, backfills, reconciliations, findings and held records. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startHub, type TestHub } from '../support/hub.ts'
import { say } from '../sync/support.ts'

let t: TestHub
beforeAll(async () => {
  t = await startHub()
  await say(t, 'hola')
  await t.pass(5)
})
afterAll(() => t.close())

type Health = {
  level: string
  causes: { code: string; cause: string; fix: string }[]
  queue: { lane: string; waiting: number }[]
  budget: { dailyMax: number; left: number; usedUpAt: string | null; dailyShare: number }
}
const at = (rest: string) => `/connections/${t.connectionId}/${rest}`
const health = async () => (await t.api<Health>('GET', at('health'))).body

it('is well while all is told, and says why not with its fix where it is not', async () => {
  expect(await health()).toMatchObject({
    ...{ level: 'well', causes: [], lagMs: 0, unread: 0, lastWebhookAt: expect.any(String) },
    queue: [
      { lane: 'live', waiting: 0 },
      { lane: 'retry', waiting: 0 },
      { lane: 'backfill', waiting: 0 },
    ],
  })
  await t.api('POST', at('pause'))
  await say(t, 'durante')
  await t.pass(600)
  const paused = await health()
  expect(paused).toMatchObject({
    level: 'stopped',
    causes: [{ code: 'paused', fix: expect.stringContaining('Reanúdala') }],
  })
  expect(paused.queue[0]?.waiting).toBeGreaterThan(0)
  await t.api('POST', at('resume'))
  for (const seconds of [2, 5]) await t.pass(seconds)
  expect((await health()).level).toBe('well')
})

it('a budget is a share of the day, with a forecast; used up, nothing is sent until the next', async () => {
  await t.database.owner`update limiters set daily_max = 1000, daily_used = 100`
  expect(await t.api('PUT', at('budget'), { dailyShare: 50 })).toMatchObject({
    status: 200,
    body: { dailyMax: 1000, dailyShare: 50, left: 400 },
  })
  expect((await t.api('PUT', at('budget'), { dailyShare: 0 })).status).toBe(422)
  await t.database.owner`update limiters set daily_used = 495`
  const { budget, causes } = await health()
  expect(budget).toMatchObject({ left: 5, usedUpAt: expect.any(String) })
  expect(causes).toMatchObject([{ code: 'budget short' }])
  await t.database.owner`update limiters set daily_used = 500`
  expect(await health()).toMatchObject({ level: 'stopped', causes: [{ code: 'budget used up' }] })
  const [audited] = await t.database.owner`select before, after from audit where action = 'budget set'`
  expect(audited).toEqual({ before: { dailyShare: 100 }, after: { dailyShare: 50 } })
  await t.database.owner`update limiters set daily_max = null, daily_used = 0, daily_share = 100`
})

it('plans, backfills and reconciliations are made, followed and ended', async () => {
  const plan = await t.api<{ id: string; unchanged: number }>('POST', at('plans'), {
    of: 'backfill',
    scope: { kinds: ['contact', 'ticket', 'message'] },
  })
  expect(plan).toMatchObject({ status: 201, body: { create: 0, update: 0, writes: 0, state: 'ready', isWhole: true } })
  expect(plan.body.unchanged).toBe(4)
  expect((await t.api('GET', `/plans/${plan.body.id}/items`)).body).toEqual({ items: [] })
  expect((await t.api('POST', `/plans/${plan.body.id}/apply`)).body).toMatchObject({ state: 'applied' })
  expect((await t.api('POST', `/plans/${plan.body.id}/apply`)).status).toBe(409)

  const scope = { kinds: ['contact'] }
  const backfill = await t.api<{ id: string }>('POST', at('backfills'), { direction: 'out', scope })
  expect(backfill).toMatchObject({ status: 201, body: { state: 'running', total: 1, seen: 0 } })
  expect((await t.api('POST', `/backfills/${backfill.body.id}/pause`)).body).toMatchObject({ state: 'paused' })
  expect((await t.api('POST', `/backfills/${backfill.body.id}/pause`)).status).toBe(409)
  expect((await t.api('POST', `/backfills/${backfill.body.id}/resume`)).body).toMatchObject({ state: 'running' })
  await t.pass(2)
  expect((await t.api('GET', `/backfills/${backfill.body.id}`)).body).toMatchObject({ state: 'done', seen: 1 })

  const compared = await t.api<{ id: string }>('POST', at('reconciliations'))
  expect(compared).toMatchObject({ status: 201, body: { state: 'running', phase: 'linked', reason: 'on demand' } })
  expect((await t.api('POST', at('reconciliations'))).status).toBe(409)
  for (let n = 0; n < 4; n++) await t.pass(60)
  expect((await t.api('GET', `/reconciliations/${compared.body.id}`)).body).toMatchObject({
    ...{ state: 'done', missingThere: 0, differing: 0, stillMissing: 0, phase: null },
  })
  expect((await t.api('GET', `/reconciliations/${compared.body.id}/findings`)).body).toEqual({ items: [] })
})

it('calls are found by their outcome and address; fields are looked at and accepted', async () => {
  const found = await t.api<{ items: { path: string; status: number }[] }>(
    'GET',
    '/attempts?status=ok&path=tickets/batch',
  )
  expect(found.body.items.length).toBeGreaterThan(0)
  expect(found.body.items.every(each => each.path.includes('tickets/batch') && each.status < 300)).toBe(true)
  expect((await t.api('GET', '/attempts?status=unanswered')).body).toMatchObject({ items: [] })
  const [ticket] = (await t.api<{ items: { id: string }[] }>('GET', '/tickets')).body.items
  const ofOne = await t.api<{ items: { path: string }[] }>('GET', `/attempts?recordId=${ticket?.id}`)
  expect(ofOne.body.items.map(({ path }) => path)).toEqual([expect.stringContaining('tickets/batch/create')])
  for (const act of ['check', 'accept']) expect((await t.api('POST', at(`fields/${act}`))).body).toEqual({ items: [] })
  for (const path of ['/drift-findings', '/held-pairs', '/plans', '/backfills', '/reconciliations']) {
    expect((await t.api('GET', path)).status).toBe(200)
  }
})
