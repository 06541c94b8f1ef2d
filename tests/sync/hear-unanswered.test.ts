/** A push that was never answered is not repeated over what people wrote meanwhile. */
import { afterEach, expect, it } from 'vitest'
import { DEMO } from '../../src/node/demo.ts'
import { startHub, type TestHub } from '../support/hub.ts'
import { openLetters, remote, say, waiting } from './support.ts'

let t: TestHub
afterEach(() => t.close())

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
