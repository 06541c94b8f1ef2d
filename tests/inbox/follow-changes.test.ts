/** The feed of changes, and what follows it: search and facts. */
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { FeedCursor } from '../../src/core/change.ts'
import { type Sight, seesAll } from '../../src/core/permissions.ts'
import { searchWords, snippet } from '../../src/core/search.ts'
import { changesAfter, changesFor, endOfFeed } from '../../src/db/changes.ts'
import { findContacts, findMessages, findTickets } from '../../src/db/search.ts'
import { inWorkspace } from '../../src/db/tenancy.ts'
import type { InboxContext } from '../../src/inbox/context.ts'
import { consumerNames, follow } from '../../src/inbox/follow-changes.ts'
import { newId } from '../../src/inbox/new-id.ts'
import { reply } from '../../src/inbox/reply.ts'
import { resolveTicket } from '../../src/inbox/resolve-ticket.ts'
import { tagTicket } from '../../src/inbox/tag-ticket.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { deliver } from '../support/deliver.ts'
import { settledFeed } from '../support/settled-feed.ts'
import { webhook } from '../support/whatsapp.ts'
import { type TestWorkspace, testWorkspace } from '../support/workspace.ts'

let database: TestDatabase
let workspace: TestWorkspace
const TEN = new Date('2026-11-02T16:00:00Z')
const later = (minutes: number) => new Date(TEN.getTime() + minutes * 60_000)
const START: FeedCursor = { xid: 0n, seq: 0n, at: TEN }

beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())
beforeEach(async () => {
  workspace = await testWorkspace(database.db)
})

async function say(text: string, at: Date, from = '5215550001234', name = 'Ana Torres', to = workspace) {
  const body = webhook(to.phoneNumberId, [{ from, text, at, name }])
  await deliver(database.db, body, at)
}

const within = <T>(act: Parameters<typeof inWorkspace<T>>[2], id = workspace.workspaceId) =>
  inWorkspace(database.db, id, act)
const settle = async (id = workspace.workspaceId) => {
  await settledFeed(database.owner)
  for (const name of consumerNames) while (await follow({ db: database.db, workspaceId: id, now: TEN }, name));
}
const as = (at: Date): InboxContext => ({
  ...{ db: database.db, workspaceId: workspace.workspaceId, now: at, sees: seesAll, emit: async () => {} },
  actor: { kind: 'agent', agentId: workspace.agents.lucia, name: 'Lucía' },
})
const tickets = () => within(tx => tx<{ id: string; number: number }[]>`select id, number from tickets order by number`)
const answer = (ticketId: string, at: Date) =>
  reply(as(at), { ticketId, content: { type: 'text', text: 'claro' }, idempotencyKey: newId(), authorName: 'Lucía' })

describe('the feed', () => {
  it('tells each thing once, ids only, and of this workspace alone', async () => {
    const other = await testWorkspace(database.db)
    await say('hola', TEN)
    await say('ajeno', TEN, '5215550009999', 'Otro', other)
    await settledFeed(database.owner)
    const rows = await within(tx => changesAfter(tx, START, 100))
    expect(rows.map(row => row.kind).sort()).toEqual([
      ...['contact.created', 'message.received', 'ticket.assigned', 'ticket.opened'],
    ])
    expect(JSON.stringify(rows.map(({ xid, seq, ...row }) => row))).not.toMatch(/hola|Ana|555/)
  })

  it('shows nothing of what is behind a transaction that still runs, and then all of it, in order', async () => {
    const begin = await within(endOfFeed)
    const hold = Promise.withResolvers<void>()
    const insert = (kind: string) => (tx: Parameters<Parameters<typeof within>[0]>[0]) =>
      tx`
      insert into changes (xid, seq, workspace_id, at, kind, record_id)
      values (pg_current_xact_id()::text::bigint, nextval('changes_seq'), ${workspace.workspaceId}, now(), ${kind}, ${newId()})`
    const started = Promise.withResolvers<void>()
    const slow = within(async tx => {
      await insert('slow.first')(tx)
      started.resolve()
      await hold.promise
      await insert('slow.second')(tx)
    })
    await started.promise
    await within(insert('quick'))
    expect(await within(tx => changesAfter(tx, begin, 10))).toEqual([])
    hold.resolve()
    await slow
    await settledFeed(database.owner)
    const seen = await within(tx => changesAfter(tx, begin, 10))
    expect(seen.map(row => row.kind)).toEqual(['slow.first', 'slow.second', 'quick'])
  })

  it('loses and repeats nothing for a reader who reads while many write, in slices of any size', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 3, max: 12 }), async (limit, writers) => {
        await settledFeed(database.owner)
        let cursor = await within(endOfFeed)
        const wanted = new Set<string>()
        const seen: string[] = []
        const read = async () => {
          for (;;) {
            const rows = await within(tx => changesAfter(tx, cursor, limit))
            const last = rows.at(-1)
            if (!last) return
            cursor = last
            seen.push(...rows.map(row => row.recordId))
          }
        }
        const write = () =>
          within(async tx => {
            for (let n = 0; n < 2; n++) {
              const id = newId()
              wanted.add(id)
              await tx`insert into changes (xid, seq, workspace_id, at, kind, record_id)
                values (pg_current_xact_id()::text::bigint, nextval('changes_seq'), ${workspace.workspaceId}, now(), 'x', ${id})`
            }
          })
        let isOver = false
        const writing = Promise.all(Array.from({ length: writers }, write)).finally(() => {
          isOver = true
        })
        while (!isOver) await read()
        await writing
        await settledFeed(database.owner)
        await read()
        expect(seen.toSorted()).toEqual([...wanted].toSorted())
      }),
      { numRuns: 10 },
    )
  })

  it('says of each change whether somebody may hear of it', async () => {
    await say('hola', TEN)
    const sees: Sight = { kind: 'team', teamIds: [workspace.teams.billing], agentId: workspace.agents.sofia }
    await settledFeed(database.owner)
    const rows = await within(tx => changesFor(tx, sees, START, 100))
    expect(rows.filter(row => row.isSeen).map(row => row.kind)).toEqual(['contact.created'])
    expect((await within(tx => changesFor(tx, seesAll, START, 100))).every(row => row.isSeen)).toBe(true)
  })
})

describe('search', () => {
  const find = (text: string, sees: Sight = seesAll) => within(tx => findMessages(tx, sees, searchWords(text), 10))

  it.each([
    ['¿Dónde está mi devolución?', 'devolucion'],
    ['Quiero dos devoluciones', 'devolución'],
    ['Quiero dos devoluciones', 'devolucion'],
    ['necesito una FACTURA', 'facturas'],
    ['preciso da devolução do pedido', 'devolucoes'],
    ['minhas devoluções', 'devolucao'],
    ['the shipping was delayed', 'delay'],
    ['¿Dónde está?', 'donde'],
    ['el pedido 778812 no llegó', '778812'],
    ['el pedido 778812 no llegó', '7788'],
    ['o’brien', "o'brien"],
    ['envíame el catálogo', 'envia catal'],
    ['escribe a ana.torres@example.com', 'torres'],
  ])('finds «%s» by «%s»', async (text, words) => {
    await say(text, TEN)
    await say('otra cosa', later(1), '5215550005678', 'Beto')
    await settle()
    expect((await find(words)).map(row => row.text)).toEqual([text])
  })

  it('needs all words, and finds nothing for what is not there', async () => {
    await say('pedido con factura', TEN)
    await settle()
    expect(await find('pedido zanahoria')).toEqual([])
    expect(await find("'; drop table messages; --")).toEqual([])
    expect(await find('\\ & | ! :*')).toEqual([])
  })

  it('finds people and tickets by any digits of a number, by name, and by the number of the ticket', async () => {
    await say('hola', TEN, '5215550001234', 'Peña Ñandú')
    await settle()
    for (const words of ['0001234', '555 000', '+52 1 555-000-1234', '15550', 'pena', 'ÑANDU']) {
      expect(await within(tx => findContacts(tx, searchWords(words), 5)), words).toHaveLength(1)
      expect(await within(tx => findTickets(tx, seesAll, searchWords(words), 5)), words).toHaveLength(1)
    }
    const [ticket] = await tickets()
    expect(await within(tx => findTickets(tx, seesAll, searchWords(`BZ-${ticket?.number}`), 5))).toHaveLength(1)
    expect(await within(tx => findContacts(tx, searchWords('99999'), 5))).toEqual([])
  })

  it('follows what changes, and shows nobody what they do not see', async () => {
    await say('hola', TEN)
    await settle()
    const [ticket] = await tickets()
    await tagTicket(as(later(1)), ticket?.id ?? '', { add: ['garantía'] })
    await settle()
    const of = (sees: Sight) => within(tx => findTickets(tx, sees, ['garantia'], 5))
    expect(await of(seesAll)).toHaveLength(1)
    const elsewhere: Sight = { kind: 'team', teamIds: [workspace.teams.billing], agentId: workspace.agents.sofia }
    expect(await of(elsewhere)).toEqual([])
    expect(await find('hola', elsewhere)).toEqual([])
  })

  it('finds nothing of another workspace, also where their marks are the same', async () => {
    const other = await testWorkspace(database.db)
    await say('secreto', TEN, '5215550007777', 'Otro', other)
    await settle(other.workspaceId)
    await database.owner`update search_documents set words = array_to_tsvector(array(
      select right(${workspace.workspaceId}::text, 6) || substr(w, 7) from unnest(tsvector_to_array(words)) w))
      where workspace_id = ${other.workspaceId}`
    expect(await find('secreto')).toEqual([])
  })

  it('uses the index and reads no table from end to end', async () => {
    await say('hola', TEN)
    await settle()
    const plan = await database.owner.begin(async tx => {
      await tx`select set_config('app.workspace_id', ${workspace.workspaceId}, true), set_config('enable_seqscan', 'off', true)`
      return tx`explain select record_id from search_documents
        where words @@ search_query(search_mark(${workspace.workspaceId}, 'message'), array['hola'])`
    })
    expect(plan.map(row => row['QUERY PLAN']).join('\n')).toContain('search_documents_words')
  })
})

it('shows the part of a text where a word is', () => {
  const text = `${'bla '.repeat(60)}la devolución del pedido ${'fin '.repeat(60)}`
  expect(snippet(text, ['devoluciones'])).toMatch(/^….*devolución del pedido.*…$/)
  expect(snippet('corto', ['nada'])).toBe('corto')
})

describe('facts', () => {
  const facts = async () => {
    await settle()
    const [row] = await within(tx => tx`select * from ticket_facts order by opened_at`)
    // 64-bit integers come as their digits.
    return Object.fromEntries(
      Object.entries(row ?? {}).map(([key, value]) => [key, /Ms$/.test(key) ? Number(value) : value]),
    )
  }

  it('are what the chronology says, however often they are folded', async () => {
    await say('hola', TEN)
    const [ticket] = await tickets()
    const id = ticket?.id ?? ''
    await answer(id, later(10))
    await say('¿y el envío?', later(20))
    expect(await facts()).toMatchObject({
      frtMs: 600_000,
      nextAnswers: 0,
      resolvedAt: null,
      frtMet: true,
      messagesIn: 2,
    })
    await answer(id, later(35))
    await resolveTicket(as(later(60)), id)
    const all = { frtMs: 600_000, nextAnswers: 1, nrtMs: 900_000, ttrMs: 3_600_000, reopened: 0, firstContact: false }
    expect(await facts()).toMatchObject({ ...all, resolvedAt: later(60), messagesIn: 2, messagesOut: 2 })
    await database.owner`delete from feed_cursors where workspace_id = ${workspace.workspaceId} and consumer = 'facts'`
    await database.owner`delete from message_hours where workspace_id = ${workspace.workspaceId}`
    expect(await facts()).toMatchObject(all)
  })

  it('count time by office hours too: lunch is none', async () => {
    const noon = new Date('2026-11-02T19:50:00Z')
    await say('hola', noon)
    const [ticket] = await tickets()
    // 13:50 in Mexico City; closed from 14:00 to 16:00.
    await answer(ticket?.id ?? '', new Date('2026-11-02T22:05:00Z'))
    expect(await facts()).toMatchObject({ frtMs: 135 * 60_000, frtBusinessMs: 15 * 60_000 })
  })

  it('count each message once by hour, channel and author', async () => {
    await say('hola', TEN)
    const [ticket] = await tickets()
    await answer(ticket?.id ?? '', later(1))
    await settle()
    await settle()
    const hours = await within(tx => tx`select direction, messages, agent_id from message_hours order by direction`)
    expect(hours).toMatchObject([
      { direction: 'in', messages: 1 },
      { direction: 'out', messages: 1, agentId: workspace.agents.lucia },
    ])
  })
})
