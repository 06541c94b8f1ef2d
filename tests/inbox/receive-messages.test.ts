import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { inWorkspace } from '../../src/db/tenancy.ts'
import { newId } from '../../src/inbox/context.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { deliver as deliverTo } from '../support/deliver.ts'
import { type Said, webhook } from '../support/whatsapp.ts'
import { type TestWorkspace, testWorkspace } from '../support/workspace.ts'

let database: TestDatabase
const now = new Date('2026-11-02T17:00:00Z')

beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

const deliver = (bodies: string[]) => deliverTo(database.db, bodies, now)

async function read(workspace: TestWorkspace) {
  return inWorkspace(database.db, workspace.workspaceId, async tx => ({
    contacts: await tx`select * from contacts order by created_at, id`,
    identities: await tx`select * from identities order by created_at, id`,
    conversations: await tx`select * from conversations`,
    tickets: await tx`select * from tickets order by number`,
    messages: await tx`select * from messages order by provider_at, id`,
    clocks: await tx`select * from clocks order by kind`,
    letters: await tx`select * from dead_letters`,
    deliveries: await tx`select * from deliveries`,
  }))
}

it('opens a ticket with an owner, a reason and deadlines in working time', async () => {
  const workspace = await testWorkspace(database.db)
  const at = new Date('2026-11-02T19:55:00Z') // 13:55 in Mexico City: five minutes before the midday break
  await deliver([webhook(workspace.phoneNumberId, [{ from: '5215512345678', text: '¿Dónde está mi FACTURA?', at }])])
  const { contacts, tickets, messages, clocks } = await read(workspace)
  expect(contacts).toMatchObject([{ name: 'Ana Torres', phone: '+525512345678', waKey: '525512345678' }])
  expect(tickets).toMatchObject([
    {
      number: 1001,
      state: 'open',
      priority: 'high',
      ownerId: workspace.agents.sofia,
      teamId: workspace.teams.billing,
      assignmentReason: { kind: 'rule', position: 1, rule: 'Facturas', keyword: 'factura', team: 'Facturación' },
    },
  ])
  expect(messages).toMatchObject([{ text: '¿Dónde está mi FACTURA?', direction: 'in', ticketId: tickets[0]?.id }])
  // 5 minutes before 14:00, 10 after 16:00.
  expect(clocks.find(clock => clock.kind === 'frt')?.dueAt).toEqual(new Date('2026-11-02T22:10:00Z'))
})

it('keeps one contact, conversation, ticket and message however often and concurrently a body comes', async () => {
  const workspace = await testWorkspace(database.db)
  const body = webhook(workspace.phoneNumberId, [{ from: '5491155550001' }])
  await Promise.all(Array.from({ length: 5 }, () => deliver([body])))
  const { contacts, tickets, messages, deliveries } = await read(workspace)
  expect([contacts.length, tickets.length, messages.length, deliveries.length]).toEqual([1, 1, 1, 1])
})

it('makes one contact and one ticket of two first messages at once, in any spelling of the number', async () => {
  const workspace = await testWorkspace(database.db)
  const spellings = [
    ['5215587654321', '525587654321'],
    ['5541988887777', '554188887777'],
    ['5491122223333', '541122223333'],
  ]
  for (const [a = '', b = ''] of spellings) {
    await deliver([webhook(workspace.phoneNumberId, [{ from: b, text: 'uno' }])])
    await Promise.all([a, b, a].map(from => deliver([webhook(workspace.phoneNumberId, [{ from, text: 'dos' }])])))
  }
  const { contacts, tickets, messages } = await read(workspace)
  expect([contacts.length, tickets.length, messages.length]).toEqual([3, 3, 12])
})

it('answers to the number as received, whatever its spelling', async () => {
  const workspace = await testWorkspace(database.db)
  await deliver([webhook(workspace.phoneNumberId, [{ from: '5215500000001' }])])
  expect((await read(workspace)).conversations[0]?.toWaId).toBe('5215500000001')
})

it('joins a person who hides the number to the contact known by both ids', async () => {
  const workspace = await testWorkspace(database.db)
  await deliver([webhook(workspace.phoneNumberId, [{ from: '56911112222', userId: 'CL.77001' }])])
  await deliver([webhook(workspace.phoneNumberId, [{ userId: 'CL.77001', text: 'otra vez' }])])
  await deliver([webhook(workspace.phoneNumberId, [{ userId: 'CL.77002', text: 'sin número' }])])
  const { contacts, messages } = await read(workspace)
  expect(contacts).toMatchObject([{ phone: '+56911112222' }, { phone: null, waKey: 'CL.77002' }])
  expect(messages).toHaveLength(3)
})

it('processes the rest of a batch around broken items, and keeps those as dead letters', async () => {
  const workspace = await testWorkspace(database.db)
  const parsed = JSON.parse(webhook(workspace.phoneNumberId, [{ from: '34600000001' }, { from: '34600000002' }]))
  parsed.entry[0].changes[0].value.messages.splice(1, 0, { id: 'wamid.NOBODY', type: 'text' }, 'nonsense', null)
  parsed.entry.push('not an entry')
  await deliver([JSON.stringify(parsed)])
  const { tickets, letters } = await read(workspace)
  expect(tickets).toHaveLength(2)
  expect(letters.map(letter => letter.place).sort()).toEqual([
    'entry.0.changes.0.value.messages.1',
    'entry.0.changes.0.value.messages.2',
    'entry.0.changes.0.value.messages.3',
    'entry.1',
  ])
})

it('stores texts with U+0000 and half surrogate pairs without losing their neighbours', async () => {
  const workspace = await testWorkspace(database.db)
  const body = webhook(workspace.phoneNumberId, [
    { from: '34600000003', text: 'a\u0000b' },
    { from: '34600000003', text: 'c\ud83dd' },
    { from: '34600000003', text: 'e' },
  ])
  await deliver([body])
  expect((await read(workspace)).messages.map(row => row.text).sort()).toEqual(['ab', 'c\ufffdd', 'e'])
})

it('keeps unknown types raw and shows them as such', async () => {
  const workspace = await testWorkspace(database.db)
  const raw = { type: 'hologram', hologram: { depth: 3 } }
  await deliver([webhook(workspace.phoneNumberId, [{ from: '34600000004', raw }])])
  const { messages, tickets } = await read(workspace)
  expect(messages).toMatchObject([{ kind: 'unknown', content: { type: 'hologram' }, raw: { hologram: { depth: 3 } } }])
  expect(tickets).toMatchObject([{ subject: '[Mensaje de tipo desconocido]' }])
})

it('opens no ticket for a reaction, and none again for a message of an open episode', async () => {
  const workspace = await testWorkspace(database.db)
  const raw = { type: 'reaction', reaction: { message_id: 'wamid.X', emoji: '👍' } }
  await deliver([webhook(workspace.phoneNumberId, [{ from: '34600000005', raw }])])
  expect((await read(workspace)).tickets).toHaveLength(0)
  await deliver([webhook(workspace.phoneNumberId, [{ from: '34600000005' }])])
  await deliver([webhook(workspace.phoneNumberId, [{ from: '34600000005' }, { from: '34600000005' }])])
  expect((await read(workspace)).tickets).toHaveLength(1)
})

it('takes turns within a team, also inside one batch', async () => {
  const workspace = await testWorkspace(database.db)
  const said = Array.from({ length: 6 }, (_, n) => ({ from: `3461000000${n}` }))
  await deliver([webhook(workspace.phoneNumberId, said)])
  const owners = (await read(workspace)).tickets.map(ticket => ticket.ownerId)
  const { lucia, mateo } = workspace.agents
  expect(owners.filter(owner => owner === lucia)).toHaveLength(3)
  expect(owners.filter(owner => owner === mateo)).toHaveLength(3)
})

it('does not let one app speak for the numbers of another', async () => {
  const workspace = await testWorkspace(database.db)
  await database.owner`update channels set app_key = 'luna' where id = ${workspace.channelId}`
  await deliver([webhook(workspace.phoneNumberId, [{ from: '34600000006' }])])
  expect((await read(workspace)).messages).toHaveLength(0)
})

it('ends in the same state for every order and grouping of the same messages', async () => {
  const said: Said[] = [
    { from: '5215522220001', id: 'wamid.P1', text: 'hola', at: new Date('2026-11-02T16:00:00Z') },
    { from: '525522220001', id: 'wamid.P2', text: '¿hay alguien?', at: new Date('2026-11-02T16:01:00Z') },
    { from: '5215522220001', id: 'wamid.P3', text: 'gracias', at: new Date('2026-11-02T16:02:00Z') },
    { from: '5215522220002', id: 'wamid.P4', text: 'buenas', at: new Date('2026-11-02T16:01:30Z') },
  ]
  const shape = async (workspace: TestWorkspace) => {
    const { contacts, tickets, messages, clocks, conversations } = await read(workspace)
    return {
      contacts: contacts.map(row => row.phone).sort(),
      opened: tickets.map(row => [row.openedAt.toISOString(), row.state, row.stateAt.toISOString()]).sort(),
      messages: messages.map(row => row.wamid),
      due: clocks.map(row => [row.kind, row.dueAt.toISOString()]).sort(),
      windows: conversations.map(row => row.lastInboundAt.toISOString()).sort(),
    }
  }
  const reference = await testWorkspace(database.db)
  await deliver([webhook(reference.phoneNumberId, said)])
  const expected = await shape(reference)
  const orders = fc.shuffledSubarray(said, { minLength: 4 })
  await fc.assert(
    fc.asyncProperty(orders, fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }), async (order, cuts) => {
      const workspace = await testWorkspace(database.db)
      const bodies: Said[][] = [[]]
      order.forEach((message, n) => {
        if (cuts[n]) bodies.push([])
        bodies.at(-1)?.push(message)
      })
      const posts = bodies.filter(list => list.length > 0).map(list => webhook(workspace.phoneNumberId, list))
      for (const post of [...posts, ...posts.slice(0, 1)]) await deliver([post])
      expect(await shape(workspace)).toEqual(expected)
    }),
    { numRuns: 25 },
  )
})

it('wakes the connections of the workspace, each record once', async () => {
  const workspace = await testWorkspace(database.db)
  const connectionId = newId()
  await inWorkspace(database.db, workspace.workspaceId, tx => {
    return tx`
      insert into connections values (${connectionId}, ${workspace.workspaceId}, 'hubspot', 'HubSpot', 'sealed', '{}',
        'active', null, 0, ${now})`
  })
  const events = await deliver([webhook(workspace.phoneNumberId, [{ from: '34600000007' }, { from: '34600000007' }])])
  const { workspaceId } = workspace
  expect(events.filter(event => event.name === 'sync/outbox.dirty')).toEqual([
    { name: 'sync/outbox.dirty', data: { workspaceId, connectionId } },
  ])
  const rows = await inWorkspace(database.db, workspace.workspaceId, tx => tx`select kind from outbox order by kind`)
  expect(rows.map(row => row.kind)).toEqual(['contact', 'message', 'message', 'ticket'])
})

it('reaches both workspaces when one body speaks of two', async () => {
  const [a, b] = [await testWorkspace(database.db), await testWorkspace(database.db)]
  const both = JSON.parse(webhook(a.phoneNumberId, [{ from: '34611000001' }]))
  both.entry.push(...JSON.parse(webhook(b.phoneNumberId, [{ from: '34611000002' }])).entry)
  await deliver([JSON.stringify(both)])
  expect((await read(a)).messages).toHaveLength(1)
  expect((await read(b)).messages).toHaveLength(1)
  const [left] = await database.owner`select count(*)::int as n from deliveries where processed_at is null`
  expect(left?.n).toBe(0)
})
