/** What a team does around a ticket: verbs, notes, tasks, tags, hand-over, merge and split, answers that would cross. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Actor } from '../../src/core/actor.ts'
import { type Sight, seesAll } from '../../src/core/permissions.ts'
import type { TicketEventRow, TicketRow } from '../../src/db/arrivals.ts'
import { ticketsToClose, ticketsToWake } from '../../src/db/sweeps.ts'
import { inWorkspace } from '../../src/db/tenancy.ts'
import { addNote } from '../../src/inbox/add-note.ts'
import { assignTicket } from '../../src/inbox/assign-ticket.ts'
import { sayPresent } from '../../src/inbox/be-present.ts'
import { changeTickets } from '../../src/inbox/change-tickets.ts'
import type { InboxContext } from '../../src/inbox/context.ts'
import { handOverTicket } from '../../src/inbox/hand-over-ticket.ts'
import { mergeTickets, unmergeTicket } from '../../src/inbox/merge-tickets.ts'
import { moveTicketBy } from '../../src/inbox/move-ticket.ts'
import { newId } from '../../src/inbox/new-id.ts'
import { nextTicket } from '../../src/inbox/next-ticket.ts'
import { reply } from '../../src/inbox/reply.ts'
import { resolveTicket } from '../../src/inbox/resolve-ticket.ts'
import { snoozeTicket } from '../../src/inbox/snooze-ticket.ts'
import { splitTicket } from '../../src/inbox/split-ticket.ts'
import { closeWaiting, remindOfTasks, wakeDue } from '../../src/inbox/sweep-tickets.ts'
import { tagTicket } from '../../src/inbox/tag-ticket.ts'
import { addTask, changeTask } from '../../src/inbox/tasks.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { deliver } from '../support/deliver.ts'
import { webhook } from '../support/whatsapp.ts'
import { type TestWorkspace, testWorkspace } from '../support/workspace.ts'

let database: TestDatabase
let workspace: TestWorkspace
let ticketId: string

/** Monday, 10:00 in Mexico City. */
const TEN = new Date('2026-11-02T16:00:00Z')
const after = (minutes: number) => new Date(TEN.getTime() + minutes * 60_000)
const ANA = '34612000001'

beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

beforeEach(async () => {
  workspace = await testWorkspace(database.db)
  await say('hola', TEN)
  ticketId = (await tickets())[0]?.id ?? ''
  // Nobody's, as in a queue.
  await database.owner`update tickets set owner_id = null, state = 'open' where id = ${ticketId}`
})

async function say(text: string, at: Date, from = ANA) {
  const body = webhook(workspace.phoneNumberId, [{ from, text, at }])
  await deliver(database.db, body, at)
}

function as(at: Date, who: 'lucia' | 'mateo' | 'sofia' = 'lucia', sees: Sight = seesAll): InboxContext {
  const actor: Actor = { kind: 'agent', agentId: workspace.agents[who], name: who }
  return { db: database.db, workspaceId: workspace.workspaceId, now: at, actor, sees, emit: async () => {} }
}

const within = <T>(act: Parameters<typeof inWorkspace<T>>[2]) => inWorkspace(database.db, workspace.workspaceId, act)
const tickets = () => within(async tx => [...(await tx<TicketRow[]>`select * from tickets order by number`)])
const ticket = async (id = ticketId) => (await tickets()).find(row => row.id === id) as TicketRow
const events = (id = ticketId) =>
  within(async tx => [...(await tx<TicketEventRow[]>`select * from ticket_events where ticket_id = ${id} order by id`)])
const kinds = async (id = ticketId) => (await events(id)).map(event => event.kind)
const text = (body: string) => ({ type: 'text', text: body }) as const
const lastMessage = async () =>
  (await within(tx => tx<{ id: string }[]>`select id from messages order by id desc limit 1`))[0]?.id as string

it('stands on the board where its state, owner and level put it', async () => {
  expect(await ticket()).toMatchObject({ board: 'new', waitingSince: TEN })
  await assignTicket(as(after(1)), ticketId, workspace.agents.lucia)
  expect((await ticket()).board).toBe('assigned')
  await moveTicketBy(as(after(2)), ticketId, 'wait')
  expect(await ticket()).toMatchObject({ board: 'waiting', waitingSince: null })
  await database.owner`update tickets set escalation_level = 1 where id = ${ticketId}`
  expect((await ticket()).board).toBe('escalated')
  await resolveTicket(as(after(3)), ticketId)
  expect(await ticket()).toMatchObject({ board: 'resolved', dueAt: null, waitingSince: null })
})

it('refuses moves that its state does not allow, and changes nothing', async () => {
  await resolveTicket(as(after(1)), ticketId)
  const before = await ticket()
  await expect(moveTicketBy(as(after(2)), ticketId, 'wait')).rejects.toMatchObject({ code: 'impossible move' })
  await expect(snoozeTicket(as(after(2)), ticketId, null)).rejects.toMatchObject({ code: 'impossible move' })
  expect(await ticket()).toEqual(before)
  await moveTicketBy(as(after(3)), ticketId, 'reopen')
  await moveTicketBy(as(after(4)), ticketId, 'reopen')
  expect((await kinds()).filter(kind => kind === 'reopened')).toHaveLength(1)
})

it('sleeps until its time, when the sweep wakes it once', async () => {
  await snoozeTicket(as(after(1)), ticketId, after(60))
  expect(await ticketsToWake(database.db, after(59), 10)).toEqual([])
  expect(await ticketsToWake(database.db, after(60), 10)).toMatchObject([{ ticketId }])
  for (const at of [after(60), after(61)]) await wakeDue(as(at), ticketId)
  expect(await ticket()).toMatchObject({ snoozedAt: null, snoozedUntil: null })
  expect((await kinds()).filter(kind => kind === 'woke')).toHaveLength(1)
})

it('stays asleep where somebody has set a later time', async () => {
  await snoozeTicket(as(after(1)), ticketId, after(60))
  await snoozeTicket(as(after(2)), ticketId, after(120))
  await wakeDue(as(after(60)), ticketId)
  expect((await ticket()).snoozedUntil).toEqual(after(120))
})

it.each([null, after(600)])('is woken by the customer, asleep until %s', async until => {
  await snoozeTicket(as(after(1)), ticketId, until)
  await say('¿hay noticias?', after(5))
  expect(await ticket()).toMatchObject({ snoozedAt: null, snoozedUntil: null })
  expect((await events()).find(event => event.kind === 'woke')).toMatchObject({
    at: after(5),
    actor: { kind: 'customer' },
  })
})

it('is not woken by a message that was written before it fell asleep', async () => {
  await snoozeTicket(as(after(10)), ticketId, null)
  await say('llega tarde', after(5))
  expect((await ticket()).snoozedAt).toEqual(after(10))
})

it('keeps notes to the team: no clock moves, and no connection is told', async () => {
  const connectionId = newId()
  await database.owner`
    insert into connections (id, workspace_id, connector, name, credentials, settings, state, near_misses, created_at)
    values (${connectionId}, ${workspace.workspaceId}, 'hubspot', 'CRM', 'sealed', '{}', 'active', 0, now())`
  const before = await ticket()
  await addNote(as(after(1)), ticketId, { text: 'ojo: cliente molesto @mateo', mentions: [workspace.agents.mateo] })
  expect(await ticket()).toMatchObject({ state: before.state, dueAt: before.dueAt, waitingSince: before.waitingSince })
  expect(await within(tx => tx`select 1 from outbox`)).toHaveLength(0)
  expect(await within(tx => tx`select agent_id, kind from notifications where kind <> 'assigned'`)).toEqual([
    { agentId: workspace.agents.mateo, kind: 'mentioned' },
  ])
  expect((await events()).at(-1)).toMatchObject({ kind: 'noted', data: { mentions: [workspace.agents.mateo] } })
  await expect(addNote(as(after(1)), ticketId, { text: '@nadie', mentions: [newId()] })).rejects.toMatchObject({
    code: 'not found',
  })
  expect(await within(tx => tx`select 1 from notes`)).toHaveLength(1)
})

it('reminds of a task once when it is due, and anew when its time is changed', async () => {
  const task = await addTask(as(after(1)), ticketId, {
    title: 'Llamar',
    ownerId: workspace.agents.mateo,
    dueAt: after(30),
  })
  const remind = (at: Date) => remindOfTasks({ db: database.db, workspaceId: workspace.workspaceId, now: at })
  expect([await remind(after(29)), await remind(after(30)), await remind(after(31))]).toEqual([0, 1, 0])
  await changeTask(as(after(32)), task.id, { dueAt: after(40) })
  expect(await remind(after(41))).toBe(1)
  await changeTask(as(after(42)), task.id, { done: true, dueAt: after(50) })
  expect(await remind(after(51))).toBe(0)
  expect(await kinds()).toEqual(expect.arrayContaining(['task added', 'task due', 'task changed', 'task done']))
})

it('puts tags on and takes them off, and the list of the workspace learns them', async () => {
  await tagTicket(as(after(1)), ticketId, { add: ['vip', 'envío'] })
  await tagTicket(as(after(2)), ticketId, { add: ['vip'], remove: ['envío'] })
  await tagTicket(as(after(3)), ticketId, { add: ['vip'] })
  expect((await ticket()).tags).toEqual(['vip'])
  expect((await kinds()).filter(kind => kind === 'tagged')).toHaveLength(2)
  expect((await within(tx => tx`select name from tags order by name`)).map(row => row.name)).toEqual(['envío', 'vip'])
})

it('hands over with a note in one act', async () => {
  const { sofia } = workspace.agents
  await handOverTicket(as(after(1)), ticketId, { agentId: sofia, teamId: workspace.teams.billing, note: 'pedido #123' })
  expect(await ticket()).toMatchObject({ ownerId: sofia, teamId: workspace.teams.billing, state: 'in_progress' })
  expect(await within(tx => tx`select text from notes`)).toEqual([{ text: 'pedido #123' }])
  await expect(handOverTicket(as(after(2)), ticketId, { agentId: newId(), note: 'a nadie' })).rejects.toMatchObject({
    code: 'not found',
  })
  expect(await within(tx => tx`select 1 from notes`)).toHaveLength(1)
})

it('asks before an answer goes that did not see what came meanwhile, and sends it by force', async () => {
  const seen = await lastMessage()
  await say('espera, otra cosa', after(1))
  const send = (force: boolean, basedOn: string) =>
    reply(as(after(2)), { ticketId, content: text('sí'), basedOn, force, idempotencyKey: newId(), authorName: 'Lucía' })
  expect(await send(false, seen)).toMatchObject({ kind: 'changed since', newer: [{ text: 'espera, otra cosa' }] })
  expect(await within(tx => tx`select 1 from messages where direction = 'out'`)).toHaveLength(0)
  expect((await send(false, await lastMessage())).kind).toBe('queued')
  expect((await send(true, seen)).kind).toBe('queued')
})

it('asks one of two agents who answer at once; neither answer is lost', async () => {
  const basedOn = await lastMessage()
  const send = (who: 'lucia' | 'mateo', force = false) =>
    reply(as(after(1), who), { ticketId, content: text(who), basedOn, force, idempotencyKey: who, authorName: who })
  const both = await Promise.all([send('lucia'), send('mateo')])
  expect(both.map(each => each.kind).sort()).toEqual(['changed since', 'queued'])
  const second = both[0]?.kind === 'queued' ? 'mateo' : 'lucia'
  expect((await send(second, true)).kind).toBe('queued')
  const sent = await within(tx => tx`select author_id from messages where direction = 'out' order by text`)
  expect(sent.map(row => row.authorId)).toEqual([workspace.agents.lucia, workspace.agents.mateo])
})

it('shows who is there, and asks while a colleague is answering, until their sign of life is over', async () => {
  await sayPresent(as(TEN, 'mateo'), ticketId, workspace.agents.mateo, 'replying')
  const present = await sayPresent(as(TEN), ticketId, workspace.agents.lucia, 'viewing')
  expect(present.map(({ agentId, kind }) => [agentId, kind])).toEqual([
    [workspace.agents.lucia, 'viewing'],
    [workspace.agents.mateo, 'replying'],
  ])
  const send = (at: Date) =>
    reply(as(at), { ticketId, content: text('sí'), idempotencyKey: newId(), authorName: 'Lucía' })
  expect(await send(after(0.5))).toMatchObject({ kind: 'somebody is replying', who: [{ name: 'Mateo' }] })
  expect((await send(after(1))).kind).toBe('queued')
  const news = await within(tx => tx`select 1 from changes where kind = 'ticket.presence'`)
  await sayPresent(as(after(0.5)), ticketId, workspace.agents.lucia, 'viewing')
  expect(await within(tx => tx`select 1 from changes where kind = 'ticket.presence'`)).toHaveLength(news.length)
})

it('merges two tickets of a contact, and parts them again as they were', async () => {
  await resolveTicket(as(after(1)), ticketId)
  await say('otra cosa', after(80 * 60))
  const [old, young] = (await tickets()) as [TicketRow, TicketRow]
  await tagTicket(as(after(80 * 60)), old.id, { add: ['viejo'] })
  await addNote(as(after(80 * 60)), old.id, { text: 'nota' })
  const place = () =>
    within(tx => tx`select ticket_id from messages order by id`.then(rows => rows.map(row => row.ticketId)))
  const before = await place()
  await mergeTickets(as(after(80 * 60 + 1)), old.id, young.id)
  expect(new Set(await place())).toEqual(new Set([young.id]))
  expect(await ticket(young.id)).toMatchObject({ tags: expect.arrayContaining(['viejo']) })
  expect(await ticket(old.id)).toMatchObject({ mergedInto: young.id, state: 'resolved' })
  await expect(mergeTickets(as(after(80 * 60 + 2)), old.id, young.id)).rejects.toMatchObject({
    code: 'impossible move',
  })
  await unmergeTicket(as(after(80 * 60 + 3)), old.id)
  expect(await place()).toEqual(before)
  expect(await ticket(young.id)).toMatchObject({ tags: young.tags })
  expect(await ticket(old.id)).toMatchObject({ mergedInto: null })
  await expect(unmergeTicket(as(after(80 * 60 + 4)), old.id)).rejects.toMatchObject({ code: 'nothing to undo' })
})

it('does not merge tickets of two contacts', async () => {
  await say('soy otro', after(1), '34612000002')
  const other = (await tickets()).at(-1) as TicketRow
  await expect(mergeTickets(as(after(2)), ticketId, other.id)).rejects.toMatchObject({ code: 'other contact' })
})

it('splits a ticket from a message on; the conversation keeps one open ticket, and merging takes it back', async () => {
  await say('mi pedido', after(1))
  await say('y otra cosa: factura', after(2))
  const from = await lastMessage()
  const made = await splitTicket(as(after(3)), ticketId, from)
  expect(made).toMatchObject({ state: 'open', board: 'new', openedAt: after(2), subject: 'y otra cosa: factura' })
  expect(await ticket()).toMatchObject({ state: 'resolved' })
  const of = (id: string) => within(tx => tx`select 1 from messages where ticket_id = ${id}`.then(rows => rows.length))
  expect([await of(ticketId), await of(made.id)]).toEqual([2, 1])
  await say('¿sigue ahí?', after(4))
  expect(await of(made.id)).toBe(2)
  await mergeTickets(as(after(5)), ticketId, made.id)
  expect(await of(made.id)).toBe(4)
})

it('does many at once, each with a result and an audit line of its own', async () => {
  await say('soy otro', after(1), '34612000002')
  const [one, two] = (await tickets()).map(row => row.id) as [string, string]
  const nobody = newId()
  const results = await changeTickets(as(after(2)), [one, nobody, two, one], { kind: 'priority', priority: 'urgent' })
  expect(results.map(({ ticketId, kind }) => [ticketId, kind])).toEqual([
    [one, 'done'],
    [nobody, 'refused'],
    [two, 'done'],
  ])
  expect(await within(tx => tx`select 1 from audit where subject_id in (${one}, ${two})`)).toHaveLength(2)
})

it('gives each of many who pull at once another ticket, the most urgent first', async () => {
  for (const n of [2, 3, 4, 5]) await say('hola', after(n), `3461200000${n}`)
  await database.owner`
    update tickets set owner_id = null, state = 'open' where workspace_id = ${workspace.workspaceId}`
  const all = await tickets()
  const urgent = all[3] as TicketRow
  await database.owner`update tickets set due_at = ${after(1)} where id = ${urgent.id}`
  expect((await nextTicket(as(after(10)), workspace.agents.lucia)).id).toBe(urgent.id)
  const pulled = await Promise.all(
    (['lucia', 'mateo', 'sofia', 'mateo'] as const).map(who => nextTicket(as(after(11), who), workspace.agents[who])),
  )
  expect(new Set(pulled.map(row => row.id)).size).toBe(4)
  await expect(nextTicket(as(after(12)), workspace.agents.lucia)).rejects.toMatchObject({ code: 'queue empty' })
})

it('gives nobody more than fits into their limit, however often they pull at once', async () => {
  for (const n of [2, 3, 4]) await say('hola', after(n), `3461200000${n}`)
  const { workspaceId, agents } = workspace
  await database.owner`update tickets set owner_id = null, state = 'open' where workspace_id = ${workspaceId}`
  await database.owner`update agents set capacity = 2 where id = ${agents.lucia}`
  const pulls = await Promise.allSettled([1, 2, 3, 4].map(n => nextTicket(as(after(10 + n)), agents.lucia)))
  expect(pulls.filter(({ status }) => status === 'fulfilled')).toHaveLength(2)
  expect(pulls.flatMap(pull => (pull.status === 'rejected' ? [pull.reason.code] : []))).toEqual([
    'at capacity',
    'at capacity',
  ])
  expect((await tickets()).filter(row => row.ownerId === agents.lucia)).toHaveLength(2)
})

it('pulls only what the agent sees, and nothing that sleeps', async () => {
  const sees: Sight = { kind: 'team', teamIds: [workspace.teams.billing], agentId: workspace.agents.sofia }
  await expect(nextTicket(as(after(1), 'sofia', sees), workspace.agents.sofia)).rejects.toMatchObject({
    code: 'queue empty',
  })
  await snoozeTicket(as(after(1)), ticketId, null)
  await expect(nextTicket(as(after(2)), workspace.agents.lucia)).rejects.toMatchObject({ code: 'queue empty' })
})

it('resolves what has waited on the customer as long as the workspace says, and says why', async () => {
  await moveTicketBy(as(after(1)), ticketId, 'wait')
  const days = 3 * 24 * 60
  expect(await ticketsToClose(database.db, after(days + 2), 10)).toEqual([])
  await database.owner`update workspaces set auto_close_days = 3 where id = ${workspace.workspaceId}`
  expect(await ticketsToClose(database.db, after(days), 10)).toEqual([])
  expect(await ticketsToClose(database.db, after(days + 2), 10)).toMatchObject([{ ticketId }])
  await closeWaiting(as(after(days)), ticketId)
  expect((await ticket()).state).toBe('waiting')
  for (const at of [after(days + 2), after(days + 3)]) await closeWaiting(as(at), ticketId)
  expect(await ticket()).toMatchObject({ state: 'resolved', resolvedAt: after(days + 2) })
  expect((await events()).at(-1)).toMatchObject({ kind: 'resolved', data: { because: 'customer silent', days: 3 } })
  await database.owner`update workspaces set auto_close_days = null where id = ${workspace.workspaceId}`
})
