import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import nock from 'nock'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  markRead,
  type Outgoing,
  readPhoneNumber,
  sendMessage,
  type WhatsAppApi,
} from '../../../src/inbox/whatsapp/client.ts'

const account = { phoneNumberId: '700500300', token: 'EAA-prueba' }
const message: Outgoing = {
  address: { to: '+525544332211' },
  content: { type: 'text', text: '¡Listo! Tu pedido salió hoy 📦' },
  replyToWamid: null,
  callback: '0192f3a0-7c00-7000-8000-000000000001',
}

/** An API that answers once, and remembers what it was asked. */
function answering(status: number, body: unknown) {
  const asked: { url: string; init: RequestInit }[] = []
  const api: WhatsAppApi = {
    baseUrl: 'https://graph.example',
    version: 'v26.0',
    fetch: async (url, init) => {
      asked.push({ url: String(url), init: init ?? {} })
      return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status })
    },
  }
  return { api, asked }
}

function failing(error: unknown): WhatsAppApi {
  return { baseUrl: 'https://graph.example', version: 'v26.0', fetch: () => Promise.reject(error) }
}

const accepted = {
  messaging_product: 'whatsapp',
  contacts: [{ input: '+525544332211', wa_id: '525544332211' }],
  messages: [{ id: 'wamid.S1', message_status: 'accepted' }],
}
const problem = (code: unknown, text = 'No se pudo', details?: string) => ({
  error: {
    message: text,
    type: 'OAuthException',
    code,
    ...(details ? { error_data: { details } } : {}),
    fbtrace_id: 'T1',
  },
})

describe('what is sent', () => {
  it('goes to the number, signed with the token, with our id to come back', async () => {
    const { api, asked } = answering(200, accepted)
    expect(await sendMessage(api, account, message)).toEqual({ kind: 'accepted', wamid: 'wamid.S1' })
    const [call] = asked
    expect(asked).toHaveLength(1)
    expect(call?.url).toBe('https://graph.example/v26.0/700500300/messages')
    expect(call?.init).toMatchObject({
      method: 'POST',
      headers: { authorization: 'Bearer EAA-prueba', 'content-type': 'application/json' },
    })
    expect(call?.init.signal).toBeInstanceOf(AbortSignal)
    expect(JSON.parse(String(call?.init.body))).toEqual({
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      to: '+525544332211',
      type: 'text',
      text: { body: '¡Listo! Tu pedido salió hoy 📦', preview_url: true },
      biz_opaque_callback_data: message.callback,
    })
  })

  it('goes to a business-scoped id, and quotes', async () => {
    const { api, asked } = answering(200, accepted)
    await sendMessage(api, account, { ...message, address: { recipient: 'MX.K7' }, replyToWamid: 'wamid.Q1' })
    const sent = JSON.parse(String(asked[0]?.init.body))
    expect(sent).toMatchObject({ recipient: 'MX.K7', context: { message_id: 'wamid.Q1' } })
    expect(sent).not.toHaveProperty('to')
  })
})

describe('what is marked as read', () => {
  it('is a message of theirs, and with it that somebody writes', async () => {
    const { api, asked } = answering(200, { success: true })
    expect(await markRead(api, account, { wamid: 'wamid.I1', typing: false })).toEqual({ kind: 'done' })
    await markRead(api, account, { wamid: 'wamid.I1', typing: true })
    const read = { messaging_product: 'whatsapp', status: 'read', message_id: 'wamid.I1' }
    expect(asked.map(call => JSON.parse(String(call.init.body)))).toEqual([
      read,
      { ...read, typing_indicator: { type: 'text' } },
    ])
  })
})

describe("Meta's answer", () => {
  it.each<[string, number, unknown, object]>([
    ['throttled: the app', 400, problem(4), { kind: 'throttled', code: '4', pace: 'app' }],
    ['throttled: the business account', 400, problem(80007), { kind: 'throttled', code: '80007', pace: 'app' }],
    ['throttled: the number', 400, problem(130429), { kind: 'throttled', code: '130429', pace: 'channel' }],
    ['throttled: this pair', 400, problem(131056), { kind: 'throttled', code: '131056', pace: 'pair' }],
    ['throttled by HTTP', 429, 'slow down', { kind: 'throttled', code: '', pace: 'channel' }],
    ['the token has expired', 401, problem(190), { kind: 'unauthorized', code: '190' }],
    ['the token has expired, said with 400', 400, problem(190), { kind: 'unauthorized', code: '190' }],
    ['authentication failed', 401, problem(0), { kind: 'unauthorized', code: '0' }],
    ['a permission is missing', 403, problem(10), { kind: 'unauthorized', code: '10' }],
    ['a permission is missing, by its range', 400, problem(200), { kind: 'unauthorized', code: '200' }],
    ['a permission is missing, to the end of its range', 400, problem(299), { kind: 'unauthorized', code: '299' }],
    ['access denied', 403, problem(131005), { kind: 'unauthorized', code: '131005' }],
    ['refused without a word', 401, '', { kind: 'unauthorized', code: '', reason: 'HTTP 401' }],
    ['the window is closed', 400, problem(131047), { kind: 'refused', code: '131047' }],
    ['the customer is not on WhatsApp', 400, problem(131026), { kind: 'refused', code: '131026' }],
    ['the account is judged spam', 400, problem(131048), { kind: 'held back', code: '131048' }],
    ['the account has not paid', 400, problem(131042), { kind: 'held back', code: '131042' }],
    ['the customer gets too much marketing', 400, problem(131049), { kind: 'refused', code: '131049' }],
    ['not in the test list', 400, problem(131030), { kind: 'refused', code: '131030' }],
    // Meta answers 403, but it speaks of this one customer's country: the channel is well.
    ['the customer is in a country we may not write to', 403, problem(130497), { kind: 'refused', code: '130497' }],
    ['a wrong parameter', 400, problem(100), { kind: 'refused', code: '100' }],
    ['after the permissions', 400, problem(300), { kind: 'refused', code: '300' }],
    ['a code nobody knows', 400, problem(999_999), { kind: 'refused', code: '999999' }],
    ['a code as text', 400, problem('131047'), { kind: 'refused', code: '131047' }],
    ['refused without a code', 404, {}, { kind: 'refused', code: '404', reason: 'HTTP 404' }],
    ['an error of another shape', 400, { error: 'no' }, { kind: 'refused', code: '400', reason: 'HTTP 400' }],
    ['something went wrong', 500, problem(131000), { kind: 'ambiguous' }],
    ['something went wrong, said with 400', 400, problem(131000), { kind: 'ambiguous' }],
    ['unknown error', 400, problem(1), { kind: 'ambiguous' }],
    ['service down', 503, problem(2), { kind: 'ambiguous' }],
    ['service unavailable', 500, problem(131016), { kind: 'ambiguous' }],
    ['server unavailable', 503, problem(133004), { kind: 'ambiguous' }],
    ['maintenance', 500, problem(131057), { kind: 'ambiguous' }],
    ['a gateway without words', 502, '<html>Bad Gateway</html>', { kind: 'ambiguous', reason: 'HTTP 502 (502)' }],
    ['accepted without an id', 200, { messages: [] }, { kind: 'ambiguous' }],
    ['accepted with an empty id', 200, { messages: [{ id: '' }] }, { kind: 'ambiguous' }],
    ['accepted with something else', 200, 'OK', { kind: 'ambiguous' }],
    ['accepted with nothing', 200, '', { kind: 'ambiguous' }],
    [
      'held for a look at its quality',
      200,
      { messages: [{ id: 'wamid.S2' }] },
      { kind: 'accepted', wamid: 'wamid.S2' },
    ],
  ])('%s', async (_, status, body, outcome) => {
    expect(await sendMessage(answering(status, body).api, account, message)).toMatchObject(outcome)
  })

  it('keeps the most exact of its words', async () => {
    const { api } = answering(400, problem(131047, 'Re-engagement message', 'More than 24 hours have passed'))
    expect(await sendMessage(api, account, message)).toEqual({
      kind: 'refused',
      code: '131047',
      reason: 'More than 24 hours have passed',
    })
    const brief = answering(400, problem(131047, 'Re-engagement message'))
    expect(await sendMessage(brief.api, account, message)).toMatchObject({ reason: 'Re-engagement message' })
  })
})

describe('no answer', () => {
  const cause = (code: string) => new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) })

  it.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'UND_ERR_CONNECT_TIMEOUT'])(
    '%s: nothing was sent, so it is tried again',
    async code => {
      expect(await sendMessage(failing(cause(code)), account, message)).toMatchObject({ kind: 'not reached' })
    },
  )

  it.each<[string, unknown]>([
    ['the time is up', new DOMException('The operation timed out', 'TimeoutError')],
    ['the connection is cut', cause('ECONNRESET')],
    ['the other side hangs up', cause('UND_ERR_SOCKET')],
    ['no headers come', cause('UND_ERR_HEADERS_TIMEOUT')],
    ['an error without a cause', new TypeError('fetch failed')],
  ])('%s: it may have been sent', async (_, error) => {
    expect(await sendMessage(failing(error), account, message)).toMatchObject({ kind: 'ambiguous' })
  })

  it('cut in the middle of the answer: it was sent, but under which id?', async () => {
    const { api } = answering(200, '')
    const broken = new ReadableStream({ start: controller => controller.error(new TypeError('terminated')) })
    const outcome = await sendMessage({ ...api, fetch: async () => new Response(broken) }, account, message)
    expect(outcome).toMatchObject({ kind: 'ambiguous' })
  })
})

describe('over a real socket', () => {
  const api: WhatsAppApi = { baseUrl: 'https://graph.example', version: 'v26.0', fetch: (...args) => fetch(...args) }
  beforeAll(() => nock.disableNetConnect())
  afterEach(() => nock.cleanAll())
  afterAll(() => {
    nock.enableNetConnect()
    nock.restore()
  })

  it('reads a refusal', async () => {
    nock('https://graph.example', { reqheaders: { authorization: 'Bearer EAA-prueba' } })
      .post('/v26.0/700500300/messages', body => body.to === '+525544332211')
      .reply(400, problem(130429))
    expect(await sendMessage(api, account, message)).toMatchObject({ kind: 'throttled', code: '130429' })
    expect(nock.isDone()).toBe(true)
  })

  it('knows that nobody listens', async () => {
    nock.enableNetConnect('127.0.0.1')
    const outcome = await sendMessage({ ...api, baseUrl: `http://127.0.0.1:${await closedPort()}` }, account, message)
    expect(outcome).toEqual({ kind: 'not reached', reason: 'WhatsApp could not be reached' })
  })
})

/** A port that was free a moment ago. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

describe('what Meta says of a number', () => {
  it.each<[string, number, unknown, object]>([
    [
      'found',
      200,
      { display_phone_number: '+52 55 1000 2000', verified_name: 'Flores Luna', id: '700500300' },
      { kind: 'found', displayPhoneNumber: '+52 55 1000 2000', verifiedName: 'Flores Luna', perSecond: null },
    ],
    [
      'found, without a name',
      200,
      { id: '700500300' },
      { kind: 'found', displayPhoneNumber: null, verifiedName: null, perSecond: null },
    ],
    [
      'found, of another shape',
      200,
      { display_phone_number: 7 },
      { kind: 'found', displayPhoneNumber: null, verifiedName: null, perSecond: null },
    ],
    ['found, with nothing', 200, '', { kind: 'found', displayPhoneNumber: null, verifiedName: null, perSecond: null }],
    [
      'refused, in its words',
      401,
      problem(190, 'Session has expired'),
      { kind: 'refused', reason: 'Session has expired' },
    ],
    [
      'found, after its upgrade',
      200,
      { throughput: { level: 'HIGH' }, is_on_biz_app: false },
      { kind: 'found', displayPhoneNumber: null, verifiedName: null, perSecond: 1_000 },
    ],
    [
      'found, in coexistence with the app',
      200,
      { throughput: { level: 'STANDARD' }, is_on_biz_app: true },
      { kind: 'found', displayPhoneNumber: null, verifiedName: null, perSecond: 20 },
    ],
    ['refused, without words', 404, '', { kind: 'refused', reason: 'HTTP 404' }],
  ])('%s', async (_, status, body, expected) => {
    const { api, asked } = answering(status, body)
    expect(await readPhoneNumber(api, account)).toEqual(expected)
    expect(asked[0]?.url).toBe(
      'https://graph.example/v26.0/700500300?fields=display_phone_number,verified_name,throughput,is_on_biz_app',
    )
    expect(asked[0]?.init.headers).toEqual({ authorization: 'Bearer EAA-prueba' })
  })

  it('says when it could not be asked', async () => {
    expect(await readPhoneNumber(failing(new TypeError('fetch failed')), account)).toEqual({
      kind: 'refused',
      reason: 'WhatsApp could not be reached: fetch failed',
    })
  })
})
