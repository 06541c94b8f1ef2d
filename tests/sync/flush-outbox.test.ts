import net, { type AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { PushItem } from '../../src/connectors/contract.ts'
import { connectors } from '../../src/connectors/registry.ts'
import { seesAll } from '../../src/core/permissions.ts'
import { openDb } from '../../src/db/client.ts'
import { updateContact } from '../../src/inbox/update-contact.ts'
import { DEMO } from '../../src/node/demo.ts'
import { syncContext } from '../../src/sync/context.ts'
import { flushOutbox } from '../../src/sync/flush-outbox.ts'
import { startHub, type TestHub } from '../support/hub.ts'
import { calls, openLetters, remote, say, told, waiting, writes } from './support.ts'

let t: TestHub
beforeEach(async () => {
  t = await startHub({ deadlineMs: 200 })
})
afterEach(async () => {
  vi.restoreAllMocks()
  await t.close()
})

const refuse = (path: string, times = 1) =>
  t.sandbox.faults.add({ vendor: 'hubspot', kind: 'partial', path, failIndexes: [0], times })

it('a refused contact takes its ticket and messages with it, once, and brings them back when it is replayed', async () => {
  refuse('contacts/batch/', 1_000)
  await say(t, 'hola')
  for (let n = 0; n < 10; n++) await t.pass(60)
  const letters = await openLetters(t)
  expect(letters.map(letter => letter.place.split(' ')[1]).sort()).toEqual(['contact', 'message', 'ticket'])
  const contact = letters.find(letter => letter.place.includes(' contact '))
  for (const letter of letters) expect(letter.cause).toContain(contact?.cause)
  expect(letters.find(letter => letter.place.includes(' ticket '))?.cause).toMatch(/^Its contact was refused: /)
  expect(await waiting(t)).toEqual([])
  const quiet = writes(t)
  await t.pass(3600)
  expect(writes(t)).toBe(quiet)

  // It is refused again: the same letters.
  await t.api('POST', `/dead-letters/${contact?.id}/replay`)
  for (let n = 0; n < 5; n++) await t.pass(20)
  expect((await openLetters(t)).map(letter => letter.id).sort()).toEqual(letters.map(letter => letter.id).sort())

  t.sandbox.faults.clear()
  await t.api('POST', `/dead-letters/${contact?.id}/replay`)
  for (let n = 0; n < 5; n++) await t.pass(20)
  expect(await openLetters(t)).toEqual([])
  expect([remote(t, 'contacts').length, remote(t, 'tickets').length]).toEqual([1, 1])
  expect(told(t)).toEqual(['hola'])
})

it('what hangs on a refused contact is told once the contact was mended and stored', async () => {
  refuse('contacts/batch/')
  await say(t, 'hola')
  await t.pass(60)
  expect(await openLetters(t)).toHaveLength(3)
  const [contact] = await t.database.owner<{ id: string }[]>`select id from contacts`
  const { db, emit } = t.hub.services
  const inbox = {
    db,
    emit,
    workspaceId: t.workspaceId,
    now: t.now(),
    actor: { kind: 'system' as const },
    sees: seesAll,
  }
  await updateContact(inbox, contact?.id ?? '', { name: 'Ana T.' })
  for (let n = 0; n < 5; n++) await t.pass(20)
  expect(await openLetters(t)).toEqual([])
  expect(told(t)).toEqual(['hola'])
})

it('a ticket waits for its contact without an attempt being counted', async () => {
  t.sandbox.faults.add({ vendor: 'hubspot', kind: 'status', status: 503, path: 'contacts/batch/', times: 1_000 })
  await say(t, 'hola')
  for (let n = 0; n < 10; n++) await t.pass(60)
  const rows = await waiting(t)
  expect(rows.filter(row => row.kind !== 'contact')).toEqual([
    { kind: 'ticket', attempts: 0, lastFailure: null },
    { kind: 'message', attempts: 0, lastFailure: null },
  ])
  t.sandbox.faults.clear()
  for (let n = 0; n < 3; n++) await t.pass(60)
  expect(told(t)).toEqual(['hola'])
})

const outages: [string, () => Promise<() => void>][] = [
  [
    'answers 503',
    async () => {
      t.sandbox.faults.add({ vendor: 'hubspot', kind: 'status', status: 503, times: 100_000 })
      return () => t.sandbox.faults.clear()
    },
  ],
  [
    'hangs',
    async () => {
      t.sandbox.faults.add({ vendor: 'hubspot', kind: 'hang', times: 100_000 })
      return () => t.sandbox.faults.clear()
    },
  ],
  [
    'refuses connections',
    async () => {
      const { baseUrls } = t.hub.services
      const real = baseUrls.hubspot ?? ''
      baseUrls.hubspot = `http://127.0.0.1:${await closedPort()}`
      return () => {
        baseUrls.hubspot = real
      }
    },
  ],
]

it.each(outages)(
  'HubSpot %s for an hour: nothing is lost and nothing is buried',
  { timeout: 120_000 },
  async (_name, begin) => {
    await say(t, 'antes')
    const end = await begin()
    await say(t, 'durante')
    await say(t, 'durante')
    await say(t, 'otra persona', { from: '5215512345679', name: 'Beto' })
    for (let n = 0; n < 12; n++) await t.pass(300)
    expect(await openLetters(t)).toEqual([])
    expect((await waiting(t)).length).toBeGreaterThan(0)
    end()
    for (let n = 0; n < 8; n++) await t.pass(60)
    expect(await waiting(t)).toEqual([])
    expect(await openLetters(t)).toEqual([])
    expect(told(t).sort()).toEqual(['antes', 'durante', 'durante', 'otra persona'])
    expect([remote(t, 'contacts').length, remote(t, 'tickets').length]).toEqual([2, 2])
  },
)

it('buries what is never answered only where the others of its push are stored', async () => {
  await say(t, 'antes')
  const { hubspot } = connectors
  if (!hubspot) throw new Error('no HubSpot')
  const push = hubspot.message.push
  let alone = true
  const spy = vi.spyOn(hubspot.message, 'push').mockImplementation(async (ctx, items) => {
    const [mute, others] = [items.filter(isMute), items.filter(item => !isMute(item))]
    const failed = mute.map(({ recordId }) => ({ recordId, kind: 'failed' as const, failure }))
    return [...failed, ...(alone ? [] : await push(ctx, others))]
  })
  const failure = { kind: 'ambiguous', message: 'No answer' } as const
  const isMute = ({ values }: PushItem) => values.hs_communication_body?.includes('mudo') ?? false
  await say(t, 'mudo')
  for (let n = 0; n < 25; n++) await t.pass(300)
  expect(await openLetters(t)).toEqual([])
  const [row] = await waiting(t)
  expect(row?.attempts).toBeGreaterThan(12)

  alone = false
  await t.database.owner`update outbox set available_at = ${t.now()}`
  await say(t, 'sano')
  expect(await openLetters(t)).toMatchObject([{ kind: 'push', cause: 'No answer' }])
  expect(told(t)).toEqual(['antes', 'sano'])
  spy.mockRestore()
  await t.api('POST', `/dead-letters/${(await openLetters(t))[0]?.id}/replay`)
  for (const seconds of [2, 10]) await t.pass(seconds)
  expect(told(t).sort()).toEqual(['antes', 'mudo', 'sano'])
})

it('two identical messages of one second without a ticket: the one that was lost is not taken for the other', async () => {
  await say(t, 'antes')
  const ok = { from: '5215512345678', name: 'Ana Torres', text: 'ok' }
  t.sandbox.whatsapp.inbound({ phoneNumberId: DEMO.phoneNumberId, messages: [ok, ok] })
  await t.pass(0)
  const twins = await t.database.owner<{ id: string }[]>`
    update messages set ticket_id = null where text = 'ok' returning id`
  expect(twins).toHaveLength(2)
  const later = new Date(t.now().getTime() + 60_000)
  await t.database.owner`update outbox set available_at = ${later} where record_id = ${twins[1]?.id ?? ''}`
  await t.pass(2)
  expect(told(t)).toEqual(['antes', 'ok'])
  t.sandbox.faults.add({ vendor: 'hubspot', kind: 'hang', path: 'communications/batch/create', times: 1 })
  for (const seconds of [60, 10, 10, 10, 60]) await t.pass(seconds)
  expect(told(t)).toEqual(['antes', 'ok', 'ok'])
  expect(await waiting(t)).toEqual([])
  expect(await t.database.owner`select 1 from links where remote_id is null`).toHaveLength(0)
})

it('two lost at once, identical and without a ticket, are both found again', async () => {
  await say(t, 'antes')
  const ok = { from: '5215512345678', name: 'Ana Torres', text: 'ok' }
  t.sandbox.whatsapp.inbound({ phoneNumberId: DEMO.phoneNumberId, messages: [ok, ok] })
  await t.pass(0)
  await t.database.owner`update messages set ticket_id = null where text = 'ok'`
  t.sandbox.faults.add({ vendor: 'hubspot', kind: 'store_then_hang', path: 'communications/batch/create', times: 1 })
  for (const seconds of [2, 10, 10, 60]) await t.pass(seconds)
  expect(told(t)).toEqual(['antes', 'ok', 'ok'])
  expect(await waiting(t)).toEqual([])
})

it('what a lost answer may have stored is said again, also where both sides have agreed on something else since', async () => {
  await say(t, 'hola')
  await t.pass(5)
  const [ticket] = await t.database.owner`select id from tickets`
  t.sandbox.faults.add({
    vendor: 'hubspot',
    kind: 'store_then_hang',
    path: 'tickets/batch/update',
    times: 1,
    delayMs: 400,
  })
  await t.api('PATCH', `/tickets/${ticket?.id}`, { subject: 'ours' })
  await t.pass(1)
  expect(remote(t, 'tickets')[0]?.properties.subject).toBe('ours')
  // Theirs was heard while ours was on its way, and taken.
  await t.database.owner`update links set base = base || '{"subject": "theirs"}' where kind = 'ticket'`
  await t.database.owner`update tickets set subject = 'theirs'`
  for (const seconds of [20, 60]) await t.pass(seconds)
  expect(remote(t, 'tickets')[0]?.properties.subject).toBe('theirs')
  expect(await waiting(t)).toEqual([])
})

it('ten changes to a ticket are one push', async () => {
  await say(t, 'hola')
  const [ticket] = await t.database.owner`select id from tickets`
  const before = { calls: calls(t), writes: writes(t) }
  for (let n = 1; n <= 10; n++) await t.api('PATCH', `/tickets/${ticket?.id}`, { subject: `Pedido ${n}` })
  await t.pass(10)
  // What is there is asked first.
  expect([calls(t) - before.calls, writes(t) - before.writes]).toEqual([2, 1])
  expect(remote(t, 'tickets')[0]?.properties.subject).toBe('Pedido 10')
})

it('a change made while its push is under way is pushed after it', async () => {
  await say(t, 'hola')
  const [ticket] = await t.database.owner<{ id: string }[]>`select id from tickets`
  await t.api('PATCH', `/tickets/${ticket?.id}`, { subject: 'uno' })
  const { services } = t.hub
  const ctx = syncContext(services, t.workspaceId)
  let meanwhile = 0
  const fetchMeanwhile: typeof fetch = async (input, init) => {
    const answer = await services.fetch(input, init)
    if (String(input).includes('batch/update') && meanwhile++ === 0)
      await t.api('PATCH', `/tickets/${ticket?.id}`, { subject: 'dos' })
    return answer
  }
  await flushOutbox({ ...ctx, fetch: fetchMeanwhile }, t.connectionId)
  expect(remote(t, 'tickets')[0]?.properties.subject).toBe('uno')
  expect(await waiting(t)).toHaveLength(1)
  await t.pass(10)
  expect(remote(t, 'tickets')[0]?.properties.subject).toBe('dos')
  expect(await waiting(t)).toEqual([])
})

it('two hubs share the allowance of a connection, and what is over it waits without being buried', async () => {
  await say(t, 'hola')
  // Each change is two calls: one asks what is there, one says ours.
  await t.database.owner`update limiters set max = 4, slots = '{}'`
  const [ticket] = await t.database.owner<{ id: string }[]>`select id from tickets`
  const other = { ...syncContext(t.hub.services, t.workspaceId), db: openDb(t.database.url) }
  const own = () => syncContext(t.hub.services, t.workspaceId)
  const before = calls(t)
  try {
    for (let n = 1; n <= 4; n++) {
      await t.api('PATCH', `/tickets/${ticket?.id}`, { subject: `Pedido ${n}` })
      await flushOutbox(n % 2 ? other : own(), t.connectionId)
    }
    expect(calls(t) - before).toBe(4)
    expect(remote(t, 'tickets')[0]?.properties.subject).toBe('Pedido 2')
    expect(await waiting(t)).toMatchObject([{ attempts: 0 }])
    for (let n = 0; n < 4; n++) await t.pass(20)
  } finally {
    await other.db.end({ timeout: 1 })
  }
  expect(remote(t, 'tickets')[0]?.properties.subject).toBe('Pedido 4')
  expect(await openLetters(t)).toEqual([])
})

function closedPort(): Promise<number> {
  return new Promise(resolve => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
