/** What CRMs hear of contacts that people merge, and what is heard of contacts that people merge there. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { DEMO } from '../../src/node/demo.ts'
import { startHub, type TestHub } from '../support/hub.ts'
import { openLetters, remote, say, told, waiting } from './support.ts'

let t: TestHub
beforeEach(async () => {
  t = await startHub({ deadlineMs: 200 })
})
afterEach(() => t.close())

const ana = { from: '5215512345678', name: 'Ana Torres' }
const beto = { from: '5215512345679', name: 'Beto Ruiz' }

type Contact = { id: string; name: string; mergedIds: string[]; links: { remoteId: string }[] }
type Merge = { id: string; remote: { outcome: string; sentence: string }[] }

const allow = () => t.database.owner`update connections set settings = settings || '{"mergeContacts":true}'`
const contacts = async () => (await t.api<{ items: Contact[] }>('GET', '/contacts')).body.items
const byName = async (name: string) => (await contacts()).find(contact => contact.name === name)?.id ?? ''
const whole = async (id: string) => (await t.api<Contact>('GET', `/contacts/${id}`)).body
const merge = async (id: string, contactId: string) => {
  const { status, body } = await t.api<Merge>('POST', `/contacts/${id}/merge`, { contactId })
  expect(status).toBe(200)
  for (const seconds of [1, 10, 10]) await t.pass(seconds)
  return body.id
}
const mergeOf = async (id: string, mergeId: string) =>
  (await t.api<{ items: Merge[] }>('GET', `/contacts/${id}/merges`)).body.items.find(each => each.id === mergeId)

async function two() {
  await say(t, 'soy ana', ana)
  await say(t, 'soy beto', beto)
  await t.pass(10)
  expect(remote(t, 'contacts')).toHaveLength(2)
  return { anaId: await byName('Ana Torres'), betoId: await byName('Beto Ruiz') }
}

it('merges the records too where the connection lets it, and what comes after goes to the one that is left', async () => {
  const { anaId, betoId } = await two()
  await allow()
  const id = await merge(anaId, betoId)
  expect(remote(t, 'contacts')).toMatchObject([{ properties: { wa_id: '525512345678', firstname: 'Ana' } }])
  const left = remote(t, 'contacts')[0]?.id
  expect((await whole(betoId)).id).toBe(anaId)
  expect((await whole(anaId)).mergedIds).toEqual([betoId])
  expect((await mergeOf(anaId, id))?.remote).toMatchObject([{ outcome: 'merged' }])
  await say(t, 'otra vez beto', beto)
  await t.pass(10)
  expect(told(t)).toContain('otra vez beto')
  expect(remote(t, 'contacts').map(record => record.id)).toEqual([left])

  t.sandbox.hubspot.edit(DEMO.portalId, 'contacts', left ?? '', { properties: { firstname: 'Anita' } })
  await t.pass(2)
  expect(await contacts()).toMatchObject([{ name: 'Anita Torres' }])
  expect([await waiting(t), await openLetters(t)]).toEqual([[], []])
})

it('an answer that is lost merges nobody twice', async () => {
  const { anaId, betoId } = await two()
  await allow()
  t.sandbox.faults.add({ vendor: 'hubspot', kind: 'store_then_hang', path: 'contacts/merge', times: 1 })
  const id = await merge(anaId, betoId)
  for (let n = 0; n < 4; n++) await t.pass(60)
  expect(remote(t, 'contacts')).toHaveLength(1)
  expect((await mergeOf(anaId, id))?.remote).toMatchObject([{ outcome: 'merged' }])
  expect([await waiting(t), await openLetters(t)]).toEqual([[], []])
})

it('leaves both records where it may not, and hears of either as the one contact', async () => {
  const { anaId, betoId } = await two()
  const id = await merge(anaId, betoId)
  expect(remote(t, 'contacts')).toHaveLength(2)
  expect((await mergeOf(anaId, id))?.remote).toMatchObject([{ outcome: 'apart' }])
  const beside = remote(t, 'contacts').find(record => record.properties.wa_id === '525512345679')?.id ?? ''
  const own = remote(t, 'contacts').find(record => record.properties.wa_id === '525512345678')?.id
  t.sandbox.hubspot.edit(DEMO.portalId, 'contacts', beside, {
    properties: { firstname: 'Ana María', lastname: 'Torres' },
  })
  for (const seconds of [2, 10]) await t.pass(seconds)
  expect(await contacts()).toMatchObject([{ id: anaId, name: 'Ana María Torres' }])
  const said = remote(t, 'contacts').find(record => record.id === own)?.properties
  expect([said?.firstname, said?.lastname].join(' ')).toBe('Ana María Torres')

  await t.api('POST', `/merges/${id}/undo`)
  for (const seconds of [1, 10]) await t.pass(seconds)
  expect((await contacts()).map(contact => contact.id).sort()).toEqual([anaId, betoId].sort())
  expect(remote(t, 'contacts')).toHaveLength(2)
  expect([await waiting(t), await openLetters(t)]).toEqual([[], []])
})

it('undone after a merge there says that it stays one there, and makes a new record for who is back', async () => {
  const { anaId, betoId } = await two()
  await allow()
  const id = await merge(anaId, betoId)
  const { body } = await t.api<Merge>('POST', `/merges/${id}/undo`)
  expect(body.remote).toMatchObject([{ outcome: 'merged', sentence: /registro nuevo/ }])
  for (const seconds of [1, 10, 10]) await t.pass(seconds)
  expect(
    remote(t, 'contacts')
      .map(record => [record.properties.wa_id, record.properties.firstname])
      .sort(),
  ).toEqual([
    ['525512345678', 'Ana'],
    ['525512345679', 'Beto'],
  ])
  await say(t, 'beto de vuelta', beto)
  await t.pass(10)
  expect((await whole(betoId)).links).toHaveLength(1)
  expect(told(t)).toContain('beto de vuelta')
  expect([await waiting(t), await openLetters(t)]).toEqual([[], []])
})

it('a merge that people make there is a suggestion here, and taken up it finds them one already', async () => {
  const { anaId, betoId } = await two()
  const ids = remote(t, 'contacts').map(record => record.id)
  const [primaryObjectId = '', objectIdToMerge = ''] = ids
  t.sandbox.hubspot.merge(DEMO.portalId, { type: 'contacts', primaryObjectId, objectIdToMerge })
  for (const seconds of [2, 10]) await t.pass(seconds)
  type Suggestion = { id: string; reason: string; contacts: { id: string }[] }
  const { body } = await t.api<{ items: Suggestion[] }>('GET', '/merge-suggestions')
  expect(body.items).toMatchObject([{ reason: 'merged in CRM', sentence: /unió los dos registros/ }])
  expect(body.items[0]?.contacts.map(({ id }) => id).sort()).toEqual([anaId, betoId].sort())
  const accepted = await t.api<Merge & { survivorId: string }>(
    'POST',
    `/merge-suggestions/${body.items[0]?.id}/merge`,
    {},
  )
  expect(accepted).toMatchObject({ status: 200, body: { survivorId: anaId } })
  for (const seconds of [1, 10]) await t.pass(seconds)
  expect((await mergeOf(anaId, accepted.body.id))?.remote).toMatchObject([{ outcome: 'merged' }])
  expect((await t.api<{ items: Suggestion[] }>('GET', '/merge-suggestions')).body.items).toEqual([])
  expect(remote(t, 'contacts')).toHaveLength(1)
  expect([await waiting(t), await openLetters(t)]).toEqual([[], []])
})

it('two of three who are one there are made one here, and nothing waits behind them', async () => {
  await two()
  await say(t, 'soy caro', { from: '5215512345670', name: 'Caro Paz' })
  await t.pass(10)
  await allow()
  const [first = '', second = '', third = ''] = remote(t, 'contacts').map(record => record.id)
  const there = t.sandbox.hubspot.merge(DEMO.portalId, { primaryObjectId: first, objectIdToMerge: second })
  t.sandbox.hubspot.merge(DEMO.portalId, { primaryObjectId: there.id, objectIdToMerge: third })
  for (const seconds of [2, 10]) await t.pass(seconds)
  await say(t, 'y sigo', ana)
  const [one] = remote(t, 'contacts')
  const apart = (await Promise.all((await contacts()).map(({ id }) => whole(id)))).filter(
    ({ links }) => links[0]?.remoteId !== one?.id,
  )
  expect(apart).toHaveLength(2)
  await merge(apart[0]?.id ?? '', apart[1]?.id ?? '')
  await say(t, 'y yo también', beto)
  await t.pass(10)
  expect(told(t)).toEqual(expect.arrayContaining(['y sigo', 'y yo también']))
  expect(remote(t, 'contacts')).toHaveLength(1)
  expect([await waiting(t), await openLetters(t)]).toEqual([[], []])
})

it('where records stay apart, who was made one with the merged contact there is found where they are now', async () => {
  await two()
  const caro = { from: '5215512345670', name: 'Caro Paz' }
  await say(t, 'soy caro', caro)
  await t.pass(10)
  const idOf = (name: string) => remote(t, 'contacts').find(({ properties }) => properties.firstname === name)?.id ?? ''
  const there = t.sandbox.hubspot.merge(DEMO.portalId, { primaryObjectId: idOf('Beto'), objectIdToMerge: idOf('Ana') })
  for (const seconds of [2, 10]) await t.pass(seconds)
  const [anaId, caroId] = [await byName('Ana Torres'), await byName('Caro Paz')]
  const beto = (await contacts()).find(({ id }) => id !== anaId && id !== caroId)
  await merge(caroId, beto?.id ?? '')
  await merge(anaId, caroId)
  expect((await t.api<{ items: object[] }>('GET', '/merge-suggestions')).body.items).toEqual([])
  const links = await t.database.owner`select remote_id from links where kind = 'contact' and record_id = ${anaId}`
  expect(links).toEqual([{ remoteId: there.id }])
  expect([await waiting(t), await openLetters(t)]).toEqual([[], []])
})

it('a merge whose outcome cannot be kept is a dead letter, and holds up nobody else', async () => {
  const { anaId, betoId } = await two()
  await allow()
  await t.database.owner.unsafe(`
    create function no_relink() returns trigger language plpgsql as $$ begin raise exception 'not today'; end $$;
    create trigger no_relink before update of remote_id on links for each row
      when (old.remote_id is not null and new.remote_id is distinct from old.remote_id) execute function no_relink()`)
  await merge(anaId, betoId)
  await say(t, 'y sigo', ana)
  await t.pass(10)
  expect(told(t)).toContain('y sigo')
  expect(await waiting(t)).toEqual([])
  const letters = await openLetters(t)
  // HubSpot told of its merge too, and that could not be kept either.
  expect(letters.map(({ kind }) => kind).sort()).toEqual(['push', 'webhook item'])
  for (const { cause } of letters) expect(cause).toContain('not today')
})

it('a record that only the merged contact had is the survivor’s', async () => {
  const { anaId, betoId } = await two()
  await t.database.owner`delete from links where record_id = ${anaId}`
  const held = remote(t, 'contacts').find(record => record.properties.wa_id === '525512345679')?.id
  t.sandbox.hubspot.archive(
    DEMO.portalId,
    'contacts',
    remote(t, 'contacts').find(record => record.id !== held)?.id ?? '',
  )
  const id = await merge(anaId, betoId)
  expect((await mergeOf(anaId, id))?.remote).toMatchObject([{ outcome: 'moved' }])
  expect((await whole(anaId)).links).toMatchObject([{ remoteId: held }])
  expect(remote(t, 'contacts')).toMatchObject([{ id: held, properties: { wa_id: '525512345678', firstname: 'Ana' } }])
})

it('asks people for what they may not be asked by anyone else', async () => {
  const { anaId, betoId } = await two()
  const unknown = '00000000-0000-7000-8000-000000000000'
  expect(await t.api('POST', `/contacts/${anaId}/merge`, { contactId: anaId })).toMatchObject({
    ...{ status: 409, body: { code: 'same_contact', detail: /mismo contacto/ } },
  })
  expect(await t.api('POST', `/contacts/${unknown}/merge`, { contactId: betoId })).toMatchObject({ status: 404 })
  expect(await t.api('POST', `/contacts/${anaId}/merge`, {})).toMatchObject({ status: 422 })
  expect(await t.api('POST', `/merges/${unknown}/undo`)).toMatchObject({ status: 404 })
  expect(await t.api('POST', `/merge-suggestions/${unknown}/dismiss`)).toMatchObject({ status: 404 })
  expect(await contacts()).toHaveLength(2)
})
