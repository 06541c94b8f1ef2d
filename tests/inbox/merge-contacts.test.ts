/** Two contacts made one, and parted again: nothing is lost, and what came since finds its owner. */

import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Actor } from '../../src/core/actor.ts'
import { seesAll } from '../../src/core/permissions.ts'
import { inWorkspace } from '../../src/db/tenancy.ts'
import { newId } from '../../src/inbox/context.ts'
import { dismissSuggestion } from '../../src/inbox/dismiss-suggestion.ts'
import { mergeContacts } from '../../src/inbox/merge-contacts.ts'
import { reply } from '../../src/inbox/reply.ts'
import { resolveTicket } from '../../src/inbox/resolve-ticket.ts'
import { undoMerge } from '../../src/inbox/undo-merge.ts'
import { updateContact } from '../../src/inbox/update-contact.ts'
import { updateTicket } from '../../src/inbox/update-ticket.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { deliver } from '../support/deliver.ts'
import { type Said, webhook } from '../support/whatsapp.ts'
import { type TestWorkspace, testWorkspace } from '../support/workspace.ts'

let database: TestDatabase
let workspace: TestWorkspace
const START = Date.parse('2026-11-02T16:00:00Z')
const at = (minute: number) => new Date(START + minute * 60_000)
const maria = { kind: 'agent' as const, agentId: newId(), name: 'María' }
const ANA = '525500001111'
const BETO = '525500002222'

beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

const ctx = (minute: number, actor: Actor = maria) => ({
  ...{
    db: database.db,
    workspaceId: workspace.workspaceId,
    now: at(minute),
    actor,
    emit: async () => {},
    sees: seesAll,
  },
})

/** As it comes: processed at the minute in which it was written. */
async function say(minute: number, said: Said, phoneNumberId = workspace.phoneNumberId) {
  const body = webhook(phoneNumberId, [{ at: at(minute), name: undefined as never, ...said }])
  await deliver(database.db, body, at(minute))
}

function read() {
  return inWorkspace(database.db, workspace.workspaceId, async tx => ({
    contacts: await tx`select * from contacts order by id`,
    identities: await tx`select * from identities order by kind, match_key`,
    conversations: await tx`select * from conversations order by id`,
    tickets: await tx`select * from tickets order by number`,
    messages: await tx`select * from messages order by provider_at, id`,
    clocks: await tx`select * from clocks order by ticket_id, kind`,
    events: await tx`select * from ticket_events order by at, id`,
    suggestions: await tx`select * from merge_suggestions`,
    merges: await tx`select * from merges order by id`,
    audit: await tx`select action from audit order by at, id`,
    outbox: await tx`select kind, record_id from outbox`,
  }))
}

/** Ana wrote first, then Beto; each has an open ticket on the same number. */
async function two() {
  workspace = await testWorkspace(database.db)
  await say(0, { from: ANA, name: 'Ana', text: 'soy ana' })
  await say(1, { from: BETO, name: 'Beto', userId: 'MX.2', text: 'soy beto' })
  const { contacts } = await read()
  const [ana = '', beto = ''] = [ANA, BETO].map(number => contacts.find(row => row.waKey === number)?.id)
  return { ana, beto }
}

/** All that undoing must give back: everything but versions and when rows were touched. */
const lasting = ({
  contacts,
  identities,
  conversations,
  tickets,
  messages,
  clocks,
  suggestions,
}: Awaited<ReturnType<typeof read>>) =>
  JSON.parse(
    JSON.stringify({ contacts, identities, conversations, tickets, messages, clocks, suggestions }, (key, value) =>
      ['version', 'updatedAt', 'snoozedUntil'].includes(key) || (key === 'id' && value?.length === 0)
        ? undefined
        : value,
    ),
  )

const withoutClockIds = (state: ReturnType<typeof lasting>) => ({
  ...state,
  clocks: state.clocks.map(({ id: _, ...clock }: Record<string, unknown>) => clock),
})

it('gives the one that stays all of the other, in one conversation with one open ticket', async () => {
  const { ana, beto } = await two()
  await inWorkspace(
    database.db,
    workspace.workspaceId,
    tx => tx`update contacts set email = 'b@example.com' where id = ${beto}`,
  )
  await mergeContacts(ctx(5), { survivorId: ana, mergedId: beto })
  const { contacts, identities, conversations, tickets, messages, audit } = await read()
  expect(identities.every(row => row.contactId === ana)).toBe(true)
  expect(contacts.find(row => row.id === ana)).toMatchObject({ name: 'Ana', phone: `+${ANA}`, email: 'b@example.com' })
  expect(contacts.find(row => row.id === beto)).toMatchObject({ name: 'Beto', mergedInto: ana })
  const own = conversations.find(row => row.contactId === ana)
  expect(own).toMatchObject({ toWaId: BETO, lastInboundAt: at(1) })
  expect(messages.map(row => [row.contactId, row.conversationId])).toEqual([
    [ana, own?.id],
    [ana, own?.id],
  ])
  expect(tickets.map(row => [row.state, row.contactId, row.conversationId])).toEqual([
    ['open', ana, own?.id],
    ['resolved', ana, own?.id],
  ])
  expect(audit.map(row => row.action)).toContain('contacts merged')

  await say(6, { from: BETO, text: '¿siguen ahí?' })
  const after = await read()
  expect(after.contacts).toHaveLength(2)
  expect(after.messages[2]).toMatchObject({ contactId: ana, ticketId: tickets[0]?.id })
})

it('undone, everything is as before', async () => {
  const { ana, beto } = await two()
  await updateTicket(ctx(2), (await read()).tickets[1]?.id, { priority: 'urgent' })
  await reply(ctx(3), {
    ...{ ticketId: (await read()).tickets[0]?.id, authorName: 'María', idempotencyKey: newId() },
    content: { type: 'text', text: 'hola' },
  })
  const before = await read()
  const merge = await mergeContacts(ctx(5), { survivorId: ana, mergedId: beto })
  expect((await read()).tickets[0]).toMatchObject({ state: 'in_progress', priority: 'urgent' })
  await undoMerge(ctx(9), merge.id)
  const after = await read()
  expect(withoutClockIds(lasting(after))).toEqual(withoutClockIds(lasting(before)))
  expect(after.merges).toMatchObject([{ undoneAt: at(9), undoneBy: maria }])
  await expect(undoMerge(ctx(10), merge.id)).rejects.toMatchObject({ code: 'nothing to undo' })
})

it('undone, a conversation that only one had goes back, without what the other wrote in it since', async () => {
  workspace = await testWorkspace(database.db)
  const second = newId()
  const otherNumber = String(10 ** 14 + Math.floor(Math.random() * 10 ** 14))
  await inWorkspace(database.db, workspace.workspaceId, async tx => {
    await tx`
      insert into channels (id, workspace_id, name, phone_number_id, waba_id, app_key, token, state, created_at)
      values (${second}, ${workspace.workspaceId}, 'Otro', ${otherNumber}, '900100', 'default', 'sealed', 'connected', ${at(0)})`
  })
  await say(0, { from: ANA, name: 'Ana' })
  await say(1, { from: BETO, name: 'Beto' }, otherNumber)
  const { contacts, tickets } = await read()
  const [ana, beto] = [contacts[0]?.id, contacts[1]?.id]
  const merge = await mergeContacts(ctx(5), { survivorId: ana, mergedId: beto })
  expect((await read()).conversations.map(row => row.contactId)).toEqual([ana, ana])
  await resolveTicket(ctx(6), tickets[1]?.id)
  await say(60 * 24 * 5, { from: ANA, text: 'por el otro número' }, otherNumber)
  await undoMerge(ctx(60 * 24 * 5 + 1), merge.id)
  const after = await read()
  expect(after.conversations.map(row => [row.contactId, row.channelId === second, row.toWaId])).toEqual([
    [ana, false, ANA],
    [beto, true, BETO],
    [ana, true, ANA],
  ])
  expect(after.tickets.map(row => row.contactId)).toEqual([ana, beto, ana])
  expect(after.messages.map(row => row.contactId)).toEqual([ana, beto, ana])
  expect(after.conversations[1]).toMatchObject({ lastInboundAt: at(1) })
})

it('undone, an episode that began since goes to whose id opened it, and what a person changed stays', async () => {
  const { ana, beto } = await two()
  const merge = await mergeContacts(ctx(5), { survivorId: ana, mergedId: beto })
  const [goesOn] = (await read()).tickets
  await resolveTicket(ctx(6), goesOn?.id)
  const later = 60 * 24 * 5
  await say(later, { userId: 'MX.2', text: 'otra cosa' })
  await updateContact(ctx(later + 1), ana, { name: 'Ana T.' })
  await undoMerge(ctx(later + 2), merge.id)
  const { contacts, tickets, messages, conversations } = await read()
  expect(tickets.map(row => [row.state, row.contactId])).toEqual([
    ['resolved', ana],
    ['resolved', beto],
    ['open', beto],
  ])
  expect(messages.map(row => row.contactId)).toEqual([ana, beto, beto])
  expect(contacts.find(row => row.id === ana)).toMatchObject({ name: 'Ana T.' })
  const theirs = conversations.find(row => row.contactId === beto)
  expect(theirs).toMatchObject({ lastInboundAt: at(later), toUserId: 'MX.2', toWaId: BETO })
  await say(later + 3, { from: BETO })
  expect((await read()).messages.at(-1)).toMatchObject({ contactId: beto, ticketId: tickets[2]?.id })
})

it('merges in a row are undone from the last on, and lead to the last that stayed', async () => {
  const { ana, beto } = await two()
  await say(2, { from: '525500003333', name: 'Caro' })
  const caro = (await read()).contacts.find(row => row.name === 'Caro')?.id
  const before = lasting(await read())
  const first = await mergeContacts(ctx(5), { survivorId: ana, mergedId: beto })
  const second = await mergeContacts(ctx(6), { survivorId: caro, mergedId: beto })
  expect(second).toMatchObject({ survivorId: caro, mergedId: ana })
  await expect(mergeContacts(ctx(7), { survivorId: beto, mergedId: caro })).rejects.toMatchObject({
    code: 'same contact',
  })
  await expect(undoMerge(ctx(7), first.id)).rejects.toMatchObject({ code: 'later merge', facts: { merge: second.id } })
  await undoMerge(ctx(8), second.id)
  await undoMerge(ctx(9), first.id)
  expect(withoutClockIds(lasting(await read()))).toEqual(withoutClockIds(before))
})

it('settles what suggested it, and undone it is a question again; what was dismissed is not asked twice', async () => {
  const { ana, beto } = await two()
  await say(3, { from: ANA, userId: 'MX.2' })
  const [suggestion] = (await read()).suggestions
  expect(suggestion).toMatchObject({ reason: 'ids of both', state: 'open' })
  const merge = await mergeContacts(ctx(5), { survivorId: ana, mergedId: beto })
  expect((await read()).suggestions).toMatchObject([{ state: 'merged', mergeId: merge.id, decidedBy: maria }])
  await expect(dismissSuggestion(ctx(6), suggestion?.id)).rejects.toMatchObject({ code: 'already decided' })
  await undoMerge(ctx(6), merge.id)
  expect((await read()).suggestions).toMatchObject([{ state: 'open', mergeId: null, decidedBy: null }])
  await dismissSuggestion(ctx(7), suggestion?.id)
  await say(8, { from: ANA, userId: 'MX.2' })
  expect((await read()).suggestions).toMatchObject([{ state: 'dismissed' }])
})

it('is for people: a CRM, a customer and Buzón itself may not', async () => {
  const { ana, beto } = await two()
  const others: Actor[] = [
    { kind: 'system' },
    { kind: 'connection', connectionId: newId(), name: 'HubSpot' },
    { kind: 'customer', contactId: ana },
  ]
  for (const actor of others) {
    const merging = mergeContacts(ctx(5, actor), { survivorId: ana, mergedId: beto })
    await expect(merging).rejects.toMatchObject({ code: 'missing permission' })
  }
  expect((await read()).merges).toEqual([])
})

it('while customers write, nobody loses a message and nobody appears twice', async () => {
  const { ana, beto } = await two()
  const writing = Array.from({ length: 12 }, (_, n) => say(10 + n, { from: n % 2 ? ANA : BETO, text: `n${n}` }))
  const merging = mergeContacts(ctx(30), { survivorId: ana, mergedId: beto })
  await Promise.all([merging, ...writing])
  const { contacts, messages, tickets } = await read()
  expect([contacts.length, messages.length]).toEqual([2, 14])
  expect(messages.every(row => row.contactId === ana)).toBe(true)
  expect(tickets.filter(row => row.state !== 'resolved')).toHaveLength(1)
})
