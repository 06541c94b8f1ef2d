import { afterEach, beforeEach, expect, it } from 'vitest'
import { normalize } from '../../src/inbox/whatsapp/normalize.ts'
import type { Sandbox } from '../../src/sandbox/index.ts'
import { CUSTOMER, openSandbox, PHONE, type Receiver, startReceiver } from './support.ts'

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

async function write(message: { from: string; type?: string; text?: string; name?: string }) {
  sandbox.whatsapp.inbound({ phoneNumberId: PHONE.phoneNumberId, messages: [message] })
  await sandbox.idle()
  const items = normalize(JSON.stringify(receiver.received.at(-1)?.json), { receivedAt: new Date('2100-01-01') })
  return items.map(item => (item.kind === 'message' ? item.message : item))
}

it.each([
  ['text', 'text', 'hola'],
  ['image', 'image', 'hola'],
  ['video', 'video', 'hola'],
  ['document', 'document', 'hola'],
  ['audio', 'voice', ''],
  ['sticker', 'sticker', ''],
  ['location', 'location', 'hola'],
  ['contacts', 'contacts', 'hola'],
  ['interactive', 'interactive', 'hola'],
  ['button', 'button', 'hola'],
  ['order', 'order', 'hola'],
  ['unsupported', 'unsupported', ''],
  ['request_welcome', 'system', ''],
])('writes a message of type %s whole', async (type, kind, text) => {
  expect(await write({ from: CUSTOMER, type, text: 'hola' })).toMatchObject([{ kind, text }])
})

it('lets somebody write who has no number but a business-scoped id, and is the same person again', async () => {
  const hidden = { waId: null, userId: 'MX.24680', parentUserId: null }
  expect(await write({ from: 'MX.24680', name: 'Sin número' })).toMatchObject([{ sender: hidden, name: 'Sin número' }])
  expect(await write({ from: 'MX.24680' })).toMatchObject([{ sender: hidden, name: 'Sin número' }])
})
