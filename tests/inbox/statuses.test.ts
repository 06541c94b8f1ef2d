/** Delivery states in every order, before and after what they speak of, by the thousand. */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openWire } from '../../bench/ingest/wire.ts'
import { furthest, type MessageStatus, type ProviderStatus, providerStatuses } from '../../src/core/message.ts'
import { storeDeliveries } from '../../src/db/deliveries.ts'
import { reportedStatuses, statusesOf } from '../../src/db/statuses.ts'
import { inWorkspace } from '../../src/db/tenancy.ts'
import { newId } from '../../src/inbox/context.ts'
import { processDeliveries } from '../../src/inbox/process-deliveries.ts'
import { openDatabase } from '../../src/node/open-database.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { webhook } from '../support/whatsapp.ts'
import { type TestWorkspace, testWorkspace } from '../support/workspace.ts'

let database: TestDatabase
const now = new Date('2026-11-02T17:00:00Z')

beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

type Report = { id: string; status: ProviderStatus; participant?: string; callback?: string }

/** One body, which differs from every other by the time of what it says. */
function body({ phoneNumberId }: TestWorkspace, reports: Report[]): string {
  const timestamp = String(1_793_600_000 + Math.floor(Math.random() * 1_000_000))
  const states = reports.map(({ id, status, participant, callback }) => ({
    ...{ id, status, timestamp },
    ...(participant ? { recipient_type: 'group', recipient_participant_id: participant } : {}),
    ...(callback ? { biz_opaque_callback_data: callback } : {}),
    ...(status === 'failed' ? { errors: [{ code: 131026, title: 'Undeliverable' }] } : {}),
  }))
  return webhook(phoneNumberId, [], states)
}

async function stored(given: string) {
  const row = { id: newId(), source: 'whatsapp:default', body: given, workspaceId: null }
  await storeDeliveries(database.db, [row], now)
  return row
}

async function deliver(given: string, db = database.db) {
  await processDeliveries({ db, now, emit: async () => {} }, [await stored(given)])
}

/** A conversation with so many messages of ours, accepted under these ids. */
async function sent(workspace: TestWorkspace, wamids: (string | null)[]): Promise<string[]> {
  await deliver(webhook(workspace.phoneNumberId, [{ from: '525544332211' }]))
  const ids = wamids.map(() => newId())
  await inWorkspace(
    database.db,
    workspace.workspaceId,
    tx => tx`
      insert into messages (id, workspace_id, channel_id, conversation_id, contact_id, wamid, direction, origin, kind, text,
        provider_at, recorded_at, status)
      select m.id, c.workspace_id, c.channel_id, c.id, c.contact_id, m.wamid, 'out', 'agent', 'text', 'hola', ${now}, ${now},
        'accepted'
      from conversations c, unnest(${ids}::uuid[], ${wamids as string[]}::text[]) as m (id, wamid)`,
  )
  return ids
}

function messages(workspace: TestWorkspace) {
  return inWorkspace(
    database.db,
    workspace.workspaceId,
    tx => tx<{ id: string; wamid: string; status: MessageStatus; failureCode: string | null }[]>`
      select id, wamid, status, failure_code from messages where direction = 'out' order by wamid`,
  )
}

it('10,000 in disorder, 1,000 a body, take three round trips a body, and every message shows the furthest', async () => {
  const workspace = await testWorkspace(database.db)
  const wamids = Array.from({ length: 2_500 }, (_, n) => `wamid.M${String(n).padStart(4, '0')}`)
  await sent(workspace, wamids)
  const reports = wamids.flatMap((id, n) =>
    (['sent', 'delivered', 'read', n % 10 === 0 ? 'failed' : 'played'] as const).map(status => ({ id, status })),
  )
  const [disorder = []] = fc.sample(fc.shuffledSubarray(reports, { minLength: reports.length }), {
    numRuns: 1,
    seed: 7,
  })
  const wire = await openWire(database.url)
  const db = openDatabase(wire.url, { max: 1 })
  // The first asks Postgres what the statements are.
  await deliver(body(workspace, disorder.slice(0, 1)), db)
  const turns: number[] = []
  for (let n = 0; n < disorder.length; n += 1_000) {
    const row = await stored(body(workspace, disorder.slice(n, n + 1_000)))
    wire.count()
    await processDeliveries({ db, now, emit: async () => {} }, [row])
    turns.push(wire.count().turns)
  }
  await db.end()
  wire.close()
  // Whose number it is, and the transaction: begin, and everything with its commit.
  expect(turns).toEqual(Array.from({ length: 10 }, () => 1 + 2))
  const found = await messages(workspace)
  expect(found.map(row => row.status)).toEqual(wamids.map((_, n) => (n % 10 === 0 ? 'failed' : 'played')))
  const [rows] = await inWorkspace(
    database.db,
    workspace.workspaceId,
    tx => tx`select count(*)::int as n from statuses`,
  )
  expect(rows?.n).toBe(10_000)
})

it('end the same in every order, however often they come and whenever our id becomes known', async () => {
  const report = fc.record({
    id: fc.constantFrom('wamid.A', 'wamid.B'),
    status: fc.constantFrom(...providerStatuses),
    participant: fc.constantFrom('', '', '525511112222', '525533334444'),
  })
  const property = fc.asyncProperty(
    fc
      .array(report, { minLength: 1, maxLength: 8 })
      .chain(list =>
        fc.tuple(
          fc.constant(list),
          fc.shuffledSubarray([...list, ...list], { minLength: list.length * 2 }),
          fc.integer({ min: 1, max: 4 }),
        ),
      ),
    async ([list, disorder, size]) => {
      const workspace = await testWorkspace(database.db)
      const [ours = ''] = await sent(workspace, [null, 'wamid.B'])
      // The first is not known by its id: what speaks of it names ours, as what we sent asked.
      for (let n = 0; n < disorder.length; n += size) {
        const part = disorder
          .slice(n, n + size)
          .map(each => (each.id === 'wamid.A' ? { ...each, callback: ours } : each))
        await deliver(body(workspace, part))
      }
      const expected = (id: string) =>
        list
          .filter(each => each.id === id && !(each.participant && each.status === 'failed'))
          .reduce<MessageStatus>((furthestYet, each) => furthest(furthestYet, each.status), 'accepted')
      const found = new Map((await messages(workspace)).map(row => [row.id, row.status]))
      expect(found.get(ours)).toBe(expected('wamid.A'))
      expect([...found.values()].sort()).toEqual([expected('wamid.A'), expected('wamid.B')].sort())
    },
  )
  await fc.assert(property, { numRuns: 25 })
})

it('of a message that is not known yet are kept, and known when it is', async () => {
  const workspace = await testWorkspace(database.db)
  await deliver(body(workspace, [{ id: 'wamid.LATER', status: 'read' }]))
  const [known, reported] = await inWorkspace(database.db, workspace.workspaceId, tx =>
    Promise.all([
      statusesOf(tx, workspace.channelId, 'wamid.LATER'),
      reportedStatuses(tx, [workspace.channelId], ['wamid.LATER']),
    ]),
  )
  expect(known).toMatchObject([{ status: 'read' }])
  expect(reported).toMatchObject([{ wamid: 'wamid.LATER', status: 'read' }])
})

it('of a group: failing for one member does not fail the message, failing as a whole does', async () => {
  const workspace = await testWorkspace(database.db)
  await sent(workspace, ['wamid.G1', 'wamid.G2'])
  await deliver(
    body(workspace, [
      { id: 'wamid.G1', status: 'failed', participant: '525511112222' },
      { id: 'wamid.G1', status: 'delivered', participant: '525533334444' },
      { id: 'wamid.G2', status: 'failed' },
    ]),
  )
  expect(await messages(workspace)).toMatchObject([
    { status: 'delivered' },
    { status: 'failed', failureCode: '131026' },
  ])
})

it('make no contact, no conversation and no ticket', async () => {
  const workspace = await testWorkspace(database.db)
  await deliver(body(workspace, [{ id: 'wamid.NOBODY', status: 'delivered' }]))
  const [row] = await inWorkspace(
    database.db,
    workspace.workspaceId,
    tx => tx`select (select count(*) from contacts)::int + (select count(*) from conversations)::int as n`,
  )
  expect(row?.n).toBe(0)
})
