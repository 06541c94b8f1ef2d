/** Salesforce's change events, over gRPC: heard as they happen, with the feed as the net beneath. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { DEMO } from '../../src/node/demo.ts'
import { createEventStreams, type EventStreams } from '../../src/node/event-streams.ts'
import { salesforceEvents } from '../../src/node/salesforce-events.ts'
import { connect, pause } from '../../src/sync/connect.ts'
import { syncContext } from '../../src/sync/context.ts'
import { startHub, type TestHub } from '../support/hub.ts'
import { waitFor } from '../support/wait-for.ts'

const ORG = '00D000000000001EAA'
let t: TestHub
let events: { url: string; close(): Promise<void> }
let streams: EventStreams
let connectionId: string
const errors: unknown[] = []

beforeEach(async () => {
  t = await startHub()
  events = await t.sandbox.pubsub.listen(0)
  t.sandbox.salesforce.orgs({ orgId: ORG, clientId: 'the-app', clientSecret: 'a-secret' })
  await pause(syncContext(t.hub.services, t.workspaceId), t.connectionId, { kind: 'system' })
  streams = newProcess()
})
afterEach(async () => {
  await streams.stop()
  await events.close()
  await t.close()
  expect(errors.splice(0)).toEqual([])
})

function newProcess(): EventStreams {
  const onError = (error: unknown) => void errors.push(error)
  return createEventStreams({
    ...{ services: t.hub.services, onError },
    sources: { salesforce: salesforceEvents(events.url) },
  })
}

/** A connected organization in which one person has written, and its stream open. */
async function open(eventChannel?: string) {
  await connectWith(eventChannel)
  await listen()
}

async function connectWith(eventChannel = '/data/Buzon__chn') {
  const loginUrl = t.hub.services.baseUrls.salesforce ?? ''
  const credentials = { clientId: 'the-app', clientSecret: 'a-secret', loginUrl }
  const ctx = syncContext(t.hub.services, t.workspaceId)
  connectionId = (await connect(ctx, { connector: 'salesforce', credentials, settings: { eventChannel } })).id
  await t.pass(60)
  const messages = [{ from: '5215512345678', name: 'Ana Torres', text: 'Hola' }]
  t.sandbox.whatsapp.inbound({ phoneNumberId: DEMO.phoneNumberId, messages })
  await t.pass(2)
}

async function listen() {
  await streams.look()
  await waitFor(
    'the stream',
    async () => (await feed())?.streamPosition !== null && t.sandbox.pubsub.subscriptions() === 1,
  )
  t.sandbox.calls.clear()
}

const caseId = () => t.sandbox.salesforce.records(ORG, 'Case')[0]?.id ?? ''
const edit = (fields: Record<string, string>) => t.sandbox.salesforce.edit(ORG, 'Case', caseId(), { fields })
const close = () => edit({ Status: 'Closed' })
const calls = () => t.sandbox.calls.report('salesforce').total
const feed = async () => {
  const [row] = await t.database.owner<
    { streamPosition: string | null; streamUntil: Date | null; streamError: string | null; dueAt: Date }[]
  >`
    select * from remote_feeds where connection_id = ${connectionId}`
  return row
}
const bodies = () => t.database.owner<{ processedAt: Date | null }[]>`
  select processed_at from deliveries where source = ${`salesforce:${connectionId}`}`

async function ticket() {
  const { body } = await t.api<{ items: { state: string; subject: string }[] }>('GET', '/tickets')
  return body.items[0]
}

/** Sooner than the feed would be read by itself. */
async function becomes(expected: Record<string, string>) {
  const began = t.now().getTime()
  await waitFor(`the ticket to be ${JSON.stringify(expected)}`, async () => {
    await t.pass(1)
    const known: Record<string, string> = { ...(await ticket()) }
    return Object.entries(expected).every(([name, value]) => known[name] === value)
  })
  expect(t.now().getTime() - began).toBeLessThan(50_000)
}

it('hears what people change without asking, and nothing of what it wrote itself', async () => {
  await open()
  await t.pass(2)
  close()
  await becomes({ state: 'resolved' })
  // The record alone was read again; the feed was not.
  expect(calls()).toBe(1)
  // It is read less often while the stream is open.
  await t.hub.services.emit([{ name: 'sync/feed.due', data: { workspaceId: t.workspaceId, connectionId } }])
  await t.pass(1)
  expect(((await feed())?.dueAt.getTime() ?? 0) - t.now().getTime()).toBeGreaterThan(240_000)
})

it('knows its own voice by the origin, where the channel brings it', async () => {
  await open('/data/ChangeEvents')
  await t.api('PATCH', `/tickets/${(await t.database.owner<{ id: string }[]>`select id from tickets`)[0]?.id}`, {
    priority: 'urgent',
  })
  await t.pass(2)
  const written = calls()
  await waitFor('the echo', async () => (await bodies()).length > 0)
  await t.pass(2)
  expect(calls()).toBe(written)
})

it('reads what an event does not tell: gaps by the record, overflows and answers by the feed', async () => {
  await open()
  t.sandbox.salesforce.configure(ORG, { tells: 'gap' })
  edit({ Subject: 'Factura' })
  await becomes({ subject: 'Factura' })
  t.sandbox.salesforce.configure(ORG, { tells: 'overflow' })
  close()
  await becomes({ state: 'resolved' })
  t.sandbox.salesforce.configure(ORG, { tells: 'whole' })
  const { id } = t.sandbox.salesforce.reply(ORG, { caseId: caseId(), text: 'Aquí la tiene' })
  const statusOf = () =>
    t.sandbox.salesforce.records(ORG, 'WhatsApp_Message__c').find(row => row.id === id)?.fields.Status__c
  await waitFor('the answer to go out', async () => {
    await t.pass(1)
    return statusOf() !== 'Queued'
  })
})

it('goes on where it was left after a break, with access got anew, in one process at a time', async () => {
  await open()
  const other = newProcess()
  await other.look()
  expect(t.sandbox.pubsub.subscriptions()).toBe(1)
  await t.pass(5)
  t.sandbox.pubsub.cut()
  const isLeft = async () => (await feed())?.streamUntil === null
  await waitFor('the break', isLeft)
  edit({ Subject: 'Entre tanto' })
  // By now the session is over: the first try is refused, and has the access refreshed.
  t.sandbox.time({ advanceMs: 3 * 3_600_000 })
  await streams.look()
  const isRenewed = () => t.sandbox.calls.report('salesforce').calls.some(({ path }) => path.endsWith('/oauth2/token'))
  await waitFor('new access', async () => isRenewed() && (await isLeft()))
  await other.look()
  // Before the feed is read: nobody has moved the clock.
  await waitFor('what happened meanwhile', async () => (await bodies()).length > 0)
  await other.stop()
  await becomes({ subject: 'Entre tanto' })
})

it('begins anew where Salesforce has its place no more, and the feed tells what was missed', async () => {
  await open()
  await streams.stop()
  close()
  await t.pass(1)
  await t.database
    .owner`update remote_feeds set stream_position = ${Buffer.from('00000000000f4240', 'hex').toString('base64')}`
  streams = newProcess()
  await streams.look()
  await waitFor('the place to be forgotten', async () => (await feed())?.streamPosition === null)
  await becomes({ state: 'resolved' })
})

it('says why it hears nothing, and reads as ever', async () => {
  await connectWith('/data/Nobody__chn')
  await streams.look()
  await waitFor('the refusal', async () => (await feed())?.streamError ?? false)
  const { body } = await t.api<{ causes: { code: string; text?: string }[] }>(
    'GET',
    `/connections/${connectionId}/health`,
  )
  expect(JSON.stringify(body.causes)).toContain('The topic /data/Nobody__chn was not found.')
  close()
  await t.pass(60)
  await t.pass(2)
  expect(await ticket()).toMatchObject({ state: 'resolved' })
})
