import type { Hono } from 'hono'
import type { SandboxEnv } from '../runtime.ts'

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
