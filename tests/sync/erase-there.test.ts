/** A person is erased in the CRM for good, and nothing makes them anew there until somebody says so. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startHub, type TestHub } from '../support/hub.ts'
import { openLetters, remote, say, told, waiting } from './support.ts'

let t: TestHub
let contactId = ''
beforeEach(async () => {
  t = await startHub()
  await say(t, 'hola')
  await t.pass(10)
  const [contact] = await t.database.owner<{ id: string }[]>`select id from contacts`
  contactId = contact?.id ?? ''
})
afterEach(() => t.close())

type Erased = { remoteIds: string[]; code?: string; detail?: string }
type Held = { items: { id: string; reason: string; recordId: string }[] }

const erase = (id = contactId) => t.api<Erased>('POST', `/connections/${t.connectionId}/contacts/${id}/erase`)
const held = async () => (await t.api<Held>('GET', '/held-pairs')).body.items

it('is gone there with all that is said later; released, they are there again', async () => {
  const [there] = remote(t, 'contacts')
  const { status, body } = await erase()
  expect([status, body]).toEqual([200, { connectionId: t.connectionId, contactId, remoteIds: [there?.id] }])
  expect(remote(t, 'contacts')).toEqual([])
  await t.api('PATCH', `/contacts/${contactId}`, { email: 'ana@example.com' })
  await say(t, 'sigo aqui')
  for (const seconds of [10, 60, 120]) await t.pass(seconds)
  expect([remote(t, 'contacts'), told(t).includes('sigo aqui'), await waiting(t)]).toEqual([[], false, []])
  const audit = await t.database.owner`select data from audit where action = 'contact erased there'`
  expect(audit).toEqual([{ data: { connectionId: t.connectionId, remoteIds: [there?.id] } }])
  const [pair] = await held()
  expect(pair).toMatchObject({ reason: 'erased', recordId: contactId })
  await t.api('POST', `/held-pairs/${pair?.id}/release`)
  await t.pass(10)
  expect(remote(t, 'contacts')).toMatchObject([{ properties: { email: 'ana@example.com' } }])
})

it.each([400, 403, 429])('a refusal (%s) says why, and leaves them as they were', async refusal => {
  t.sandbox.faults.add({ vendor: 'hubspot', kind: 'status', status: refusal, path: 'gdpr-delete', times: 1 })
  const { status, body } = await erase()
  expect([status, body.detail]).toEqual([refusal === 429 ? 502 : 422, expect.stringContaining('HubSpot')])
  expect([await held(), remote(t, 'contacts').length]).toEqual([[], 1])
  await t.api('PATCH', `/contacts/${contactId}`, { email: 'ana@example.com' })
  await t.pass(10)
  expect(remote(t, 'contacts')).toMatchObject([{ properties: { email: 'ana@example.com' } }])
  expect((await erase()).status).toBe(200)
})

it('where no answer came they stay held, and it may be repeated', async () => {
  t.sandbox.faults.add({ vendor: 'hubspot', kind: 'store_then_cut', path: 'gdpr-delete', times: 1 })
  expect((await erase()).status).toBe(502)
  await t.api('PATCH', `/contacts/${contactId}`, { email: 'ana@example.com' })
  await t.pass(10)
  expect([remote(t, 'contacts'), await held()]).toMatchObject([[], [{ reason: 'erased' }]])
  await erase()
  for (const seconds of [10, 60]) await t.pass(seconds)
  expect([remote(t, 'contacts'), await waiting(t)]).toEqual([[], []])
  for (const { cause } of await openLetters(t)) expect(cause).toContain('erased this person for good')
})

it('of contacts merged here alone each record there is erased', async () => {
  await t.database.owner`update connections set settings = settings || '{"mergeContacts":false}'::text::jsonb`
  await say(t, 'soy Berta', { from: '5215587654321', name: 'Berta Ruiz' })
  await t.pass(10)
  const [other] = await t.database.owner<{ id: string }[]>`select id from contacts where id <> ${contactId}`
  await t.api('POST', `/contacts/${other?.id}/merge`, { contactId })
  await t.pass(10)
  const ids = remote(t, 'contacts').map(({ id }) => id)
  expect(ids).toHaveLength(2)
  const { body } = await erase()
  expect([body.remoteIds.sort(), remote(t, 'contacts')]).toEqual([ids.sort(), []])
})

it('who is not there, or a connection that rests, says so', async () => {
  await erase()
  expect((await erase()).status).toBe(404)
  expect((await erase('01990000-0000-7000-8000-000000000000')).status).toBe(404)
  await t.api('POST', `/connections/${t.connectionId}/pause`)
  expect((await erase()).status).toBe(409)
})
