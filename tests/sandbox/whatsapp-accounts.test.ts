/** What Graph answers where a number is connected and checked. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Sandbox } from '../../src/sandbox/index.ts'
import { CUSTOMER, call, listOf, openSandbox, PHONE, type Receiver, startReceiver } from './support.ts'

const AT = '/whatsapp/v26.0'
const APP = { appId: '5001', appSecret: PHONE.appSecret }
let receiver: Receiver
let sandbox: Sandbox
beforeEach(async () => {
  receiver = await startReceiver()
  sandbox = openSandbox()
  sandbox.whatsapp.phones({ ...PHONE, appId: APP.appId, webhookUrl: `${receiver.url}/app`, statusDelayMs: 0 })
})
afterEach(async () => {
  sandbox.close()
  await receiver.close()
})

const write = async (text: string) => {
  sandbox.whatsapp.inbound({ phoneNumberId: PHONE.phoneNumberId, messages: [{ from: CUSTOMER, text }] })
  await sandbox.idle()
}

it('tells of a token: to itself, to its app, and to nobody else', async () => {
  const path = `${AT}/debug_token?input_token=${PHONE.token}`
  const { json } = await call(sandbox, 'GET', path)
  expect(json.data).toMatchObject({ app_id: APP.appId, is_valid: true, expires_at: 0 })
  expect(listOf(json.data?.granular_scopes)).toContainEqual({
    ...{ scope: 'whatsapp_business_messaging', target_ids: [PHONE.wabaId] },
  })
  expect((await call(sandbox, 'GET', path, undefined, `${APP.appId}|${APP.appSecret}`)).status).toBe(200)
  expect((await call(sandbox, 'GET', path, undefined, `${APP.appId}|wrong`)).status).toBe(401)
  sandbox.whatsapp.tokens({ token: PHONE.token, appId: APP.appId, isValid: false })
  const asApp = await call(sandbox, 'GET', path, undefined, `${APP.appId}|${APP.appSecret}`)
  expect(asApp.json.data).toMatchObject({ is_valid: false })
  expect((await call(sandbox, 'GET', `${AT}/${PHONE.phoneNumberId}`)).status).toBe(401)
})

it('shows the fields that are asked for', async () => {
  const path = `${AT}/${PHONE.phoneNumberId}?fields=status,health_status`
  const { json } = await call(sandbox, 'GET', path)
  expect(json).toMatchObject({ id: PHONE.phoneNumberId, status: 'CONNECTED' })
  expect(json.health_status).toMatchObject({ can_send_message: 'AVAILABLE' })
  expect(json).not.toHaveProperty('quality_rating')
  const app = await call(sandbox, 'GET', `${AT}/${APP.appId}/subscriptions`, undefined, `${APP.appId}|${APP.appSecret}`)
  expect(listOf(app.json.data)[0]).toMatchObject({ callback_url: `${receiver.url}/app`, active: true })
})

it('an account that no app has subscribed to tells nobody', async () => {
  const path = `${AT}/${PHONE.wabaId}/subscribed_apps`
  await call(sandbox, 'DELETE', path)
  expect(listOf((await call(sandbox, 'GET', path)).json.data)).toEqual([])
  await write('nadie oye')
  expect(receiver.received).toEqual([])
  await call(sandbox, 'POST', path, {})
  await write('alguien oye')
  expect(receiver.received).toHaveLength(1)
})

it('asks an address for the challenge before it takes it, and then goes there', async () => {
  const asked: string[] = []
  const server: Server = createServer((request, answer) => {
    const url = new URL(request.url ?? '', 'http://x')
    asked.push(`${request.method} ${url.searchParams.get('hub.verify_token')}`)
    const isRight = request.method === 'POST' || url.searchParams.get('hub.verify_token') === 'word'
    answer.writeHead(isRight ? 200 : 403).end(isRight ? url.searchParams.get('hub.challenge') : '')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const own = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const path = `${AT}/${PHONE.wabaId}/subscribed_apps`
  const wrong = await call(sandbox, 'POST', path, { override_callback_uri: own, verify_token: 'guess' })
  expect(wrong).toMatchObject({ status: 400, json: { error: { code: 2200 } } })
  expect((await call(sandbox, 'POST', path, { override_callback_uri: own, verify_token: 'word' })).status).toBe(200)
  await write('por la otra puerta')
  expect(asked).toEqual(['GET guess', 'GET word', 'POST null'])
  expect(receiver.received).toEqual([])
  // Without an address the app's own holds again.
  await call(sandbox, 'POST', path, {})
  await write('por la de siempre')
  expect(receiver.received).toHaveLength(1)
  server.closeAllConnections()
  server.close()
})

it('registers with six digits, and wants those of before', async () => {
  sandbox.whatsapp.phones({ ...PHONE, registered: false, pin: '111111' })
  const path = `${AT}/${PHONE.phoneNumberId}/register`
  const register = (pin: string) => call(sandbox, 'POST', path, { messaging_product: 'whatsapp', pin })
  expect((await register('12')).status).toBe(400)
  expect((await register('222222')).json.error).toMatchObject({ code: 133005 })
  expect((await register('111111')).json).toEqual({ success: true })
})

it('a code of a sign-up is worth a token, once, to its own app', async () => {
  sandbox.whatsapp.tokens({ token: 'business', appId: APP.appId, accounts: [PHONE.wabaId], code: 'c1' })
  const path = (secret: string) => `${AT}/oauth/access_token?client_id=${APP.appId}&client_secret=${secret}&code=c1`
  expect((await call(sandbox, 'GET', path('wrong'))).json.error).toMatchObject({ code: 101 })
  expect((await call(sandbox, 'GET', path(APP.appSecret))).json).toMatchObject({ access_token: 'business' })
  expect((await call(sandbox, 'GET', path(APP.appSecret))).json.error).toMatchObject({ error_subcode: 36009 })
})

it('hands over what the phone of a Business app number has, once', async () => {
  const path = `${AT}/${PHONE.phoneNumberId}/smb_app_data`
  const ask = (sync_type: string) => call(sandbox, 'POST', path, { messaging_product: 'whatsapp', sync_type })
  expect((await ask('history')).json.error).toMatchObject({ code: 2593108 })
  await write('de hace tiempo')
  sandbox.whatsapp.phones({ ...PHONE, onBusinessApp: true })
  expect((await ask('history')).status).toBe(200)
  expect((await ask('history')).json.error).toMatchObject({ code: 2593107 })
  expect((await ask('smb_app_state_sync')).status).toBe(200)
  await sandbox.idle()
  const changes = receiver.received.slice(1).map(({ json }) => listOf(listOf(json.entry)[0]?.changes)[0])
  expect(changes.map(change => String(change?.field)).sort()).toEqual(['history', 'smb_app_state_sync'])
  const history = changes.find(change => String(change?.field) === 'history')
  const [thread] = listOf(listOf(history?.value?.history)[0]?.threads)
  expect(listOf(thread?.messages)).toMatchObject([{ from: CUSTOMER, text: { body: 'de hace tiempo' } }])
})
