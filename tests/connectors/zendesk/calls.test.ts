/** How many calls 1,000 messages of 300 people cost. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { PushItem, PushResult, Together } from '../../../src/connectors/contract.ts'
import { zendesk } from '../../../src/connectors/zendesk/index.ts'
import { type Bench, setUp } from '../contract.ts'
import { aContact, aMessage, aTicket, NOW } from '../records.ts'
import { zendeskHarness } from './harness.ts'

let bench: Bench
let made: Awaited<ReturnType<typeof setUp>>
beforeEach(async () => {
  bench = await zendeskHarness.start()
  made = await setUp(zendesk as never, bench)
  bench.clearCalls()
})
afterEach(() => bench.close())

const PEOPLE = 300
const MESSAGES = 1_000

/** Each person's messages `apart` ms after one another. */
function burst(apart: number, hasTickets = true): Together<PushItem> {
  const who = (at: number) => (at % PEOPLE) + 1
  const contact = Array.from({ length: PEOPLE }, (_, at) => made.item('contact', aContact(at + 1)))
  const ticket = contact.map(({ recordId }, at) =>
    made.item('ticket', aTicket(at + 1), { parents: { contact: recordId } }),
  )
  const message = Array.from({ length: MESSAGES }, (_, at) => {
    const moment = new Date(NOW.getTime() + Math.floor(at / PEOPLE) * apart)
    const parents = { contact: `contact-${who(at)}`, ...(hasTickets ? { ticket: `ticket-${who(at)}` } : {}) }
    return made.item('message', aMessage(at + 1, { at: moment }), { parents })
  })
  return { contact, ticket: hasTickets ? ticket : [], message }
}

async function push(items: Together<PushItem>): Promise<Together<PushResult>> {
  return (await zendesk.pushTogether?.(made.ctx as never, items)) as Together<PushResult>
}

const failures = (results: Together<PushResult>) =>
  Object.values(results)
    .flat()
    .filter(({ kind }) => kind === 'failed')

test('a burst is at most 18: people, tickets that begin with what was said, one comment of what followed soon', async () => {
  const results = await push(burst(5_000))
  expect(failures(results)).toEqual([])
  expect(bench.records('message')).toHaveLength(MESSAGES)
  // 2 searches, 3 jobs of users and a look; 3 jobs of tickets and a look.
  expect(bench.calls()).toBe(10)
})

test('messages that are far apart are comments of their own, in their order: 20', async () => {
  const results = await push(burst(300_000))
  expect(failures(results)).toEqual([])
  const first = bench.records('message').filter(({ remoteId }) => remoteId.startsWith(`${ticketOf(results)}/`))
  expect(first.map(({ remoteId }) => remoteId.split('/')[1])).toEqual([
    ...['message-1', 'message-301', 'message-601', 'message-901'],
  ])
  expect(bench.calls()).toBe(20)
})

test('history is at most 10: a closed ticket for each person, with all that was said at its true times', async () => {
  const results = await push(burst(300_000, false))
  expect(failures(results)).toEqual([])
  expect(results.message).toHaveLength(MESSAGES)
  expect(bench.records('ticket')).toHaveLength(PEOPLE)
  expect(bench.calls()).toBe(10)
})

test('history of tickets that are there is 4: imported beside them, and what was said today is a comment', async () => {
  const items = burst(300_000)
  const { contact, ticket } = await push({ ...items, message: [] })
  const placed = (results: PushResult[], nth: number) => (results[nth]?.kind === 'stored' ? results[nth].remoteId : '')
  const later = new Date(NOW.getTime() + 3 * 86_400_000)
  const past = items.message.map((item, at) => ({
    ...{ ...item, isHistory: true as const },
    parents: { contact: placed(contact, at % PEOPLE), ticket: placed(ticket, at % PEOPLE) },
  }))
  bench.clearCalls()
  const results = await zendesk.message.push({ ...made.ctx, now: later } as never, past)
  expect(results.filter(({ kind }) => kind === 'failed')).toEqual([])
  expect(results).toHaveLength(MESSAGES)
  expect(bench.calls()).toBe(4)
  expect(bench.records('ticket')).toHaveLength(2 * PEOPLE)
  // A comparison finds them there, and tells none anew.
  const ids = results.slice(0, 5).flatMap(result => (result.kind === 'stored' ? result.remoteId : []))
  expect((await zendesk.message.read(made.ctx as never, ids)).map(({ remoteId }) => remoteId).toSorted()).toEqual(
    ids.toSorted(),
  )
  bench.clearCalls()
  const [today] = await zendesk.message.push({ ...made.ctx, now: NOW } as never, [
    { ...(past[0] as PushItem), recordId: 'message-0' },
  ])
  expect(today).toMatchObject({ remoteId: expect.stringMatching(new RegExp(`^${placed(ticket, 0)}/`)) })
})

function ticketOf({ ticket }: Together<PushResult>): string {
  const result = ticket.find(({ recordId }) => recordId === 'ticket-1')
  return result?.kind === 'stored' ? result.remoteId : ''
}
