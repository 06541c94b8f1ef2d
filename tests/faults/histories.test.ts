/**
 * Histories of customers that both sides work on while the CRM fails in every way it can: limits, errors, answers lost after
 * storing, parts refused, webhooks late, doubled and out of order; and people merge customers here and there, delete records
 * there and bring them back. When the faults stop, and all that people are asked has been answered, both sides are equal, each
 * field holds what one of them said last, every message is there once, and nothing is written any more. Many customers share a
 * world and its faults; each is a history. No fault waits: a connection breaks, and that is an event like any other, however
 * busy the machine is. A few here, thousands by `npm run test:faults`: SYNC_HISTORIES=n, SYNC_SEED=n; SYNC_PATH=n lives the one of
 * a failure again.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { DEMO } from '../../src/node/demo.ts'
import { startHub, type TestHub } from '../support/hub.ts'
import { type Field, type Side, sides, type There } from './sides.ts'

const { SYNC_HISTORIES = '60', SYNC_SEED = '1', SYNC_PATH } = process.env

/** Customers of a world; worlds that one hub sees, so that none grows slow. */
const CROWD = 60
const WORLDS = 5

const FIELDS = ['subject', 'priority', 'name', 'email'] as const satisfies Field[]

const who = fc.nat(CROWD - 1)
const said = fc.record({
  kind: fc.constant('said' as const),
  who,
  side: fc.constantFrom('ours', 'theirs'),
  field: fc.constantFrom(...FIELDS, 'message' as const),
  value: fc.nat(5),
})
/** `other`: of two who are made one. */
const upheaval = fc.record({
  kind: fc.constantFrom('merged here', 'merged there', 'contact deleted', 'ticket deleted', 'restored'),
  who,
  other: who,
})
const act = fc.oneof({ weight: 14, arbitrary: said }, { weight: 1, arbitrary: upheaval })
type Upheaval = typeof upheaval extends fc.Arbitrary<infer T> ? T : never
const fault = fc.record({
  kind: fc.constantFrom('status', 'cut', 'store_then_cut', 'store_then_500', 'partial'),
  status: fc.constantFrom(429, 500, 502, 503, 423),
  path: fc.nat(5),
  times: fc.integer({ min: 1, max: 4 }),
  skip: fc.nat(2),
  at: fc.nat(2),
})
const step = fc.record({
  acts: fc.array(act, { minLength: 30, maxLength: 90 }),
  faults: fc.array(fault, { maxLength: 2 }),
  seconds: fc.constantFrom(0, 1, 3, 8, 20, 70),
})
const history = fc.record({
  steps: fc.array(step, { minLength: 3, maxLength: 5 }),
  mergesThere: fc.boolean(),
  duplicates: fc.integer({ min: 1, max: 3 }),
  shuffle: fc.boolean(),
  seed: fc.nat(1_000),
})
type History = typeof history extends fc.Arbitrary<infer T> ? T : never

it.each(sides)(
  `${SYNC_HISTORIES} histories with $name: in the end both sides are equal, and nothing is written any more`,
  {
    timeout: 60_000 + Number(SYNC_HISTORIES) * 1_500,
  },
  async side => {
    let hub: TestHub | undefined
    let connectionId = ''
    let lived = 0
    try {
      await fc.assert(
        fc.asyncProperty(history, async drawn => {
          if (lived % WORLDS === 0) {
            await hub?.close()
            hub = await startHub()
            connectionId = await side.open(hub)
          }
          if (hub) await live({ t: hub, side, connectionId }, drawn, lived++)
        }),
        {
          ...{ numRuns: Math.ceil(Number(SYNC_HISTORIES) / CROWD), seed: Number(SYNC_SEED), endOnFailure: true },
          ...(SYNC_PATH ? { path: SYNC_PATH } : {}),
        },
      )
    } finally {
      await hub?.close()
    }
  },
)

/** `said`: what each side said last of each field. `isPlain`: nobody merged them, or deleted a record of theirs. */
type Customer = { from: string; name: string; texts: string[]; said: Map<string, string>; isPlain: boolean }

type Place = { t: TestHub; side: Side; connectionId: string }

async function live(place: Place, { steps, mergesThere, duplicates, shuffle, seed }: History, world: number) {
  const { t, side, connectionId } = place
  const { phoneNumberId } = DEMO
  archived.splice(0)
  side.disturb(t, { duplicates, shuffle, seed })
  const settings = JSON.stringify({ mergeContacts: mergesThere })
  await t.database.owner`update connections set settings = settings || ${settings}::text::jsonb`
  const crowd = Array.from({ length: CROWD }, (_, n): Customer => {
    const from = `5255${String(10_000_000 + world * 1_000 + n)}`
    return { from, name: `Clienta ${world} ${n}`, texts: [], said: new Map(), isPlain: true }
  })
  const say = (messages: { customer: Customer; text: string }[]) => {
    for (const { customer, text } of messages) customer.texts.push(text)
    const each = messages.map(({ customer: { from, name }, text }) => ({ from, name, text }))
    t.sandbox.whatsapp.inbound({ phoneNumberId, messages: each })
  }
  say(crowd.map((customer, n) => ({ customer, text: `hola ${world} ${n}` })))
  await t.pass(1)
  for (const { acts, faults, seconds } of steps) {
    for (const { at, ...drawn } of faults) {
      const partial = drawn.kind === 'partial' ? { failIndexes: [at], path: side.writing } : {}
      // Whoever stores and then fails does not say that it was too much, or locked: that means it was not stored.
      const status = drawn.kind === 'store_then_500' ? Math.max(drawn.status, 500) : drawn.status
      const path = side.paths[drawn.path] ?? side.paths[0]
      t.sandbox.faults.add({ ...drawn, vendor: side.vendor, path, status, ...partial })
    }
    const ids = await ourIds(t)
    for (const [nth, drawn] of acts.entries()) {
      const customer = crowd[drawn.who]
      if (!customer) continue
      if (drawn.kind !== 'said') {
        await upset(place, drawn.kind, ids, customer, crowd[drawn.other] ?? customer)
        continue
      }
      const { who, side, field, value } = drawn
      const text = wordOf(field, value, `${world}.${who}.${nth}`)
      if (field === 'message') say([{ customer, text: `${customer.name} dice ${text} ${customer.texts.length}` }])
      else if (side === 'ours') await change(t, ids.get(customer.from), customer, field, text)
      else edit(place, customer, field, text)
    }
    await t.pass(seconds)
  }
  t.sandbox.faults.clear()
  await comeToRest(place)
  if (crowd.some(customer => !customer.isPlain)) {
    // What was deleted there and not touched since is missing until both sides are compared.
    await t.api('POST', `/connections/${connectionId}/reconciliations`, {})
    await comeToRest(place)
  }
  await compare(place, crowd)
  const quiet = side.writes(t)
  await t.pass(130)
  expect(side.writes(t)).toBe(quiet)
}

type Letter = { id: string; item: { recordId?: string; failure?: { code?: string } } }

/** What failed is tried again, and people answer what they are asked, until nothing waits, nor does after the feed was read. */
async function comeToRest(place: Place) {
  const { t } = place
  for (let n = 0; n < 20; n++) {
    if (await isDone(place)) {
      await t.pass(65)
      if (await isDone(place)) return
    }
    await t.pass(n < 3 ? 8 : 305)
    const letters = await t.api<{ items: Letter[] }>('GET', '/dead-letters?replayed=false&limit=200')
    for (const { id, item } of letters.body.items) {
      // Two who were one there, and are two again, have one e-mail: a person gives one of them another.
      const email = `parted-${item.recordId}@example.com`
      if (item.failure?.code === 'CONFLICT') await t.api('PATCH', `/contacts/${item.recordId}`, { email })
      await t.api('POST', `/dead-letters/${id}/replay`)
    }
    const suggested = await t.api<{ items: { id: string }[] }>('GET', '/merge-suggestions?limit=200')
    for (const { id } of suggested.body.items) await t.api('POST', `/merge-suggestions/${id}/merge`, {})
  }
}

/** Nothing waits on either side. */
async function isDone({ t, connectionId }: Place): Promise<boolean> {
  const [left] = await t.database.owner<{ count: number }[]>`
    select (select count(*) from outbox where connection_id = ${connectionId}) + (select count(*) from deliveries where processed_at is null)
      + (select count(*) from dead_letters where replayed_at is null)
      + (select count(*) from merge_suggestions where state = 'open')
      + (select count(*) from reconciliations where due_at is not null) as count`
  return Number(left?.count) === 0
}

function wordOf(field: Field | 'message', value: number, place: string): string {
  if (field === 'priority') return ['low', 'normal', 'high'][value % 3] ?? 'normal'
  if (field === 'email') return `c${place}.${value}@example.com`
  if (field === 'name') return `Nombre ${value}`
  return `asunto ${value} ${place}`
}

type Ours = { ticketId: string; contactId: string }

async function ourIds(t: TestHub): Promise<Map<string, Ours>> {
  const rows = await t.database.owner<(Ours & { phone: string })[]>`
    select t.id as ticket_id, c.id as contact_id, c.phone from tickets t join contacts c on c.id = t.contact_id`
  return new Map(rows.map(row => [row.phone.replace('+', ''), row]))
}

async function change(t: TestHub, ids: Ours | undefined, customer: Customer, field: Field, value: string) {
  if (!ids) return
  const of = field === 'name' || field === 'email' ? `/contacts/${ids.contactId}` : `/tickets/${ids.ticketId}`
  const { status } = await t.api('PATCH', of, { [field]: value })
  expect(status).toBe(200)
  customer.said.set(`ours ${field}`, value)
}

/** What is not there yet cannot be edited; and what says so already is not: no CRM tells anybody of that. */
function edit({ t, side }: Place, customer: Customer, field: Field, value: string) {
  const contact = side.contacts(t).find(({ key }) => key === customer.from)
  if (!contact) return
  const isContact = field === 'name' || field === 'email'
  const record = isContact ? contact : side.tickets(t).find(({ contactId }) => contactId === contact.id)
  if (!record || record.values[field] === value) return
  side.edit(t, isContact ? 'contact' : 'ticket', record.id, field, value)
  customer.said.set(`theirs ${field}`, value)
}

/** What people do to whole records. Nobody does what the screen would not let them. */
async function upset(
  { t, side }: Place,
  kind: Upheaval['kind'],
  ids: Map<string, Ours>,
  one: Customer,
  other: Customer,
) {
  const find = (customer: Customer) => side.contacts(t).find(({ key }) => key === customer.from)
  switch (kind) {
    case 'merged here': {
      const [survivor, merged] = [ids.get(one.from), ids.get(other.from)]
      if (!survivor || !merged || survivor.contactId === merged.contactId) return
      const { status } = await t.api('POST', `/contacts/${survivor.contactId}/merge`, { contactId: merged.contactId })
      // They may be one already.
      expect([200, 409, 422]).toContain(status)
      one.isPlain = false
      other.isPlain = false
      return
    }
    case 'merged there': {
      const [survivor, merged] = [find(one), find(other)]
      if (!survivor || !merged || survivor.id === merged.id) return
      side.merge(t, survivor.id, merged.id)
      one.isPlain = false
      other.isPlain = false
      return
    }
    case 'contact deleted':
    case 'ticket deleted': {
      const contact = find(one)
      const [type, record] =
        kind === 'contact deleted'
          ? (['contact', contact] as const)
          : (['ticket', side.tickets(t).find(({ contactId }) => contact && contactId === contact.id)] as const)
      if (!record || !side.remove) return
      side.remove(t, type, record.id)
      archived.push({ type, record })
      one.isPlain = false
      return
    }
    case 'restored': {
      const last = archived.pop()
      if (!last || !side.restore) return
      const { type, record } = last
      const there = type === 'contact' ? side.contacts(t) : side.tickets(t)
      // One that was made anew has its key.
      if (there.some(({ key }) => key === record.key)) return
      side.restore(t, type, record.id)
      return
    }
  }
}

/** What was deleted there and not brought back, the latest last. */
const archived: { type: 'contact' | 'ticket'; record: There }[] = []

async function compare({ t, side, connectionId }: Place, crowd: Customer[]) {
  expect(
    await t.database.owner`select kind, attempts, last_failure from outbox where connection_id = ${connectionId}`,
  ).toEqual([])
  expect(await t.database.owner`select place, cause from dead_letters where replayed_at is null`).toEqual([])
  expect(
    await t.database
      .owner`select source, attempts, last_error, left(body, 500) as body from deliveries where processed_at is null`,
  ).toEqual([])
  const [contacts, tickets, told] = [side.contacts(t), side.tickets(t), side.told(t)]
  const ours = await t.database.owner<OurRecord[]>`
    select c.phone, c.name, c.email, l.remote_id as contact_there, t.id as ticket_id, t.subject, t.priority
    from tickets t join contacts c on c.id = t.contact_id
    left join links l on l.record_id = c.id and l.kind = 'contact' and l.connection_id = ${connectionId} order by t.opened_at desc, t.id`
  const times = new Map<string, number>()
  for (const { text } of told) times.set(text, (times.get(text) ?? 0) + 1)
  for (const mine of ours) {
    const contact = contacts.find(({ id }) => id === mine.contactThere)
    const theirs = tickets.filter(({ key }) => key === mine.ticketId)
    expect({ mine, contacts: contact ? 1 : 0, tickets: theirs.length }).toEqual({ mine, contacts: 1, tickets: 1 })
    const there = { ...contact?.values, ...theirs[0]?.values }
    for (const field of FIELDS) {
      expect({ of: mine.phone, field, value: there[field] }).toEqual({
        of: mine.phone,
        field,
        value: mine[field] ?? null,
      })
    }
  }
  for (const { from, texts, said, isPlain } of crowd) {
    for (const text of texts) expect({ from, text, told: times.get(text) ?? 0 }).toEqual({ from, text, told: 1 })
    if (!isPlain) continue
    const mine = contacts.filter(({ key }) => key === from)
    const [contact] = mine
    const theirs = tickets.filter(({ contactId }) => contact && contactId === contact.id)
    expect({ from, contacts: mine.length, tickets: theirs.length }).toEqual({ from, contacts: 1, tickets: 1 })
    const here = ours.find(row => row.phone === `+${from}`)
    for (const field of FIELDS) {
      const last = ['ours', 'theirs'].flatMap(side => said.get(`${side} ${field}`) ?? [])
      if (last.length > 0)
        expect({ from, field, last }).toEqual({ from, field, last: expect.arrayContaining([here?.[field]]) })
    }
    const bodies = told.filter(({ contactId }) => contactId === contact?.id).map(({ text }) => text)
    expect({ from, bodies: bodies.sort() }).toEqual({ from, bodies: [...texts].sort() })
  }
}

type OurRecord = { phone: string; contactThere: string | null; ticketId: string } & Record<Field, string | null>
