import { afterEach, beforeEach, expect, it } from 'vitest'
import { DEMO } from '../../src/node/demo.ts'
import { startHub, type TestHub } from '../support/hub.ts'

let t: TestHub
beforeEach(async () => {
  t = await startHub()
})
afterEach(() => t.close())

type Ticket = {
  id: string
  number: string
  state: string
  owner: { name: string } | null
  priority: string
  assignmentReason: string
  clocks: { kind: string; dueAt: string; stoppedAt: string | null }[]
  messages: { direction: string; text: string; status: string; author: string; failure: { code: string } | null }[]
  events: { kind: string; actor: { kind: string } }[]
}

const ana = '5215512345678'

async function say(text: string, from = ana, name = 'Ana Torres') {
  t.sandbox.whatsapp.inbound({ phoneNumberId: DEMO.phoneNumberId, messages: [{ from, name, text }] })
  await t.pass(2)
}

async function onlyTicket(): Promise<Ticket> {
  const { body } = await t.api<{ items: Ticket[] }>('GET', '/tickets')
  expect(body.items).toHaveLength(1)
  return (await t.api<Ticket>('GET', `/tickets/${body.items[0]?.number}`)).body
}

const remote = (type: string) => t.sandbox.hubspot.objects(DEMO.portalId, type).results

/** What Ana's phone shows. */
function onThePhone(): string[] {
  const { people, chats } = t.sandbox.state().whatsapp
  const key = people.find(person => person.waId === ana)?.key
  return chats.flatMap(chat => (chat.person === key ? chat.messages.map(message => message.text ?? '') : []))
}

it('walks all the way: WhatsApp → ticket → HubSpot → an answer and a close from there → the phone', async () => {
  await say('Buenos días, necesito la FACTURA del lunes')

  const ticket = await onlyTicket()
  expect(ticket).toMatchObject({ number: 'BZ-1001', state: 'open', owner: { name: 'Nuria Vidal' } })
  expect(ticket.assignmentReason).toBe('regla 1 «Facturas» (factura) → Facturación, por turno')
  expect(ticket.clocks.map(clock => [clock.kind, clock.dueAt])).toEqual([
    ['frt', '2026-11-03T16:15:00.000Z'],
    ['ttr', '2026-11-05T23:00:00.000Z'],
  ])

  const [contact] = remote('contacts')
  const [remoteTicket] = remote('tickets')
  expect(contact?.properties).toMatchObject({ wa_id: '525512345678', firstname: 'Ana', phone: '+525512345678' })
  expect(remoteTicket?.properties).toMatchObject({
    subject: 'Buenos días, necesito la FACTURA del lunes',
    hs_pipeline_stage: '1',
    hubspot_owner_id: '71003',
  })
  expect(remote('communications').map(record => record.properties.hs_communication_body)).toEqual([
    expect.stringContaining('necesito la FACTURA'),
  ])

  t.sandbox.hubspot.reply(DEMO.portalId, { contactId: contact?.id ?? '', text: 'Aquí la tiene', ownerId: '71003' })
  await t.pass(2)
  await t.pass(2)
  expect(onThePhone()).toContain('Aquí la tiene')
  const answered = await onlyTicket()
  expect(answered.state).toBe('waiting')
  expect(answered.clocks.find(clock => clock.kind === 'frt')?.stoppedAt).toBe('2026-11-03T16:00:02.000Z')
  expect(answered.messages.at(-1)).toMatchObject({ direction: 'out', text: 'Aquí la tiene', status: 'delivered' })
  expect(remote('tickets')[0]?.properties.hs_pipeline_stage).toBe('2')

  t.sandbox.whatsapp.read({ phoneNumberId: DEMO.phoneNumberId, waId: ana })
  await t.pass(2)
  expect((await onlyTicket()).messages.at(-1)?.status).toBe('read')

  t.sandbox.hubspot.edit(DEMO.portalId, 'tickets', remoteTicket?.id ?? '', { properties: { hs_pipeline_stage: '4' } })
  await t.pass(2)
  const closed = await onlyTicket()
  expect(closed.state).toBe('resolved')
  expect(closed.events.at(-1)).toMatchObject({ kind: 'resolved', actor: { kind: 'connection' } })

  // Nothing is left to say, and nobody repeats themselves.
  const calls = t.sandbox.calls.report('hubspot').total
  await t.pass(120)
  expect(t.sandbox.calls.report('hubspot').total).toBe(calls)
  expect(await t.database.owner`select 1 from outbox`).toHaveLength(0)
})

it('tells HubSpot what happened to an answer: sent, and read', async () => {
  await say('Hola')
  const [contact] = remote('contacts')
  t.sandbox.hubspot.reply(DEMO.portalId, { contactId: contact?.id ?? '', text: '¿En qué le ayudo?', ownerId: '71001' })
  await t.pass(2)
  await t.pass(2)
  const state = () =>
    t.sandbox
      .state()
      .hubspot.portals[0]?.channels.flatMap(channel => channel.messages)
      .at(-1)?.status
  expect(state()).toMatchObject({ statusType: 'SENT' })
  t.sandbox.whatsapp.read({ phoneNumberId: DEMO.phoneNumberId, waId: ana })
  await t.pass(2)
  await t.pass(2)
  expect(state()).toMatchObject({ statusType: 'READ' })
})

it('refuses an answer outside the 24-hour window, here and in HubSpot, with the reason', async () => {
  await say('Hola')
  await t.pass(25 * 3600)
  const ticket = await onlyTicket()
  const refused = await t.api('POST', `/tickets/${ticket.number}/reply`, { text: 'Buenos días' })
  expect(refused).toMatchObject({ status: 409, body: { code: 'window_closed' } })
  const [contact] = remote('contacts')
  t.sandbox.hubspot.reply(DEMO.portalId, { contactId: contact?.id ?? '', text: 'Buenos días', ownerId: '71001' })
  await t.pass(2)
  await t.pass(2)
  expect((await onlyTicket()).messages.at(-1)).toMatchObject({ status: 'failed', failure: { code: '131047' } })
  const channel = t.sandbox
    .state()
    .hubspot.portals[0]?.channels.flatMap(each => each.messages)
    .at(-1)
  expect(channel?.status.statusType).toBe('FAILED')
  expect(JSON.stringify(channel?.status)).toContain('24 horas')
})

it('carries owner, priority and subject from HubSpot to the ticket, and an answer of the API to both sides', async () => {
  await say('Hola')
  const id = remote('tickets')[0]?.id ?? ''
  t.sandbox.hubspot.edit(DEMO.portalId, 'tickets', id, {
    properties: { hubspot_owner_id: '71004', hs_ticket_priority: 'HIGH', subject: 'Pedido de Ana' },
  })
  await t.pass(2)
  const ticket = await onlyTicket()
  expect(ticket).toMatchObject({ owner: { name: 'Andrés Molina' }, priority: 'high', subject: 'Pedido de Ana' })

  const first = await t.api('POST', `/tickets/${ticket.id}/reply`, { text: 'Va en camino', idempotencyKey: 'k1' })
  const again = await t.api('POST', `/tickets/${ticket.id}/reply`, { text: 'Va en camino', idempotencyKey: 'k1' })
  expect([first, again]).toMatchObject([
    { status: 202, body: { repeated: false } },
    { status: 202, body: { repeated: true } },
  ])
  await t.pass(2)
  await t.pass(2)
  const bodies = remote('communications').map(record => record.properties.hs_communication_body)
  expect(bodies.filter(body => body?.includes('Va en camino'))).toEqual([expect.stringContaining('entregado')])
  expect(onThePhone().filter(text => text === 'Va en camino')).toHaveLength(1)

  await t.api('POST', `/tickets/${ticket.number}/resolve`)
  await t.pass(2)
  expect(remote('tickets')[0]?.properties.hs_pipeline_stage).toBe('4')
})

it('reopens a resolved ticket within the grace period, and opens another after it', async () => {
  await say('Hola')
  const { number } = await onlyTicket()
  await t.api('POST', `/tickets/${number}/resolve`)
  await t.pass(3600)
  await say('Una cosa más')
  expect(await onlyTicket()).toMatchObject({ number, state: 'in_progress' })
  await t.api('POST', `/tickets/${number}/resolve`)
  await t.pass(73 * 3600)
  await say('Hola de nuevo')
  const { body } = await t.api<{ items: Ticket[] }>('GET', '/tickets')
  expect(body.items.map(ticket => [ticket.number, ticket.state])).toEqual([
    ['BZ-1002', 'open'],
    ['BZ-1001', 'resolved'],
  ])
})

it('notes a breach at its true instant', async () => {
  await say('Hola')
  await t.pass(3600)
  const ticket = await onlyTicket()
  const [clock] = await t.database.owner`select breached_at from clocks where kind = 'frt'`
  expect(clock?.breachedAt).toEqual(new Date('2026-11-03T16:15:00Z'))
  expect(ticket.events.map(event => event.kind)).toEqual(['opened', 'assigned', 'warned', 'breached'])
})

it('takes over the name and the e-mail a person gives the contact in HubSpot', async () => {
  await say('Hola')
  t.sandbox.hubspot.edit(DEMO.portalId, 'contacts', remote('contacts')[0]?.id ?? '', {
    properties: { firstname: 'Ana María', email: 'ana@example.com' },
  })
  await t.pass(2)
  const { body } = await t.api<{ items: { name: string; email: string }[] }>('GET', '/contacts?q=ana')
  expect(body.items).toMatchObject([{ name: expect.stringContaining('Ana María'), email: 'ana@example.com' }])
})
