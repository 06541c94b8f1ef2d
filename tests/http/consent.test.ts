/** A HubSpot account connected by an admin's consent, and what becomes of its access afterwards. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startHub, type TestHub } from '../support/hub.ts'
import { DEMO_PEOPLE, openDemoPeople, type Person, signIn } from '../support/sign-in.ts'
import { remote, say, told } from '../sync/support.ts'

const SECRET = 'another-client-secret'
const PORTAL = 77_001

let t: TestHub
let admin: Person
beforeEach(async () => {
  t = await startHub()
  await openDemoPeople(t)
  t.sandbox.hubspot.portals({ portalId: PORTAL, token: 'pat-77', clientSecret: SECRET, appId: 771, rateLimit: false })
  admin = await signIn(t, DEMO_PEOPLE.admin)
})
afterEach(() => t.close())

const app = { connector: 'hubspot', clientId: 'client-771', clientSecret: SECRET }
type Begun = { url: string; redirectUri: string }
type Connection = { id: string; name: string; state: string; waiting: number }

async function begin(person = admin, body: object = app): Promise<Begun> {
  const answer = await person.api<Begun>('POST', '/api/v1/connections/consent', body)
  expect(answer.status).toBe(200)
  return answer.body
}

/** What somebody at HubSpot answers, as the path that the browser is sent back to. */
async function agree({ url }: Begun, portalId: number | '' = PORTAL): Promise<string> {
  const body = new URLSearchParams({ portalId: String(portalId) })
  const answer = await fetch(url, { method: 'POST', body, redirect: 'manual' })
  const back = new URL(answer.headers.get('location') ?? '')
  return back.pathname + back.search
}

const connections = async () => (await t.api<{ items: Connection[] }>('GET', '/connections')).body.items
const portalRecords = (type: string) => t.sandbox.hubspot.objects(PORTAL, type).results

it('makes a connection that pushes, also when its access has ended many times over', async () => {
  t.sandbox.hubspot.configure(PORTAL, { rotatesRefreshTokens: true })
  const back = await agree(await begin(admin, { ...app, name: 'HubSpot de ventas' }))
  const page = await admin.api<string>('GET', back)
  expect(page.status).toBe(200)
  expect(page.body).toContain('HubSpot de ventas (hubspot) está conectado')
  expect(await connections()).toMatchObject([{}, { name: 'HubSpot de ventas', state: 'active' }])
  for (let hours = 0; hours < 3; hours++) {
    await say(t, `hola ${hours}`)
    await t.pass(3_600)
  }
  expect(portalRecords('communications')).toHaveLength(3)
  expect((await connections()).map(({ state, waiting }) => [state, waiting])).toEqual([
    ['active', 0],
    ['active', 0],
  ])
  const [first] = await t.database.owner<{ waits: number }[]>`
    select count(*)::integer as waits from connections where refreshing_until is not null`
  expect(first?.waits).toBe(0)
})

it('a token that is refused before its time is refreshed once, and the call made again', async () => {
  await admin.api('GET', await agree(await begin()))
  await say(t, 'hola')
  // Else the fault might meet the demo's own account.
  await t.api('POST', `/connections/${t.connectionId}/pause`)
  t.sandbox.calls.clear()
  t.sandbox.faults.add({ vendor: 'hubspot', path: '/batch/', kind: 'status', status: 401, times: 1 })
  await say(t, 'otra vez')
  await t.pass(10)
  expect((await connections())[1]).toMatchObject({ state: 'active', waiting: 0 })
  expect(portalRecords('communications')).toHaveLength(2)
  const asked = t.sandbox.calls.report('hubspot').calls.filter(({ path }) => path.includes('/oauth/'))
  expect(asked).toHaveLength(1)
})

it('an app that was uninstalled stops the connection, and consent given again mends it without loss', async () => {
  await admin.api('GET', await agree(await begin()))
  await say(t, 'hola')
  const [, made] = await connections()
  t.sandbox.faults.add({
    ...{ vendor: 'hubspot', path: '/oauth/', kind: 'status', status: 400, times: 5 },
    body: { status: 'BAD_REFRESH_TOKEN', message: 'missing or invalid refresh token' },
  })
  await t.pass(3_600)
  await say(t, 'sin permiso')
  expect((await connections())[1]).toMatchObject({ state: 'unauthorized', waiting: 1 })
  t.sandbox.faults.clear()
  await admin.api('GET', await agree(await begin(admin, { ...app, connectionId: made?.id })))
  for (const seconds of [2, 2]) await t.pass(seconds)
  expect((await connections())[1]).toMatchObject({ id: made?.id, state: 'active', waiting: 0 })
  expect(portalRecords('communications')).toHaveLength(2)
  expect(told(t)).toHaveLength(2)
  expect(remote(t, 'contacts')).toHaveLength(1)
})

it('ends in words of their language where it was denied, was begun by somebody else, or is over', async () => {
  const denied = await admin.api<string>('GET', await agree(await begin(), ''))
  expect(denied).toMatchObject({ status: 403, body: expect.stringContaining('No se dio el consentimiento') })

  const path = await agree(await begin())
  const other = await signIn(t, DEMO_PEOPLE.admin)
  const english = { 'accept-language': 'en-GB' }
  expect(await other.api('GET', path, undefined, english)).toMatchObject({
    status: 403,
    body: expect.stringContaining('another session began it'),
  })
  other.cookies.set('buzon.consent', admin.cookies.get('buzon.consent') ?? '')
  expect((await other.api('GET', path)).status).toBe(403)

  const late = await agree(await begin())
  const portuguese = { 'accept-language': 'pt-BR' }
  await t.pass(16 * 60)
  expect((await admin.api<string>('GET', late, undefined, portuguese)).body).toContain('já terminou')
  expect(await connections()).toHaveLength(1)
})

it('says which scope was not granted', async () => {
  t.sandbox.hubspot.configure(PORTAL, { scopes: ['crm.objects.contacts.read'] })
  const answer = await admin.api<string>('GET', await agree(await begin()))
  expect(answer.status).toBe(422)
  expect(answer.body).toContain('crm.objects.contacts.write')
})

it('is for people with the permission, not for programs', async () => {
  expect(await t.api('POST', '/connections/consent', app)).toMatchObject({
    status: 403,
    body: { code: 'sign_in_to_consent' },
  })
  const agent = await signIn(t, DEMO_PEOPLE.agent)
  expect((await agent.api('POST', '/api/v1/connections/consent', app)).status).toBe(403)
  expect((await admin.api('POST', '/api/v1/connections/consent', { ...app, connector: 'nothing' })).status).toBe(404)
})
