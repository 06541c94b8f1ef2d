/** HubSpot misbehaves, and the end is the same as if it had not. */
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { DEMO } from '../../src/node/demo.ts'
import { startHub, type TestHub } from '../support/hub.ts'

let t: TestHub
/** What a calm HubSpot ends in. */
let wanted: Awaited<ReturnType<typeof outcome>>

beforeAll(async () => {
  t = await startHub()
  await live()
  wanted = await outcome()
  await t.close()
  expect(wanted).toMatchObject({ outbox: 0, letters: [], unlinked: 0 })
  expect([wanted.contacts.length, wanted.tickets.length, wanted.communications.length]).toEqual([7, 7, 22])
})
beforeEach(async () => {
  t = await startHub({ deadlineMs: DEADLINE_MS })
})
afterEach(() => t.close())

/** On Node the hub gives up first; in workerd it waits in earnest, and a proxy gives up for it. */
const DEADLINE_MS = 300
const delayMs = 400

const people = Array.from({ length: 7 }, (_, n) => ({ from: `52155100000${10 + n}`, name: `Clienta ${n}` }))

/** A first message of each, one after the other; then two more at once, and an answer to the last; then time for retries. */
async function live() {
  const { phoneNumberId } = DEMO
  for (const person of people) {
    t.sandbox.whatsapp.inbound({ phoneNumberId, messages: [{ ...person, text: 'hola' }] })
    await t.pass(0)
  }
  // Same words at the same second: nothing but the order tells them apart.
  const twice = (person: (typeof people)[number]) => [
    { ...person, text: 'ok' },
    { ...person, text: 'ok' },
  ]
  t.sandbox.whatsapp.inbound({ phoneNumberId, messages: people.flatMap(twice) })
  await t.pass(2)
  const { body } = await t.api<{ items: { id: string; contact: { name: string } }[] }>('GET', '/tickets')
  const last = body.items.find(ticket => ticket.contact.name === people.at(-1)?.name)
  await t.api('POST', `/tickets/${last?.id}/reply`, { text: '¿En qué le ayudo?' })
  for (const seconds of [2, 10, 30, 60, 120, 300, 600]) await t.pass(seconds)
}

/** Both sides, without ids and versions. */
async function outcome() {
  const of = (type: string, ...names: string[]) =>
    t.sandbox.hubspot
      .objects(DEMO.portalId, type)
      .results.map(record =>
        JSON.stringify([...names.map(name => record.properties[name]), linked(record.associations)]),
      )
      .sort()
  const linked = (associations: object) =>
    Object.entries(associations)
      .map(([type, ids]) => [type, ids.length])
      .sort()
  return {
    contacts: of('contacts', 'wa_id', 'firstname', 'lastname', 'phone'),
    tickets: of('tickets', 'subject', 'hs_pipeline_stage', 'hubspot_owner_id', 'hs_ticket_priority'),
    communications: of('communications', 'hs_communication_body'),
    outbox: (await t.database.owner`select kind, attempts, last_failure from outbox`).length,
    letters: (await t.database.owner`select cause from dead_letters`).map(row => row.cause),
    unlinked: (await t.database.owner`select 1 from links where remote_id is null`).length,
  }
}

const batch = (type: string) => `${type}/batch/(create|upsert)`

it.each([
  ['429 at every kind of push', [{ kind: 'status', status: 429, times: 4 }]],
  ['500 at every kind of push', [{ kind: 'status', status: 500, times: 4 }]],
  ['502 with a page of HTML', [{ kind: 'status', status: 502, times: 3, body: '<html>bad gateway</html>' }]],
  ['a lock', [{ kind: 'status', status: 423, times: 2 }]],
  ['contacts stored, the answer lost', [{ kind: 'store_then_hang', path: batch('contacts'), times: 1, delayMs }]],
  ['tickets stored, the answer lost', [{ kind: 'store_then_hang', path: batch('tickets'), times: 2, delayMs }]],
  ['messages stored, the answer lost', [{ kind: 'store_then_hang', path: batch('communications'), times: 2, delayMs }]],
  ['messages stored, then 500', [{ kind: 'store_then_500', path: batch('communications'), times: 2 }]],
  ['nothing stored, no answer', [{ kind: 'hang', path: batch('communications'), times: 2, delayMs }]],
  ['tickets stored, then 500', [{ kind: 'store_then_500', path: batch('tickets'), times: 2 }]],
] as const)('%s: the same end', async (_name, faults) => {
  for (const fault of faults) t.sandbox.faults.add({ vendor: 'hubspot', ...fault })
  await live()
  expect(await outcome()).toEqual(wanted)
})

it('a partial 207: the others are stored, the refused ones become dead letters that can be replayed', async () => {
  t.sandbox.faults.add({
    vendor: 'hubspot',
    kind: 'partial',
    path: batch('communications'),
    failIndexes: [1, 3],
    times: 1,
  })
  await live()
  const torn = await outcome()
  expect(torn.communications).toHaveLength(20)
  const { body } = await t.api<{ items: { id: string; kind: string }[] }>('GET', '/dead-letters?replayed=false')
  expect(body.items.map(letter => letter.kind)).toEqual(['push', 'push'])
  for (const { id } of body.items) expect((await t.api('POST', `/dead-letters/${id}/replay`)).status).toBe(200)
  await t.pass(10)
  expect(await outcome()).toEqual({ ...wanted, letters: torn.letters })
})

it('a refused token stops the connection with the reason, and loses nothing', async () => {
  t.sandbox.faults.add({ vendor: 'hubspot', kind: 'status', status: 401, times: 1 })
  await live()
  const { body } = await t.api<{ items: { id: string; state: string; waiting: number }[] }>('GET', '/connections')
  expect(body.items).toMatchObject([{ state: 'unauthorized', waiting: 36 }])
  await t.api('POST', `/connections/${t.connectionId}/resume`)
  for (const seconds of [2, 10, 30]) await t.pass(seconds)
  expect(await outcome()).toEqual(wanted)
})

it('duplicate, late and shuffled webhooks of both vendors change nothing', async () => {
  t.sandbox.whatsapp.phones({ ...phone(), duplicates: 3, shuffle: true, batch: 4, seed: 7 })
  t.sandbox.hubspot.configure(DEMO.portalId, { duplicates: 2, shuffle: true, seed: 7 })
  await live()
  expect(await outcome()).toEqual(wanted)
})

function phone() {
  const { phoneNumberId } = DEMO
  const known = t.sandbox.state().whatsapp.phones.find(each => each.phoneNumberId === phoneNumberId)
  if (!known) throw new Error('no phone')
  return { ...known, token: 'sandbox-whatsapp-token', appSecret: 'sandbox-app-secret' }
}
