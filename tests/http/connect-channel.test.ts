/** Numbers are connected by a token and by Meta's sign-up, each step told, and nothing is left behind where it stops. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SANDBOX } from '../../src/config.ts'
import { startHub, type TestHub } from '../support/hub.ts'
import { sign, webhook } from '../support/whatsapp.ts'

type Answer = {
  status: number
  body: {
    channel: { id: string; name: string; state: string; perSecond: number; appKey: string }
    steps: { id: string; outcome: string; sentence: string }[]
    detail: string
    numbers?: { phoneNumberId: string }[]
    checks?: { id: string }[]
  }
}

let t: TestHub
beforeAll(async () => {
  t = await startHub()
})
afterAll(() => t.close())

const WABA = '330000000000001'
const TOKEN = 'token-of-luna'
const post = (path: string, body: object) => t.api('POST', path, body) as unknown as Promise<Answer>
const outcomes = ({ body }: Answer) => Object.fromEntries(body.steps.map(({ id, outcome }) => [id, outcome]))
const channels = async () => (await t.api<{ items: { phoneNumberId: string }[] }>('GET', '/channels')).body.items
const isKept = async (id: string) => (await channels()).some(({ phoneNumberId }) => phoneNumberId === id)
const calls = (part: string) =>
  t.sandbox.calls.report('whatsapp').calls.filter(({ method, path }) => method === 'POST' && path.includes(part))

function number(phoneNumberId: string, change: object = {}) {
  t.sandbox.whatsapp.phones({
    ...{ phoneNumberId, wabaId: WABA, displayPhoneNumber: '+52 55 1000 4000', verifiedName: 'Ferretería Luna' },
    ...{ token: TOKEN, appId: SANDBOX.appId, appSecret: SANDBOX.appSecret, webhookUrl: `${t.url}/hooks/whatsapp` },
    ...{ subscribed: false, statusDelayMs: 0, ...change },
  })
}

describe('by a token', () => {
  it('lists the numbers of an account to choose from', async () => {
    number('7001')
    number('7002', { displayPhoneNumber: '+52 55 1000 4001' })
    const { body } = await t.api<{ items: object[] }>('POST', '/channels/numbers', { wabaId: WABA, token: TOKEN })
    expect(body.items).toMatchObject([{ phoneNumberId: '7001' }, { displayPhoneNumber: '+52 55 1000 4001' }])
    const refused = await t.api('POST', '/channels/numbers', { wabaId: WABA, token: 'wrong' })
    expect(refused).toMatchObject({ status: 502, body: { code: 'whatsapp_refused' } })
  })

  it('checks, subscribes, registers and keeps; again, it does only what is missing', async () => {
    number('7001', { registered: false })
    const input = { wabaId: WABA, phoneNumberId: '7001', token: TOKEN, pin: '482915' }
    const first = await post('/channels/connect', input)
    expect(first).toMatchObject({ status: 201, body: { channel: { name: 'Ferretería Luna', state: 'connected' } } })
    expect(outcomes(first)).toEqual({
      ...{ token: 'done', number: 'done', subscription: 'done', registration: 'done', channel: 'done' },
    })
    expect(first.body.steps[3]?.sentence).toBe('Registro en la Cloud API: hecho')
    const again = await post('/channels/connect', { ...input, name: 'Mostrador' })
    expect(outcomes(again)).toMatchObject({ subscription: 'already', registration: 'already', channel: 'already' })
    expect(again.body.channel).toMatchObject({ id: first.body.channel.id, name: 'Mostrador' })
    expect((await channels()).filter(({ phoneNumberId }) => phoneNumberId === '7001')).toHaveLength(1)
  })

  it('is checked by itself right after, and templates are read', async () => {
    await t.pass(6)
    const { body } = await t.api<{ items: { phoneNumberId: string; health: { checkedAt: string } }[] }>(
      'GET',
      '/channels',
    )
    expect(body.items.find(({ phoneNumberId }) => phoneNumberId === '7001')?.health.checkedAt).toEqual(
      expect.any(String),
    )
  })

  it('makes its webhooks come here whatever the app’s address is, after Meta has asked for the challenge', async () => {
    number('7001', { webhookUrl: 'http://127.0.0.1:9/other' })
    const input = { wabaId: WABA, phoneNumberId: '7001', token: TOKEN, override: true }
    expect(outcomes(await post('/channels/connect', input))).toMatchObject({ subscription: 'done' })
    expect(outcomes(await post('/channels/connect', input))).toMatchObject({ subscription: 'already' })
    t.sandbox.whatsapp.inbound({ phoneNumberId: '7001', messages: [{ from: '5215544440001', text: 'por aquí' }] })
    await t.pass(1)
    const rows = await t.database.owner`select 1 from messages where text = 'por aquí'`
    expect(rows).toHaveLength(1)
  })

  it.each<[string, () => void, object, string, RegExp]>([
    ['a token that is not valid', () => {}, { token: 'wrong' }, 'token', /token/],
    [
      'a token without a permission',
      () => t.sandbox.whatsapp.tokens({ token: 'weak', appId: SANDBOX.appId, scopes: ['whatsapp_business_messaging'] }),
      ...([{ token: 'weak' }, 'token', /whatsapp_business_management/] as const),
    ],
    [
      'a token of another account',
      () => t.sandbox.whatsapp.tokens({ token: 'far', appId: SANDBOX.appId, accounts: ['1'] }),
      ...([{ token: 'far' }, 'token', new RegExp(WABA)] as const),
    ],
    ['a number of another account', () => {}, { phoneNumberId: '9999' }, 'number', /elige uno/],
    ['several numbers and none named', () => {}, { phoneNumberId: undefined }, 'number', /elige uno/],
    [
      'a number to be registered without its PIN',
      () => number('7003', { registered: false }),
      ...([{}, 'registration', /PIN/] as const),
    ],
    [
      'a PIN that is another',
      () => number('7003', { registered: false, pin: '111111' }),
      ...([{ pin: '222222' }, 'registration', /133005/] as const),
    ],
    [
      'a subscription that Meta refuses',
      () => {
        for (const id of ['7001', '7002', '7003']) number(id, { registered: true })
        t.sandbox.faults.add({
          vendor: 'whatsapp',
          method: 'POST',
          path: 'subscribed_apps',
          kind: 'status',
          status: 500,
        })
      },
      ...([{}, 'subscription', /WhatsApp/] as const),
    ],
  ])('%s stops it with what to mend, and nothing is kept', async (_name, prepare, change, step, words) => {
    t.sandbox.faults.clear()
    number('7003', { registered: true })
    prepare()
    const answer = await post('/channels/connect', { wabaId: WABA, phoneNumberId: '7003', token: TOKEN, ...change })
    expect([422, 502]).toContain(answer.status)
    expect(answer.body.steps.at(-1)).toMatchObject({ id: step, outcome: 'failed' })
    expect(answer.body.detail).toMatch(words)
    expect(await isKept('7003')).toBe(false)
    t.sandbox.faults.clear()
  })

  it('changes nothing at Meta’s before all was looked at', async () => {
    number('7003', { registered: false })
    t.sandbox.calls.clear()
    await post('/channels/connect', { wabaId: WABA, phoneNumberId: '7003', token: TOKEN })
    expect(calls(WABA)).toEqual([])
    expect(calls('7003')).toEqual([])
  })
})

describe('by Meta’s sign-up window', () => {
  const signup = { wabaId: '440000000000001', businessId: '5', code: 'code-1' }
  const own = (phoneNumberId: string, change: object) =>
    number(phoneNumberId, { wabaId: signup.wabaId, token: `private-${phoneNumberId}`, ...change })
  const code = (name: string) =>
    t.sandbox.whatsapp.tokens({
      ...{ token: `business-${name}`, appId: SANDBOX.appId, accounts: [signup.wabaId], code: name },
    })

  it('exchanges the code for the business’s token and registers the new number', async () => {
    own('8001', { registered: false })
    code('code-1')
    const input = { ...signup, event: 'FINISH', phoneNumberId: '8001', pin: '135790' }
    const answer = await post('/channels/embedded-signup', input)
    expect(answer).toMatchObject({ status: 201, body: { channel: { state: 'connected', perSecond: 80 } } })
    expect(outcomes(answer)).toMatchObject({ code: 'done', subscription: 'done', registration: 'done' })
    const spent = await post('/channels/embedded-signup', input)
    expect(spent.status).toBe(502)
    expect(spent.body.steps).toMatchObject([{ id: 'code', outcome: 'failed' }])
    expect(spent.body.steps[0]?.sentence).toContain('has been used')
  })

  it('leaves a number in the Business app, and asks its phone for contacts and history', async () => {
    own('8002', { onBusinessApp: true })
    code('code-2')
    t.sandbox.whatsapp.people({ waId: '5215544440009', name: 'Doña Inés' })
    const event = 'FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING'
    const answer = await post('/channels/embedded-signup', {
      ...{ ...signup, code: 'code-2', event, import: { contacts: true, history: true } },
    })
    expect(answer).toMatchObject({ status: 201, body: { channel: { perSecond: 20 } } })
    expect(outcomes(answer)).toMatchObject({ registration: 'not needed', contacts: 'asked', history: 'asked' })
    expect(calls('8002/register')).toEqual([])
    await t.pass(1)
    const fields = await t.database.owner<{ body: string }[]>`
      select body from deliveries where body like '%8002%' and (body like '%state_sync%' or body like '%"history"%')`
    expect(fields).toHaveLength(2)
  })

  it('is refused where something is missing, before the code is spent', async () => {
    code('code-3')
    const without = await post('/channels/embedded-signup', { ...signup, code: 'code-3', event: 'FINISH' })
    expect(without).toMatchObject({ status: 422, body: { code: 'invalid_input' } })
    expect(without.body.detail).toContain('pin')
    const needless = { ...signup, code: 'code-3', event: 'FINISH_ONLY_WABA', import: { history: true } }
    expect((await post('/channels/embedded-signup', needless)).status).toBe(422)
    own('8003', { registered: false })
    const input = { ...signup, code: 'code-3', event: 'FINISH', phoneNumberId: '8003', pin: '135790' }
    expect((await post('/channels/embedded-signup', input)).status).toBe(201)
  })
})

describe('several Meta apps', () => {
  it('each speaks for its own numbers; a renewed secret leaves the old one hours, and then no more', async () => {
    const app = { appKey: 'luna', appId: '77001', appSecrets: ['luna-1'], verifyToken: 'luna-word' }
    t.sandbox.whatsapp.apps({ appId: '77001', appSecret: 'luna-1', name: 'Luna' })
    expect((await t.api('POST', '/meta-apps', app)).status).toBe(201)
    number('7100', { appId: '77001', appSecret: 'luna-1', wabaId: '550000000000001', token: 'token-77001' })
    const input = {
      appKey: 'luna',
      wabaId: '550000000000001',
      phoneNumberId: '7100',
      token: 'token-77001',
      override: true,
    }
    expect(await post('/channels/connect', input)).toMatchObject({ status: 201, body: { channel: { appKey: 'luna' } } })

    const deliver = async (path: string, secret: string, from: string) => {
      const body = webhook('7100', [{ from, at: t.now() }])
      const headers = { 'x-hub-signature-256': sign(body, secret) }
      return (await fetch(`${t.url}/hooks/whatsapp${path}`, { method: 'POST', headers, body })).status
    }
    expect(await deliver('/luna', 'luna-1', '5215544440021')).toBe(200)
    expect(await deliver('/luna', SANDBOX.appSecret, '5215544440022')).toBe(401)
    expect(await deliver('', 'luna-1', '5215544440023')).toBe(401)

    const renewed = await t.api('POST', '/meta-apps/luna/rotate-secret', { appSecret: 'luna-2', keepOldHours: 2 })
    expect(renewed).toMatchObject({ status: 200, body: { appKey: 'luna' } })
    expect([await deliver('/luna', 'luna-2', '1'), await deliver('/luna', 'luna-1', '2')]).toEqual([200, 200])
    await t.pass(2 * 3600 + 1)
    expect([await deliver('/luna', 'luna-2', '3'), await deliver('/luna', 'luna-1', '4')]).toEqual([200, 401])

    const { body } = await t.api<{ items: object[] }>('GET', '/meta-apps')
    expect(body.items).toMatchObject([
      { appKey: 'luna', appId: '77001', channels: 1, webhookUrl: `${t.url}/hooks/whatsapp/luna` },
    ])
    expect(JSON.stringify(body)).not.toContain('luna-2')
  })

  it('an app that is not there is not found, and a number is not kept under it', async () => {
    const input = { appKey: 'nobody', wabaId: WABA, phoneNumberId: '7003', token: TOKEN }
    expect((await post('/channels/connect', input)).status).toBe(404)
    expect((await t.api('POST', '/channels', input)).status).toBe(404)
    expect((await t.api('POST', '/meta-apps/nobody/rotate-secret', { appSecret: 'x' })).status).toBe(404)
  })
})
