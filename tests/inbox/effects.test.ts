/** What echoes, history, groups, hand-overs, changed ids and news of a number do to conversations and tickets. */

import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWire } from '../../bench/ingest/wire.ts'
import type { DomainEvent } from '../../src/core/events.ts'
import { seesAll } from '../../src/core/permissions.ts'
import { storeDeliveries } from '../../src/db/deliveries.ts'
import { inWorkspace } from '../../src/db/tenancy.ts'
import { newId } from '../../src/inbox/context.ts'
import { LARGE, processDeliveries } from '../../src/inbox/process-deliveries.ts'
import { updateContact } from '../../src/inbox/update-contact.ts'
import { openDatabase } from '../../src/node/open-database.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { waitFor } from '../support/wait-for.ts'
import { type TestWorkspace, testWorkspace } from '../support/workspace.ts'

let database: TestDatabase
let workspace: TestWorkspace
let wabaId: string
const now = new Date('2026-11-02T17:00:00Z')
const customer = '525544332211'
const own = '525510002000'

beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

async function begin() {
  workspace = await testWorkspace(database.db)
  wabaId = workspace.phoneNumberId.slice(0, 9)
  await database.owner`update channels set waba_id = ${wabaId} where id = ${workspace.channelId}`
}

async function deliver(body: object, meanwhile?: () => Promise<void>): Promise<DomainEvent[]> {
  const row = { id: newId(), source: 'whatsapp:default', body: JSON.stringify(body), workspaceId: null }
  await storeDeliveries(database.db, [row], now)
  const events: DomainEvent[] = []
  const emit = async (list: DomainEvent[]) => void events.push(...list)
  await processDeliveries({ db: database.db, now, emit, ...(meanwhile ? { meanwhile } : {}) }, [row])
  return events
}

const seconds = (minute: number) => String(Date.parse('2026-11-02T16:00:00Z') / 1000 + minute * 60)
const change = (field: string, value: object) => ({
  entry: [
    {
      id: wabaId,
      changes: [
        {
          field,
          value: { metadata: { phone_number_id: workspace.phoneNumberId, display_phone_number: own }, ...value },
        },
      ],
    },
  ],
})
const news = (field: string, value: object, minute = 0) => ({
  entry: [{ id: wabaId, time: Number(seconds(minute)), changes: [{ field, value }] }],
})
const text = (id: string, minute: number, body: string, more: object = {}) => ({
  ...{ from: customer, id: `wamid.${id}`, timestamp: seconds(minute), type: 'text', text: { body } },
  ...more,
})
const wrote = (id: string, minute: number, more: object = {}) =>
  change('messages', { messages: [text(id, minute, 'hola', more)] })
const echoed = (id: string, minute: number, more: object = {}) =>
  change('smb_message_echoes', { message_echoes: [text(id, minute, 'buenas', { from: own, to: customer, ...more })] })

function read() {
  return inWorkspace(database.db, workspace.workspaceId, async tx => ({
    contacts: await tx`select * from contacts order by created_at, id`,
    identities: await tx`select * from identities order by kind, match_key`,
    conversations: await tx`select * from conversations order by created_at, id`,
    tickets: await tx`select * from tickets order by opened_at`,
    messages: await tx`select * from messages order by provider_at, id`,
    clocks: await tx`select * from clocks order by kind`,
    suggestions: await tx`select * from merge_suggestions order by at, id`,
    channel: (await tx`select * from channels`)[0],
    templates: await tx`select * from templates`,
  }))
}

describe('an echo of the business app', () => {
  it('opens no ticket and no window, and starts nothing', async () => {
    await begin()
    await deliver(echoed('E1', 0))
    const { tickets, conversations, messages } = await read()
    expect(tickets).toEqual([])
    expect(conversations).toMatchObject([{ lastInboundAt: null, toWaId: customer }])
    expect(messages).toMatchObject([{ direction: 'out', origin: 'agent', status: 'sent', authorName: null }])
  })

  it('belongs to the open ticket, and is the answer its clock waits for', async () => {
    await begin()
    await deliver(wrote('A1', 0))
    await deliver(echoed('E1', 5))
    const { tickets, messages, clocks } = await read()
    expect(tickets).toMatchObject([{ state: 'waiting' }])
    expect(messages[1]?.ticketId).toBe(tickets[0]?.id)
    expect(clocks.find(clock => clock.kind === 'frt')?.stoppedAt).toEqual(new Date('2026-11-02T16:05:00Z'))
  })

  it('does not wait for the customer who has written since, whichever comes first', async () => {
    for (const late of [false, true]) {
      await begin()
      await deliver(wrote('A1', 0))
      if (late) await deliver(wrote('A2', 6))
      await deliver(echoed('E1', 5))
      if (!late) await deliver(wrote('A2', 6))
      const { tickets, clocks } = await read()
      expect(tickets).toMatchObject([{ state: 'in_progress', stateAt: new Date('2026-11-02T16:06:00Z') }])
      expect(clocks.map(clock => [clock.kind, clock.startedAt, clock.stoppedAt])).toEqual([
        ['frt', new Date('2026-11-02T16:00:00Z'), new Date('2026-11-02T16:05:00Z')],
        ['ttr', new Date('2026-11-02T16:00:00Z'), null],
      ])
    }
  })

  it('is not of the ticket that was resolved', async () => {
    await begin()
    await deliver(wrote('A1', 0))
    await database.owner`update tickets set state = 'resolved', state_at = ${now} where workspace_id = ${workspace.workspaceId}`
    await deliver(echoed('E1', 30))
    const { tickets, messages } = await read()
    expect(tickets).toMatchObject([{ state: 'resolved' }])
    expect(messages[1]).toMatchObject({ ticketId: null })
  })

  it('shows what was reported of it before it came', async () => {
    await begin()
    const states = [{ id: 'wamid.E1', status: 'read', timestamp: seconds(6) }]
    await deliver(change('messages', { statuses: states }))
    await deliver(echoed('E1', 5))
    expect((await read()).messages).toMatchObject([{ status: 'read' }])
  })
})

describe('history', () => {
  const thread = (messages: object[]) => change('history', { history: [{ threads: [{ id: customer, messages }] }] })

  it('opens no ticket and no window, and no connection hears of its messages', async () => {
    await begin()
    const connectionId = newId()
    await inWorkspace(database.db, workspace.workspaceId, tx => {
      return tx`
        insert into connections values (${connectionId}, ${workspace.workspaceId}, 'hubspot', 'HubSpot', 'sealed', '{}',
          'active', null, 0, ${now})`
    })
    await deliver(thread([text('H1', -9_000, 'antes'), text('H2', -8_990, 'claro', { from: own })]))
    const { tickets, conversations, messages } = await read()
    expect(tickets).toEqual([])
    expect(conversations).toMatchObject([{ lastInboundAt: null }])
    expect(messages.map(row => [row.direction, row.text, row.ticketId])).toEqual([
      ['in', 'antes', null],
      ['out', 'claro', null],
    ])
    const told = await inWorkspace(database.db, workspace.workspaceId, tx => tx`select kind from outbox`)
    expect(told.map(row => row.kind)).toEqual(['contact'])
  })

  it('of a customer with an open ticket stays outside it', async () => {
    await begin()
    await deliver(wrote('A1', 0))
    await deliver(thread([text('H1', -9_000, 'antes')]))
    const { tickets, messages } = await read()
    expect(tickets).toMatchObject([{ openedAt: new Date('2026-11-02T16:00:00Z') }])
    expect(messages[0]).toMatchObject({ text: 'antes', ticketId: null })
  })

  it.each(['placeholder first', 'file first'])('a file takes the place of its placeholder: %s', async order => {
    await begin()
    const placeholder = thread([
      { from: customer, id: 'wamid.F1', timestamp: seconds(-9_000), type: 'media_placeholder' },
    ])
    const image = { type: 'image', image: { id: '4020', caption: 'el ramo' } }
    const file = change('history', {
      messages: [{ from: customer, id: 'wamid.F1', timestamp: seconds(-9_000), ...image }],
    })
    const [first, second] = order === 'file first' ? [file, placeholder] : [placeholder, file]
    await deliver(first)
    await deliver(second)
    expect((await read()).messages).toMatchObject([{ kind: 'image', text: 'el ramo', content: { mediaId: '4020' } }])
  })

  it('in a large body lets others go first between its pieces, and is settled with the last', async () => {
    await begin()
    const long = 'x'.repeat(Math.ceil(LARGE / 1_200))
    const body = thread(Array.from({ length: 1_200 }, (_, n) => text(`H${n}`, -9_000 + n, long)))
    const seen: [stored: number, pending: number][] = []
    await deliver(body, async () => {
      if (seen.length === 1) await deliver(wrote('LIVE', 0))
      const { messages } = await read()
      const [row] = await database.owner`select count(*)::int as n from deliveries where processed_at is null`
      seen.push([messages.length, row?.n])
    })
    expect(seen).toEqual([
      [0, 1],
      [501, 1],
      [1_001, 1],
    ])
    const { messages, tickets } = await read()
    expect([messages.length, tickets.length]).toEqual([1_201, 1])
    const [row] = await database.owner`select count(*)::int as n from deliveries where processed_at is null`
    expect(row?.n).toBe(0)
  })
})

describe('a group', () => {
  it('is one conversation of all who write in it, apart from what each writes alone', async () => {
    await begin()
    const inGroup = { group_id: 'grupo.1' }
    await deliver(wrote('G1', 0, inGroup))
    await deliver(wrote('G2', 1, { ...inGroup, from: '525500009999' }))
    await deliver(wrote('A1', 2))
    const { contacts, conversations, tickets, messages } = await read()
    expect(contacts).toHaveLength(2)
    expect(conversations.map(row => row.groupId)).toEqual(['grupo.1', null])
    expect(conversations[0]).toMatchObject({ toWaId: null, lastInboundAt: new Date('2026-11-02T16:01:00Z') })
    expect(tickets).toHaveLength(2)
    expect(messages.map(row => row.contactId === contacts[0]?.id)).toEqual([true, false, true])
  })

  it('is one conversation also when two write their first at once', async () => {
    await begin()
    await Promise.all(
      ['1', '2', '3', '4'].map(n =>
        deliver(wrote(`G${n}`, Number(n), { group_id: 'grupo.2', from: `52550000000${n}` })),
      ),
    )
    const { conversations, contacts, messages } = await read()
    expect([conversations.length, contacts.length, messages.length]).toEqual([1, 4, 4])
  })
})

describe('edits and deletions', () => {
  const edit = (id: string, minute: number, body: string, more: object = {}) =>
    wrote(id, minute, {
      ...{ type: 'edit', text: undefined },
      edit: { original_message_id: 'wamid.A1', message: { type: 'text', text: { body } } },
      ...more,
    })
  const revoke = (id: string, minute: number, more: object = {}) =>
    wrote(id, minute, { type: 'revoke', text: undefined, revoke: { original_message_id: 'wamid.A1' }, ...more })

  it.each([[[0, 1, 2]], [[0, 2, 1]], [[1, 0, 2]], [[1, 2, 0]], [[2, 0, 1]], [[2, 1, 0]]])(
    'the newest edit stands, in the order %j',
    async order => {
      await begin()
      const bodies = [wrote('A1', 0), edit('X1', 1, 'hola a todos'), edit('X2', 2, 'hola a todas')]
      for (const n of order) await deliver(bodies[n] ?? {})
      const { messages, tickets } = await read()
      expect(messages[0]).toMatchObject({ text: 'hola a todas', content: { originalText: 'hola' } })
      expect(tickets).toHaveLength(1)
    },
  )

  it('of somebody else change nothing', async () => {
    await begin()
    await deliver(wrote('A1', 0))
    await deliver(
      change('smb_message_echoes', {
        message_echoes: [
          {
            ...{ from: own, to: customer, id: 'wamid.X1', timestamp: seconds(1), type: 'edit' },
            edit: { original_message_id: 'wamid.A1', message: { type: 'text', text: { body: 'otra cosa' } } },
          },
        ],
      }),
    )
    expect((await read()).messages[0]).toMatchObject({ text: 'hola', content: null })
  })

  it('a deletion is noted, also before its message', async () => {
    await begin()
    await deliver(revoke('R1', 3))
    await deliver(wrote('A1', 0))
    expect((await read()).messages[0]).toMatchObject({ content: { revokedAt: '2026-11-02T16:03:00.000Z' } })
  })
})

describe('who somebody is', () => {
  it('a new number is the same contact, whom we answer there', async () => {
    await begin()
    await deliver(wrote('A1', 0))
    const system = { type: 'user_changed_number', wa_id: '525599998888', body: 'cambió' }
    await deliver(wrote('S1', 5, { type: 'system', text: undefined, system }))
    await deliver(wrote('A2', 9, { from: '525599998888' }))
    const { contacts, conversations, tickets } = await read()
    expect(contacts).toMatchObject([{ phone: '+525599998888', waKey: '525599998888' }])
    expect(conversations).toMatchObject([{ toWaId: '525599998888' }])
    expect(tickets).toHaveLength(1)
  })

  it('a new number that is somebody else’s merges nobody, and is noted', async () => {
    await begin()
    await deliver(wrote('A1', 0))
    await deliver(wrote('B1', 1, { from: '525599998888' }))
    const system = { type: 'user_changed_number', wa_id: '525599998888' }
    await deliver(wrote('S1', 5, { type: 'system', text: undefined, system }))
    const { contacts, suggestions } = await read()
    expect(contacts.map(row => row.phone)).toEqual(['+525544332211', '+525599998888'])
    const [contactA, contactB] = contacts.map(row => row.id).sort()
    expect(suggestions).toMatchObject([
      {
        ...{ contactA, contactB, reason: 'ids changed', state: 'open', at: new Date('2026-11-02T16:05:00Z') },
        source: { channelId: workspace.channelId, wamid: 'wamid.S1' },
      },
    ])
  })

  it('who was asked for the number and shares it is known by it from then on', async () => {
    await begin()
    const asked = { from: undefined, from_user_id: 'MX.9', type: 'contacts', text: undefined }
    const cards = [{ origin: 'contact_request', phones: [{ wa_id: customer, phone: '+52 55 4433 2211' }] }]
    await deliver(wrote('C1', 0, { ...asked, contacts: cards }))
    await deliver(wrote('A1', 5))
    const { contacts, identities } = await read()
    expect(contacts).toMatchObject([{ phone: `+${customer}` }])
    expect(identities.map(row => row.kind)).toEqual(['bsuid', 'wa_id'])
  })

  it('an address book names whom we know without a name, and makes nobody', async () => {
    await begin()
    await deliver(wrote('A1', 0))
    const entry = (phone_number: string, full_name: string) => ({
      type: 'contact',
      action: 'add',
      contact: { phone_number, full_name },
    })
    await deliver(change('smb_app_state_sync', { state_sync: [entry(customer, 'Ana Torres'), entry('5255', 'Nadie')] }))
    await deliver(change('smb_app_state_sync', { state_sync: [entry(customer, 'Otra')] }))
    expect((await read()).contacts).toMatchObject([{ name: 'Ana Torres' }])
  })
})

describe('disorder', () => {
  const permutations = <T>(list: T[]): T[][] =>
    list.length < 2
      ? [list]
      : list.flatMap((each, n) => permutations(list.toSpliced(n, 1)).map(others => [each, ...others]))

  it('of what the customer and the business write changes neither ticket, state, first answer nor who belongs to it', async () => {
    const reaction = { type: 'reaction', text: undefined, reaction: { message_id: 'wamid.A1', emoji: '👍' } }
    const said = () => [wrote('A1', 0), echoed('E1', 5), echoed('E2', 7), wrote('A2', 6), wrote('R1', 8, reaction)]
    const orders = fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 })
    const check = async (order: number[]) => {
      await begin()
      const bodies = said()
      for (const n of order) await deliver(bodies[n] ?? {})
      const { tickets, messages, clocks } = await read()
      expect(tickets).toMatchObject([{ state: 'waiting', openedAt: new Date('2026-11-02T16:00:00Z') }])
      expect(messages.every(row => row.ticketId === tickets[0]?.id)).toBe(true)
      const frt = clocks.find(clock => clock.kind === 'frt')
      expect(frt?.stoppedAt).toEqual(new Date('2026-11-02T16:05:00Z'))
    }
    const found = [
      [0, 2, 3, 1, 4],
      [4, 2, 1, 3, 0],
    ].map(order => [order] as [number[]])
    await fc.assert(fc.asyncProperty(orders, check), { numRuns: 25, examples: found })
  })

  it('of turns changes no clock: each is what it would be, had every word come when it was written', async () => {
    await begin()
    await database.owner`update sla_policies set nrt_minutes = 1 where workspace_id = ${workspace.workspaceId}`
    // Who speaks in turn, every second minute: the customer, or the business in its app.
    const talks = ['QAQA', 'QAAQ', 'QQAQ', 'QAQQ', 'AQAQ', 'QAQAA', 'QAAQQ', 'QAQQA', 'QQAAQ']
    const told = talks.flatMap(talk => permutations(Array.from(talk, (_, n) => n)).map(order => ({ talk, order })))
    const people = told.map((each, n) => ({ ...each, waId: `5255${10_000_000 + n}` }))
    const said = ({ talk, waId }: { talk: string; waId: string }, n: number) =>
      talk[n] === 'Q'
        ? change('messages', { messages: [text(`${waId}.${n}`, 2 * n, 'hola', { from: waId })] })
        : change('smb_message_echoes', {
            message_echoes: [text(`${waId}.${n}`, 2 * n, 'buenas', { from: own, to: waId })],
          })
    for (const step of [0, 1, 2, 3, 4]) {
      const bodies = people.flatMap(person => {
        const nth = person.order[step]
        return nth === undefined ? [] : [said(person, nth)]
      })
      await deliver({ entry: bodies.flatMap(body => body.entry) })
    }
    const rows = await inWorkspace(
      database.db,
      workspace.workspaceId,
      tx => tx<{ waId: string; clocks: object[] }[]>`
        select i.value as "waId", json_agg(json_build_array(c.kind, c.turn, c.started_at, c.stopped_at, c.due_at,
          c.breached_at, t.waiting_since) order by c.kind, c.turn) as clocks
        from clocks c join tickets t on t.id = c.ticket_id
        join identities i on i.contact_id = t.contact_id and i.kind = 'wa_id' group by i.value`,
    )
    const clocks = new Map(rows.map(row => [row.waId, row.clocks]))
    const inOrder = new Map(
      people
        .filter(({ order }) => order.every((nth, n) => nth === n))
        .map(({ talk, waId }) => [talk, clocks.get(waId)]),
    )
    expect(inOrder.get('QAQA')).toHaveLength(3)
    const wrong = people.filter(
      ({ talk, waId }) => JSON.stringify(clocks.get(waId)) !== JSON.stringify(inOrder.get(talk)),
    )
    expect(wrong.map(({ talk, order }) => `${talk} ${order.join('')}`)).toEqual([])
  })

  it('of names: the one the customer gave first stands, until a person or a CRM writes another', async () => {
    const named = (id: string, minute: number, name: string) =>
      change('messages', {
        contacts: [{ wa_id: customer, profile: { name, username: `@${name}` } }],
        messages: [text(id, minute, 'hola')],
      })
    for (const order of permutations([0, 1, 2])) {
      await begin()
      const bodies = [named('A1', 0, 'ana'), named('A2', 5, 'anita'), named('A3', 9, 'ana maría')]
      for (const n of order) await deliver(bodies[n] ?? {})
      const [contact] = (await read()).contacts
      expect(contact).toMatchObject({ name: 'ana', username: 'ana maría' })
      const ctx = { db: database.db, workspaceId: workspace.workspaceId, now, emit: async () => {} }
      await updateContact({ ...ctx, actor: { kind: 'system' }, sees: seesAll }, contact?.id, { name: 'Ana Torres' })
      await deliver(named('A0', -5, 'anis'))
      expect((await read()).contacts).toMatchObject([{ name: 'Ana Torres' }])
    }
  })

  it('what somebody writes of a contact while a message is taken in stands', async () => {
    await begin()
    const named = (id: string, minute: number, name: string) =>
      change('messages', {
        contacts: [{ wa_id: customer, profile: { name, username: `@${name}` } }],
        messages: [text(id, minute, 'hola')],
      })
    await deliver(named('A1', 0, 'ana'))
    const [contact] = (await read()).contacts
    let taken: Promise<DomainEvent[]> | undefined
    await database.owner.begin(async tx => {
      await tx`
        update contacts set name = 'Ana Torres', name_from = null, name_at = null, email = 'ana@example.com', version = version + 1
        where id = ${contact?.id}`
      taken = deliver(named('A0', -5, 'anis'))
      await waitFor('the message to wait for who writes', async () => {
        const [row] = await database.owner`
          select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
        return row
      })
    })
    await taken
    expect((await read()).contacts).toMatchObject([{ name: 'Ana Torres', nameFrom: null, email: 'ana@example.com' }])
  })
})

describe('another agent', () => {
  it('answers without a ticket, until it passes the customer on', async () => {
    await begin()
    await deliver(change('standby', { standby: { messages: [text('A1', 0, 'hola')] } }))
    const before = await read()
    expect(before.tickets).toEqual([])
    expect(before.conversations).toMatchObject([{ lastInboundAt: new Date('2026-11-02T16:00:00Z') }])
    const passed = {
      ...{ sender: { phone_number: customer }, recipient: { phone_number_id: workspace.phoneNumberId } },
      ...{ type: 'control_passed', timestamp: seconds(3) },
      control_passed: {
        new_owner_role: 'escalation',
        conversation_context: { summary: { text: 'Quiere una factura' } },
      },
    }
    await deliver(news('messaging_handovers', passed))
    await deliver(news('messaging_handovers', { ...passed, again: true }))
    const { tickets, messages } = await read()
    // The rules read the summary.
    expect(tickets).toMatchObject([{ teamId: workspace.teams.billing, subject: expect.stringContaining('factura') }])
    expect(messages).toHaveLength(2)
  })

  it('a call opens window and ticket, whether anybody takes it', async () => {
    await begin()
    const call = { id: 'wacid.1', from: customer, to: own, direction: 'USER_INITIATED' }
    await deliver(change('calls', { calls: [{ ...call, event: 'terminate', timestamp: seconds(2), duration: 0 }] }))
    expect((await read()).tickets).toEqual([])
    await deliver(change('calls', { calls: [{ ...call, event: 'connect', timestamp: seconds(1) }] }))
    const { tickets, conversations, messages } = await read()
    expect(tickets).toMatchObject([{ subject: '[Llamada]' }])
    expect(conversations).toMatchObject([{ lastInboundAt: new Date('2026-11-02T16:01:00Z') }])
    expect(messages.map(row => row.kind)).toEqual(['call', 'call'])
  })
})

describe('a number', () => {
  it.each([
    [['PARTNER_REMOVED'], 'disconnected', 'PARTNER_REMOVED'],
    [['ACCOUNT_OFFBOARDED', 'ACCOUNT_RECONNECTED'], 'unchecked', 'ACCOUNT_RECONNECTED'],
    [['ACCOUNT_RESTRICTION'], 'connected', null],
  ])('told %j is %s', async (told, state, reason) => {
    await begin()
    for (const [n, event] of told.entries()) await deliver(news('account_update', { event }, n))
    expect((await read()).channel).toMatchObject({ state, stateReason: reason })
  })

  it('stays as the newest of its news says, which may come first', async () => {
    await begin()
    const tier = (current_limit: string) => ({ display_phone_number: own, event: 'ONBOARDING', current_limit })
    await deliver(news('phone_number_quality_update', tier('TIER_10K'), 9))
    await deliver(news('phone_number_quality_update', tier('TIER_250'), 1))
    await deliver(news('account_update', { event: 'ACCOUNT_RECONNECTED' }, 9))
    await deliver(news('account_update', { event: 'ACCOUNT_OFFBOARDED' }, 1))
    expect((await read()).channel).toMatchObject({ state: 'connected', messagingLimit: '10K' })
  })

  it('whose token was refused stays refused', async () => {
    await begin()
    await database.owner`update channels set state = 'reconnect', state_reason = 'expired' where id = ${workspace.channelId}`
    await deliver(news('account_update', { event: 'ACCOUNT_RECONNECTED' }))
    expect((await read()).channel).toMatchObject({ state: 'reconnect', stateReason: 'expired' })
  })

  it('of an app that may not speak for it is told nothing', async () => {
    await begin()
    await database.owner`update channels set app_key = 'luna' where id = ${workspace.channelId}`
    await deliver(news('account_update', { event: 'PARTNER_REMOVED' }))
    expect((await read()).channel).toMatchObject({ state: 'connected' })
  })

  it('is told of a template that it does not know yet', async () => {
    await begin()
    const { channelId, workspaceId } = workspace
    const told = {
      event: 'APPROVED',
      message_template_id: 7,
      message_template_name: 'cita',
      message_template_language: 'es',
    }
    const events = await deliver(news('message_template_status_update', told))
    expect(events).toContainEqual({ name: 'inbox/templates.stale', data: { workspaceId, channelId } })
  })

  it('takes a message without its id where it is the only one of its account', async () => {
    await begin()
    const value = { messages: [text('N1', 0, 'hola')] }
    await deliver({ entry: [{ id: wabaId, changes: [{ field: 'messages', value }] }] })
    expect((await read()).messages).toHaveLength(1)
  })
})

it('the last word on marketing stands, whatever the order', async () => {
  await begin()
  const said = (value: string, minute: number) =>
    change('user_preferences', {
      user_preferences: [
        { wa_id: customer, category: 'marketing_messages', value, timestamp: Number(seconds(minute)) },
      ],
    })
  await deliver(said('resume', 5))
  await deliver(said('stop', 1))
  const { conversations, tickets } = await read()
  expect(conversations).toMatchObject([{ marketing: 'resume', lastInboundAt: null }])
  expect(tickets).toEqual([])
})

it('a text takes one round trip to know whose it is, and four to take effect', async () => {
  await begin()
  const wire = await openWire(database.url)
  const db = openDatabase(wire.url, { max: 1 })
  const turns: number[] = []
  // The first ones ask Postgres what the statements are.
  for (const id of ['T1', 'T2', 'T3']) {
    const row = { id: newId(), source: 'whatsapp:default', body: JSON.stringify(wrote(id, 0)), workspaceId: null }
    await storeDeliveries(database.db, [row], now)
    wire.count()
    await processDeliveries({ db, now, emit: async () => {} }, [row])
    turns.push(wire.count().turns)
  }
  await db.end()
  wire.close()
  expect(turns.at(-1)).toBe(1 + 4)
})
