import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { connectors } from '../../src/connectors/registry.ts'
import { DEMO } from '../../src/node/demo.ts'
import { startHub, type TestHub } from '../support/hub.ts'
import { calls, edit, openLetters, remote, say, told, waiting, writes } from './support.ts'

let t: TestHub
beforeEach(async () => {
  t = await startHub()
})
afterEach(async () => {
  vi.restoreAllMocks()
  await t.close()
})

type Ticket = { id: string; number: string; state: string; subject: string; priority: string }

const tickets = async () => (await t.api<{ items: Ticket[] }>('GET', '/tickets')).body.items
const pending = () => t.database.owner`select 1 from deliveries where processed_at is null`
const beto = { from: '5215512345679', name: 'Beto' }
/** Of whoever speaks where nobody is named. */
const canonical = '525512345678'

it('reads nothing and writes nothing when its own push is told back', async () => {
  await say(t, 'hola')
  // The echoes of the first push are heard before the second.
  await t.pass(5)
  const [ticket] = await tickets()
  const audit = (await t.database.owner`select 1 from audit`).length
  const before = { calls: calls(t), writes: writes(t), audit }
  await t.api('PATCH', `/tickets/${ticket?.id}`, { subject: 'Pedido 7' })
  for (const seconds of [2, 2, 60]) await t.pass(seconds)
  expect(remote(t, 'tickets')[0]?.properties.subject).toBe('Pedido 7')
  expect(await pending()).toHaveLength(0)
  // One call asks what is there, one says it, and the webhook that tells of it causes none.
  expect([calls(t) - before.calls, writes(t) - before.writes]).toEqual([2, 1])
  expect((await t.database.owner`select 1 from audit`).length).toBe(before.audit + 1)
  expect((await t.api<{ items: { nearMisses: number }[] }>('GET', '/connections')).body.items[0]?.nearMisses).toBe(0)
})

it('takes a change the vendor calls ours for real where the value is another, and counts it', async () => {
  await say(t, 'hola')
  const [link] = await t.database.owner`select remote_id from links where kind = 'ticket'`
  // Our own app changed it by another road: the mark of HubSpot is ours, the value was never said.
  const answer = await fetch(`${t.hub.services.baseUrls.hubspot}/crm/objects/2026-09/tickets/batch/update`, {
    method: 'POST',
    headers: { authorization: 'Bearer pat-sandbox-demo', 'content-type': 'application/json' },
    body: JSON.stringify({ inputs: [{ id: link?.remoteId, properties: { subject: 'De otra parte' } }] }),
  })
  expect(answer.status).toBe(200)
  for (const seconds of [2, 2]) await t.pass(seconds)
  expect((await tickets())[0]?.subject).toBe('De otra parte')
  expect((await t.api<{ items: { nearMisses: number }[] }>('GET', '/connections')).body.items[0]?.nearMisses).toBe(1)
})

it('ignores what is older than what it knows', async () => {
  await say(t, 'hola')
  const future = new Date(t.now().getTime() + 3_600_000).toISOString()
  await t.database.owner`update links set remote_version = ${future} where kind = 'ticket'`
  await edit(t, 'tickets', { subject: 'viejo' })
  expect((await tickets())[0]?.subject).toBe('hola')
  expect(await pending()).toHaveLength(0)
})

it('of a field both sides changed, the newest wins: theirs', async () => {
  await say(t, 'hola')
  const [ticket] = await tickets()
  await t.api('POST', `/connections/${t.connectionId}/pause`)
  await t.api('PATCH', `/tickets/${ticket?.id}`, { subject: 'nuestro' })
  await t.pass(60)
  await edit(t, 'tickets', { subject: 'suyo', hs_ticket_priority: 'HIGH' })
  await t.api('POST', `/connections/${t.connectionId}/resume`)
  // What waits on both sides is taken up: theirs is heard before ours is said.
  for (const seconds of [2, 2, 10]) await t.pass(seconds)
  expect(await tickets()).toMatchObject([{ subject: 'suyo', priority: 'high' }])
  expect(remote(t, 'tickets')[0]?.properties).toMatchObject({ subject: 'suyo', hs_ticket_priority: 'HIGH' })
  expect(await waiting(t)).toEqual([])
})

it('of a field both sides changed, the newest wins: ours', async () => {
  await say(t, 'hola')
  const [ticket] = await tickets()
  await t.api('POST', `/connections/${t.connectionId}/pause`)
  await edit(t, 'tickets', { subject: 'suyo', hs_ticket_priority: 'HIGH' })
  await t.pass(60)
  await t.api('PATCH', `/tickets/${ticket?.id}`, { subject: 'nuestro' })
  await t.api('POST', `/connections/${t.connectionId}/resume`)
  for (const seconds of [2, 2, 10]) await t.pass(seconds)
  expect(await tickets()).toMatchObject([{ subject: 'nuestro', priority: 'high' }])
  expect(remote(t, 'tickets')[0]?.properties).toMatchObject({ subject: 'nuestro', hs_ticket_priority: 'HIGH' })
})

it('is not stalled by a push that was lost long ago', async () => {
  await say(t, 'hola')
  await say(t, 'hola', beto)
  const [lost] = await t.database.owner`
    update links set remote_id = null, pushing = '{}', pushing_at = ${t.now()}
    where id = (select id from links where kind = 'contact' order by id limit 1) returning remote_type`
  expect(lost).toBeDefined()
  await t.pass(90)
  t.sandbox.hubspot.create(DEMO.portalId, 'contacts', { properties: { firstname: 'Ajena' } })
  await t.pass(2)
  for (const each of remote(t, 'contacts')) {
    t.sandbox.hubspot.edit(DEMO.portalId, 'contacts', each.id, { properties: { email: `c${each.id}@example.com` } })
  }
  await t.pass(2)
  expect(await pending()).toHaveLength(0)
})

it('one poison change becomes a dead letter of its delivery, the others go on, and its replay mends it', async () => {
  await say(t, 'hola')
  await say(t, 'buenas', beto)
  const known = connectors.hubspot
  const real = known?.ticket.fromRemote
  if (!known || !real) throw new Error('no HubSpot')
  const poison = vi.spyOn(known.ticket, 'fromRemote').mockImplementation((settings, values) => {
    if (values.subject === 'veneno') throw new TypeError('a bug of ours')
    return real(settings, values)
  })
  const [first, second] = remote(t, 'tickets')
  const retitle = (id: string | undefined, subject: string) =>
    t.sandbox.hubspot.edit(DEMO.portalId, 'tickets', id ?? '', { properties: { subject } })
  retitle(first?.id, 'veneno')
  retitle(second?.id, 'sano')
  await t.pass(2)
  expect((await tickets()).map(ticket => ticket.subject).sort()).toEqual(['hola', 'sano'])
  const [letter, ...more] = await openLetters(t)
  expect(more).toEqual([])
  expect(letter).toMatchObject({ kind: 'webhook item', place: `touched ticket ${first?.id}`, cause: 'a bug of ours' })
  expect(await pending()).toHaveLength(0)

  await t.api('POST', `/dead-letters/${letter?.id}/replay`)
  await t.pass(2)
  expect(await openLetters(t)).toMatchObject([{ id: letter?.id }])

  poison.mockRestore()
  await t.api('POST', `/dead-letters/${letter?.id}/replay`)
  await t.pass(2)
  expect(await openLetters(t)).toEqual([])
  expect((await tickets()).map(ticket => ticket.subject).sort()).toEqual(['sano', 'veneno'])
})

it('keeps a reply to nobody as a dead letter of its delivery, and hands it on at the replay', async () => {
  await say(t, 'hola')
  const { id: contactId } = t.sandbox.hubspot.create(DEMO.portalId, 'contacts', {
    properties: { firstname: 'Beto', phone: `+${beto.from}` },
  })
  t.sandbox.hubspot.reply(DEMO.portalId, { contactId, text: 'para Beto', ownerId: '71001' })
  await t.pass(2)
  const [letter] = await openLetters(t)
  expect(letter).toMatchObject({ kind: 'webhook item', cause: expect.stringContaining('No hay una conversación') })
  await t.api('POST', `/dead-letters/${letter?.id}/replay`)
  await t.pass(2)
  expect((await openLetters(t)).map(each => each.id)).toEqual([letter?.id])
  await say(t, 'buenas', beto)
  await t.api('POST', `/dead-letters/${letter?.id}/replay`)
  for (const seconds of [2, 2]) await t.pass(seconds)
  expect(await openLetters(t)).toEqual([])
  expect(await t.database.owner`select status from messages where text = 'para Beto'`).toHaveLength(1)
})

it('tells ours back where the inbox does not allow what a person did in HubSpot', async () => {
  await say(t, 'hola')
  const [old] = await tickets()
  await t.api('POST', `/tickets/${old?.id}/resolve`)
  await t.pass(73 * 3600)
  await say(t, 'otra cosa')
  await t.pass(10)
  const [remoteOld] = remote(t, 'tickets').filter(record => record.properties.wa_ticket_id === old?.id)
  t.sandbox.hubspot.edit(DEMO.portalId, 'tickets', remoteOld?.id ?? '', { properties: { hs_pipeline_stage: '1' } })
  for (const seconds of [2, 5, 5]) await t.pass(seconds)
  expect(await openLetters(t)).toEqual([])
  expect((await tickets()).find(ticket => ticket.id === old?.id)?.state).toBe('resolved')
  const told = remote(t, 'tickets').find(record => record.id === remoteOld?.id)
  expect(told?.properties.hs_pipeline_stage).toBe('4')
  expect(await waiting(t)).toEqual([])
})

it('leaves a stage of theirs that means what ours means', async () => {
  const [row] = await t.database.owner<{ settings: { stages: object[] } }[]>`select settings from connections`
  const stages = [
    { ours: 'open', theirs: '1', label: 'Nuevo' },
    { ours: 'in_progress', theirs: '2', label: 'En curso' },
    { ours: 'in_progress', theirs: '3', label: 'Escalado' },
    { ours: 'resolved', theirs: '4', label: 'Cerrado' },
  ]
  await t.database.owner`
    update connections set settings = ${t.database.owner.json({ ...row?.settings, stages } as never)}`
  await say(t, 'hola')
  await edit(t, 'tickets', { hs_pipeline_stage: '3' })
  expect((await tickets())[0]?.state).toBe('in_progress')
  await t.api('PATCH', `/tickets/${(await tickets())[0]?.id}`, { subject: 'Pedido 7' })
  for (const seconds of [2, 2]) await t.pass(seconds)
  expect(remote(t, 'tickets')[0]?.properties).toMatchObject({ hs_pipeline_stage: '3', subject: 'Pedido 7' })
})

it('leaves a name divided as they divided it', async () => {
  await say(t, 'hola')
  await edit(t, 'contacts', { firstname: 'María José', lastname: 'García' })
  for (const seconds of [2, 60]) await t.pass(seconds)
  const [contact] = await t.database.owner<{ name: string }[]>`select name from contacts`
  expect(contact?.name).toBe('María José García')
  expect(remote(t, 'contacts')[0]?.properties).toMatchObject({ firstname: 'María José', lastname: 'García' })
  // One half of it changes there: the other stays where it was.
  await edit(t, 'contacts', { lastname: 'García Luna' })
  for (const seconds of [2, 60]) await t.pass(seconds)
  expect((await t.database.owner<{ name: string }[]>`select name from contacts`)[0]?.name).toBe(
    'María José García Luna',
  )
  expect(remote(t, 'contacts')[0]?.properties).toMatchObject({ firstname: 'María José', lastname: 'García Luna' })
})

it('changes only what they changed, where one of our words stands for several of theirs', async () => {
  const [row] = await t.database.owner<{ settings: { stages: object[]; priorities: object[] } }[]>`
    select settings from connections`
  const settings = {
    ...row?.settings,
    stages: [
      { ours: 'open', theirs: '1', label: 'Nuevo' },
      { ours: 'in_progress', theirs: '2', label: 'En curso' },
      { ours: 'waiting', theirs: '2', label: 'En curso' },
      { ours: 'resolved', theirs: '4', label: 'Cerrado' },
    ],
    priorities: [
      { ours: 'low', theirs: 'LOW' },
      { ours: 'normal', theirs: 'MEDIUM' },
      { ours: 'high', theirs: 'HIGH' },
      { ours: 'urgent', theirs: 'HIGH' },
    ],
  }
  await t.database.owner`update connections set settings = ${t.database.owner.json(settings as never)}`
  await say(t, 'hola')
  const [ticket] = await tickets()
  await t.api('PATCH', `/tickets/${ticket?.id}`, { state: 'waiting', priority: 'urgent' })
  await t.pass(2)
  await edit(t, 'tickets', { subject: 'De una persona' })
  for (const seconds of [2, 60]) await t.pass(seconds)
  expect(await tickets()).toMatchObject([{ subject: 'De una persona', state: 'waiting', priority: 'urgent' }])
})

it('two linked contacts that were merged in HubSpot hold nothing up', async () => {
  await say(t, 'hola')
  await say(t, 'hola', beto)
  const [one, other] = remote(t, 'contacts')
  t.sandbox.hubspot.merge(DEMO.portalId, { primaryObjectId: one?.id ?? '', objectIdToMerge: other?.id ?? '' })
  await t.pass(5)
  const change = (name: string) => t.database.owner`
    with changed as (update contacts set name = ${name} where name = 'Beto' returning workspace_id, id)
    insert into outbox (id, workspace_id, connection_id, kind, record_id, version, dirty_at, available_at, attempts)
    select gen_random_uuid(), workspace_id, ${t.connectionId}, 'contact', id, 1, now(), ${t.now()}, 0 from changed`
  await change('Norberto')
  await say(t, 'otra vez', beto)
  for (const seconds of [2, 60, 60]) await t.pass(seconds)
  expect(await waiting(t)).toEqual([])
  expect(
    remote(t, 'communications').filter(record => record.properties.hs_communication_body?.includes('otra')),
  ).toHaveLength(1)
})

it.each(['as it happens', 'after its deletion was heard'])(
  'whom HubSpot erased stays erased there until somebody releases them: %s',
  async when => {
    await say(t, 'hola')
    await say(t, 'buenas', beto)
    const [mine] = await t.database.owner<{ id: string }[]>`select id from contacts where name = 'Ana Torres'`
    const [record] = remote(t, 'contacts').filter(each => each.properties.wa_id === canonical)
    t.sandbox.hubspot.purge(DEMO.portalId, record?.id ?? '')
    // The journal calls it a deletion, and may be read first.
    if (when !== 'as it happens')
      await t.database.owner`
    update links set lost_remote_id = remote_id, remote_id = null, base = null where record_id = ${mine?.id ?? ''}`
    await t.pass(2)
    await t.api('PATCH', `/contacts/${mine?.id}`, { email: 'ana@example.com' })
    await say(t, 'sigo aqui')
    const [ticket] = (await tickets()).filter(({ subject }) => subject === 'hola')
    await t.api('PATCH', `/tickets/${ticket?.id}`, { subject: 'Pedido 7' })
    for (const seconds of [2, 10, 120]) await t.pass(seconds)
    const people = () => remote(t, 'contacts').map(each => each.properties.wa_id)
    expect(people()).not.toContain(canonical)
    expect(told(t)).not.toContain('sigo aqui')
    expect(await waiting(t)).toEqual([])
    await say(t, 'sigo tambien', beto)
    expect(told(t)).toContain('sigo tambien')

    const held = await t.api<{ items: { id: string; reason: string; cause: string; recordId: string }[] }>(
      'GET',
      '/held-pairs',
    )
    expect(held.body.items).toMatchObject([{ reason: 'erased', recordId: mine?.id }])
    expect(held.body.items[0]?.cause).toContain('para siempre')
    const health = await t.api<{ causes: { code: string }[] }>('GET', `/connections/${t.connectionId}/health`)
    expect(health.body.causes.map(({ code }) => code)).toContain('erased')
    // Neither does a reconciliation make them anew.
    await t.api('POST', `/connections/${t.connectionId}/reconciliations`)
    for (const seconds of [5, 60, 60]) await t.pass(seconds)
    expect(people()).not.toContain(canonical)

    expect((await t.api('POST', `/held-pairs/${held.body.items[0]?.id}/release`)).status).toBe(200)
    for (const seconds of [2, 10]) await t.pass(seconds)
    expect(people()).toContain(canonical)
    expect(await waiting(t)).toEqual([])
  },
)
