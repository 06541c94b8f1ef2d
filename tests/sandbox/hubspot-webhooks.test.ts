import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Sandbox } from '../../src/sandbox/index.ts'
import { call, type Json, listOf, openSandbox, PORTAL, type Received, type Receiver, startReceiver } from './support.ts'

const CONTACTS = '/hubspot/crm/objects/2026-09/contacts'
const CHANNELS = '/hubspot/conversations/custom-channels/2026-09'

let receiver: Receiver
let sandbox: Sandbox
beforeEach(async () => {
  receiver = await startReceiver()
  sandbox = openSandbox()
  sandbox.hubspot.portals({ ...PORTAL, webhookUrl: `${receiver.url}/hs?c=1` })
})
afterEach(async () => {
  sandbox.close()
  await receiver.close()
})

function events(): Json[] {
  return receiver.received.flatMap(({ json }) => listOf(json))
}

function signed({ headers, body, url }: Received): boolean {
  const base = `POST${receiver.url}${url}${body}${headers['x-hubspot-request-timestamp']}`
  return headers['x-hubspot-signature-v3'] === createHmac('sha256', PORTAL.clientSecret).update(base).digest('base64')
}

async function contact(properties: Record<string, string>): Promise<string> {
  const { json } = await call(sandbox, 'POST', CONTACTS, { properties })
  return String(json.id)
}

describe('change events', () => {
  it('echoes the writes of the app, signed, one property each', async () => {
    const id = await contact({ firstname: 'Ana', city: 'Lima' })
    await sandbox.idle()
    expect(receiver.received).toHaveLength(1)
    expect(receiver.received.every(signed)).toBe(true)
    const app = { changeSource: 'INTEGRATION', sourceId: '909', objectId: Number(id), objectTypeId: '0-1' }
    expect(events()).toMatchObject([
      { subscriptionType: 'object.creation', attemptNumber: 0, ...app },
      { subscriptionType: 'object.propertyChange', propertyName: 'firstname', propertyValue: 'Ana', ...app },
      { subscriptionType: 'object.propertyChange', propertyName: 'city', propertyValue: 'Lima', ...app },
    ])
  })

  it('marks what a person changed, and keeps quiet about what stayed the same', async () => {
    const id = await contact({ firstname: 'Ana', city: 'Lima' })
    await sandbox.idle()
    receiver.received.length = 0
    const properties = { firstname: 'Anabel', city: 'Lima' }
    sandbox.hubspot.edit(PORTAL.portalId, 'contacts', id, { properties, userId: 61002 })
    await sandbox.idle()
    expect(events()).toMatchObject([{ propertyName: 'firstname', changeSource: 'CRM_UI', sourceId: 'userId:61002' }])
  })

  it('tells only what is subscribed', async () => {
    sandbox.hubspot.configure(PORTAL.portalId, {
      subscriptions: [{ subscriptionType: 'object.propertyChange', objectType: 'contact', propertyName: 'city' }],
    })
    await contact({ firstname: 'Ana', city: 'Lima' })
    await sandbox.idle()
    expect(events()).toMatchObject([{ propertyName: 'city' }])
  })

  it('counts attempts and signs each anew', async () => {
    let refusals = 2
    receiver.answer(() => (refusals-- > 0 ? 500 : 204))
    await contact({})
    await sandbox.idle()
    expect(events().map(event => event.attemptNumber)).toEqual([0, 1, 2])
    expect(receiver.received.every(signed)).toBe(true)
  })

  it('splits into arrays of 100 and repeats them when told', async () => {
    sandbox.hubspot.configure(PORTAL.portalId, { duplicates: 2, rateLimit: false })
    const inputs = Array.from({ length: 100 }, () => ({ properties: { firstname: 'x' } }))
    await call(sandbox, 'POST', `${CONTACTS}/batch/create`, { inputs })
    await sandbox.idle()
    expect(receiver.received.map(({ json }) => listOf(json).length)).toEqual([100, 100, 100, 100])
    expect(new Set(events().map(event => event.eventId)).size).toBe(200)
  })

  it('tells of a merge with both old ids and the new one', async () => {
    const [first, second] = [await contact({ firstname: 'A' }), await contact({ city: 'Lima' })]
    await sandbox.idle()
    receiver.received.length = 0
    const { id } = sandbox.hubspot.merge(PORTAL.portalId, { primaryObjectId: first, objectIdToMerge: second })
    await sandbox.idle()
    expect(events()).toMatchObject([
      {
        subscriptionType: 'object.merge',
        primaryObjectId: Number(first),
        mergedObjectIds: [Number(second)],
        newObjectId: Number(id),
        numberOfPropertiesMoved: 1,
      },
    ])
  })
})

describe('custom channels', () => {
  async function channel() {
    const made = await call(sandbox, 'POST', CHANNELS, { name: 'WhatsApp', webhookUrl: `${receiver.url}/channel` })
    const account = await call(sandbox, 'POST', `${CHANNELS}/${made.json.id}/channel-accounts`, {
      inboxId: '1',
      name: 'Taller Norte',
      authorized: true,
      deliveryIdentifier: { type: 'HS_PHONE_NUMBER', value: '+525590001000' },
    })
    return { id: String(made.json.id), account: String(account.json.id) }
  }

  const incoming = (channelAccountId: string) => ({
    channelAccountId,
    messageDirection: 'INCOMING',
    senders: [{ name: 'Lucía', deliveryIdentifier: { type: 'HS_PHONE_NUMBER', value: '+525512345678' } }],
    recipients: [{ deliveryIdentifier: { type: 'HS_PHONE_NUMBER', value: '+525590001000' } }],
    text: 'Hola',
    timestamp: '2026-11-20T10:00:00Z',
    integrationThreadId: 'thread-1',
    integrationIdempotencyId: 'wamid.1',
  })

  it('publishes once per idempotency id', async () => {
    const { id, account } = await channel()
    const first = await call(sandbox, 'POST', `${CHANNELS}/${id}/messages`, incoming(account))
    const again = await call(sandbox, 'POST', `${CHANNELS}/${id}/messages`, incoming(account))
    expect(first).toMatchObject({ status: 201, json: { direction: 'INCOMING', type: 'MESSAGE' } })
    expect(again.json.id).toBe(first.json.id)
  })

  it('tells of an agent reply in the thread of the customer, and takes its status', async () => {
    const { id, account } = await channel()
    const { json } = await call(sandbox, 'POST', `${CHANNELS}/${id}/messages`, incoming(account))
    const contactId = String(json.senders?.[0]?.actorId).slice(2)
    await sandbox.idle()
    receiver.received.length = 0
    const reply = sandbox.hubspot.reply(PORTAL.portalId, { contactId, text: 'Buenas', ownerId: '71003' })
    await sandbox.idle()
    const [webhook] = receiver.received as [Received]
    expect(signed(webhook)).toBe(true)
    expect(webhook.json).toMatchObject({
      type: 'OUTGOING_CHANNEL_MESSAGE_CREATED',
      portalId: 4242,
      channelId: id,
      message: {
        id: reply.id,
        conversationsThreadId: json.conversationsThreadId,
        text: 'Buenas',
        senders: [{ actorId: 'A-71003', name: 'Nuria Vidal' }],
        recipients: [{ actorId: `V-${contactId}`, deliveryIdentifier: { value: '+525512345678' } }],
      },
      channelIntegrationThreadIds: ['thread-1'],
    })
    const failed = { statusType: 'FAILED', errorMessage: 'Fuera de la ventana' }
    const status = await call(sandbox, 'PATCH', `${CHANNELS}/${id}/messages/${reply.id}`, failed)
    expect(status.json.status).toMatchObject({ statusType: 'FAILED' })
  })
})
