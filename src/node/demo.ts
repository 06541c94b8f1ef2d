/** The demo workspace of the sandbox: a bookshop with people and texts in Spanish, a number, a HubSpot account. */
import { SANDBOX } from '../config.ts'
import { ruleActions, ruleConditions } from '../core/routing.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { findApiKey } from '../db/workspaces.ts'
import { hashKey } from '../http/auth.ts'
import { newId } from '../inbox/context.ts'
import { createChannel } from '../inbox/create-channel.ts'
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
    appSecret: SANDBOX.appSecret,
    webhookUrl: `${appUrl}/hooks/whatsapp`,
  })
  const { accessToken: token, clientSecret, appId } = SANDBOX.hubspot
  sandbox.hubspot.portals({ portalId: DEMO.portalId, token, clientSecret, appId: Number(appId) })
}

/** Makes the workspace once. Returns whether it was made now. */
export async function seedDemo(hub: Hub, sandbox: Sandbox): Promise<boolean> {
  const { db, now, emit, sealing, whatsapp, appUrl } = hub.services
  const hash = await hashKey(SANDBOX.apiKey)
  const known = await findApiKey(db, hash)
  const workspaceId = known?.workspaceId ?? newId()
  if (!known) await writeWorkspace(db, workspaceId, hash, now())

  const actor = { kind: 'system' as const }
  const context = { db, emit, sealing, whatsapp, workspaceId, now: now(), actor }
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
      await connect(syncContext(hub.services, workspaceId), {
        ...{ connector: 'hubspot', name: 'HubSpot (simulado)', credentials: SANDBOX.hubspot },
        settings: { inboxId: '1' },
      })
    ).id
  sandbox.hubspot.configure(DEMO.portalId, { webhookUrl: `${appUrl}/hooks/hubspot/${connectionId}` })
  return !known
}

/** A few first messages, so that the first screen is not empty. They come in as any others do. */
export function sayHello(sandbox: Sandbox) {
  const { phoneNumberId } = DEMO
  const say = (from: string, name: string, text: string) =>
    sandbox.whatsapp.inbound({ phoneNumberId, messages: [{ from, name, text }] })
  say('5215512345678', 'Ana Torres', 'Hola, ¿ya llegó mi pedido #2041?')
  say('5491123456789', 'Martín Díaz', 'Buenas, necesito la factura de la compra del lunes.')
  say('554188887777', 'Beatriz Souza', 'Oi! Vocês têm a segunda edição em estoque?')
}

async function writeWorkspace(db: Hub['services']['db'], id: string, keyHash: string, now: Date) {
  const [support, billing, hours] = [newId(), newId(), newId()]
  const [carmen, javier, nuria, andres] = [newId(), newId(), newId(), newId()]
  const office = [
    ['09:00', '14:00'],
    ['15:00', '19:00'],
  ]
  const week = { 1: office, 2: office, 3: office, 4: office, 5: office, 6: [['10:00', '14:00']] }
  await inWorkspace(db, id, async tx => {
    await tx`
      insert into workspaces (id, name, language, grace_hours, last_ticket_number, created_at)
      values (${id}, 'Librería Arrayán', 'es', 72, 1000, ${now})`
    await tx`
      insert into api_keys (id, workspace_id, name, key_hash, created_at)
      values (${newId()}, ${id}, 'Demo', ${keyHash}, ${now})`
    await tx`
      insert into teams (id, workspace_id, name, is_default)
      values (${support}, ${id}, 'Atención al cliente', true), (${billing}, ${id}, 'Facturación', false)`
    await tx`
      insert into agents (id, workspace_id, name, email, available)
      values (${carmen}, ${id}, 'Carmen Ruiz', 'carmen.ruiz@example.com', true),
        (${javier}, ${id}, 'Javier Ortega', 'javier.ortega@example.com', true),
        (${nuria}, ${id}, 'Nuria Vidal', 'nuria.vidal@example.com', true),
        (${andres}, ${id}, 'Andrés Molina', 'andres.molina@example.com', true)`
    await tx`
      insert into team_members (workspace_id, team_id, agent_id)
      values (${id}, ${support}, ${carmen}), (${id}, ${support}, ${javier}), (${id}, ${billing}, ${nuria}),
        (${id}, ${billing}, ${andres})`
    const invoices = ruleConditions.parse({ keywords: ['factura', 'facturas', 'recibo', 'nota fiscal', 'pago'] })
    const returns = ruleConditions.parse({ keywords: ['devolución', 'devolver', 'reembolso', 'urgente'] })
    await tx`
      insert into routing_rules (id, workspace_id, position, name, enabled, conditions, actions, hits)
      values (${newId()}, ${id}, 1, 'Facturas', true, ${tx.json(invoices)},
          ${tx.json(ruleActions.parse({ teamId: billing, tags: ['facturación'] }))}, 0),
        (${newId()}, ${id}, 2, 'Devoluciones', true, ${tx.json(returns)},
          ${tx.json(ruleActions.parse({ teamId: support, priority: 'high', tags: ['devolución'] }))}, 0)`
    await tx`
      insert into business_hours (id, workspace_id, name, calendar, is_default)
      values (${hours}, ${id}, 'Tienda', ${tx.json({
        timeZone: 'America/Mexico_City',
        week: week as never,
        holidays: ['2026-11-16', '2026-12-25', '2027-01-01'],
      })}, true)`
    await tx`
      insert into sla_policies (id, workspace_id, name, priority, frt_minutes, nrt_minutes, ttr_minutes,
        business_hours_id, pause_while_waiting, warn_at)
      values (${newId()}, ${id}, 'General', null, 15, 60, 1440, ${hours}, true, 0.8),
        (${newId()}, ${id}, 'Prioridad alta', 'high', 10, 30, 480, ${hours}, true, 0.8)`
  })
}
