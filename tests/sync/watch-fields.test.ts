/** A CRM whose fields change: what no longer fits is told and stands still, the rest goes on, and what is back goes on too. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Field } from '../../src/connectors/contract.ts'
import { connectors } from '../../src/connectors/registry.ts'
import { syncContext } from '../../src/sync/context.ts'
import { acceptFields, watchFields } from '../../src/sync/watch-fields.ts'
import { startHub, type TestHub } from '../support/hub.ts'
import { openLetters, remote, say, waiting } from './support.ts'

let t: TestHub
beforeEach(async () => {
  t = await startHub()
})
afterEach(async () => {
  vi.restoreAllMocks()
  await t.close()
})

const ctx = () => syncContext(t.hub.services, t.workspaceId)
const watch = () => watchFields(ctx(), t.connectionId)
const pauses = () => t.database.owner<{ reason: string }[]>`select kind, reason from mapping_pauses`

/** From now on the fields of tickets are as `change` leaves them. */
function alter(change: (fields: Field[]) => Field[]) {
  const { hubspot } = connectors
  if (!hubspot) throw new Error('no HubSpot')
  const real = hubspot.ticket.fields
  return vi.spyOn(hubspot.ticket, 'fields').mockImplementation(async given => change(await real(given)))
}

it('a field that is gone stops its row alone; when it is back the row goes on and what was held is told', async () => {
  await say(t, 'hola')
  expect(await watch()).toEqual([])
  const gone = alter(fields => fields.filter(field => field.name !== 'subject'))
  expect(await watch()).toMatchObject([{ kind: 'ticket', field: 'subject', problem: 'gone', resolvedAt: null }])
  expect(await pauses()).toMatchObject([{ kind: 'ticket', reason: expect.stringContaining('The CRM has changed') }])
  // Said in the reader's language.
  const { body } = await t.api<{ paused: object[] }>('GET', `/connections/${t.connectionId}/mapping`)
  expect(body.paused).toMatchObject([{ rowId: 'subject', reason: expect.stringMatching(/^El campo .* ya no existe/) }])
  const [ticket] = (await t.api<{ items: { id: string }[] }>('GET', '/tickets')).body.items
  await t.api('PATCH', `/tickets/${ticket?.id}`, { subject: 'Pedido 7', priority: 'high' })
  await t.pass(5)
  expect(remote(t, 'tickets')[0]?.properties).toMatchObject({ subject: 'hola', hs_ticket_priority: 'HIGH' })
  expect([await waiting(t), await openLetters(t)]).toEqual([[], []])
  // Told once, however often it is looked at.
  await watch()
  expect(await t.database.owner`select 1 from drift_findings`).toHaveLength(1)

  gone.mockRestore()
  expect(await watch()).toEqual([])
  for (const seconds of [5, 60, 5]) await t.pass(seconds)
  expect(await pauses()).toEqual([])
  expect(remote(t, 'tickets')[0]?.properties.subject).toBe('Pedido 7')
})

it('an option that is gone and a field that is required now are told, until they are accepted', async () => {
  await say(t, 'hola')
  await watch()
  alter(fields => [
    ...fields.map(field =>
      field.name === 'hs_ticket_priority'
        ? { ...field, options: field.options.filter(option => option.value !== 'HIGH') }
        : field,
    ),
    { name: 'motivo', label: 'Motivo', type: 'string', required: true, readOnly: false, unique: false, options: [] },
  ])
  expect((await watch())?.map(each => `${each.field} ${each.problem}`).sort()).toEqual([
    'hs_ticket_priority option gone',
    'motivo required',
  ])
  expect(await pauses()).toHaveLength(1)
  await acceptFields(ctx(), t.connectionId, { kind: 'system' })
  expect(await watch()).toEqual([])
})
