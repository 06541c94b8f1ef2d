import net, { type AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { updateContact } from '../../src/inbox/update-contact.ts'
import { startHub, type TestHub } from '../support/hub.ts'
import { calls, openLetters, remote, say, told, waiting } from './support.ts'

let t: TestHub
beforeEach(async () => {
  t = await startHub({ deadlineMs: 200 })
})
afterEach(() => t.close())

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
  const quiet = calls(t)
  await t.pass(3600)
  expect(calls(t)).toBe(quiet)

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
  const inbox = { db, emit, workspaceId: t.workspaceId, now: t.now(), actor: { kind: 'system' as const } }
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
    for (let n = 0; n < 30; n++) await t.pass(120)
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

function closedPort(): Promise<number> {
  return new Promise(resolve => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
