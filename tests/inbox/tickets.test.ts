/** What verbs on a ticket do to its clocks and its chronology. */

import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { seesAll } from '../../src/core/permissions.ts'
import { inWorkspace } from '../../src/db/tenancy.ts'
import { assignTicket } from '../../src/inbox/assign-ticket.ts'
import type { InboxContext } from '../../src/inbox/context.ts'
import { newId } from '../../src/inbox/new-id.ts'
import { reply } from '../../src/inbox/reply.ts'
import { resolveTicket } from '../../src/inbox/resolve-ticket.ts'
import { sweepSla } from '../../src/inbox/sweep-sla.ts'
import { updateTicket } from '../../src/inbox/update-ticket.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { deliver } from '../support/deliver.ts'
import { webhook } from '../support/whatsapp.ts'
import { type TestWorkspace, testWorkspace } from '../support/workspace.ts'

let database: TestDatabase
let workspace: TestWorkspace
let ticketId: string

/** Monday, 10:00 in Mexico City: open until 14:00. */
const TEN = new Date('2026-11-02T16:00:00Z')
const after = (minutes: number) => new Date(TEN.getTime() + minutes * 60_000)

beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

beforeEach(async () => {
  workspace = await testWorkspace(database.db)
  await database.owner`
    insert into sla_policies select ${newId()}, ${workspace.workspaceId}, 'Alta', 'urgent', 5, null, 60, business_hours_id,
      true, 0.8 from sla_policies where workspace_id = ${workspace.workspaceId}`
  await say('hola', TEN)
  ticketId = (await ticket()).id
})

async function say(text: string, at: Date) {
  const body = webhook(workspace.phoneNumberId, [{ from: '34612000001', text, at }])
  await deliver(database.db, body, at)
}

function as(at: Date): InboxContext {
  const actor = { kind: 'api' as const, keyId: newId(), name: 'Prueba' }
  return { db: database.db, workspaceId: workspace.workspaceId, now: at, actor, emit: async () => {}, sees: seesAll }
}

const within = <T>(act: Parameters<typeof inWorkspace<T>>[2]) => inWorkspace(database.db, workspace.workspaceId, act)
const ticket = async () =>
  (await within(tx => tx`select * from tickets order by number`)).at(-1) as never as {
    id: string
    state: string
    slaPolicyId: string
  }
const clock = async (kind: string) =>
  (await within(tx => tx`select * from clocks where ticket_id = ${ticketId} and kind = ${kind}`))[0]
const events = async () =>
  (await within(tx => tx`select kind from ticket_events where ticket_id = ${ticketId} order by at, id`)).map(
    row => row.kind,
  )
const answer = (at: Date, key = newId()) =>
  reply(as(at), { ticketId, content: { type: 'text', text: 'Claro' }, idempotencyKey: key, authorName: 'Lucía' })

it('stops FRT with the first answer, and stands TTR still until the customer writes again', async () => {
  await answer(after(10))
  expect(await clock('frt')).toMatchObject({ stoppedAt: after(10), breachedAt: null })
  expect(await clock('ttr')).toMatchObject({ pausedAt: after(10), dueAt: null })
  await say('gracias', after(30))
  expect((await clock('ttr'))?.pausedAt).toBeNull()
  expect(await events()).toEqual(['opened', 'assigned', 'answered', 'customer wrote'])
})

it('stops FRT with the first answer also on a ticket set to wait by hand', async () => {
  await updateTicket(as(after(2)), ticketId, { state: 'waiting' })
  await answer(after(12))
  expect((await clock('frt'))?.stoppedAt).toEqual(after(12))
})

it('records a breach once, at its true instant, whatever happens to the ticket later', async () => {
  const sweep = (at: Date) => sweepSla({ db: database.db, workspaceId: workspace.workspaceId, now: at })
  expect(await sweep(after(14))).toEqual({ breached: 0, warned: 1 })
  expect(await sweep(after(40))).toEqual({ breached: 1, warned: 0 })
  await assignTicket(as(after(41)), ticketId, workspace.agents.sofia)
  await updateTicket(as(after(42)), ticketId, { subject: 'Otro asunto' })
  expect(await sweep(after(43))).toEqual({ breached: 0, warned: 0 })
  expect((await clock('frt'))?.breachedAt).toEqual(after(15))
  await answer(after(50))
  expect(await clock('frt')).toMatchObject({ stoppedAt: after(50), breachedAt: after(15) })
})

it('gives a ticket the deadlines of its new priority, for good', async () => {
  await updateTicket(as(after(1)), ticketId, { priority: 'urgent' })
  expect((await clock('frt'))?.dueAt).toEqual(after(5))
  await assignTicket(as(after(2)), ticketId, workspace.agents.mateo)
  expect(await clock('frt')).toMatchObject({ targetMinutes: 5, dueAt: after(5) })
})

it('gives the message of the same key again, and queues nothing twice', async () => {
  const first = await answer(after(1), 'k')
  const again = await answer(after(2), 'k')
  expect([first.kind, again.kind]).toEqual(['queued', 'repeated'])
  expect(await within(tx => tx`select 1 from messages where direction = 'out'`)).toHaveLength(1)
})

it('queues one message of two concurrent answers with one key', async () => {
  const answers = await Promise.all([answer(after(1), 'k'), answer(after(1), 'k'), answer(after(1), 'k')])
  expect(answers.map(each => each.kind).sort()).toEqual(['queued', 'repeated', 'repeated'])
})

it('refuses to reopen an episode while a newer one is open', async () => {
  await resolveTicket(as(after(5)), ticketId)
  await say('otra cosa', after(74 * 60))
  await expect(updateTicket(as(after(74 * 60 + 1)), ticketId, { state: 'open' })).rejects.toMatchObject({
    code: 'another ticket open',
  })
  expect((await within(tx => tx`select state from tickets where id = ${ticketId}`))[0]?.state).toBe('resolved')
})

it('refuses an answer after the window closed, and keeps the ticket as it was', async () => {
  const before = await ticket()
  const refused = await answer(after(24 * 60 + 1))
  expect(refused).toMatchObject({ kind: 'window closed', closedAt: after(24 * 60), message: null })
  expect(await ticket()).toEqual(before)
})

it('refuses an answer over a disconnected number, naming it', async () => {
  await database.owner`update channels set state = 'reconnect', state_reason = 'token' where id = ${workspace.channelId}`
  expect(await answer(after(1))).toMatchObject({
    kind: 'channel disconnected',
    channel: '+52 55 1000 2000',
    reason: 'token',
  })
})
