import type { Context, Hono } from 'hono'
import type { Runtime, SandboxEnv } from '../runtime.ts'
import { refuse } from './door.ts'
import { type Refusal, validation } from './errors.ts'
import type { Portal } from './state.ts'

const SCOPES = [
  'crm.objects.contacts.read',
  'crm.objects.contacts.write',
  'crm.schemas.contacts.read',
  'crm.schemas.contacts.write',
  'crm.objects.owners.read',
  'tickets',
  'conversations.read',
  'conversations.write',
  'conversations.custom_channels.read',
  'conversations.custom_channels.write',
]
const EXPIRES_IN = 1_800

/** OAuth, which has no token yet and so stands before the door. */
export function mountOAuth(app: Hono<SandboxEnv>, { world }: Runtime) {
  app.post('/hubspot/oauth/token', async c => {
    const form = await formOf(c)
    const portal = [...world.hubspot.portals.values()].find(entry => entry.clientSecret === form.client_secret)
    if (!portal) return refuse(c, badAuth('BAD_CLIENT_SECRET', 'missing or unknown client secret'))
    switch (form.grant_type) {
      case 'authorization_code':
      case 'client_credentials':
        return c.json(grantOf(portal))
      case 'refresh_token':
        if (form.refresh_token === refreshTokenOf(portal)) return c.json(grantOf(portal))
        return refuse(c, badAuth('BAD_REFRESH_TOKEN', 'missing or invalid refresh token'))
      default:
        return refuse(c, badAuth('BAD_GRANT_TYPE', 'missing or unknown grant type'))
    }
  })

  app.post('/hubspot/oauth/introspect', async c => {
    const { token = '' } = await formOf(c)
    const portal = world.hubspot.portals.get(world.hubspot.tokens.get(token) ?? -1)
    if (!portal) return c.json({ active: false })
    return c.json({
      active: true,
      token_type: 'access_token',
      hub_id: portal.portalId,
      app_id: portal.appId,
      client_id: `client-${portal.appId}`,
      user_id: [...portal.owners.values()][0]?.userId,
      scopes: SCOPES,
      expires_in: EXPIRES_IN,
    })
  })
}

export function mountAccount(app: Hono<SandboxEnv>) {
  app.get('/hubspot/account-info/details', c =>
    c.json({
      portalId: c.get('portal').portalId,
      accountType: 'DEVELOPER_TEST',
      timeZone: 'America/Mexico_City',
      companyCurrency: 'MXN',
      additionalCurrencies: [],
      utcOffset: '-06:00',
      utcOffsetMilliseconds: -21_600_000,
      uiDomain: 'app.hubspot.com',
      dataHostingLocation: 'na1',
    }),
  )
}

function grantOf(portal: Portal) {
  return {
    token_type: 'bearer',
    access_token: portal.token,
    refresh_token: refreshTokenOf(portal),
    expires_in: EXPIRES_IN,
    hub_id: portal.portalId,
    scopes: SCOPES,
  }
}

function refreshTokenOf(portal: Portal): string {
  return `refresh-${portal.portalId}`
}

function badAuth(code: string, message: string): Refusal {
  return validation(message, { category: code })
}

async function formOf(c: Context): Promise<Record<string, string>> {
  return Object.fromEntries(new URLSearchParams(await c.req.text()))
}
