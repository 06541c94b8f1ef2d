import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Sandbox } from '../../src/sandbox/index.ts'
import { CUSTOMER, call, type Json, listOf, openSandbox, PHONE, type Receiver, startReceiver } from './support.ts'

const MESSAGES = `/whatsapp/v26.0/${PHONE.phoneNumberId}/messages`
const text = (body: string, more: object = {}) => ({
  messaging_product: 'whatsapp',
  to: CUSTOMER,
  type: 'text',
  text: { body },
  ...more,
})

let receiver: Receiver
let sandbox: Sandbox

beforeEach(async () => {
  receiver = await startReceiver()
  sandbox = openSandbox()
  sandbox.whatsapp.phones({ ...PHONE, webhookUrl: `${receiver.url}/hook`, statusDelayMs: 0 })
})

afterEach(async () => {
  sandbox.close()
  await receiver.close()
})

async function customerWrites(body = 'Hola') {
  const { ids } = sandbox.whatsapp.inbound({
    phoneNumberId: PHONE.phoneNumberId,
    messages: [{ from: CUSTOMER, text: body }],
  })
  await sandbox.idle()
  return ids[0] as string
}

function statuses(): Json[] {
  return receiver.received.flatMap(({ json }) =>
    listOf(json.entry).flatMap(entry => listOf(entry.changes).flatMap(change => listOf(change.value?.statuses))),
  )
}

function inbound(): Json[] {
  return receiver.received.flatMap(({ json }) => listOf(json.entry?.[0]?.changes?.[0]?.value?.messages))
}

describe('webhooks', () => {
  it('escapes the body and signs exactly those bytes', async () => {
    await customerWrites('Olá 😀 a/b')
    const [{ body, headers }] = receiver.received as [(typeof receiver.received)[0]]
    expect(body).toContain('Ol\\u00e1 \\ud83d\\ude00 a\\/b')
    expect([...body].every(char => char.charCodeAt(0) < 128)).toBe(true)
    const hash = createHmac('sha256', PHONE.appSecret).update(body).digest('hex')
    expect(headers['x-hub-signature-256']).toBe(`sha256=${hash}`)
    expect(inbound()[0]).toMatchObject({ from: CUSTOMER, type: 'text', text: { body: 'Olá 😀 a/b' } })
  })

  it('groups messages into batches and posts each body several times', async () => {
    const messages = Array.from({ length: 5 }, (_, index) => ({ from: CUSTOMER, text: `n${index}` }))
    sandbox.whatsapp.inbound({ phoneNumberId: PHONE.phoneNumberId, messages, batch: 2, duplicates: 3 })
    await sandbox.idle()
    expect(receiver.received).toHaveLength(9)
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(3)
  })

  it('disorders in the same way for the same seed', async () => {
    const send = async () => {
      receiver.received.length = 0
      const messages = Array.from({ length: 20 }, (_, index) => ({ from: CUSTOMER, text: `n${index}` }))
      sandbox.whatsapp.inbound({ phoneNumberId: PHONE.phoneNumberId, messages, batch: 20, shuffle: true, seed: 7 })
      await sandbox.idle()
      return inbound().map(message => message.text?.body)
    }
    const first = await send()
    expect(first).toHaveLength(20)
    expect(first).not.toEqual([...first].sort())
    expect(await send()).toEqual(first)
  })

  it('retries until the answer is 200', async () => {
    let refusals = 2
    receiver.answer(() => (refusals-- > 0 ? 503 : 200))
    await customerWrites()
    expect(receiver.received).toHaveLength(3)
    expect(sandbox.calls.report('webhooks').calls.map(entry => entry.status)).toEqual([503, 503, 200])
  })

  it('delivers and loses the answer when told so, and then delivers again', async () => {
    sandbox.faults.add({ vendor: 'webhooks', kind: 'store_then_500' })
    await customerWrites()
    expect(receiver.received).toHaveLength(2)
  })

  it('hides the number of those who want it', async () => {
    sandbox.whatsapp.people({ waId: CUSTOMER, name: 'Lucía', userId: 'MX.77', hidesNumber: true })
    await customerWrites()
    expect(inbound()[0]).toMatchObject({ from_user_id: 'MX.77' })
    expect(inbound()[0]).not.toHaveProperty('from')
  })
})

describe('sending', () => {
  it('accepts, then reports sent and delivered with our callback data and the price', async () => {
    await customerWrites()
    const answer = await call(sandbox, 'POST', MESSAGES, text('¿Qué tal?', { biz_opaque_callback_data: 'send-1' }))
    expect(answer.status).toBe(200)
    const id = String(answer.json.messages?.[0]?.id)
    expect(answer.json).toMatchObject({
      contacts: [{ input: CUSTOMER, wa_id: CUSTOMER }],
      messages: [{ message_status: 'accepted' }],
    })
    expect(id).toMatch(/^wamid\.[A-Za-z0-9+/]+=*$/)
    await sandbox.idle()
    expect(
      statuses()
        .map(status => status.status)
        .sort(),
    ).toEqual(['delivered', 'sent'])
    for (const status of statuses()) {
      expect(status).toMatchObject({ id, biz_opaque_callback_data: 'send-1', pricing: { category: 'service' } })
    }
  })

  it('reports read when the customer opens the chat', async () => {
    await customerWrites()
    await call(sandbox, 'POST', MESSAGES, text('uno'))
    await sandbox.idle()
    sandbox.whatsapp.read({ phoneNumberId: PHONE.phoneNumberId, waId: CUSTOMER })
    await sandbox.idle()
    expect(statuses().at(-1)).toMatchObject({ status: 'read' })
    expect(statuses().at(-1)).not.toHaveProperty('pricing')
  })

  it.each(['5215512345678', '+525512345678', '52 55 1234 5678'])('reaches the same phone as %s', async to => {
    await customerWrites()
    const answer = await call(sandbox, 'POST', MESSAGES, text('hola', { to }))
    expect(answer.json.contacts?.[0]).toMatchObject({ input: to, wa_id: CUSTOMER })
    await sandbox.idle()
    expect(statuses()).toHaveLength(2)
  })

  it('accepts outside the 24 hours and fails by webhook, except templates', async () => {
    await customerWrites()
    sandbox.time({ advanceMs: 24 * 3_600_000 })
    expect((await call(sandbox, 'POST', MESSAGES, text('tarde'))).status).toBe(200)
    await sandbox.idle()
    expect(statuses()).toMatchObject([{ status: 'failed', errors: [{ code: 131047 }] }])
    const components = [{ type: 'BODY', text: '¿Seguimos?' }]
    sandbox.whatsapp.templates({ wabaId: PHONE.wabaId, name: 'seguimiento', language: 'es_MX', components })
    const template = { name: 'seguimiento', language: { code: 'es_MX' } }
    await call(sandbox, 'POST', MESSAGES, { ...text(''), type: 'template', text: undefined, template })
    await sandbox.idle()
    expect(statuses().map(status => status.status)).toContain('delivered')
  })

  it('fails for numbers without a phone', async () => {
    expect((await call(sandbox, 'POST', MESSAGES, text('hola', { to: '34600111222' }))).status).toBe(200)
    await sandbox.idle()
    expect(statuses()).toMatchObject([{ status: 'failed', errors: [{ code: 131026 }] }])
  })

  it.each([
    ['a wrong token', text('x'), 'other', 401, 190],
    ['too long a text', text('x'.repeat(4097)), PHONE.token, 400, 100],
    ['no recipient', { ...text('x'), to: undefined }, PHONE.token, 400, 100],
    ['no text', { ...text('x'), text: undefined }, PHONE.token, 400, 131008],
    ['an unknown type', { ...text('x'), type: 'poll' }, PHONE.token, 400, 100],
    ['media without source', { ...text('x'), type: 'image', image: {} }, PHONE.token, 400, 100],
  ])('refuses %s', async (_name, body, token, status, code) => {
    const answer = await call(sandbox, 'POST', MESSAGES, body, token)
    expect(answer.status).toBe(status)
    expect(answer.json.error).toMatchObject({ code })
  })

  it('tells unknown numbers from unregistered ones', async () => {
    expect((await call(sandbox, 'POST', '/whatsapp/v26.0/1/messages', text('x'))).json.error).toMatchObject({
      code: 100,
    })
    sandbox.whatsapp.phones({ ...PHONE, registered: false })
    expect((await call(sandbox, 'POST', MESSAGES, text('x'))).json.error).toMatchObject({ code: 133010 })
  })

  it('marks all earlier messages as read by the business', async () => {
    await customerWrites('uno')
    const last = await customerWrites('dos')
    const body = { messaging_product: 'whatsapp', status: 'read', message_id: last, typing_indicator: { type: 'text' } }
    expect((await call(sandbox, 'POST', MESSAGES, body)).json).toEqual({ success: true })
    const [chat] = sandbox.state().whatsapp.chats
    expect(chat?.messages.map(message => message.readByBusiness)).toEqual([true, true])
    expect(chat?.typing).toBe(true)
    expect((await call(sandbox, 'POST', MESSAGES, { ...body, message_id: 'wamid.no' })).status).toBe(400)
  })

  it('describes the number and takes the subscription', async () => {
    const phone = await call(sandbox, 'GET', `/whatsapp/v26.0/${PHONE.phoneNumberId}`)
    expect(phone.json).toMatchObject({ verified_name: 'Taller Norte', quality_rating: 'GREEN' })
    const subscribed = await call(sandbox, 'POST', `/whatsapp/v26.0/${PHONE.wabaId}/subscribed_apps`)
    expect(subscribed.json).toEqual({ success: true })
  })
})
