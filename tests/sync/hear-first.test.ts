/** What people write in a CRM is heard before something of ours is written over it, whether or not it told us of it yet. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { connectorById } from '../../src/connectors/registry.ts'
import { DEMO } from '../../src/node/demo.ts'
import { connect, pause } from '../../src/sync/connect.ts'
import { syncContext } from '../../src/sync/context.ts'
import { flushOutbox } from '../../src/sync/flush-outbox.ts'
import { ORG } from '../connectors/salesforce/harness.ts'
import { startHub, type TestHub } from '../support/hub.ts'
import { openLetters, remote, say, waiting } from './support.ts'

let t: TestHub
beforeEach(async () => {
  t = await startHub()
})
afterEach(() => {
  vi.restoreAllMocks()
  return t.close()
})

const ctx = () => syncContext(t.hub.services, t.workspaceId)
const ticketsHere = async () =>
  (await t.api<{ items: { id: string; state: string }[] }>('GET', '/tickets?limit=200')).body.items

/** In steps, so that whatever falls due in between comes first. */
async function passSlowly(seconds: number) {
  for (let ms = 0; ms < seconds * 1_000; ms += 250) await t.pass(0.25)
}

/** Calls by what they are, since the last asking. */
let seen: Record<string, number> = {}
function asked(): Record<string, number> {
  const { counts } = t.sandbox.calls.report('hubspot')
  const news = Object.entries(counts).map(([call, count]) => [call, count - (seen[call] ?? 0)] as const)
  seen = counts
  const short = (call: string) => call.split('/').slice(-3).join('/')
  return Object.fromEntries(news.filter(([, count]) => count > 0).map(([call, count]) => [short(call), count]))
}

describe('an agent who answers in HubSpot and closes there', () => {
  const CLOSED = '4'
  const stage = () => remote(t, 'tickets')[0]?.properties.hs_pipeline_stage

  /** The answer makes the ticket wait, of which HubSpot is told two seconds later. */
  async function answer(thenSeconds: number) {
    await say(t, 'Hola')
    const contactId = remote(t, 'contacts')[0]?.id ?? ''
    t.sandbox.hubspot.reply(DEMO.portalId, { contactId, text: 'Aquí la tiene', ownerId: '71003' })
    await passSlowly(thenSeconds)
  }

  function close() {
    const given = { properties: { hs_pipeline_stage: CLOSED }, userId: 71_003 }
    t.sandbox.hubspot.edit(DEMO.portalId, 'tickets', remote(t, 'tickets')[0]?.id ?? '', given)
  }

  it.each([0, 1, 1.25, 1.5, 1.75, 2, 4])('after %d s, finds it closed on both sides, by them', async seconds => {
    await answer(seconds)
    close()
    await passSlowly(4)
    await t.pass(20)
    expect([stage(), (await ticketsHere())[0]?.state]).toEqual([CLOSED, 'resolved'])
    const [entry] = await t.database.owner`
      select source ->> 'user' as user from provenance where field = 'state' and value = '"resolved"'`
    expect(entry).toEqual({ user: '71003' })
  })

  /** HubSpot's clock goes on by these between their write and ours. */
  it.each([1, 40])('between our look and our write, finds it closed on both sides, by them (%d ms)', async ms => {
    const { ticket } = connectorById('hubspot') ?? {}
    if (!ticket) throw new Error('There is no HubSpot')
    const { push } = ticket
    await answer(0)
    const pushing = vi.spyOn(ticket, 'push').mockImplementationOnce((...given) => {
      close()
      t.sandbox.time({ advanceMs: ms })
      return push(...given)
    })
    await passSlowly(2)
    expect([pushing.mock.calls.length, stage()]).toEqual([1, '2'])
    await passSlowly(4)
    await t.pass(20)
    expect([stage(), (await ticketsHere())[0]?.state]).toEqual([CLOSED, 'resolved'])
    const [entry] = await t.database.owner`
      select source ->> 'user' as user from provenance where field = 'state' and value = '"resolved"'`
    expect([entry, await waiting(t)]).toEqual([{ user: '71003' }, []])
  })

  it.each([1, 1.5])('after %d s, finds it closed also where no webhook tells of it', async seconds => {
    await answer(seconds)
    t.sandbox.faults.add({ vendor: 'webhooks', kind: 'status', status: 200, path: 'hooks/hubspot', times: 100 })
    close()
    await passSlowly(4)
    expect([stage(), (await ticketsHere())[0]?.state]).toEqual([CLOSED, 'resolved'])
  })
})

it('an agent whose answer Salesforce tells at once, and whose closing with its feed, finds it closed on both sides', async () => {
  await pause(ctx(), t.connectionId, { kind: 'system' })
  t.sandbox.salesforce.orgs({ orgId: ORG, clientId: 'the-app', clientSecret: 'a-secret' })
  const loginUrl = t.hub.services.baseUrls.salesforce ?? ''
  const credentials = { clientId: 'the-app', clientSecret: 'a-secret', loginUrl }
  const { id } = await connect(ctx(), { connector: 'salesforce', credentials })
  t.sandbox.salesforce.configure(ORG, { package: { url: `${t.url}/hooks/salesforce/${id}`, key: 'a-secret' } })
  await t.pass(60)
  await say(t, 'Hola')
  const [ticket] = t.sandbox.salesforce.records(ORG, 'Case')
  t.sandbox.salesforce.reply(ORG, { caseId: ticket?.id ?? '', text: 'Aquí la tiene' })
  await passSlowly(1)
  t.sandbox.salesforce.edit(ORG, 'Case', ticket?.id ?? '', { fields: { Status: 'Closed' } })
  await passSlowly(4)
  expect(t.sandbox.salesforce.records(ORG, 'Case')[0]?.fields.Status).toBe('Closed')
  expect((await ticketsHere())[0]?.state).toBe('resolved')
  for (const seconds of [60, 2]) await t.pass(seconds)
  expect(t.sandbox.salesforce.records(ORG, 'Case')[0]?.fields.Status).toBe('Closed')
})

/** A ticket that HubSpot has, with nothing left to say or to hear. */
async function knownTicket(): Promise<string> {
  await say(t, 'Hola')
  await t.pass(10)
  asked()
  return (await ticketsHere())[0]?.id ?? ''
}

describe('what it costs', () => {
  it('one question for each hundred records, in one flush', async () => {
    for (let n = 0; n < 130; n++) {
      const from = `52155100${10_000 + n}`
      t.sandbox.whatsapp.inbound({ phoneNumberId: DEMO.phoneNumberId, messages: [{ from, name: 'Ana', text: 'Hola' }] })
    }
    for (const seconds of [2, 10, 10]) await t.pass(seconds)
    await t.database.owner`update tickets set priority = 'high'`
    await t.database.owner`
      insert into outbox (id, workspace_id, connection_id, kind, record_id, version, dirty_at, available_at, attempts)
      select gen_random_uuid(), ${t.workspaceId}, ${t.connectionId}, 'ticket', id, 1, ${t.now()}, ${t.now()}, 0 from tickets`
    asked()
    expect(await flushOutbox(ctx(), t.connectionId)).toEqual({ kind: 'empty' })
    expect(asked()).toEqual({ 'tickets/batch/read': 2, 'tickets/batch/update': 2 })
    const priorities = remote(t, 'tickets').map(({ properties }) => properties.hs_ticket_priority)
    expect(priorities).toEqual(Array(130).fill('HIGH'))
  })

  it('nothing, of what only goes out', async () => {
    const id = await knownTicket()
    const at = `/connections/${t.connectionId}/mapping`
    type Mapping = { contact: object[]; ticket: { id: string }[] }
    const { mapping } = (await t.api<{ active: { mapping: Mapping } }>('GET', at)).body.active
    const out = { direction: 'out', policy: 'ours' }
    const ticket = mapping.ticket.map(row => (row.id === 'subject' ? { ...row, ...out } : row))
    await t.api('PUT', `${at}/draft`, { ...mapping, ticket })
    expect((await t.api('POST', `${at}/apply`, {})).status).toBe(200)
    await t.pass(10)
    asked()
    await t.api('PATCH', `/tickets/${id}`, { subject: 'Pedido 7' })
    await flushOutbox(ctx(), t.connectionId)
    expect(asked()).toEqual({ 'tickets/batch/update': 1 })
  })

  it('no more than an allowance of two calls gives, of which one comes free at a time', async () => {
    const id = await knownTicket()
    const slots = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0]
    await t.database.owner`update limiters set max = 2, slots = ${slots}, window_started_at = ${t.now()}`
    await t.api('PATCH', `/tickets/${id}`, { subject: 'Pedido 7' })
    for (let second = 0; second < 25; second++) await t.pass(1)
    expect(remote(t, 'tickets')[0]?.properties.subject).toBe('Pedido 7')
  })
})

describe('while it cannot be heard', () => {
  const subject = () => remote(t, 'tickets')[0]?.properties.subject
  const refuse = (status: number) =>
    t.sandbox.faults.add({ vendor: 'hubspot', kind: 'status', status, path: 'tickets/batch/read', times: 1 })

  it('nothing is said, and it is tried again', async () => {
    const id = await knownTicket()
    refuse(503)
    await t.api('PATCH', `/tickets/${id}`, { subject: 'Pedido 7' })
    await t.pass(2)
    expect([subject(), await waiting(t)]).toMatchObject(['Hola', [{ kind: 'ticket', attempts: 1 }]])
    await t.pass(10)
    expect([subject(), await waiting(t), await openLetters(t)]).toEqual(['Pedido 7', [], []])
  })

  it('because the question itself is refused, it is said: else a field that is gone there would stop all', async () => {
    const id = await knownTicket()
    refuse(400)
    await t.api('PATCH', `/tickets/${id}`, { subject: 'Pedido 7' })
    await t.pass(2)
    expect([subject(), await waiting(t), await openLetters(t)]).toEqual(['Pedido 7', [], []])
  })
})

it('what falls due while others are heard is heard too before it is said', async () => {
  const people = ['0001', '0002'].map(end => ({ from: `521551234${end}`, name: `Clienta ${end}` }))
  for (const person of people) await say(t, 'Hola', person)
  await t.pass(10)
  const [first, second] = await ticketsHere()
  const connector = connectorById('hubspot')
  if (!connector) throw new Error('There is no HubSpot')
  const { read } = connector.ticket
  const secondThere = await t.database.owner<{ remoteId: string }[]>`
    select remote_id from links where record_id = ${second?.id ?? ''}`
  vi.spyOn(connector.ticket, 'read').mockImplementationOnce(async (...given) => {
    await t.api('PATCH', `/tickets/${second?.id}`, { subject: 'Pedido 2' })
    const properties = { hs_ticket_priority: 'HIGH', subject: 'De allá' }
    t.sandbox.hubspot.edit(DEMO.portalId, 'tickets', secondThere[0]?.remoteId ?? '', { properties })
    return read(...given)
  })
  await t.api('PATCH', `/tickets/${first?.id}`, { subject: 'Pedido 1' })
  await flushOutbox(ctx(), t.connectionId)
  const subjects = remote(t, 'tickets').map(({ properties }) => properties.subject)
  expect(subjects.sort()).toEqual(['De allá', 'Pedido 1'])
  expect(await waiting(t)).toEqual([])
})
