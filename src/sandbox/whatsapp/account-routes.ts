/** What connecting a number asks of Graph: tokens, apps, accounts, registration. */
import type { Context, Hono } from 'hono'
import { z } from 'zod'
import type { Runtime, SandboxEnv } from '../runtime.ts'
import { appByToken, appIdOf, appOf, isUsable, maySee, numberView, phonesOf, pick, tokenOf } from './accounts.ts'
import { type GraphError, graphError, invalidParameter, invalidToken, unknownObject } from './errors.ts'
import type { Phone, Token } from './state.ts'
import { postContacts, postHistory } from './sync-app-data.ts'

const PATH = '/whatsapp/:version{v\\d+\\.0}'

const override = z.object({ override_callback_uri: z.url().max(200).optional(), verify_token: z.string().optional() })
const registration = z.object({ messaging_product: z.literal('whatsapp'), pin: z.string().regex(/^\d{6}$/) })
const appData = z.object({
  messaging_product: z.literal('whatsapp'),
  sync_type: z.enum(['smb_app_state_sync', 'history']),
})

export function mountAccounts(app: Hono<SandboxEnv>, runtime: Runtime) {
  const { world, bus, clock } = runtime
  const state = () => world.whatsapp

  app.get(`${PATH}/debug_token`, c => {
    const asker = bearer(c)
    if (!appByToken(state(), asker) && !isUsable(tokenOf(state(), asker), clock.now())) return refuse(c, invalidToken())
    const known = tokenOf(state(), c.req.query('input_token'))
    if (!known) return c.json({ data: { is_valid: false, scopes: [], error: { code: 190, message: 'Invalid token' } } })
    const { appId, scopes, expiresAt, accounts } = known
    const isValid = isUsable(known, clock.now())
    return c.json({
      data: {
        ...{ app_id: appId, type: 'SYSTEM_USER', application: 'Buzón', data_access_expires_at: 0 },
        ...{ expires_at: expiresAt, is_valid: isValid, scopes, user_id: '1' },
        granular_scopes: scopes.map(scope => ({ scope, ...(accounts.length > 0 ? { target_ids: accounts } : {}) })),
        ...(isValid ? {} : { error: { code: 190, message: 'Error validating access token: Session has expired' } }),
      },
    })
  })

  app.get(`${PATH}/oauth/access_token`, c => {
    const { client_id = '', client_secret = '', code = '' } = c.req.query()
    const asked = appOf(state(), client_id)
    if (asked?.appSecret !== client_secret) {
      return refuse(c, graphError(400, 101, 'Error validating application. Invalid application ID.'))
    }
    const token = state().codes.get(code)
    if (!token) {
      return refuse(c, graphError(400, 100, 'This authorization code has been used.', { subcode: 36009 }))
    }
    state().codes.delete(code)
    return c.json({ access_token: token, token_type: 'bearer' })
  })

  app.get(`${PATH}/:app/subscriptions`, c => {
    const asked = appByToken(state(), bearer(c))
    if (asked?.appId !== c.req.param('app')) return refuse(c, invalidToken())
    const { callbackUrl, fields, active } = asked
    if (!callbackUrl) return c.json({ data: [] })
    const shown = { object: 'whatsapp_business_account', callback_url: callbackUrl, active }
    return c.json({ data: [{ ...shown, fields: fields.map(name => ({ name, version: 'v26.0' })) }] })
  })

  app.get(`${PATH}/:waba/phone_numbers`, c =>
    ofAccount(c, phones =>
      c.json({ data: phones.map(phone => pick(numberView(state(), phone), c.req.query('fields'))) }),
    ),
  )

  app.get(`${PATH}/:waba/subscribed_apps`, c =>
    ofAccount(c, phones => {
      const subscribed = new Map(phones.filter(isSubscribed).map(phone => [appIdOf(phone), phone]))
      return c.json({
        data: [...subscribed].map(([id, { overrideUrl }]) => ({
          whatsapp_business_api_data: { link: 'https://example.com', name: appOf(state(), id)?.name ?? 'App', id },
          ...(overrideUrl ? { override_callback_uri: overrideUrl } : {}),
        })),
      })
    }),
  )

  app.post(`${PATH}/:waba/subscribed_apps`, c =>
    ofAccount(c, async (phones, token) => {
      const given = override.safeParse(await c.req.json().catch(() => ({})))
      if (!given.success) return refuse(c, invalidParameter(z.prettifyError(given.error)))
      const { override_callback_uri: url, verify_token: word = '' } = given.data
      const failure = url ? await verify(url, word) : undefined
      if (failure) return refuse(c, graphError(400, 2200, `(#2200) Callback verification failed: ${failure}`))
      for (const phone of phones) {
        Object.assign(phone, { subscribed: true, appId: token.appId, overrideUrl: url })
      }
      bus.changed()
      return c.json({ success: true })
    }),
  )

  app.delete(`${PATH}/:waba/subscribed_apps`, c =>
    ofAccount(c, phones => {
      for (const phone of phones) Object.assign(phone, { subscribed: false, overrideUrl: undefined })
      bus.changed()
      return c.json({ success: true })
    }),
  )

  app.post(`${PATH}/:id/register`, c =>
    ofNumber(c, async phone => {
      const given = registration.safeParse(await c.req.json().catch(() => undefined))
      if (!given.success) return refuse(c, invalidParameter('Param pin must be 6 digits.'))
      if (phone.pin !== undefined && phone.pin !== given.data.pin) {
        const details = 'The two-step verification PIN does not match.'
        return refuse(c, graphError(400, 133005, '(#133005) Two step verification PIN Mismatch', { details }))
      }
      Object.assign(phone, { registered: true, pin: given.data.pin, hasPin: true, status: undefined })
      bus.changed()
      return c.json({ success: true })
    }),
  )

  app.post(`${PATH}/:id/smb_app_data`, c =>
    ofNumber(c, async phone => {
      const given = appData.safeParse(await c.req.json().catch(() => undefined))
      if (!given.success) return refuse(c, invalidParameter(z.prettifyError(given.error)))
      const { sync_type: kind } = given.data
      if (!phone.onBusinessApp)
        return refuse(c, graphError(400, 2593108, 'The number is not used in the WhatsApp Business app'))
      if (phone.synced?.includes(kind)) return refuse(c, graphError(400, 2593107, 'This data was already synchronized'))
      phone.synced = [...(phone.synced ?? []), kind]
      if (kind === 'history') postHistory(runtime, phone)
      else postContacts(runtime, phone)
      bus.changed()
      return c.json({ messaging_product: 'whatsapp', request_id: `${phone.phoneNumberId}-${kind}` })
    }),
  )

  app.get(`${PATH}/:id`, c => {
    const id = c.req.param('id')
    const token = tokenOf(state(), bearer(c))
    if (!isUsable(token, clock.now())) return refuse(c, invalidToken())
    const phone = state().phones.get(id)
    const wabaId = phone?.wabaId ?? id
    if (!maySee(token, wabaId) || phonesOf(state(), wabaId).length === 0) return refuse(c, unknownObject(id))
    if (phone) return c.json(pick(numberView(state(), phone), c.req.query('fields')))
    const { reviewStatus = 'APPROVED', verification = 'verified' } = state().accounts.get(wabaId) ?? {}
    const view = { account_review_status: reviewStatus, business_verification_status: verification, id }
    return c.json(pick(view, c.req.query('fields')))
  })

  type Answer = Response | Promise<Response>

  function ofAccount(c: Context, act: (phones: Phone[], token: Token) => Answer): Answer {
    const wabaId = c.req.param('waba') ?? ''
    const token = tokenOf(state(), bearer(c))
    if (!isUsable(token, clock.now())) return refuse(c, invalidToken())
    const phones = phonesOf(state(), wabaId)
    return maySee(token, wabaId) && phones.length > 0 ? act(phones, token) : refuse(c, unknownObject(wabaId))
  }

  function ofNumber(c: Context, act: (phone: Phone) => Answer): Answer {
    const id = c.req.param('id') ?? ''
    const token = tokenOf(state(), bearer(c))
    if (!isUsable(token, clock.now())) return refuse(c, invalidToken())
    const phone = state().phones.get(id)
    return phone && maySee(token, phone.wabaId) ? act(phone) : refuse(c, unknownObject(id))
  }
}

export function isSubscribed({ subscribed }: Phone): boolean {
  return subscribed !== false
}

/** As Meta asks before it takes an address. */
async function verify(url: string, word: string): Promise<string | undefined> {
  const challenge = String(Math.floor(Math.random() * 1e9))
  const query = new URLSearchParams({ 'hub.mode': 'subscribe', 'hub.challenge': challenge, 'hub.verify_token': word })
  try {
    const answer = await fetch(`${url}?${query}`, { redirect: 'manual', signal: AbortSignal.timeout(5_000) })
    if (answer.status !== 200) return `HTTP Status Code = ${answer.status}`
    return (await answer.text()) === challenge ? undefined : 'the challenge was not returned'
  } catch (error) {
    return (error as Error).message
  }
}

function bearer(c: Context): string | undefined {
  return /^(?:Bearer|OAuth) (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
}

function refuse(c: Context, error: GraphError) {
  return c.json(error.body, error.status)
}
