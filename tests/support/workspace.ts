import type { Db } from '../../src/db/client.ts'
import { inWorkspace } from '../../src/db/tenancy.ts'
import { newId } from '../../src/inbox/context.ts'

export type TestWorkspace = {
  workspaceId: string
  channelId: string
  phoneNumberId: string
  teams: { general: string; billing: string }
  agents: { lucia: string; mateo: string; sofia: string }
}

/**
 * A workspace with a number, two teams, three agents, one keyword rule, business hours and an SLA policy. Its own ids,
 * so that tests do not meet.
 */
export async function testWorkspace(db: Db, at = new Date('2026-11-02T15:00:00Z')): Promise<TestWorkspace> {
  const workspaceId = newId()
  const [channelId, general, billing, hours] = [newId(), newId(), newId(), newId()]
  const [lucia, mateo, sofia] = [newId(), newId(), newId()]
  const phoneNumberId = String(10 ** 14 + Math.floor(Math.random() * 10 ** 14))
  const week = Object.fromEntries(
    ['1', '2', '3', '4', '5'].map(day => [
      day,
      [
        ['09:00', '14:00'],
        ['16:00', '19:00'],
      ],
    ]),
  )
  await inWorkspace(db, workspaceId, async tx => {
    await tx`insert into workspaces values (${workspaceId}, 'Ferretería Luna', 'es', 72, 1000, ${at})`
    await tx`
      insert into channels values (${channelId}, ${workspaceId}, 'Ventas', ${phoneNumberId}, '900100', '+52 55 1000 2000',
        'default', 'sealed', 'connected', null, ${at})`
    await tx`insert into teams values (${general}, ${workspaceId}, 'Atención', true), (${billing}, ${workspaceId}, 'Facturación', false)`
    await tx`
      insert into agents values (${lucia}, ${workspaceId}, 'Lucía', 'lucia@example.com', true, null),
        (${mateo}, ${workspaceId}, 'Mateo', 'mateo@example.com', true, null),
        (${sofia}, ${workspaceId}, 'Sofía', 'sofia@example.com', true, null)`
    await tx`
      insert into team_members values (${workspaceId}, ${general}, ${lucia}), (${workspaceId}, ${general}, ${mateo}),
        (${workspaceId}, ${billing}, ${sofia})`
    await tx`
      insert into routing_rules values (${newId()}, ${workspaceId}, 1, 'Facturas', true,
        ${tx.json({ keywords: ['factura', 'devolución'] })}, ${tx.json({ teamId: billing, priority: 'high' })}, 0, null)`
    await tx`
      insert into business_hours values (${hours}, ${workspaceId}, 'Oficina',
        ${tx.json({ timeZone: 'America/Mexico_City', week, holidays: ['2026-11-16'] })}, true)`
    await tx`
      insert into sla_policies values (${newId()}, ${workspaceId}, 'Normal', null, 15, null, 1440, ${hours}, true, 0.8)`
  })
  return { workspaceId, channelId, phoneNumberId, teams: { general, billing }, agents: { lucia, mateo, sofia } }
}
