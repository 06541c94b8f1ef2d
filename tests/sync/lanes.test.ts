/** Two processes over one connection, each with its own line to the database: its limit holds, and its records are told once. */
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { RemoteCallError } from '../../src/connectors/contract.ts'
import { connectorById } from '../../src/connectors/registry.ts'
import { forecast, type Lane, laneShares } from '../../src/core/lane.ts'
import { openDb } from '../../src/db/client.ts'
import { connectionById } from '../../src/db/connections.ts'
import { feedLimiter, quietLimiter, takeCall, takeSharedCall } from '../../src/db/limiters.ts'
import { queueOutbox } from '../../src/db/outbox.ts'
import { inWorkspace } from '../../src/db/tenancy.ts'
import { newId } from '../../src/inbox/context.ts'
import { type SyncContext, syncContext } from '../../src/sync/context.ts'
import { flushOutbox } from '../../src/sync/flush-outbox.ts'
import { openConnection } from '../../src/sync/open-connection.ts'
import { startHub, type TestHub } from '../support/hub.ts'
import { testWorkspace } from '../support/workspace.ts'
import { calls, openLetters, remote, say, told, waiting } from './support.ts'

const SILENT = { max: null, intervalMs: null, remaining: null, dailyMax: null, dailyRemaining: null }
let t: TestHub
const pools: ReturnType<typeof openDb>[] = []
beforeEach(async () => {
  t = await startHub()
})
afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.end({ timeout: 1 })
  await t.close()
})

/** Another process, as far as the database can tell. */
function process(over: Partial<SyncContext> = {}): SyncContext {
  const db = openDb(t.database.url, { max: 2 })
  pools.push(db)
  return { ...syncContext(t.hub.services, t.workspaceId), db, ...over }
}

const limits = (share = 1) => ({
  ...{ connectionId: newId(), workspaceId: t.workspaceId, max: 10, intervalMs: 10_000, daily: null },
  ...{ share, dailyShare: 1, isRolling: false },
})
const take = (each: ReturnType<typeof limits>, at: number) =>
  inWorkspace(t.database.db, t.workspaceId, tx => takeCall(tx, each, new Date(at)))

it('no stretch as long as the window ever holds more calls than it allows, whenever they are asked for', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 2_500 }), { minLength: 20, maxLength: 60 }), async gaps => {
      const each = limits()
      const made: number[] = []
      let at = t.now().getTime()
      for (const gap of gaps) {
        at += gap
        const { allowed, retryAt } = await take(each, at)
        if (allowed) made.push(at)
        else expect(retryAt?.getTime()).toBeGreaterThan(at)
      }
      for (const [nth, one] of made.entries()) {
        const tenLater = made[nth + each.max]
        if (tenLater !== undefined) expect(tenLater - one).toBeGreaterThan(each.intervalMs)
      }
    }),
    { numRuns: 25 },
  )
})

it('whoever asks again at the instant that was named is let through', async () => {
  const each = limits()
  const at = t.now().getTime()
  for (let n = 0; n < 10; n++) expect((await take(each, at + n * 300)).allowed).toBe(true)
  const refused = await take(each, at + 3_100)
  expect(refused).toMatchObject({ allowed: false, why: 'window' })
  expect((await take(each, refused.retryAt?.getTime() ?? 0)).allowed).toBe(true)
})

it('of the last 24 hours nothing begins anew at midnight, and one call an hour asks what has come free', async () => {
  const place = { ...limits(), isRolling: true, max: 1_000 }
  const [noon, hour] = [Date.parse('2026-11-03T12:00:00Z'), 3_600_000]
  const ask = (at: number, dailyShare = 1) => take({ ...place, dailyShare }, at)
  expect((await ask(noon)).allowed).toBe(true)
  await t.database
    .owner`update limiters set daily_max = 100, daily_used = 100 where connection_id = ${place.connectionId}`
  expect(await ask(noon + hour, laneShares.backfill.day)).toMatchObject({ allowed: false, why: 'daily' })
  expect((await ask(noon + hour)).allowed).toBe(true)
  const refused = await ask(noon + hour + 1)
  expect(refused).toMatchObject({ allowed: false, why: 'daily', retryAt: new Date(noon + 2 * hour) })
  expect((await ask(noon + 2 * hour)).allowed).toBe(true)
  // Midnight has passed, and nobody has said that anything came free.
  expect((await ask(noon + 13 * hour)).allowed).toBe(true)
  expect(await ask(noon + 13 * hour + 1)).toMatchObject({ allowed: false, why: 'daily' })
  await inWorkspace(t.database.db, t.workspaceId, tx =>
    feedLimiter(tx, place.connectionId, { ...SILENT, dailyMax: 100, dailyRemaining: 40 }),
  )
  expect((await ask(noon + 13 * hour + 2)).allowed).toBe(true)
})

it('the forecast of the last 24 hours counts what comes free again, that of a day ends with it', () => {
  const now = new Date('2026-11-03T22:00:00Z')
  const told = (dailyUsed: number, perHour: number, isRolling: boolean) =>
    forecast({ dailyMax: 2_400, dailyUsed, dailyShare: 100, isRolling }, perHour, now)?.usedUpAt?.toISOString() ?? null
  expect(told(1_200, 400, false)).toBeNull()
  expect(told(1_200, 50, true)).toBeNull()
  expect(told(1_200, 350, true)).toBe('2026-11-04T02:00:00.000Z')
  expect(told(2_400, 0, true)).toBe(now.toISOString())
})

it('a lane leaves to those before it what they may need; quiet and the day hold for all', async () => {
  const place = limits()
  const ask = (lane: Lane, at = t.now().getTime()) =>
    take({ ...place, share: laneShares[lane].window, dailyShare: laneShares[lane].day }, at)
  let backfilled = 0
  while ((await ask('backfill')).allowed) backfilled++
  expect(backfilled).toBe(7)
  expect((await ask('retry')).allowed).toBe(true)
  expect((await ask('live')).allowed).toBe(true)
  const owner = t.database.owner
  await owner`update limiters set daily_max = 100, daily_share = 80, daily_used = 64, slots = '{}'`
  expect(await ask('backfill')).toMatchObject({ allowed: false, why: 'daily' })
  expect((await ask('live')).allowed).toBe(true)
  await owner`update limiters set daily_used = 80`
  const refused = await ask('live')
  expect(refused).toMatchObject({ allowed: false, why: 'daily' })
  expect(refused.retryAt?.toISOString()).toBe('2026-11-04T00:00:00.000Z')
  expect((await ask('live', Date.parse('2026-11-04T00:00:00Z'))).allowed).toBe(true)
  await inWorkspace(t.database.db, t.workspaceId, tx =>
    quietLimiter(tx, place.connectionId, new Date('2026-11-04T00:01:00Z')),
  )
  expect(await ask('live', Date.parse('2026-11-04T00:00:30Z'))).toMatchObject({ allowed: false, why: 'quiet' })
})

it('two processes that flush one connection at once tell each record once and stay below its limit', async () => {
  await t.api('POST', `/connections/${t.connectionId}/pause`)
  for (let n = 0; n < 12; n++) await say(t, `hola ${n}`, { from: `52155100001${10 + n}`, name: `Clienta ${n}` })
  await t.database.owner`update connections set state = 'active'`
  await t.database.owner`update limiters set max = 5, slots = '{}'`
  const [one, other] = [process(), process()]
  const before = calls(t)
  for (let n = 0; n < 4; n++) await Promise.all([flushOutbox(one, t.connectionId), flushOutbox(other, t.connectionId)])
  expect(calls(t) - before).toBeLessThanOrEqual(5)
  for (let n = 0; n < 5; n++) await t.pass(20)
  expect(told(t).sort()).toEqual(Array.from({ length: 12 }, (_, n) => `hola ${n}`).sort())
  expect([remote(t, 'contacts').length, remote(t, 'tickets').length]).toEqual([12, 12])
  expect([await waiting(t), await openLetters(t)]).toEqual([[], []])
})

it('a flush that froze is taken over from; what it wakes up with is neither sent nor kept', async () => {
  await t.api('POST', `/connections/${t.connectionId}/pause`)
  await say(t, 'hola')
  await t.database.owner`update connections set state = 'active'`
  let thaw = () => {}
  const frozen = new Promise<void>(resolve => {
    thaw = resolve
  })
  let asked = () => {}
  const hasAsked = new Promise<void>(resolve => {
    asked = resolve
  })
  const slow: typeof fetch = async (input, init) => {
    const answer = await fetch(input, init)
    asked()
    await frozen
    return answer
  }
  const first = flushOutbox(process({ fetch: slow }), t.connectionId)
  await hasAsked
  // Another finds it busy, and later no more.
  expect((await flushOutbox(process(), t.connectionId)).kind).toBe('more')
  const later = new Date(t.now().getTime() + 25_000)
  const other = process({ now: later, moment: () => later })
  await flushOutbox(other, t.connectionId)
  await flushOutbox({ ...other, now: new Date(later.getTime() + 6_000) }, t.connectionId)
  const before = { calls: calls(t), links: await t.database.owner`select * from links order by id` }
  thaw()
  expect(await first).toMatchObject({ kind: 'stopped' })
  expect(calls(t)).toBe(before.calls)
  expect(await t.database.owner`select * from links order by id`).toEqual(before.links)
  for (const seconds of [40, 10]) await t.pass(seconds)
  expect(told(t)).toEqual(['hola'])
  expect([remote(t, 'contacts').length, remote(t, 'tickets').length]).toEqual([1, 1])
})

it('what is carried over in bulk waits while its share is used up, and a message of now does not', async () => {
  await say(t, 'hola')
  const ctx = process()
  const row = await inWorkspace(t.database.db, t.workspaceId, tx => connectionById(tx, t.connectionId))
  if (!row) throw new Error('no connection')
  await t.database.owner`update limiters set max = 10, slots = '{}'`
  const connection = await openConnection(ctx, row, { lane: 'backfill' })
  const fields = () => connection.connector.contact.fields(connection.remote)
  for (let n = 0; n < 7; n++) await fields()
  await expect(fields()).rejects.toThrow(RemoteCallError)
  const [contact] = await t.database.owner<{ id: string }[]>`select id from contacts`
  await t.database.owner`update links set base = base || '{"firstname": "Otra"}' where kind = 'contact'`
  await inWorkspace(t.database.db, t.workspaceId, tx =>
    queueOutbox(
      tx,
      t.workspaceId,
      t.connectionId,
      [{ kind: 'contact', recordId: contact?.id ?? '' }],
      'backfill',
      t.now(),
    ),
  )
  t.sandbox.whatsapp.inbound({
    phoneNumberId: '106540352242901',
    messages: [{ from: '5215512345678', name: 'Ana Torres', text: 'urge' }],
  })
  await t.pass(0)
  await flushOutbox(ctx, t.connectionId)
  expect(told(t)).toEqual(['hola', 'urge'])
  expect(await t.database.owner`select lane, attempts from outbox`).toEqual([{ lane: 'backfill', attempts: 0 }])
  for (const seconds of [15, 15]) await t.pass(seconds)
  expect(await waiting(t)).toEqual([])
})

it('what a vendor counts over several connections together is shared by all processes, of any workspace', async () => {
  const key = `google-sheets ${newId()}`
  const other = (await testWorkspace(t.database.db)).workspaceId
  const ask = (workspaceId: string, at: number, share = 1) =>
    inWorkspace(t.database.db, workspaceId, tx =>
      takeSharedCall(tx, { key, max: 10, intervalMs: 10_000, share }, new Date(at)),
    )
  const at = t.now().getTime()
  let backfilled = 0
  while ((await ask(other, at, laneShares.backfill.window)).allowed) backfilled++
  expect(backfilled).toBe(7)
  for (let n = 0; n < 3; n++) expect((await ask(t.workspaceId, at + n * 300)).allowed).toBe(true)
  const refused = await ask(t.workspaceId, at + 1_000)
  expect(refused.allowed).toBe(false)
  expect((await ask(other, refused.retryAt?.getTime() ?? 0)).allowed).toBe(true)
  // Tenants have no other way to it.
  const rows = await inWorkspace(t.database.db, other, tx => tx`select 1 from shared_limiters`)
  expect(rows).toHaveLength(0)
})

it('connections by one service account keep to what it has, together', async () => {
  const shared = connectorById('google-sheets')?.limits.shared
  const robot = { kind: 'service account', clientEmail: 'a@b.iam.gserviceaccount.com', privateKey: 'k' }
  const app = { kind: 'oauth', clientId: 'c', clientSecret: 's', refreshToken: 'one' }
  expect(shared?.(robot)).toEqual(shared?.({ ...robot, accessToken: 'another' }))
  expect(shared?.(app)).toEqual(shared?.({ ...app, refreshToken: 'two' }))
  expect([shared?.(robot).requests, shared?.(app).requests]).toEqual([60, 300])
})
