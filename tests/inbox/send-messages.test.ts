/** Sending: in order, once, and never again blindly. */

import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { seesAll } from '../../src/core/permissions.ts'
import { createSealing } from '../../src/db/sealing.ts'
import { inWorkspace } from '../../src/db/tenancy.ts'
import { newId } from '../../src/inbox/new-id.ts'
import { reply } from '../../src/inbox/reply.ts'
import { type SendContext, sendMessages } from '../../src/inbox/send-messages.ts'
import { memoryBlobs } from '../support/blobs.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { deliver } from '../support/deliver.ts'
import { webhook } from '../support/whatsapp.ts'
import { type TestWorkspace, testWorkspace } from '../support/workspace.ts'

type Sent = { text: { body: string }; to?: string; recipient?: string; biz_opaque_callback_data: string }

let database: TestDatabase
let workspace: TestWorkspace
let ids: { ticketId: string; conversationId: string }
let sent: Sent[]
/** What WhatsApp answers, one for each call; the last one again and again. */
let answers: (() => Response | Promise<Response>)[]
const sealing = createSealing(['a sealing key for tests, of 32 characters'])
const TEN = new Date('2026-11-02T16:00:00Z')

const accepted = () => Response.json({ messages: [{ id: `wamid.OUT.${newId()}` }] })
const refused =
  (code: number, status = 400) =>
  () =>
    Response.json({ error: { code, message: 'no', error_data: { details: `details ${code}` } } }, { status })
const lost = () => Promise.reject(new DOMException('took too long', 'TimeoutError'))

beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

beforeEach(async () => {
  workspace = await testWorkspace(database.db)
  const token = await sealing.seal('token')
  await database.owner`update channels set token = ${token} where id = ${workspace.channelId}`
  await receive(webhook(workspace.phoneNumberId, [{ from: '5215512340001', at: TEN }]))
  const [row] = await within(tx => tx`select id as ticket_id, conversation_id from tickets`)
  ids = row as never
  sent = []
  answers = [accepted]
})

const within = <T>(act: Parameters<typeof inWorkspace<T>>[2]) => inWorkspace(database.db, workspace.workspaceId, act)

async function receive(body: string) {
  await deliver(database.db, body, TEN)
}

function context(now = TEN): SendContext {
  const call: typeof fetch = async (_url, init) => {
    sent.push(JSON.parse(String(init?.body)))
    const next = answers.length > 1 ? answers.shift() : answers[0]
    return (next ?? accepted)()
  }
  const whatsapp = { fetch: call, baseUrl: 'http://127.0.0.1:9', version: 'v26.0' }
  const { workspaceId } = workspace
  return {
    db: database.db,
    workspaceId,
    now,
    actor: { kind: 'system' },
    sees: seesAll,
    emit: async () => {},
    whatsapp,
    sealing,
    blobs: memoryBlobs(),
  }
}

async function queue(...texts: string[]) {
  for (const text of texts) {
    await reply(context(), {
      ticketId: ids.ticketId,
      content: { type: 'text', text },
      idempotencyKey: newId(),
      authorName: 'Lucía',
    })
  }
}

const send = (now = TEN) => sendMessages(context(now), ids.conversationId)
const out = async () => within(tx => tx`select * from messages where direction = 'out' order by id`)

it('sends to the number as received, with our id to be echoed, in the order of writing', async () => {
  await queue('uno', 'dos', 'tres')
  expect(await send()).toEqual({ kind: 'done', sent: 3 })
  expect(sent.map(message => message.text.body)).toEqual(['uno', 'dos', 'tres'])
  expect(sent[0]).toMatchObject({ to: '+5215512340001', biz_opaque_callback_data: (await out())[0]?.id })
  expect((await out()).map(message => message.status)).toEqual(['accepted', 'accepted', 'accepted'])
})

it('waits with all of them while the first is throttled', async () => {
  await queue('uno', 'dos')
  answers = [refused(131056), accepted]
  expect(await send()).toMatchObject({ kind: 'retry after' })
  expect((await out()).map(message => message.status)).toEqual(['queued', 'queued'])
  expect(await send(new Date(TEN.getTime() + 4_000))).toEqual({ kind: 'done', sent: 2 })
  expect(sent.map(message => message.text.body)).toEqual(['uno', 'uno', 'dos'])
})

it('goes on after a refusal, and keeps the code and the words', async () => {
  await queue('uno', 'dos')
  answers = [refused(131026), accepted]
  await send()
  expect(await out()).toMatchObject([
    { status: 'failed', failureCode: '131026', failureReason: 'details 131026' },
    { status: 'accepted' },
  ])
})

it.each([
  ['no answer', lost],
  ['a failure of Meta', refused(131000, 500)],
])('never sends again blindly after %s: a status tells, or a person', async (_name, answer) => {
  await queue('uno')
  answers = [answer]
  await send()
  expect(await out()).toMatchObject([{ status: 'uncertain' }])
  await send(new Date(TEN.getTime() + 3_600_000))
  expect(sent).toHaveLength(1)
  const [message] = await out()
  const status = {
    id: 'wamid.LATE',
    status: 'delivered',
    timestamp: '1793635300',
    biz_opaque_callback_data: message?.id,
  }
  await receive(webhook(workspace.phoneNumberId, [], [status]))
  expect(await out()).toMatchObject([{ status: 'delivered', wamid: 'wamid.LATE' }])
})

it('does not send again what a process that is gone was sending', async () => {
  await queue('uno', 'dos')
  const [first] = await out()
  await database.owner`update messages set status = 'sending', sending_at = ${TEN} where id = ${first?.id ?? ''}`
  expect(await send(new Date(TEN.getTime() + 5_000))).toMatchObject({ kind: 'retry after' })
  expect(await send(new Date(TEN.getTime() + 90_000))).toMatchObject({ kind: 'done' })
  expect(sent.map(message => message.text.body)).toEqual(['dos'])
  expect((await out()).map(message => message.status)).toEqual(['uncertain', 'accepted'])
})

it('stops the number whose token is refused, and keeps what waits', async () => {
  await queue('uno', 'dos')
  answers = [refused(190, 401)]
  const { lucia } = workspace.agents
  await within(tx => tx`update agents set role = 'admin' where id = ${lucia}`)
  await send()
  expect((await out()).map(message => message.status)).toEqual(['queued', 'queued'])
  const told = await within(tx => tx`select agent_id, data from notifications where kind = 'number stopped'`)
  expect([...told]).toEqual([
    { agentId: lucia, data: { name: '+52 55 1000 2000', reason: expect.stringMatching(/token/) } },
  ])
  const [channel] = await within(tx => tx`select state, state_reason from channels`)
  expect(channel).toMatchObject({ state: 'reconnect', stateReason: expect.stringMatching(/token.*190: details 190/) })
  await send()
  expect(sent).toHaveLength(1)
})

it('leaves a message queued when its token cannot be opened', async () => {
  await queue('uno')
  const foreign = await createSealing(['another key for tests, of 32 characters']).seal('token')
  await database.owner`update channels set token = ${foreign} where id = ${workspace.channelId}`
  await expect(send()).rejects.toThrow(/SEALING_KEY/)
  expect(await out()).toMatchObject([{ status: 'queued' }])
})

it('takes states in any order, before the answer too, and never goes back', async () => {
  await queue('uno')
  const [message] = await out()
  const wamid = 'wamid.STATES'
  const report = (status: string) => ({
    ...{ id: wamid, status, timestamp: '1793635300', biz_opaque_callback_data: message?.id },
    ...(status === 'failed' ? { errors: [{ code: 131049, error_data: { details: 'cap' } }] } : {}),
  })
  answers = [
    async () => {
      // The webhook outruns the answer.
      await receive(webhook(workspace.phoneNumberId, [], [report('read')]))
      return Response.json({ messages: [{ id: wamid }] })
    },
  ]
  await send()
  expect(await out()).toMatchObject([{ status: 'read', wamid }])
  for (const status of ['sent', 'delivered', 'sent'])
    await receive(webhook(workspace.phoneNumberId, [], [report(status)]))
  expect(await out()).toMatchObject([{ status: 'read' }])
  await receive(webhook(workspace.phoneNumberId, [], [report('failed')]))
  await receive(webhook(workspace.phoneNumberId, [], [report('played')]))
  expect(await out()).toMatchObject([{ status: 'failed', failureCode: '131049', failureReason: 'cap' }])
})

it('sends each message once however many send at the same time', async () => {
  await queue('uno', 'dos', 'tres')
  await Promise.all([send(), send(), send()])
  while ((await out()).some(message => message.status === 'queued')) await send()
  expect(sent.map(message => message.text.body).sort()).toEqual(['dos', 'tres', 'uno'])
})
