/** Salesforce's change events, over gRPC: heard as they happen, with the feed as the net beneath. One hub lives through all of it. */
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { connectorById } from '../../src/connectors/registry.ts'
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

/** A connected organization in which one person has written. */
beforeAll(async () => {
  t = await startHub()
  events = await t.sandbox.pubsub.listen(0)
  t.sandbox.salesforce.orgs({ orgId: ORG, clientId: 'the-app', clientSecret: 'a-secret' })
  const ctx = syncContext(t.hub.services, t.workspaceId)
  await pause(ctx, t.connectionId, { kind: 'system' })
  const loginUrl = t.hub.services.baseUrls.salesforce ?? ''
  const credentials = { clientId: 'the-app', clientSecret: 'a-secret', loginUrl }
  const settings = { eventChannel: '/data/ChangeEvents' }
  connectionId = (await connect(ctx, { connector: 'salesforce', credentials, settings })).id
  await t.pass(60)
  const messages = [{ from: '5215512345678', name: 'Ana Torres', text: 'Hola' }]
  t.sandbox.whatsapp.inbound({ phoneNumberId: DEMO.phoneNumberId, messages })
  await t.pass(2)
})
afterEach(async () => {
  await streams.stop()
  expect(errors.splice(0)).toEqual([])
})
afterAll(async () => {
  await events?.close()
  await t?.close()
})

function newProcess(): EventStreams {
  const onError = (error: unknown) => void errors.push(error)
  return createEventStreams({
    ...{ services: t.hub.services, onError },
    sources: { salesforce: salesforceEvents(events.url) },
  })
}

async function listen() {
  streams = newProcess()
  await streams.look()
  await waitFor('the stream', async () => t.sandbox.pubsub.subscriptions() === 1 && (await feed())?.streamPosition)
  await t.pass(1)
  t.sandbox.calls.clear()
}

const caseId = () => t.sandbox.salesforce.records(ORG, 'Case')[0]?.id ?? ''
const edit = (fields: Record<string, string>) => t.sandbox.salesforce.edit(ORG, 'Case', caseId(), { fields })
const calls = () => t.sandbox.calls.report('salesforce').total

type Feed = { streamPosition: string | null; streamUntil: Date | null; streamError: string | null; dueAt: Date }
const feed = async () => {
  const [row] = await t.database.owner<Feed[]>`select * from remote_feeds where connection_id = ${connectionId}`
  return row
}
const bodies = () => t.database.owner`select 1 from deliveries where source = ${`salesforce:${connectionId}`}`

/** Once what is stored is brought, and sooner than the feed would be read by itself. */
async function subjectIs(expected: string) {
  const began = t.now().getTime()
  await waitFor(`the subject to be ${expected}`, async () => {
    await t.pass(1)
    const { body } = await t.api<{ items: { subject: string }[] }>('GET', '/tickets')
    return body.items[0]?.subject === expected
  })
  expect(t.now().getTime() - began).toBeLessThan(50_000)
}

it('hears what people change without asking, and reads the feed less often', async () => {
  await listen()
  edit({ Subject: 'Factura' })
  await subjectIs('Factura')
  // The record alone was read again; the feed was not.
  expect(calls()).toBe(1)
  await t.hub.services.emit([{ name: 'sync/feed.due', data: { workspaceId: t.workspaceId, connectionId } }])
  await t.pass(1)
  expect(((await feed())?.dueAt.getTime() ?? 0) - t.now().getTime()).toBeGreaterThan(240_000)
})

it('knows its own voice by the origin, where the channel brings it', async () => {
  await listen()
  const before = (await bodies()).length
  const [ana] = await t.database.owner<{ id: string }[]>`select id from contacts`
  await t.api('PATCH', `/contacts/${ana?.id}`, { email: 'ana@example.com' })
  await t.pass(2)
  const written = calls()
  expect(t.sandbox.salesforce.records(ORG, 'Contact')).toMatchObject([{ fields: { Email: 'ana@example.com' } }])
  await waitFor('the echo', async () => (await bodies()).length > before)
  await t.pass(2)
  expect(calls()).toBe(written)
})

it('what somebody sets between our look and our write is merged, though ours is there by then', async () => {
  await listen()
  const salesforce = connectorById('salesforce')
  if (!salesforce?.pushTogether) throw new Error('There is no Salesforce')
  const push = salesforce.pushTogether
  const pushing = vi.spyOn(salesforce, 'pushTogether').mockImplementationOnce((...given) => {
    edit({ Subject: 'De su mano' })
    t.sandbox.time({ advanceMs: 40 })
    return push(...given)
  })
  const [ticket] = (await t.api<{ items: { id: string }[] }>('GET', '/tickets')).body.items
  await t.api('PATCH', `/tickets/${ticket?.id}`, { subject: 'De nuestra mano' })
  await t.pass(2)
  expect(pushing).toHaveBeenCalledOnce()
  pushing.mockRestore()
  expect(t.sandbox.salesforce.records(ORG, 'Case')[0]?.fields.Subject).toBe('De nuestra mano')
  await subjectIs('De su mano')
  await t.pass(2)
  expect(t.sandbox.salesforce.records(ORG, 'Case')[0]?.fields.Subject).toBe('De su mano')
})

it('reads what an event does not tell: gaps by the record; overflows, answers and what nobody can read by the feed', async () => {
  await listen()
  t.sandbox.salesforce.configure(ORG, { tells: 'gap' })
  edit({ Subject: 'Dos' })
  await subjectIs('Dos')
  t.sandbox.salesforce.configure(ORG, { tells: 'overflow' })
  edit({ Subject: 'Tres' })
  await subjectIs('Tres')
  t.sandbox.salesforce.configure(ORG, { tells: 'unreadable' })
  edit({ Subject: 'Tres y medio' })
  await subjectIs('Tres y medio')
  t.sandbox.salesforce.configure(ORG, { tells: 'whole' })
  const { id } = t.sandbox.salesforce.reply(ORG, { caseId: caseId(), text: 'Aquí la tiene' })
  await waitFor('the answer to go out', async () => {
    await t.pass(1)
    const answer = t.sandbox.salesforce.records(ORG, 'WhatsApp_Message__c').find(row => row.id === id)
    return answer?.fields.Status__c !== 'Queued'
  })
})

it('begins anew where Salesforce has its place no more, and the feed tells what was missed', async () => {
  edit({ Subject: 'Cuatro' })
  await t.pass(1)
  const unknown = Buffer.from('00000000000f4240', 'hex').toString('base64')
  await t.database.owner`update remote_feeds set stream_position = ${unknown}`
  streams = newProcess()
  await streams.look()
  await waitFor('the place to be forgotten', async () => (await feed())?.streamPosition === null)
  await subjectIs('Cuatro')
})

it('goes on where it was left after a break, with access got anew, in one process at a time', async () => {
  await listen()
  const other = newProcess()
  await other.look()
  expect(t.sandbox.pubsub.subscriptions()).toBe(1)
  t.sandbox.pubsub.cut()
  const isLeft = async () => (await feed())?.streamUntil === null
  await waitFor('the break', isLeft)
  const before = (await bodies()).length
  edit({ Subject: 'Entre tanto' })
  // By now the session is over: the first try is refused, and has the access refreshed.
  t.sandbox.time({ advanceMs: 3 * 3_600_000 })
  await streams.look()
  const isRenewed = () => t.sandbox.calls.report('salesforce').calls.some(({ path }) => path.endsWith('/oauth2/token'))
  await waitFor('new access', async () => isRenewed() && (await isLeft()))
  await other.look()
  // Before the feed is read: nobody has moved the clock.
  await waitFor('what happened meanwhile', async () => (await bodies()).length > before)
  await other.stop()
  await subjectIs('Entre tanto')
})

it('says why it hears nothing, and reads as ever', async () => {
  await t.database.owner`
    update connections set settings = settings || '{"eventChannel": "/data/Nobody__chn"}'::jsonb where id = ${connectionId}`
  streams = newProcess()
  await streams.look()
  await waitFor('the refusal', async () => (await feed())?.streamError ?? false)
  const { body } = await t.api<{ causes: { code: string }[] }>('GET', `/connections/${connectionId}/health`)
  expect(JSON.stringify(body.causes)).toContain('The topic /data/Nobody__chn was not found.')
  expect((await feed())?.dueAt.getTime()).toBeLessThanOrEqual(t.now().getTime())
})
