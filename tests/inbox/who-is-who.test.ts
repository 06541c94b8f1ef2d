/** Who is one person: by all the ids that messages and news prove, in any order, and what is left for a person to judge. */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { inWorkspace } from '../../src/db/tenancy.ts'
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

function read({ workspaceId }: TestWorkspace) {
  return inWorkspace(database.db, workspaceId, async tx => ({
    contacts: await tx`select * from contacts order by created_at, id`,
    identities: await tx`select * from identities order by kind, match_key`,
    suggestions: await tx`select * from merge_suggestions order by at, id`,
    conversations: await tx`select * from conversations order by id`,
    messages: await tx`select * from messages order by provider_at, id`,
  }))
}

const at = (minute: number) => new Date(Date.parse('2026-11-02T16:00:00Z') + minute * 60_000)

it.each([
  ['Mexican', '5215500001234', '525500001234'],
  ['Brazilian', '5541988880001', '554188880001'],
  ['Ivorian', '2250707001234', '22507001234'],
])('two phones of one %s number are one contact, and each is answered as it wrote', async (_, one, other) => {
  for (const [first, second] of [
    [one, other],
    [other, one],
  ] as const) {
    const workspace = await testWorkspace(database.db)
    await deliver([webhook(workspace.phoneNumberId, [{ from: first, at: at(0) }])])
    expect((await read(workspace)).conversations).toMatchObject([{ toWaId: first }])
    await deliver([webhook(workspace.phoneNumberId, [{ from: second, at: at(1) }])])
    const { contacts, conversations, suggestions } = await read(workspace)
    expect(contacts).toHaveLength(1)
    expect(conversations).toMatchObject([{ toWaId: second }])
    expect(suggestions).toEqual([])
  }
})

it('an Argentine number without its 9 may be a landline: with the 9 first, that they are one is left to a person', async () => {
  const without = await testWorkspace(database.db)
  await deliver([webhook(without.phoneNumberId, [{ from: '541100001234', at: at(0) }])])
  await deliver([webhook(without.phoneNumberId, [{ from: '5491100001234', at: at(1) }])])
  const one = await read(without)
  expect([one.contacts.length, one.suggestions.length]).toEqual([1, 0])
  expect(one.conversations).toMatchObject([{ toWaId: '5491100001234' }])

  const workspace = await testWorkspace(database.db)
  await deliver([webhook(workspace.phoneNumberId, [{ from: '5491100001234', at: at(0) }])])
  await deliver([webhook(workspace.phoneNumberId, [{ from: '541100001234', at: at(1) }])])
  const { contacts, suggestions } = await read(workspace)
  expect(contacts).toHaveLength(2)
  expect(suggestions).toMatchObject([{ reason: 'number without its 9', state: 'open' }])
})

it('who writes by a new id before its notice, in an earlier body, is suggested to be one with who they were', async () => {
  const workspace = await testWorkspace(database.db)
  const { phoneNumberId } = workspace
  const system = { type: 'user_changed_user_id', previous_user_id: 'MX.1', user_id: 'MX.2' }
  await deliver([webhook(phoneNumberId, [{ from: '525500001234', userId: 'MX.1', at: at(0) }])])
  await deliver([webhook(phoneNumberId, [{ userId: 'MX.2', at: at(2) }])])
  const notice = { userId: 'MX.1', at: at(1), id: 'wamid.N1', raw: { type: 'system', system } }
  await deliver([webhook(phoneNumberId, [notice])])
  const { contacts, suggestions } = await read(workspace)
  expect(contacts).toHaveLength(2)
  expect(suggestions).toMatchObject([{ reason: 'ids changed', at: at(1), source: { wamid: 'wamid.N1' } }])
})

it.each([
  ['in the same body', (phoneNumberId: string, first: Said, notice: Said) => [webhook(phoneNumberId, [first, notice])]],
  [
    'with both ids in it',
    (phoneNumberId: string, first: Said, notice: Said) => [
      webhook(phoneNumberId, [{ ...first, from: '525500001234' }]),
      webhook(phoneNumberId, [notice]),
    ],
  ],
])('a message by a new id %s as what tells of it is the same person’s at once', async (_, bodies) => {
  const workspace = await testWorkspace(database.db)
  const system = { type: 'user_changed_user_id', previous_user_id: 'MX.1', user_id: 'MX.2' }
  await deliver([webhook(workspace.phoneNumberId, [{ from: '525500001234', userId: 'MX.1', at: at(0) }])])
  const notice = { userId: 'MX.1', at: at(1), raw: { type: 'system', system } }
  await deliver(bodies(workspace.phoneNumberId, { userId: 'MX.2', at: at(2) }, notice))
  const { contacts, suggestions } = await read(workspace)
  expect([contacts.length, suggestions.length]).toEqual([1, 0])
})

it('only who was asked for the number proves it; that of somebody else is left to a person', async () => {
  for (const [origin, reasons] of [
    ['contact_request', ['number shared']],
    ['other', []],
  ] as const) {
    const workspace = await testWorkspace(database.db)
    const { phoneNumberId } = workspace
    await deliver([
      webhook(phoneNumberId, [
        { from: '525500001234', at: at(0) },
        { userId: 'MX.7', at: at(0) },
      ]),
    ])
    const contacts = [{ origin, phones: [{ wa_id: '5215500001234' }], name: { formatted_name: 'Yo' } }]
    await deliver([webhook(phoneNumberId, [{ userId: 'MX.7', at: at(1), raw: { type: 'contacts', contacts } }])])
    const found = await read(workspace)
    expect(found.contacts).toHaveLength(2)
    expect(found.suggestions.map(row => row.reason)).toEqual(reasons)
  }
})

it('in any order, grouping and repetition, the same people are one or suggested to be one', async () => {
  const numbers = ['5215500000001', '525500000001', '525500000002', '5491100000003', '541100000003']
  const ids = ['MX.1', 'MX.2', 'AR.3']
  const said = fc.record({
    from: fc.option(fc.constantFrom(...numbers), { nil: undefined }),
    userId: fc.option(fc.constantFrom(...ids), { nil: undefined }),
    becomes: fc.option(fc.constantFrom(...numbers, ...ids), { nil: undefined }),
  })
  const conversation = fc
    .array(said, { minLength: 2, maxLength: 7 })
    .map(list => list.filter(({ from, userId }) => from || userId))
  const course = conversation.chain(list =>
    fc.record({
      list: fc.constant(list),
      orders: fc.tuple(
        ...[1, 2].map(() => fc.shuffledSubarray([...list.keys(), ...list.keys()], { minLength: list.length * 2 })),
      ),
      size: fc.integer({ min: 1, max: 4 }),
    }),
  )
  const found = {
    list: [
      { from: undefined, userId: 'MX.1', becomes: '541100000003' },
      { from: '5215500000001', userId: undefined, becomes: undefined },
      { from: '5215500000001', userId: undefined, becomes: '5491100000003' },
    ],
    orders: [
      [1, 0, 2],
      [2, 1, 0],
    ] as [number[], number[]],
    size: 1,
  }
  await fc.assert(
    fc.asyncProperty(course, async ({ list, orders, size }) => {
      const people: unknown[] = []
      for (const order of orders) {
        const workspace = await testWorkspace(database.db)
        const bodies = list.map(({ from, userId, becomes }, n) => {
          const isNumber = becomes && /^\d/.test(becomes)
          const system = isNumber
            ? { type: 'user_changed_number', wa_id: becomes }
            : { type: 'user_changed_user_id', user_id: becomes }
          const raw = becomes ? { raw: { type: 'system', system } } : {}
          const ids = { ...(from ? { from } : {}), ...(userId ? { userId } : {}) }
          return webhook(workspace.phoneNumberId, [{ ...ids, ...raw, at: at(n), id: `wamid.${n}` }])
        })
        const queue = order.map(n => bodies[n] ?? '')
        while (queue.length > 0) await deliver(queue.splice(0, size))
        people.push(await groups(workspace))
      }
      expect(people[1]).toEqual(people[0])
    }),
    { numRuns: 25, examples: [[found]] },
  )

  /** Ids, and messages, of contacts that are one or suggested to be. */
  async function groups(workspace: TestWorkspace) {
    const { contacts, identities, suggestions, messages } = await read(workspace)
    const leader = new Map(contacts.map(({ id }) => [id, id]))
    for (const { contactA, contactB } of suggestions) {
      const [a, b] = [leader.get(contactA), leader.get(contactB)]
      for (const [id, of] of leader) if (of === b) leader.set(id, a)
    }
    const byLeader = Map.groupBy(contacts, ({ id }) => leader.get(id))
    return [...byLeader.values()]
      .map(group => {
        const mine = new Set(group.map(({ id }) => id))
        return {
          ids: identities.filter(row => mine.has(row.contactId)).map(row => `${row.kind} ${row.matchKey}`),
          messages: messages.filter(row => mine.has(row.contactId)).map(row => row.wamid),
        }
      })
      .sort((a, b) => `${a.ids}`.localeCompare(`${b.ids}`))
  }
})
