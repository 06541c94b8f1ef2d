/** A message whose push was not answered is found where it was hung then, whatever people do meanwhile, and not told twice. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { DEMO } from '../../src/node/demo.ts'
import { startHub, type TestHub } from '../support/hub.ts'
import { ana, remote, say, told, waiting } from './support.ts'

let t: TestHub
beforeEach(async () => {
  t = await startHub()
})
afterEach(() => t.close())

const berta = { from: '5215587654321', name: 'Berta Ruiz' }

const contactOf = async (name: string) => {
  const [row] = await t.database.owner<{ id: string }[]>`select id from contacts where name = ${name}`
  return row?.id ?? ''
}

/** HubSpot stores it, and says that it did not. */
async function sayUnanswered(text: string) {
  t.sandbox.faults.add({
    ...{ vendor: 'hubspot', kind: 'store_then_500', path: 'communications/batch/create', status: 500, times: 1 },
  })
  await say(t, text)
  expect(await waiting(t)).toMatchObject([{ kind: 'message', attempts: 1 }])
}

it('its ticket and its contact deleted there, both told anew', async () => {
  await say(t, 'hola')
  await t.pass(10)
  await sayUnanswered('una sola vez')
  t.sandbox.faults.add({ vendor: 'hubspot', kind: 'cut', path: 'associations', times: 2 })
  const [record, person] = [remote(t, 'tickets')[0], remote(t, 'contacts')[0]]
  t.sandbox.hubspot.archive(DEMO.portalId, 'tickets', record?.id ?? '')
  t.sandbox.hubspot.archive(DEMO.portalId, 'contacts', person?.id ?? '')
  await t.pass(2)
  const [ticket] = await t.database.owner<{ id: string }[]>`select id from tickets`
  expect((await t.api('PATCH', `/tickets/${ticket?.id}`, { subject: 'Pedido' })).status).toBe(200)
  for (const seconds of [8, 20, 40, 80, 300]) await t.pass(seconds)
  expect([told(t).sort(), await waiting(t)]).toEqual([['hola', 'una sola vez'], []])
  expect([remote(t, 'tickets').length, remote(t, 'contacts').length]).toEqual([1, 1])
})

it.each([false, true])('its ticket deleted there, and its contact merged here (and there: %s)', async mergeContacts => {
  const settings = JSON.stringify({ mergeContacts })
  await t.database.owner`update connections set settings = settings || ${settings}::text::jsonb`
  await say(t, 'soy Berta', berta)
  await say(t, 'hola')
  await t.pass(10)
  await sayUnanswered('una sola vez')
  // Nobody can look for it before all of that has happened.
  t.sandbox.faults.add({ vendor: 'hubspot', kind: 'cut', path: 'associations', times: 3 })
  const [ticket] = await t.database.owner<{ id: string }[]>`
    select t.id from tickets t join contacts c on c.id = t.contact_id where c.name = ${ana.name}`
  const there = remote(t, 'tickets').find(({ properties }) => properties.wa_ticket_id === ticket?.id)
  t.sandbox.hubspot.archive(DEMO.portalId, 'tickets', there?.id ?? '')
  const [survivor, merged] = [await contactOf(berta.name), await contactOf(ana.name)]
  expect((await t.api('POST', `/contacts/${survivor}/merge`, { contactId: merged })).status).toBe(200)
  expect((await t.api('PATCH', `/tickets/${ticket?.id}`, { subject: 'Pedido' })).status).toBe(200)
  for (const seconds of [8, 20, 40, 80, 300]) await t.pass(seconds)
  expect(told(t).sort()).toEqual(['hola', 'soy Berta', 'una sola vez'])
  expect([await waiting(t), remote(t, 'tickets').length]).toEqual([[], 2])
})
