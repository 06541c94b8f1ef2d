/** The same events in any order, and more than once, end in the same state: what the CRM holds when it is asked decides. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { DEMO } from '../../src/node/demo.ts'
import { startHub, type TestHub } from '../support/hub.ts'
import { openLetters, remote, say, waiting } from './support.ts'

let t: TestHub
beforeEach(async () => {
  t = await startHub()
})
afterEach(() => t.close())

const { portalId } = DEMO

it.each([1, 2, 3, 4, 5, 6])('edited, deleted and restored, and merged: order %i', async seed => {
  for (const n of [0, 1, 2]) await say(t, `hola ${n}`, { from: `52155100001${10 + n}`, name: `Clienta ${n}` })
  await t.pass(5)
  t.sandbox.hubspot.configure(portalId, { duplicates: 3, shuffle: true, seed })
  const [one, two] = remote(t, 'tickets')
  const contacts = remote(t, 'contacts')
  t.sandbox.hubspot.edit(portalId, 'tickets', one?.id ?? '', { properties: { subject: 'primero' } })
  t.sandbox.hubspot.archive(portalId, 'tickets', one?.id ?? '')
  t.sandbox.hubspot.restore(portalId, 'tickets', one?.id ?? '')
  t.sandbox.hubspot.edit(portalId, 'tickets', one?.id ?? '', { properties: { subject: 'último' } })
  t.sandbox.hubspot.archive(portalId, 'tickets', two?.id ?? '')
  t.sandbox.hubspot.edit(portalId, 'contacts', contacts[2]?.id ?? '', {
    properties: { firstname: 'Tercera', lastname: '' },
  })
  t.sandbox.hubspot.merge(portalId, { primaryObjectId: contacts[0]?.id ?? '', objectIdToMerge: contacts[1]?.id ?? '' })
  for (const seconds of [2, 5, 65]) await t.pass(seconds)
  const links = await t.database.owner<{ remoteId: string | null; lostRemoteId: string | null }[]>`
    select remote_id, lost_remote_id from links where kind = 'ticket' order by remote_id nulls last`
  expect(links.filter(link => link.remoteId === one?.id)).toHaveLength(1)
  expect(links.find(link => link.remoteId === null)?.lostRemoteId).toBe(two?.id)
  expect(await t.database.owner`select 1 from tickets where subject = 'último'`).toHaveLength(1)
  expect(await t.database.owner`select 1 from contacts where name = 'Tercera'`).toHaveLength(1)
  expect([await waiting(t), await openLetters(t)]).toEqual([[], []])
})
