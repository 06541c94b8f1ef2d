/** History carried over, both ways, and both sides compared: durable, slice by slice, adopting instead of doubling. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { backfillScope } from '../../src/core/backfill.ts'
import type { BackfillRow } from '../../src/db/backfills.ts'
import type { ReconciliationRow } from '../../src/db/reconciliations.ts'
import { DEMO } from '../../src/node/demo.ts'
import {
  advanceBackfill,
  cancelBackfill,
  pauseBackfill,
  resumeBackfill,
  startBackfill,
} from '../../src/sync/backfill.ts'
import { syncContext } from '../../src/sync/context.ts'
import { startReconciliation } from '../../src/sync/reconcile.ts'
import { startHub, type TestHub } from '../support/hub.ts'
import { openLetters, remote, say, told, waiting } from './support.ts'

let t: TestHub
beforeEach(async () => {
  t = await startHub()
})
afterEach(() => t.close())

const system = { kind: 'system' } as const
const ctx = () => syncContext(t.hub.services, t.workspaceId)
const start = (direction: 'out' | 'in', scope: object) =>
  startBackfill(ctx(), t.connectionId, { direction, scope: backfillScope.parse(scope) }, system)
const backfill = async () => (await t.database.owner<BackfillRow[]>`select * from backfills`)[0]
const person = (n: number) => ({ from: `52155100001${10 + n}`, name: `Clienta ${n}` })

/** Messages from before the CRM was connected: told to nobody. */
async function untold(people: number) {
  await t.api('POST', `/connections/${t.connectionId}/pause`)
  for (let n = 0; n < people; n++) await say(t, `hola ${n}`, person(n))
  await t.database.owner`delete from outbox`
  await t.api('POST', `/connections/${t.connectionId}/resume`)
}

/** Neither webhooks nor the feed bring anything. */
async function deaf() {
  t.sandbox.hubspot.configure(DEMO.portalId, { subscriptions: [] })
  await t.database.owner`
    insert into remote_feeds (connection_id, workspace_id, due_at) values (${t.connectionId}, ${t.workspaceId}, '2099-01-01')
    on conflict (connection_id) do update set due_at = excluded.due_at`
}

const settle = async () => {
  for (const seconds of [2, 6, 60, 60]) await t.pass(seconds)
}

it('carries out contacts, open tickets and messages; who is there already is adopted and not doubled', async () => {
  await untold(4)
  const { id } = t.sandbox.hubspot.create(DEMO.portalId, 'contacts', {
    properties: { firstname: 'Doña', lastname: 'Clienta', phone: `+${person(1).from}`, city: 'Puebla' },
  })
  await start('out', { kinds: ['contact', 'ticket', 'message'] })
  await settle()
  expect(await backfill()).toMatchObject({ state: 'done', total: 12, seen: 12, error: null })
  expect([remote(t, 'contacts').length, remote(t, 'tickets').length]).toEqual([4, 4])
  expect(told(t).sort()).toEqual(['hola 0', 'hola 1', 'hola 2', 'hola 3'])
  const adopted = remote(t, 'contacts').find(record => record.id === id)
  expect(adopted?.properties).toMatchObject({ city: 'Puebla', wa_id: expect.stringContaining('5510000111') })
  expect([await waiting(t), await openLetters(t)]).toEqual([[], []])
})

it('pauses, goes on from where it was, and is cancelled; one at a time', async () => {
  await untold(3)
  const { id } = await start('out', { kinds: ['contact'] })
  await expect(start('out', { kinds: ['contact'] })).rejects.toThrow('under way')
  await pauseBackfill(ctx(), id, system)
  await settle()
  expect(remote(t, 'contacts')).toEqual([])
  expect(await advanceBackfill(ctx(), id)).toEqual({ kind: 'over' })
  await resumeBackfill(ctx(), id, system)
  await settle()
  expect(remote(t, 'contacts')).toHaveLength(3)
  await expect(cancelBackfill(ctx(), id, system)).rejects.toThrow('not under way')
  expect(await waiting(t)).toEqual([])
})

it('waits while the CRM is away, and does the rest when it is back', async () => {
  await untold(3)
  t.sandbox.faults.add({ vendor: 'hubspot', kind: 'status', status: 503, times: 8 })
  await start('out', { kinds: ['contact', 'ticket'] })
  for (let n = 0; n < 8; n++) await t.pass(60)
  expect(await backfill()).toMatchObject({ state: 'done' })
  expect([remote(t, 'contacts').length, remote(t, 'tickets').length]).toEqual([3, 3])
})

it('takes in what they have of ours, and makes contacts of the others only if it is told to', async () => {
  await say(t, 'hola', person(0))
  await deaf()
  const [known] = remote(t, 'contacts')
  t.sandbox.hubspot.edit(DEMO.portalId, 'contacts', known?.id ?? '', { properties: { email: 'c0@example.com' } })
  t.sandbox.hubspot.create(DEMO.portalId, 'contacts', {
    properties: { firstname: 'Ajena', lastname: 'Pérez', phone: '+52 55 1000 9999' },
  })
  t.sandbox.hubspot.create(DEMO.portalId, 'contacts', { properties: { firstname: 'Sin número' } })
  await start('in', { kinds: ['contact'] })
  await settle()
  expect(await t.database.owner`select name, email from contacts`).toEqual([
    { name: 'Clienta 0', email: 'c0@example.com' },
  ])
  await start('in', { kinds: ['contact'], createUnknown: true })
  await settle()
  expect(await t.database.owner`select name, phone, email from contacts order by created_at`).toEqual([
    { name: 'Clienta 0', phone: '+525510000110', email: 'c0@example.com' },
    { name: 'Ajena Pérez', phone: '+525510009999', email: null },
  ])
  expect(remote(t, 'contacts')).toHaveLength(3)
  expect(await waiting(t)).toEqual([])
})

it('a reconciliation finds what was never heard of, mends it, and says so', async () => {
  for (let n = 0; n < 3; n++) await say(t, `hola ${n}`, person(n))
  // Nothing of what happens there is told.
  await deaf()
  const [one, two] = remote(t, 'tickets')
  t.sandbox.hubspot.edit(DEMO.portalId, 'tickets', one?.id ?? '', { properties: { subject: 'Cambiado allí' } })
  t.sandbox.hubspot.archive(DEMO.portalId, 'tickets', two?.id ?? '')
  // One that we lost sight of, and a message that was never told.
  await t.database.owner`delete from links where kind = 'contact' and remote_id = ${remote(t, 'contacts')[2]?.id ?? ''}`
  await t.database
    .owner`delete from links where kind = 'message' and record_id = (select max(id::text)::uuid from messages)`
  const before = remote(t, 'communications').length
  await startReconciliation(ctx(), t.connectionId, 'on demand', system)
  for (let n = 0; n < 8; n++) await t.pass(60)
  const [row] = await t.database.owner<ReconciliationRow[]>`select * from reconciliations`
  expect(row).toMatchObject({ state: 'done', differing: 1, missingThere: 3, stillMissing: 0, repaired: 4 })
  expect(await t.database.owner`select 1 from tickets where subject = 'Cambiado allí'`).toHaveLength(1)
  expect([remote(t, 'contacts').length, remote(t, 'tickets').length]).toEqual([3, 3])
  expect(remote(t, 'communications').length).toBe(before + 1)
  expect([await waiting(t), await openLetters(t)]).toEqual([[], []])
})
