/**
 * Histories of customers that both sides work on while HubSpot fails in every way it can: limits, errors, answers lost after
 * storing, parts refused, webhooks late, doubled and out of order. When the faults stop, both sides are equal, each field
 * holds what one of them said last, every message is there once, and nothing is written any more. Many customers share a
 * world and its faults; each is a history. A few here, thousands by `npm run test:faults`: SYNC_HISTORIES=n, SYNC_SEED=n.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { DEMO } from '../../src/node/demo.ts'
import { startHub, type TestHub } from '../support/hub.ts'
import { writes } from '../sync/support.ts'

const { SYNC_HISTORIES = '60', SYNC_SEED = '1' } = process.env

/** Customers of a world; worlds that one hub sees, so that none grows slow. */
const CROWD = 60
const WORLDS = 5

const FIELDS = ['subject', 'priority', 'name', 'email'] as const
type Field = (typeof FIELDS)[number]

const act = fc.record({
  who: fc.nat(CROWD - 1),
  side: fc.constantFrom('ours', 'theirs'),
  field: fc.constantFrom(...FIELDS, 'message' as const),
  value: fc.nat(5),
})
const fault = fc.record({
  kind: fc.constantFrom('status', 'hang', 'store_then_hang', 'store_then_500', 'partial'),
  status: fc.constantFrom(429, 500, 502, 503, 423),
  path: fc.constantFrom('contacts/batch', 'tickets/batch', 'communications/batch', '/batch/', 'batch/read', 'search'),
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
  duplicates: fc.integer({ min: 1, max: 3 }),
  shuffle: fc.boolean(),
  seed: fc.nat(1_000),
})
type History = typeof history extends fc.Arbitrary<infer T> ? T : never

it(`${SYNC_HISTORIES} histories: in the end both sides are equal, and nothing is written any more`, {
  timeout: 60_000 + Number(SYNC_HISTORIES) * 1_500,
}, async () => {
  let hub: TestHub | undefined
  let lived = 0
  try {
    await fc.assert(
      fc.asyncProperty(history, async drawn => {
        if (lived % WORLDS === 0) {
          await hub?.close()
          hub = await startHub({ deadlineMs: 150 })
        }
        if (hub) await live(hub, drawn, lived++)
      }),
      { numRuns: Math.ceil(Number(SYNC_HISTORIES) / CROWD), seed: Number(SYNC_SEED), endOnFailure: true },
    )
  } finally {
    await hub?.close()
  }
})

/** `said`: what each side said last of each field. */
type Customer = { from: string; name: string; texts: string[]; said: Map<string, string> }

async function live(t: TestHub, { steps, duplicates, shuffle, seed }: History, world: number) {
  const { portalId, phoneNumberId } = DEMO
  t.sandbox.hubspot.configure(portalId, { duplicates, shuffle, seed })
  const crowd = Array.from({ length: CROWD }, (_, n): Customer => {
    const from = `5255${String(10_000_000 + world * 1_000 + n)}`
    return { from, name: `Clienta ${world} ${n}`, texts: [], said: new Map() }
  })
  const say = (messages: { customer: Customer; text: string }[]) => {
    for (const { customer, text } of messages) customer.texts.push(text)
    const each = messages.map(({ customer: { from, name }, text }) => ({ from, name, text }))
    t.sandbox.whatsapp.inbound({ phoneNumberId, messages: each })
  }
  say(crowd.map((customer, n) => ({ customer, text: `hola ${world} ${n}` })))
  await t.pass(1)
  for (const { acts, faults, seconds } of steps) {
    for (const { at: place, ...drawn } of faults) {
      const partial =
        drawn.kind === 'partial'
          ? { failIndexes: [place], path: `(tickets|contacts|communications)/batch/(create|update|upsert)` }
          : {}
      t.sandbox.faults.add({ vendor: 'hubspot', ...drawn, ...partial, delayMs: 250 })
    }
    const ids = await ourIds(t)
    for (const [nth, { who, side, field, value }] of acts.entries()) {
      const customer = crowd[who]
      if (!customer) continue
      const text = wordOf(field, value, `${world}.${who}.${nth}`)
      if (field === 'message') say([{ customer, text: `${customer.name} dice ${text} ${customer.texts.length}` }])
      else if (side === 'ours') await change(t, ids.get(customer.from), customer, field, text)
      else edit(t, customer, field, text)
    }
    await t.pass(seconds)
  }
  t.sandbox.faults.clear()
  for (let n = 0; n < 12 && !(await isDone(t)); n++) {
    await t.pass(n < 3 ? 8 : 305)
    const { body } = await t.api<{ items: { id: string }[] }>('GET', '/dead-letters?replayed=false&limit=200')
    for (const { id } of body.items) await t.api('POST', `/dead-letters/${id}/replay`)
  }
  await compare(t, crowd)
  const quiet = writes(t)
  await t.pass(130)
  expect(writes(t)).toBe(quiet)
}

/** Nothing waits on either side, and the feed has been read once more. */
async function isDone(t: TestHub): Promise<boolean> {
  await t.pass(65)
  const [left] = await t.database.owner<{ count: number }[]>`
    select (select count(*) from outbox) + (select count(*) from deliveries where processed_at is null)
      + (select count(*) from dead_letters where replayed_at is null) as count`
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

const THEIRS = { low: 'LOW', normal: 'MEDIUM', high: 'HIGH' } as Record<string, string>

/** What is not there yet cannot be edited. */
function edit(t: TestHub, customer: Customer, field: Field, value: string) {
  const { portalId } = DEMO
  const contact = recordsOf(t, 'contacts').find(record => record.properties.wa_id === customer.from)
  if (!contact) return
  if (field === 'name' || field === 'email') {
    const [firstname, ...rest] = value.split(' ')
    const properties: Record<string, string> =
      field === 'name' ? { firstname: firstname ?? '', lastname: rest.join(' ') } : { email: value }
    t.sandbox.hubspot.edit(portalId, 'contacts', contact.id, { properties })
  } else {
    const ticket = recordsOf(t, 'tickets').find(record => record.associations.contacts?.includes(contact.id))
    if (!ticket) return
    const properties: Record<string, string> =
      field === 'subject' ? { subject: value } : { hs_ticket_priority: THEIRS[value] ?? '' }
    t.sandbox.hubspot.edit(portalId, 'tickets', ticket.id, { properties })
  }
  customer.said.set(`theirs ${field}`, value)
}

type Found = { id: string; properties: Record<string, string | null>; associations: Record<string, string[]> }
const recordsOf = (t: TestHub, type: string) =>
  t.sandbox.hubspot.objects(DEMO.portalId, type).results as unknown as Found[]

async function compare(t: TestHub, crowd: Customer[]) {
  expect(await t.database.owner`select kind, attempts, last_failure from outbox`).toEqual([])
  expect(await t.database.owner`select place, cause from dead_letters where replayed_at is null`).toEqual([])
  expect(await t.database.owner`select 1 from deliveries where processed_at is null`).toHaveLength(0)
  const [contacts, tickets, told] = ['contacts', 'tickets', 'communications'].map(type => recordsOf(t, type))
  const ours = new Map(
    (
      await t.database.owner<({ phone: string } & Record<Field, string | null>)[]>`
        select c.phone, t.subject, t.priority, c.name, c.email from tickets t join contacts c on c.id = t.contact_id`
    ).map(row => [row.phone.replace('+', ''), row]),
  )
  for (const { from, texts, said } of crowd) {
    const mine = contacts?.filter(record => record.properties.wa_id === from) ?? []
    const [contact] = mine
    const theirs = tickets?.filter(record => record.associations.contacts?.includes(contact?.id ?? '')) ?? []
    expect({ from, contacts: mine.length, tickets: theirs.length }).toEqual({ from, contacts: 1, tickets: 1 })
    const here = ours.get(from)
    const { firstname, lastname, email } = contact?.properties ?? {}
    const there = {
      subject: theirs[0]?.properties.subject,
      priority: Object.keys(THEIRS).find(word => THEIRS[word] === theirs[0]?.properties.hs_ticket_priority),
      name: [firstname, lastname].filter(Boolean).join(' '),
      email: email || null,
    }
    for (const field of FIELDS) {
      expect({ from, field, value: there[field] }).toEqual({ from, field, value: here?.[field] ?? null })
      const last = ['ours', 'theirs'].flatMap(side => said.get(`${side} ${field}`) ?? [])
      if (last.length > 0)
        expect({ from, field, last }).toEqual({ from, field, last: expect.arrayContaining([here?.[field]]) })
    }
    const bodies = told
      ?.filter(record => record.associations.contacts?.includes(contact?.id ?? ''))
      .map(record => record.properties.hs_communication_body?.split('<br>')[1])
    expect({ from, bodies: bodies?.sort() }).toEqual({ from, bodies: [...texts].sort() })
  }
}
