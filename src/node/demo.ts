/** The demo workspace of the sandbox: a bookshop with people and texts in Spanish, a number, a HubSpot account. */

import { type Config, SANDBOX } from '../config.ts'
import { seesAll } from '../core/permissions.ts'
import { confirmEmail, endSessions, userByEmail } from '../db/auth.ts'
import { personBy, updatePerson } from '../db/people.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { findApiKey } from '../db/workspaces.ts'
import { hashKey } from '../http/auth.ts'
import { createChannel } from '../inbox/create-channel.ts'
import { createWorkspace, type NewWorkspace } from '../inbox/create-workspace.ts'
import type { createSandbox } from '../sandbox/index.ts'
import { connect } from '../sync/connect.ts'
import { syncContext } from '../sync/context.ts'
import type { Hub } from './hub.ts'

type Sandbox = ReturnType<typeof createSandbox>

export const DEMO = {
  phoneNumberId: '106540352242901',
  wabaId: '102290129340301',
  number: '+52 55 1234 0000',
  portalId: 24600001,
} as const

/** Tells the sandbox of the number and the account; again at every start, because ports may have changed. */
export function openSandbox(sandbox: Sandbox, appUrl: string) {
  sandbox.whatsapp.phones({
    phoneNumberId: DEMO.phoneNumberId,
    wabaId: DEMO.wabaId,
    displayPhoneNumber: DEMO.number,
    verifiedName: 'Librería Arrayán',
    token: SANDBOX.whatsappToken,
    appId: SANDBOX.appId,
    appSecret: SANDBOX.appSecret,
    webhookUrl: `${appUrl}/hooks/whatsapp`,
  })
  const { accessToken: token, clientSecret, appId } = SANDBOX.hubspot
  sandbox.hubspot.portals({ portalId: DEMO.portalId, token, clientSecret, appId: Number(appId) })
  // An organization to connect to: POST /api/v1/connections with its app's secret (.env.example).
  sandbox.salesforce.orgs(SANDBOX.salesforce)
  // An account to connect to, by consent or as integracion@example.com with its API token.
  sandbox.zendesk.accounts(SANDBOX.zendesk)
  // Somebody who may consent: POST /api/v1/connections/consent with this client.
  sandbox.google.accounts(SANDBOX.google)
}

/** Makes the workspace once. Returns whether it was made now. */
export async function seedDemo({ services }: Pick<Hub, 'services'>, sandbox: Sandbox): Promise<boolean> {
  const { db, now, emit, sealing, whatsapp, appUrl } = services
  const hash = await hashKey(SANDBOX.apiKey)
  const known = await findApiKey(db, hash, now())
  const workspaceId = known?.workspaceId ?? (await createWorkspace(db, shop, hash, now()))

  const actor = { kind: 'system' as const }
  const context = { db, emit, sealing, whatsapp, workspaceId, now: now(), actor, sees: seesAll }
  const { phoneNumberId, wabaId } = DEMO
  const [channel] = await inWorkspace(db, workspaceId, tx => tx`select id from channels limit 1`)
  if (!channel) {
    const name = 'Librería Arrayán'
    await createChannel(context, { name, phoneNumberId, wabaId, token: SANDBOX.whatsappToken, appKey: 'default' })
  }
  const [connection] = await inWorkspace(
    db,
    workspaceId,
    tx => tx<{ id: string }[]>`select id from connections limit 1`,
  )
  const connectionId =
    connection?.id ??
    (
      await connect(syncContext(services, workspaceId), {
        ...{ connector: 'hubspot', name: 'HubSpot (simulado)', credentials: SANDBOX.hubspot },
        settings: { inboxId: '1' },
      })
    ).id
  sandbox.hubspot.configure(DEMO.portalId, { webhookUrl: `${appUrl}/hooks/hubspot/${connectionId}` })
  return !known
}

/** Gives the people of the shop accounts, those who have none. */
export async function seedPeople({ services, identity }: Pick<Hub, 'services' | 'identity'>): Promise<void> {
  const { db, now } = services
  const known = await findApiKey(db, await hashKey(SANDBOX.apiKey), now())
  if (!known) throw new Error('The demo has no workspace')
  for (const { email, role } of SANDBOX.people) {
    const person = await inWorkspace(db, known.workspaceId, tx => personBy(tx, { email }))
    if (!person || person.userId) continue
    const user =
      (await userByEmail(db, email)) ??
      (await (await identity()).api.signUpEmail({ body: { name: person.name, email, password: SANDBOX.password } }))
        .user
    await confirmEmail(db, user.id)
    // Signing up signs in; nobody is there.
    await endSessions(db, user.id)
    await inWorkspace(db, known.workspaceId, tx => updatePerson(tx, person.id, { userId: user.id, role }))
  }
}

/** A few first messages, so that the first screen is not empty. They come in as any others do. */
export function sayHello(sandbox: Sandbox) {
  const { phoneNumberId } = DEMO
  const say = (from: string, name: string, text: string) =>
    sandbox.whatsapp.inbound({ phoneNumberId, messages: [{ from, name, text }] })
  say('5215512345678', 'Ana Torres', 'Hola, ¿ya llegó mi pedido #2041?')
  say('5491123456789', 'Martín Díaz', 'Buenas, necesito la factura de la compra del lunes.')
  say('554188887777', 'Beatriz Souza', 'Oi! Vocês têm a segunda edição em estoque?')
  const send = (from: string, message: { type: string; text?: string }) =>
    sandbox.whatsapp.inbound({ phoneNumberId, messages: [{ from, ...message }] })
  send('5215512345678', { type: 'image', text: 'Así llegó la caja del anterior' })
  send('554188887777', { type: 'audio' })
}

/** What a person who has started a sandbox is told. */
export function welcome({ appUrl, sandboxPort, inngest }: Config): string[] {
  const runs = `  Runs         ${appUrl}/operator/runs   (user: operator, password: ${SANDBOX.operatorToken})`
  return [
    'SANDBOX: nothing leaves this machine. WhatsApp and HubSpot are simulated; the secrets are known to all.',
    '',
    `  Open this    ${appUrl}   the inbox: sign in as any of the demo's people`,
    `  Sandbox      http://127.0.0.1:${sandboxPort}   phones on the left, HubSpot on the right`,
    `  API          ${appUrl}/api/v1   (key: ${SANDBOX.apiKey})`,
    `  Sign in      POST ${appUrl}/api/auth/sign-in/email   (admin: ${SANDBOX.people[0]?.email}, password: ${SANDBOX.password})`,
    `  Mails        http://127.0.0.1:${sandboxPort}/mail   what the hub sent: links, invitations`,
    `  API document ${appUrl}/openapi.json`,
    ...(inngest ? [] : [runs]),
    '',
    'Ctrl-C stops everything.',
  ]
}

const office = [
  ['09:00', '14:00'],
  ['15:00', '19:00'],
] satisfies [string, string][]

const shop: NewWorkspace = {
  name: 'Librería Arrayán',
  language: 'es',
  agents: SANDBOX.people.map(({ name, email }) => ({ name, email })),
  teams: [
    { name: 'Atención al cliente', members: ['carmen.ruiz@example.com', 'javier.ortega@example.com'] },
    { name: 'Facturación', members: ['nuria.vidal@example.com', 'andres.molina@example.com'] },
  ],
  rules: [
    {
      name: 'Facturas',
      conditions: { keywords: ['factura', 'facturas', 'recibo', 'nota fiscal', 'pago'] },
      actions: { team: 'Facturación', tags: ['facturación'] },
    },
    {
      name: 'Devoluciones',
      conditions: { keywords: ['devolución', 'devolver', 'reembolso', 'urgente'] },
      actions: { team: 'Atención al cliente', priority: 'high', tags: ['devolución'] },
    },
  ],
  calendar: {
    timeZone: 'America/Mexico_City',
    week: { 1: office, 2: office, 3: office, 4: office, 5: office, 6: [['10:00', '14:00']] },
    holidays: ['2026-11-16', '2026-12-25', '2027-01-01'],
  },
  policies: [
    { name: 'General', priority: null, frtMinutes: 15, nrtMinutes: 60, ttrMinutes: 1440 },
    { name: 'Prioridad alta', priority: 'high', frtMinutes: 10, nrtMinutes: 30, ttrMinutes: 480 },
  ],
}
