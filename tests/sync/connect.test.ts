import { afterEach, beforeEach, expect, it } from 'vitest'
import { SANDBOX } from '../../src/config.ts'
import { DEMO } from '../../src/node/demo.ts'
import { startHub, type TestHub } from '../support/hub.ts'
import { calls, edit, openLetters, remote, say, told, waiting } from './support.ts'

let t: TestHub
beforeEach(async () => {
  t = await startHub()
})
afterEach(() => t.close())

type Connection = { state: string; stateReason: string | null; waiting: number; failing: number }

const at = (act: string) => `/connections/${t.connectionId}/${act}`
const connection = async () => (await t.api<{ items: Connection[] }>('GET', '/connections')).body.items[0]
const audited = async () =>
  (
    await t.database.owner<{ action: string; actor: { kind: string } }[]>`
      select action, actor from audit where subject_kind = 'connection' order by at, id`
  ).map(row => `${row.action} by ${row.actor.kind}`)

it('loses nothing while it is paused: both sides are told at the resumption', async () => {
  await say(t, 'hola')
  expect(await t.api('POST', at('pause'))).toMatchObject({ status: 200, body: { state: 'paused' } })
  const quiet = calls(t)
  await say(t, 'durante la pausa')
  await edit(t, 'tickets', { hs_ticket_priority: 'HIGH' })
  await t.pass(3600)
  expect(calls(t)).toBe(quiet)
  expect(await connection()).toMatchObject({ state: 'paused', waiting: 1, failing: 0 })
  expect(await t.database.owner`select 1 from deliveries where processed_at is null`).not.toHaveLength(0)

  expect(await t.api('POST', at('resume'))).toMatchObject({ status: 200, body: { state: 'active', waiting: 1 } })
  for (const seconds of [2, 2]) await t.pass(seconds)
  expect(told(t)).toEqual(['hola', 'durante la pausa'])
  expect(await t.database.owner`select priority from tickets`).toEqual([{ priority: 'high' }])
  expect(await waiting(t)).toEqual([])
  expect(await audited()).toEqual([
    'connection made by system',
    'connection paused by api',
    'connection resumed by api',
  ])
})

it('is mended by other credentials, tried before they are kept', async () => {
  await say(t, 'hola')
  await t.database.owner`update agents set role = 'admin' where name like 'Carmen%'`
  t.sandbox.faults.add({ vendor: 'hubspot', kind: 'status', status: 401, times: 2 })
  await say(t, 'sin permiso')
  expect(await connection()).toMatchObject({ state: 'unauthorized', waiting: 1 })
  const alarms = await t.database
    .owner`select data ->> 'name' as name from notifications where kind = 'connection stopped'`
  expect([...alarms]).toEqual([{ name: 'HubSpot (simulado)' }])

  const refused = await t.api('POST', at('reconnect'), { credentials: SANDBOX.hubspot })
  expect(refused).toMatchObject({ status: 422, body: { code: 'connection_failed' } })
  expect(await connection()).toMatchObject({ state: 'unauthorized' })
  const malformed = await t.api('POST', at('reconnect'), { credentials: { accessToken: 'x' } })
  expect(malformed).toMatchObject({ status: 422, body: { code: 'invalid_input' } })

  const before = await t.database.owner`select credentials, settings from connections`
  expect(await t.api('POST', at('reconnect'), { credentials: SANDBOX.hubspot })).toMatchObject({
    status: 200,
    body: { state: 'active', stateReason: null, waiting: 1 },
  })
  const after = await t.database.owner`select credentials, settings from connections`
  expect(after[0]?.credentials).not.toBe(before[0]?.credentials)
  expect(after[0]?.settings).toEqual(before[0]?.settings)
  for (const seconds of [2, 2]) await t.pass(seconds)
  expect(told(t)).toEqual(['hola', 'sin permiso'])
  expect((await audited()).at(-1)).toBe('connection reconnected by api')
  const other = '/connections/019d0000-0000-7000-8000-000000000000'
  for (const act of ['reconnect', 'pause', 'resume']) {
    expect((await t.api('POST', `${other}/${act}`, { credentials: {} })).status, act).toBe(404)
  }
})

it('stops when its credentials are refused at reading too, and its deliveries wait', async () => {
  await say(t, 'hola')
  t.sandbox.faults.add({ vendor: 'hubspot', kind: 'status', status: 401, path: 'tickets/batch/read', times: 1 })
  await edit(t, 'tickets', { hs_ticket_priority: 'HIGH' })
  expect(await connection()).toMatchObject({ state: 'unauthorized' })
  await t.pass(600)
  expect(await openLetters(t)).toEqual([])
  await t.api('POST', at('resume'))
  await t.pass(2)
  expect(await t.database.owner`select priority from tickets`).toEqual([{ priority: 'high' }])
})

it('says what the connection needs, and how to mend it', async () => {
  const { body } = await t.api<{ items: { name: string; ok: boolean; fix?: string }[] }>('GET', at('check'))
  expect(body.items.length).toBeGreaterThan(5)
  expect(body.items.filter(item => !item.ok)).toEqual([])
  t.sandbox.faults.add({ vendor: 'hubspot', kind: 'status', status: 401, times: 1 })
  const broken = await t.api('GET', at('check'))
  expect(broken).toMatchObject({
    status: 200,
    body: { items: [{ name: 'Access token', ok: false, fix: expect.any(String) }] },
  })
  expect(await connection()).toMatchObject({ state: 'active' })
})

it('learns its allowance from the answers', async () => {
  const rateLimit = { max: 190, intervalMs: 10_000, daily: 1_000_000 }
  t.sandbox.hubspot.configure(DEMO.portalId, { rateLimit })
  expect(await t.database.owner`select max, interval_ms from limiters`).toEqual([{ max: 100, intervalMs: 10_000 }])
  await say(t, 'hola')
  expect(await t.database.owner`select max, interval_ms from limiters`).toEqual([{ max: 190, intervalMs: 10_000 }])
  expect(remote(t, 'contacts')).toHaveLength(1)
})

it('is set otherwise where an admin may: the rest stays, and nothing changes that makes no sense', async () => {
  type Settings = { values: Record<string, unknown>; schema: Record<string, { title: string }> }
  const settings = async () => (await t.api<Settings>('GET', at('settings'))).body
  const before = await settings()
  expect(before.schema).toMatchObject({ findByPhone: { type: 'boolean', title: expect.any(String) } })
  expect(Object.keys(before.values).sort()).toEqual(Object.keys(before.schema).sort())
  expect(before.values).not.toMatchObject({ portalId: expect.anything() })

  for (const wrong of [{ portalId: '1' }, { findByPhone: 'perhaps' }, { findByPhone: false, owners: [] }]) {
    const refused = await t.api('PATCH', at('settings'), wrong)
    expect(refused).toMatchObject({ status: 422, body: { code: 'invalid_input' } })
  }
  expect(await settings()).toEqual(before)

  const { status, body } = await t.api<Settings>('PATCH', at('settings'), { findByPhone: false })
  expect([status, body]).toEqual([200, { ...before, values: { ...before.values, findByPhone: false } }])
  expect(await settings()).toEqual(body)
  const [entry] = await t.database.owner`select before, after from audit where action = 'connection changed'`
  expect(entry).toEqual({ before: { findByPhone: true }, after: { findByPhone: false } })
})
