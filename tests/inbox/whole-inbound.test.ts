/** Every shape of webhook, in any order and any number of times, in the database. */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { inWorkspace } from '../../src/db/tenancy.ts'
import { bodies, type Scene, START } from '../fixtures/whatsapp.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { deliver as deliverTo } from '../support/deliver.ts'
import { type TestWorkspace, testWorkspace } from '../support/workspace.ts'

let database: TestDatabase
const now = new Date((START + 7_200) * 1000)

beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

/** Stores the bodies as the ledger does and processes those that are new, together. */
async function deliver(given: object[]) {
  const bodies = given.map(body => JSON.stringify(body))
  return deliverTo(database.db, bodies, now)
}

/** A workspace of its own, and bodies for its number alone. */
async function stage(): Promise<{ workspace: TestWorkspace; scene: Scene; all: Record<string, object> }> {
  const workspace = await testWorkspace(database.db)
  const wabaId = workspace.phoneNumberId.slice(0, 9)
  await database.owner`update channels set waba_id = ${wabaId} where id = ${workspace.channelId}`
  const scene = {
    ...{ phoneNumberId: workspace.phoneNumberId, wabaId, own: '525510002000', customer: '525544332211' },
    ...{ userId: 'MX.77001', tag: workspace.phoneNumberId.slice(-6) },
  }
  return { workspace, scene, all: bodies(scene) }
}

async function read(workspace: TestWorkspace) {
  return inWorkspace(database.db, workspace.workspaceId, async tx => ({
    contacts: await tx`select * from contacts order by wa_key`,
    identities: await tx`select * from identities order by kind, match_key`,
    conversations: await tx`select * from conversations order by last_inbound_at, to_wa_id`,
    tickets: await tx`select * from tickets order by opened_at`,
    messages: await tx`select * from messages order by provider_at, wamid`,
    statuses: await tx`select * from statuses order by wamid, status, participant`,
    events: await tx`select * from channel_events order by field, event, at`,
    channel: (await tx`select * from channels`)[0],
    letters: await tx`select * from dead_letters`,
    suggestions: await tx`select * from merge_suggestions order by at`,
    pending: await database.owner`select count(*)::int as n from deliveries where processed_at is null`,
  }))
}

const find = (rows: readonly Record<string, unknown>[], name: string) =>
  rows.find(row => String(row.wamid).endsWith(`.${name}`))

it('keeps everything that all the shapes say, and buries none', async () => {
  const { workspace, all } = await stage()
  for (const body of Object.values(all)) await deliver([body])
  const { messages, letters, pending, events, channel, statuses } = await read(workspace)
  expect(letters).toEqual([])
  expect(pending).toEqual([{ n: 0 }])
  expect(find(messages, 'image')).toMatchObject({
    text: 'Así llegó, roto',
    content: { originalText: 'Así llegó', mediaId: '4011' },
  })
  expect(find(messages, 'forwarded')).toMatchObject({ content: { revokedAt: expect.any(String) } })
  expect(find(messages, 'echo')).toMatchObject({ direction: 'out', origin: 'agent', text: 'Ya salió ayer' })
  expect(find(messages, 'agent')).toMatchObject({ direction: 'out', origin: 'bot', status: 'sent' })
  expect(find(messages, 'old-file')).toMatchObject({ kind: 'image', text: 'el ramo', ticketId: null })
  expect(find(messages, 'old-ours')).toMatchObject({ direction: 'out', status: 'read', ticketId: null })
  expect(statuses.filter(row => row.wamid.endsWith('.group-ours'))).toHaveLength(3)
  expect(statuses.find(row => row.status === 'sent' && row.detail?.pricing)).toMatchObject({
    detail: { pricing: { category: 'service' } },
  })
  expect(events.map(row => row.field)).toEqual(expect.arrayContaining(['account_update', 'security', 'holograms']))
  expect(channel).toMatchObject({
    ...{ quality: 'FLAGGED', verifiedName: 'Flores Luna', perSecond: 1_000, state: 'connected' },
  })
})

it('ends in the same state for every order, grouping and repetition of all the shapes', async () => {
  /**
   * What must not depend on the order: all but running ids, which of two equals came first, and what was decided once over a
   * new ticket by the message that came first (subject, owner, priority).
   */
  const shape = async (workspace: TestWorkspace, { tag }: Scene) => {
    const found = await read(workspace)
    const { contacts, identities, conversations, tickets, messages, statuses, events, channel, letters, suggestions } =
      found
    const plain = (rows: readonly Record<string, unknown>[], keys: string[]) =>
      JSON.parse(
        JSON.stringify(rows.map(row => Object.fromEntries(keys.map(key => [key, row[key]])))).replaceAll(tag, 'TAG'),
      ) as unknown
    return {
      people: plain(contacts, ['name', 'nameFrom', 'username', 'phone', 'waKey']),
      ids: plain(identities, ['kind', 'matchKey']),
      conversations: plain(conversations, ['lastInboundAt', 'groupId', 'marketing']),
      messages: plain(
        messages.map(row => ({ ...row, inTicket: row.ticketId !== null })),
        ['inTicket', 'wamid', 'direction', 'origin', 'kind', 'text', 'content', 'status', 'targetWamid', 'customerKey'],
      ),
      tickets: plain(tickets, ['state', 'openedAt', 'resolvedAt']),
      suggestions: plain(suggestions, ['reason', 'source', 'at', 'state']),
      statuses: plain(statuses, ['wamid', 'status', 'participant', 'errorCode']),
      events: plain(events, ['field', 'event', 'health']),
      channel: plain(channel ? [channel] : [], ['state', 'quality', 'messagingLimit', 'verifiedName', 'perSecond']),
      letters: letters.length,
    }
  }
  const reference = await stage()
  for (const body of Object.values(reference.all)) await deliver([body])
  const expected = await shape(reference.workspace, reference.scene)
  const names = Object.keys(reference.all)
  const order = fc.shuffledSubarray(names, { minLength: names.length })
  const again = fc.subarray(names)
  await fc.assert(
    fc.asyncProperty(order, again, fc.infiniteStream(fc.integer({ min: 1, max: 9 })), async (first, twice, sizes) => {
      const { workspace, scene, all } = await stage()
      const queue = [...first, ...twice].map(name => all[name] ?? {})
      for (const size of sizes) {
        if (queue.length === 0) break
        await deliver(queue.splice(0, size))
      }
      expect(await shape(workspace, scene)).toEqual(expected)
    }),
    { numRuns: 10 },
  )
})
