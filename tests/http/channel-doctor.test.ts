/** Every check is made to fail, and its fix is read; the rest stays as it was. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { SANDBOX } from '../../src/config.ts'
import { DEMO } from '../../src/node/demo.ts'
import { startHub, type TestHub } from '../support/hub.ts'

type Check = { id: string; state: string; seen: string; fix: string | null; page: string | null }
type Checkup = { state: string; checkedAt: string; checks: Check[] }

let t: TestHub
let channelId: string
beforeAll(async () => {
  t = await startHub()
  const { body } = await t.api<{ items: { id: string }[] }>('GET', '/channels')
  channelId = body.items[0]?.id ?? ''
  t.sandbox.whatsapp.templates({
    wabaId: DEMO.wabaId,
    name: 'aviso',
    language: 'es',
    components: [{ type: 'BODY', text: 'Hola' }],
  })
  expect((await t.api('POST', '/templates/sync', {})).status).toBeLessThan(300)
  t.sandbox.whatsapp.inbound({ phoneNumberId: DEMO.phoneNumberId, messages: [{ from: '5215512345678', text: 'Hola' }] })
  await t.pass(1)
})
afterAll(() => t.close())

const phone = (change: object) => t.sandbox.whatsapp.phones({ ...numbers, ...change })
const numbers = {
  phoneNumberId: DEMO.phoneNumberId,
  wabaId: DEMO.wabaId,
  displayPhoneNumber: DEMO.number,
  verifiedName: 'Librería Arrayán',
  token: SANDBOX.whatsappToken,
  appSecret: SANDBOX.appSecret,
}
const token = (change: object) =>
  t.sandbox.whatsapp.tokens({ token: SANDBOX.whatsappToken, appId: SANDBOX.appId, accounts: [DEMO.wabaId], ...change })
const app = (change: object) =>
  t.sandbox.whatsapp.apps({
    ...{ appId: SANDBOX.appId, appSecret: SANDBOX.appSecret, name: 'Buzón', callbackUrl: `${t.url}/hooks/whatsapp` },
    ...{ fields: FIELDS, ...change },
  })
const FIELDS = [
  ...['messages', 'account_update', 'account_alerts', 'account_review_update', 'business_capability_update'],
  ...['message_template_status_update', 'message_template_quality_update', 'template_category_update'],
  ...['phone_number_name_update', 'phone_number_quality_update', 'user_preferences'],
]

afterEach(() => {
  t.sandbox.faults.clear()
  token({})
  app({})
  t.sandbox.whatsapp.accounts({ wabaId: DEMO.wabaId })
  phone({
    ...{
      registered: true,
      subscribed: true,
      status: 'CONNECTED',
      nameStatus: 'APPROVED',
      quality: 'GREEN',
      hasPin: true,
    },
    ...{ codeVerification: 'VERIFIED', messagingLimit: 'TIER_2K', health: [], onBusinessApp: false },
  })
})

async function doctor(language = 'es'): Promise<Checkup> {
  const answer = await fetch(`${t.url}/api/v1/channels/${channelId}/doctor`, {
    method: 'POST',
    headers: { authorization: `Bearer ${SANDBOX.apiKey}`, 'accept-language': language },
  })
  expect(answer.status).toBe(200)
  return (await answer.json()) as Checkup
}

const of = (checkup: Checkup, id: string) => checkup.checks.find(check => check.id === id)

it('finds nothing wrong with a number that is well', async () => {
  const checkup = await doctor()
  expect(checkup.checks.filter(({ state }) => state !== 'ok')).toEqual([])
  expect(checkup.checks).toHaveLength(30)
  expect(checkup.state).toBe('ok')
  expect(of(checkup, 'loop')?.seen).toContain('llegó intacto al registro')
})

describe('what Meta says', () => {
  it.each<[string, () => unknown, string, string, RegExp, RegExp]>([
    [
      'a token that is not valid',
      () => token({ isValid: false }),
      'token',
      'failed',
      /no acepta el token/,
      /genera otro token/,
    ],
    [
      'a token that has expired',
      () => token({ expiresAt: 1_700_000_000 }),
      'token',
      'failed',
      /caducó el 2023-11-14/,
      /«Nunca»/,
    ],
    [
      'a token that expires soon',
      () => token({ expiresAt: Math.floor(t.now().getTime() / 1000) + 86_400 }),
      ...(['token', 'warning', /Caduca el 2026-11-04/, /Antes de esa fecha/] as const),
    ],
    [
      'a permission that is missing',
      () => token({ scopes: ['whatsapp_business_management'] }),
      ...(['scopes', 'failed', /whatsapp_business_messaging/, /marcando whatsapp_business_messaging/] as const),
    ],
    [
      'a token of another app',
      () => token({ appId: '77' }),
      'app',
      'failed',
      /aplicación 77/,
      /o conecta el número bajo/,
    ],
    [
      'an account without a subscription',
      () => phone({ subscribed: false }),
      'subscription',
      'failed',
      /Ninguna/,
      /connect/,
    ],
    [
      'an address of another system',
      () => app({ callbackUrl: 'https://otro.example/x' }),
      'callback',
      'failed',
      /otro\.example/,
      /override: true/,
    ],
    [
      'a webhook that Meta switched off',
      () => app({ active: false }),
      'app-webhook',
      'failed',
      /desactivó/,
      /verifica y guarda/,
    ],
    [
      'an app without a webhook',
      () => app({ callbackUrl: null }),
      'app-webhook',
      'failed',
      /no tiene webhook/,
      /suscribe los campos/,
    ],
    [
      'messages that are not subscribed',
      () => app({ fields: ['account_update'] }),
      'fields',
      'failed',
      /«messages»/,
      /suscribe «messages»/,
    ],
    [
      'other fields that are missing',
      () => app({ fields: ['messages'] }),
      'fields',
      'warning',
      /account_update/,
      /suscribe account_update/,
    ],
    [
      'a number that is not registered',
      () => phone({ registered: false, status: undefined }),
      'number',
      'failed',
      /PENDING|NOT_APPLICABLE|CONNECTED/,
      /PIN/,
    ],
    [
      'a number that is restricted',
      () => phone({ status: 'RESTRICTED' }),
      'number',
      'failed',
      /RESTRICTED/,
      /24 horas/,
    ],
    ['a number that is banned', () => phone({ status: 'BANNED' }), 'number', 'failed', /bloqueó/, /revisión/],
    ['a number that is flagged', () => phone({ status: 'FLAGGED' }), 'number', 'warning', /FLAGGED/, /7 días/],
    [
      'a number that is offline',
      () => phone({ status: 'OFFLINE' }),
      'number',
      'failed',
      /OFFLINE/,
      /regístralo otra vez/,
    ],
    [
      'a name that was declined',
      () => phone({ nameStatus: 'DECLINED' }),
      'name',
      'failed',
      /131037/,
      /edita el nombre/,
    ],
    [
      'a name in review',
      () => phone({ nameStatus: 'PENDING_REVIEW' }),
      'name',
      'warning',
      /revisa el nombre/,
      /Espera/,
    ],
    ['a number without a PIN', () => phone({ hasPin: false }), 'pin', 'warning', /no tiene PIN/, /pon un PIN/],
    ['low quality', () => phone({ quality: 'RED' }), 'quality', 'failed', /RED/, /Detén hoy/],
    ['medium quality', () => phone({ quality: 'YELLOW' }), 'quality', 'warning', /YELLOW/, /plantillas/],
    ['a low limit', () => phone({ messagingLimit: 'TIER_250' }), 'limit', 'warning', /250/, /verifica la empresa/],
    [
      'an account that was rejected',
      () => t.sandbox.whatsapp.accounts({ wabaId: DEMO.wabaId, reviewStatus: 'REJECTED' }),
      ...(['review', 'failed', /rechazó la cuenta/, /Asistencia/] as const),
    ],
    [
      'a business that is not verified',
      () => t.sandbox.whatsapp.accounts({ wabaId: DEMO.wabaId, verification: 'not_verified' }),
      ...(['business', 'warning', /not_verified/, /Centro de seguridad/] as const),
    ],
    [
      'a payment method that fails',
      () =>
        phone({
          health: [
            { entity: 'BUSINESS', state: 'LIMITED', errors: [{ code: 141006, words: 'Payment', solution: 'Add one' }] },
          ],
        }),
      ...(['payment', 'failed', /141006 Payment/, /método de pago/] as const),
    ],
    [
      'a number that may not send',
      () =>
        phone({
          health: [
            { entity: 'WABA', state: 'BLOCKED', errors: [{ code: 141000, words: 'Blocked', solution: 'Appeal it' }] },
          ],
        }),
      ...(['sending', 'failed', /WABA: 141000 Blocked/, /Meta aconseja: Appeal it/] as const),
    ],
    [
      'an app that may not send',
      () => phone({ health: [{ entity: 'APP', state: 'BLOCKED', errors: [] }] }),
      ...(['app-mode', 'failed', /BLOCKED/, /publicada/] as const),
    ],
  ])('%s is told with its fix, and hides nothing else', async (_name, change, id, state, seen, fix) => {
    change()
    const checkup = await doctor()
    expect(of(checkup, id)).toMatchObject({ state, seen: expect.stringMatching(seen), fix: expect.stringMatching(fix) })
    expect(of(checkup, id)?.page ?? '').not.toMatch(/[{}]/)
    expect(of(checkup, 'loop')?.state).toBe('ok')
    expect(checkup.state).not.toBe('ok')
  })

  it('a secret that is not the app’s is told, and the token is read all the same', async () => {
    app({ appSecret: 'another' })
    const checkup = await doctor('en')
    expect(of(checkup, 'app-secret')).toMatchObject({
      state: 'failed',
      fix: expect.stringContaining('copy the secret'),
    })
    expect(of(checkup, 'token')?.state).toBe('ok')
    expect(of(checkup, 'fields')?.state).toBe('unknown')
  })

  it('a number in the Business app wants the fields of its echoes and history too', async () => {
    phone({ onBusinessApp: true })
    const { seen = '' } = of(await doctor(), 'fields') ?? {}
    expect(seen).toContain('smb_message_echoes')
  })

  it('what Graph does not answer is unknown, and everything else is told', async () => {
    t.sandbox.faults.add({ vendor: 'whatsapp', path: `${DEMO.wabaId}/subscribed_apps`, kind: 'status', status: 500 })
    const checkup = await doctor()
    expect(of(checkup, 'subscription')).toMatchObject({ state: 'unknown', fix: expect.any(String) })
    expect(checkup.checks.filter(({ state }) => state !== 'ok').map(({ id }) => id)).toEqual(['subscription'])
  })
})
