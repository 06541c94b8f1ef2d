/** Once-only POSTs and rate limits. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { SANDBOX } from '../../src/config.ts'
import { createRateLimit, JOIN_LIMIT, LIMIT } from '../../src/http/rate-limit.ts'
import { newId } from '../../src/inbox/context.ts'
import { DEMO } from '../../src/node/demo.ts'
import { startHub, type TestHub } from '../support/hub.ts'
import { webhook } from '../support/whatsapp.ts'

let t: TestHub
beforeAll(async () => {
  t = await startHub()
  await t.post(webhook(DEMO.phoneNumberId, [{ from: '5215550003001', name: 'Ana', text: 'hola', at: t.now() }]))
  await t.pass(0)
})
afterAll(() => t.close())

async function post(path: string, body: unknown, key?: string, token: string = SANDBOX.apiKey) {
  const answer = await fetch(`${t.url}/api/v1${path}`, {
    method: 'POST',
    headers: {
      ...{ authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
    body: JSON.stringify(body),
  })
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Record<string, unknown> }
}
const teams = async () =>
  (await t.api<{ items: { name: string }[] }>('GET', '/teams')).body.items.map(team => team.name)

describe('Idempotency-Key', () => {
  it('the same request gets the same answer, and nothing is done twice', async () => {
    const [first, again] = [
      await post('/teams', { name: 'Norte' }, 'k1'),
      await post('/teams', { name: 'Norte' }, 'k1'),
    ]
    expect([first.status, again.status, again.body]).toEqual([201, 201, first.body])
    expect([first.headers.get('idempotency-replayed'), again.headers.get('idempotency-replayed')]).toEqual([
      null,
      'true',
    ])
    expect((await teams()).filter(name => name === 'Norte')).toHaveLength(1)
  })

  it('a refusal is an answer, too', async () => {
    const [first, again] = [
      await post('/teams', { name: 'Norte' }, 'k2'),
      await post('/teams', { name: 'Norte' }, 'k2'),
    ]
    expect([first.status, again.status, again.body]).toEqual([409, 409, first.body])
    expect(again.headers.get('content-type')).toContain('problem+json')
  })

  it('another request under it is refused: another body, or another path', async () => {
    await post('/teams', { name: 'Sur' }, 'k3')
    const others = [
      await post('/teams', { name: 'Oeste' }, 'k3'),
      await post('/contacts/x/merge', { name: 'Sur' }, 'k3'),
    ]
    expect(others.map(({ status, body }) => [status, body.code])).toEqual([
      [422, 'other_request'],
      [422, 'other_request'],
    ])
    expect(await teams()).not.toContain('Oeste')
  })

  it('of many at once one is done; the others are told to wait, or get its answer', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => post('/teams', { name: 'Centro' }, 'k4')))
    expect((await teams()).filter(name => name === 'Centro')).toHaveLength(1)
    for (const { status, body } of all)
      expect([status, body.code]).toEqual(status === 201 ? [201, undefined] : [409, 'in_hand'])
    expect(all.some(({ status }) => status === 201)).toBe(true)
    expect((await post('/teams', { name: 'Centro' }, 'k4')).status).toBe(201)
  })

  it('one whose process died is free again after a minute', async () => {
    const workspace = { workspaceId: t.workspaceId, at: t.now() }
    const [key] = await t.database.owner<
      { id: string }[]
    >`select id from api_keys where workspace_id = ${workspace.workspaceId} limit 1`
    await post('/teams', { name: 'Isla' }, 'k5')
    await t.database
      .owner`update idempotency_keys set status = null, body = null where key = 'k5' and caller = ${`key:${key?.id}`}`
    expect((await post('/teams', { name: 'Isla' }, 'k5')).body.code).toBe('in_hand')
    await t.pass(61)
    expect((await post('/teams', { name: 'Isla' }, 'k5')).body.code).toBe('already_exists')
  })

  it('holds for a day, and is each caller’s own', async () => {
    const made = await t.api<{ key: string }>('POST', '/keys', { name: 'otra', permissions: ['people.manage'] })
    await post('/teams', { name: 'Valle' }, 'k6')
    expect((await post('/teams', { name: 'Monte' }, 'k6', made.body.key)).status).toBe(201)
    await t.pass(25 * 3600)
    expect((await post('/teams', { name: 'Llano' }, 'k6')).status).toBe(201)
  })

  it('what is shown once is not kept', async () => {
    const body = { name: 'secreta', permissions: [] }
    const made = await post('/keys', body, 'k7')
    expect(made.status).toBe(201)
    const kept = await t.database
      .owner`select 1 from idempotency_keys where key = 'k7' or body like ${`%${made.body.key}%`}`
    expect(kept).toHaveLength(0)
  })

  it('a reply under it goes out once', async () => {
    const [ticket] = (await t.api<{ items: { id: string }[] }>('GET', '/tickets')).body.items
    const answers = [1, 2].map(() => post(`/tickets/${ticket?.id}/notes`, { text: 'x' }, newId()))
    await Promise.all(answers)
    const before = (await t.api<{ messages: unknown[] }>('GET', `/tickets/${ticket?.id}`)).body.messages.length
    await t.post(webhook(DEMO.phoneNumberId, [{ from: '5215550003001', name: 'Ana', text: 'sigo', at: t.now() }]))
    await t.pass(0)
    for (let n = 0; n < 3; n++)
      expect((await post(`/tickets/${ticket?.id}/reply`, { text: 'Claro' }, 'k8')).status).toBe(202)
    const after = (await t.api<{ messages: unknown[] }>('GET', `/tickets/${ticket?.id}`)).body.messages.length
    expect(after - before).toBe(2)
  })

  it('an empty or endless one is refused', async () => {
    expect((await post('/teams', { name: 'Nada' }, 'x'.repeat(201))).status).toBe(422)
    expect(await teams()).not.toContain('Nada')
  })
})

describe('rate limits', () => {
  it('are told with each answer', async () => {
    const made = await t.api<{ key: string }>('POST', '/keys', { name: 'cuenta', permissions: [] })
    const headers = { authorization: `Bearer ${made.body.key}` }
    const ask = async () => (await fetch(`${t.url}/api/v1/me`, { headers })).headers
    const [first, second] = [await ask(), await ask()]
    expect(first.get('ratelimit-policy')).toBe(`"default";q=${LIMIT.requests};w=${LIMIT.windowMs / 1000}`)
    const left = (given: Headers) => Number(/r=(\d+)/.exec(given.get('ratelimit') ?? '')?.[1])
    expect([left(first), left(second)]).toEqual([LIMIT.requests - 1, LIMIT.requests - 2])
  })

  it('beyond them the answer is 429, and says when to come back; others are served', async () => {
    const made = await t.api<{ key: string }>('POST', '/keys', { name: 'insistente', permissions: [] })
    const headers = { authorization: `Bearer ${made.body.key}` }
    let last = await fetch(`${t.url}/api/v1/me`, { headers })
    for (let n = 0; n < LIMIT.requests && last.status === 200; n += 20) {
      const batch = await Promise.all(Array.from({ length: 20 }, () => fetch(`${t.url}/api/v1/me`, { headers })))
      for (const answer of batch) await answer.body?.cancel()
      last = batch.find(answer => answer.status !== 200) ?? (batch[0] as Response)
    }
    expect(last.status).toBe(429)
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await t.api('GET', '/me')).status).toBe(200)
  })

  it('holds at the doors of those whom nobody knows yet, for each address', async () => {
    // As the proxy on this machine tells it; on Workers Cloudflare alone tells it, and nobody else is believed.
    const [told, claimed] =
      inject('runtime') === 'workerd'
        ? ['cf-connecting-ip', 'x-forwarded-for']
        : ['x-forwarded-for', 'cf-connecting-ip']
    const from = async (address: string, claim = address) =>
      (await fetch(`${t.url}/api/join`, { headers: { [told]: address, [claimed]: claim } })).status
    const statuses = await Promise.all(Array.from({ length: JOIN_LIMIT.requests + 3 }, () => from('203.0.113.6')))
    expect(statuses.filter(status => status === 429)).toHaveLength(3)
    expect(await from('203.0.113.6', '203.0.113.8')).toBe(429)
    expect(await from('203.0.113.7', '203.0.113.6')).toBe(200)
  })

  it('no window lets more through than it says, and each opens again when it is over', () => {
    const requests = fc.array(
      fc.record({ caller: fc.constantFrom('a', 'b'), afterMs: fc.integer({ min: 0, max: 400 }) }),
    )
    fc.assert(
      fc.property(requests, list => {
        const count = createRateLimit({ requests: 5, windowMs: 1_000 })
        const allowed: Record<string, number[]> = { a: [], b: [] }
        let now = 0
        for (const { caller, afterMs } of list) {
          now += afterMs
          const budget = count(caller, now)
          if (budget.allowed) allowed[caller]?.push(now)
          else expect(count(caller, now + budget.resetMs).allowed).toBe(true)
          if (!budget.allowed) return
        }
        for (const times of Object.values(allowed)) expect(times.length).toBeLessThanOrEqual(5 * (now / 1_000 + 1))
      }),
    )
  })
})
