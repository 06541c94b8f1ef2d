/** A push that was never answered is not repeated over what people wrote meanwhile. */
import { afterEach, expect, it, vi } from 'vitest'
import { connectorById } from '../../src/connectors/registry.ts'
import { connectionById } from '../../src/db/connections.ts'
import { inWorkspace } from '../../src/db/tenancy.ts'
import { DEMO } from '../../src/node/demo.ts'
import { applyTouched } from '../../src/sync/apply-touched.ts'
import { syncContext } from '../../src/sync/context.ts'
import { flushOutbox } from '../../src/sync/flush-outbox.ts'
import { openConnection } from '../../src/sync/open-connection.ts'
import { startHub, type TestHub } from '../support/hub.ts'
import { edit, openLetters, remote, say, waiting, writes } from './support.ts'

let t: TestHub
afterEach(() => {
  vi.restoreAllMocks()
  return t.close()
})

/** Somebody whom HubSpot knows: our id. */
async function knownContact() {
  t = await startHub()
  await say(t, 'hola')
  await t.pass(10)
  const [contact] = await t.database.owner<{ id: string }[]>`select id from contacts`
  return contact?.id ?? ''
}

function contactsOfHubSpot() {
  const { contact } = connectorById('hubspot') ?? {}
  if (!contact) throw new Error('There is no HubSpot')
  return contact
}

/** Here and there. */
async function emails() {
  const [here] = await t.database.owner`select email from contacts`
  return [here?.email, remote(t, 'contacts')[0]?.properties.email]
}

/** Ours is named so, HubSpot stores it and does not answer. */
async function nameUnanswered(name: string) {
  t = await startHub({ deadlineMs: 300 })
  await say(t, 'hola')
  const [contact] = await t.database.owner<{ id: string }[]>`select id from contacts`
  t.sandbox.faults.add({
    ...{ vendor: 'hubspot', kind: 'store_then_hang', path: 'contacts/batch/update' },
    ...{ times: 1, delayMs: 600 },
  })
  expect((await t.api('PATCH', `/contacts/${contact?.id}`, { name })).status).toBe(200)
  await t.pass(1)
  expect(await waiting(t)).toMatchObject([{ kind: 'contact', attempts: 1 }])
  return contact?.id ?? ''
}

/** What its webhook says cannot be read: the repetition comes first. */
function editUnheard(properties: Record<string, string>) {
  t.sandbox.faults.add({ vendor: 'hubspot', kind: 'status', status: 503, path: 'contacts/batch/read', times: 1 })
  t.sandbox.hubspot.edit(DEMO.portalId, 'contacts', remote(t, 'contacts')[0]?.id ?? '', { properties })
}

const nameThere = () => {
  const { firstname, lastname } = remote(t, 'contacts')[0]?.properties ?? {}
  return [firstname, lastname].filter(Boolean).join(' ')
}
const nameHere = async (id: string) => (await t.api<{ name: string }>('GET', `/contacts/${id}`)).body.name

it('what a person wrote after it stays, here and there', async () => {
  const id = await nameUnanswered('Ana Torres Gil')
  editUnheard({ firstname: 'Ana María', lastname: 'Torres' })
  for (const seconds of [1, 6, 40]) await t.pass(seconds)
  expect([nameThere(), await nameHere(id)]).toEqual(['Ana María Torres', 'Ana María Torres'])
  expect(await waiting(t)).toEqual([])
})

it('what we say after theirs is said', async () => {
  const id = await nameUnanswered('Ana Torres Gil')
  editUnheard({ firstname: 'Ana María', lastname: 'Torres' })
  await t.pass(2)
  await t.api('PATCH', `/contacts/${id}`, { name: 'Ana T. Gil' })
  for (const seconds of [6, 40]) await t.pass(seconds)
  expect([nameThere(), await nameHere(id)]).toEqual(['Ana T. Gil', 'Ana T. Gil'])
})

it('nobody having written, it is said once more, and no more is', async () => {
  const id = await nameUnanswered('Ana Torres Gil')
  for (const seconds of [6, 40]) await t.pass(seconds)
  expect([nameThere(), await nameHere(id)]).toEqual(['Ana Torres Gil', 'Ana Torres Gil'])
  expect(await waiting(t)).toEqual([])
})

it('what it said, once both sides say the same, is under way no more: what they write next is not written again', async () => {
  const id = await nameUnanswered('Ana Torres Gil')
  for (const seconds of [6, 40]) await t.pass(seconds)
  expect(await t.database.owner`select kind from links where pushing_at is not null`).toEqual([])
  const before = writes(t)
  await edit(t, 'contacts', { lastname: 'Torres Paz' })
  await t.pass(40)
  expect([nameThere(), await nameHere(id)]).toEqual(['Ana Torres Paz', 'Ana Torres Paz'])
  expect([writes(t) - before, await waiting(t)]).toEqual([0, []])
})

it('while nothing can be heard, nothing is said, and the try is counted', async () => {
  const id = await nameUnanswered('Ana Torres Gil')
  t.sandbox.hubspot.edit(DEMO.portalId, 'contacts', remote(t, 'contacts')[0]?.id ?? '', {
    properties: { lastname: 'Torres Gil de Mora' },
  })
  t.sandbox.faults.add({ vendor: 'hubspot', kind: 'status', status: 503, path: 'contacts/batch/read', times: 3 })
  await t.pass(6)
  expect(await waiting(t)).toMatchObject([{ kind: 'contact', attempts: 2 }])
  expect(nameThere()).toBe('Ana Torres Gil de Mora')
  for (const seconds of [20, 40, 60]) await t.pass(seconds)
  expect([nameThere(), await nameHere(id)]).toEqual(['Ana Torres Gil de Mora', 'Ana Torres Gil de Mora'])
})

it('what it said and is there is agreed: the next that is lost is not taken back for it', async () => {
  const id = await nameUnanswered('Ana Torres Gil')
  t.sandbox.faults.add({ vendor: 'hubspot', kind: 'cut', path: 'contacts/batch/update', times: 1 })
  await t.api('PATCH', `/contacts/${id}`, { name: 'Ana Torres Paz' })
  await t.pass(6)
  expect(nameThere()).toBe('Ana Torres Gil')
  for (const seconds of [20, 40, 60]) await t.pass(seconds)
  expect([nameThere(), await nameHere(id)]).toEqual(['Ana Torres Paz', 'Ana Torres Paz'])
  expect(await waiting(t)).toEqual([])
})

it('where the reading is refused, nobody forgets what it may have stored', async () => {
  const id = await nameUnanswered('Ana Torres Gil')
  t.sandbox.faults.add({ vendor: 'hubspot', kind: 'status', status: 400, path: 'contacts/batch/read', times: 1 })
  await t.api('PATCH', `/contacts/${id}`, { name: 'Ana Torres' })
  for (const seconds of [6, 20]) await t.pass(seconds)
  const [letter] = await openLetters(t)
  expect(letter?.place).toContain('contact')
  await t.api('POST', `/dead-letters/${letter?.id}/replay`)
  for (const seconds of [2, 20]) await t.pass(seconds)
  expect([nameThere(), await nameHere(id)]).toEqual(['Ana Torres', 'Ana Torres'])
  expect([await waiting(t), await openLetters(t)]).toEqual([[], []])
})

it('what they hold, read while a push is under way, does not part the two', async () => {
  const id = await knownContact()
  const people = contactsOfHubSpot()
  const remoteId = remote(t, 'contacts')[0]?.id ?? ''
  const ctx = syncContext(t.hub.services, t.workspaceId)
  const seen: unknown[] = []
  const versions = () => t.database.owner<{ version: number }[]>`select version from outbox where record_id = ${id}`
  const { push } = people
  const mailHere = async () => (await t.api<{ email: string }>('GET', `/contacts/${id}`)).body.email
  const pushing = vi.spyOn(people, 'push').mockImplementationOnce(async (...given) => {
    // Somebody there is a moment earlier, and their webhook too.
    const properties = { email: 'de-alla@example.com' }
    t.sandbox.hubspot.edit(DEMO.portalId, 'contacts', remoteId, { properties })
    const row = await inWorkspace(ctx.db, ctx.workspaceId, tx => connectionById(tx, t.connectionId))
    if (!row) throw new Error('There is no connection')
    seen.push(...(await versions()))
    const touched = { deliveryId: '', object: 'contact' as const, remoteId, at: t.now(), byUs: false, values: {} }
    await applyTouched(ctx, await openConnection(ctx, row), [touched])
    seen.push(await mailHere(), ...(await versions()))
    return push(...given)
  })
  await t.api('PATCH', `/contacts/${id}`, { email: 'de-aqui@example.com' })
  for (const seconds of [2, 10, 70]) await t.pass(seconds)
  expect(pushing).toHaveBeenCalled()
  // Looked at once more: the answer of that push does not take it out of the outbox, however close the two are.
  expect(seen).toEqual([{ version: 1 }, 'de-alla@example.com', { version: 2 }])
  expect(remote(t, 'contacts')[0]?.properties.email).toBe(await mailHere())
  expect(await waiting(t)).toEqual([])
})

it('what was taken of theirs, while a push of other fields was answered, is not told back', async () => {
  const id = await knownContact()
  const people = contactsOfHubSpot()
  const { read } = people
  const before = writes(t)
  vi.spyOn(people, 'read').mockImplementationOnce(async (...given) => {
    const there = await read(...given)
    await t.api('PATCH', `/contacts/${id}`, { name: 'Ana Torres Gil' })
    await flushOutbox(syncContext(t.hub.services, t.workspaceId), t.connectionId)
    return there
  })
  await edit(t, 'contacts', { email: 'de-alla@example.com' })
  await t.pass(10)
  expect(await t.database.owner`select email, name from contacts`).toEqual([
    { email: 'de-alla@example.com', name: 'Ana Torres Gil' },
  ])
  // Their next e-mail would be written over by it.
  expect([nameThere(), writes(t) - before, await waiting(t)]).toEqual(['Ana Torres Gil', 1, []])
})

it('a push that was refused is not repeated over what people wrote meanwhile', async () => {
  const id = await knownContact()
  t.sandbox.faults.add({ vendor: 'hubspot', kind: 'status', status: 429, path: 'contacts/batch/update', times: 1 })
  await t.api('PATCH', `/contacts/${id}`, { name: 'Ana Torres Gil' })
  await t.pass(1)
  for (const lastname of ['Torres', 'Torres Paz']) editUnheard({ firstname: 'Ana', lastname })
  for (const seconds of [12, 40, 60]) await t.pass(seconds)
  expect([nameThere(), await nameHere(id)]).toEqual(['Ana Torres Paz', 'Ana Torres Paz'])
  expect(await waiting(t)).toEqual([])
})

it('where both wrote the same field and crossed, what they wrote last is heard before what they wrote first is told', async () => {
  const id = await knownContact()
  const people = contactsOfHubSpot()
  const { read } = people
  vi.spyOn(people, 'read').mockImplementationOnce(async (...given) => {
    const there = await read(...given)
    await t.api('PATCH', `/contacts/${id}`, { email: 'de-aqui@example.com' })
    await flushOutbox(syncContext(t.hub.services, t.workspaceId), t.connectionId)
    for (const nth of [2, 3]) editUnheard({ email: `de-alla-${nth}@example.com` })
    return there
  })
  await edit(t, 'contacts', { email: 'de-alla-1@example.com' })
  for (const seconds of [12, 40, 60]) await t.pass(seconds)
  expect(await emails()).toEqual(Array(2).fill('de-alla-3@example.com'))
  expect(await waiting(t)).toEqual([])
})

it('what a push said that was lost, and they write by themselves later, is theirs', async () => {
  const id = await knownContact()
  t.sandbox.faults.add({ vendor: 'hubspot', kind: 'cut', path: 'contacts/batch/update', times: 1 })
  await t.api('PATCH', `/contacts/${id}`, { email: 'primero@example.com' })
  await t.pass(1)
  await edit(t, 'contacts', { email: 'segundo@example.com' })
  await edit(t, 'contacts', { email: 'primero@example.com' })
  for (const seconds of [12, 40]) await t.pass(seconds)
  expect(await emails()).toEqual(Array(2).fill('primero@example.com'))
  expect(await waiting(t)).toEqual([])
})

it('a push of ours makes no newer what they wrote before it', async () => {
  const id = await knownContact()
  editUnheard({ email: 'de-alla@example.com' })
  await t.api('PATCH', `/contacts/${id}`, { name: 'Ana Torres Gil' })
  await t.pass(1)
  expect(nameThere()).toBe('Ana Torres Gil')
  // In the same second as that push, and lost.
  t.sandbox.faults.add({ vendor: 'hubspot', kind: 'cut', path: 'contacts/batch/update', times: 1 })
  await t.api('PATCH', `/contacts/${id}`, { email: 'de-aqui@example.com' })
  for (const seconds of [12, 40]) await t.pass(seconds)
  expect(await emails()).toEqual(Array(2).fill('de-aqui@example.com'))
  expect(await waiting(t)).toEqual([])
})
