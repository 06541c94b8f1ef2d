/** Walks the registry: every connector keeps the same promises, each against its own simulation. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type {
  ListPage,
  ObjectKind,
  PushItem,
  RemoteChange,
  RemoteRecord,
  Sought,
} from '../../src/connectors/contract.ts'
import { connectors } from '../../src/connectors/registry.ts'
import { ticketStates } from '../../src/core/ticket.ts'
import { type Bench, type Fault, faults, type Harness, idOf, placeOf, setUp } from './contract.ts'
import { googleSheetsHarness } from './google-sheets/harness.ts'
import { hubspotHarness } from './hubspot/harness.ts'
import { aContact, aMessage, aTicket } from './records.ts'
import { salesforceHarness } from './salesforce/harness.ts'
import { zendeskHarness } from './zendesk/harness.ts'

const harnesses: Record<string, Harness> = {
  'google-sheets': googleSheetsHarness,
  hubspot: hubspotHarness,
  salesforce: salesforceHarness,
  zendesk: zendeskHarness,
}
const kinds = ['contact', 'ticket', 'message'] as const

test('every connector has a harness', () => {
  expect(Object.keys(harnesses).toSorted()).toEqual(Object.keys(connectors).toSorted())
})

describe.each(Object.entries(harnesses))('%s', (id, harness) => {
  const connector = connectors[id]
  if (!connector) throw new Error(`no connector ${id}`)
  let bench: Bench
  let made: Awaited<ReturnType<typeof setUp>>

  beforeEach(async () => {
    bench = await harness.start()
    made = await setUp(connector, bench)
  })
  afterEach(() => bench.close())

  /** A contact with a ticket, as remote ids: what a message hangs on. */
  async function parents(): Promise<{ contact: string; ticket: string }> {
    const contact = idOf((await made.push('contact', [made.item('contact', aContact())]))[0])
    const ticket = idOf((await made.push('ticket', [made.item('ticket', aTicket(), { parents: { contact } })]))[0])
    return { contact, ticket }
  }

  /** Three unpushed records of a kind, on parents that exist. */
  async function three(kind: ObjectKind): Promise<PushItem[]> {
    if (kind === 'contact') return [1, 2, 3].map(index => made.item(kind, aContact(index)))
    const { contact, ticket } = await parents()
    if (kind === 'ticket') return [2, 3, 4].map(index => made.item(kind, aTicket(index), { parents: { contact } }))
    return [1, 2, 3].map(index => made.item(kind, aMessage(index), { parents: { contact, ticket } }))
  }

  const parse = (requests: Awaited<ReturnType<Bench['webhooks']>>): RemoteChange[] =>
    requests.flatMap(
      ({ body }) =>
        connector.webhook?.parse(JSON.parse(new TextDecoder().decode(body)), new Date(), made.ctx.settings) ?? [],
    )

  describe('setting up', () => {
    test('says what is missing before, that all is well after, and changes nothing the second time', async () => {
      const fresh = await harness.start()
      const before = await connector.check(fresh.ctx)
      expect(before.some(({ ok }) => !ok)).toBe(true)
      expect(before.filter(({ ok, fix }) => !ok && !fix)).toEqual([])
      await fresh.close()
      expect((await connector.check(made.ctx)).filter(({ ok }) => !ok)).toEqual([])
      expect(await connector.setUp(made.ctx, placeOf(bench))).toEqual(made.ctx.settings)
      expect(connector.settings.parse(JSON.parse(JSON.stringify(made.ctx.settings)))).toEqual(made.ctx.settings)
    })

    test.runIf(connector.willMake)('what will be made is told first, and is all that is made', async () => {
      const fresh = await harness.start()
      const first = await connector.willMake?.(fresh.ctx, placeOf(fresh))
      expect(first?.length).toBeGreaterThan(0)
      expect(await connector.willMake?.(fresh.ctx, placeOf(fresh))).toEqual(first)
      const settings = await connector.setUp(fresh.ctx, placeOf(fresh))
      expect(await connector.willMake?.({ ...fresh.ctx, settings }, placeOf(fresh))).toEqual([])
      await fresh.close()
    })

    test.runIf(connector.reread)('what was read at first is read again, and nothing else changes', async () => {
      expect(await connector.reread?.(made.ctx)).toEqual(made.ctx.settings)
    })

    test.each(kinds)('describes every field of a %s', async kind => {
      const fields = await connector[kind].fields(made.ctx)
      expect(new Set(fields.map(({ name }) => name)).size).toBe(fields.length)
      expect(fields.filter(({ label }) => label === '')).toEqual([])
      const known = new Set(fields.map(({ name }) => name))
      const [item] = await three(kind)
      expect(Object.keys(item?.values ?? {}).filter(name => !known.has(name))).toEqual([])
    })

    test('every state of a ticket has a value there, and is read as itself', () => {
      for (const state of ticketStates) {
        const { values } = made.item('ticket', aTicket(1, { state }))
        expect(connector.ticket.fromRemote?.(made.ctx.settings, values)).toMatchObject({ state })
      }
    })
  })

  describe('pushing', () => {
    test.each(kinds)('a %s is stored, and read as it was pushed', async kind => {
      const items = await three(kind)
      const results = await made.push(kind, items)
      for (const item of items) {
        const remoteId = idOf(results.find(({ recordId }) => recordId === item.recordId))
        const [record] = await connector[kind].read(made.ctx, [remoteId])
        expect(record?.remoteId).toBe(remoteId)
        for (const [name, value] of Object.entries(item.values))
          expect(record?.values[name] || null).toBe(value || null)
      }
    })

    test.each(['contact', 'ticket'] as const)('a %s pushed twice without its link is one record', async kind => {
      const items = await three(kind)
      const first = await made.push(kind, items)
      const count = bench.records(kind).length
      const second = await made.push(kind, items)
      expect(bench.records(kind)).toHaveLength(count)
      expect(ids(second)).toEqual(ids(first))
    })

    test.each(kinds)('a linked %s is updated, whatever order it is pushed in', async kind => {
      const items = await three(kind)
      const known = ids(await made.push(kind, items))
      const count = bench.records(kind).length
      const again = items.toReversed().map(item => ({ ...item, remoteId: known[item.recordId] ?? null }))
      expect(ids(await made.push(kind, again))).toEqual(known)
      expect(bench.records(kind)).toHaveLength(count)
    })

    test('a record that is gone says so, and the others are stored', async () => {
      const items = await three('ticket')
      const known = ids(await made.push('ticket', items))
      bench.person.deletes('ticket', known['ticket-3'] ?? '')
      const again = items.map(item => ({ ...item, remoteId: known[item.recordId] ?? null }))
      const results = await made.push('ticket', again)
      expect(results.filter(({ kind }) => kind === 'stored')).toHaveLength(2)
      expect(results.find(({ recordId }) => recordId === 'ticket-3')).toMatchObject({ failure: { kind: 'gone' } })
      expect(await connector.ticket.read(made.ctx, Object.values(known))).toHaveLength(2)
    })

    test('a message moves on: sent, read', async () => {
      const given = { direction: 'out', origin: 'agent', authorName: 'Luis' } as const
      const on = { parents: await parents() }
      const [sent] = await made.push('message', [made.item('message', aMessage(1, { ...given, status: 'sent' }), on)])
      const remoteId = idOf(sent)
      const read = made.item('message', aMessage(1, { ...given, status: 'read' }), { ...on, remoteId })
      await made.push('message', [read])
      const [record, ...others] = bench.records('message')
      expect(others).toEqual([])
      expect(record?.values).toMatchObject(read.values)
    })
  })

  describe('when it goes wrong', () => {
    test.each(kinds)('one refused %s does not hold back the others', async kind => {
      const items = await three(kind)
      const before = bench.records(kind).length
      bench.refuse([1], kind)
      const results = await made.push(kind, items)
      expect(results.filter(result => result.kind === 'stored')).toHaveLength(2)
      expect(results.find(({ recordId }) => recordId === items[1]?.recordId)).toMatchObject({
        kind: 'failed',
        failure: { kind: 'rejected' },
      })
      expect(bench.records(kind)).toHaveLength(before + 2)
    })

    const cases = kinds.flatMap(kind => faults.map(fault => [kind, fault] as const))
    test.each(cases)('a %s that meets "%s" is told right, and pushed again is one record', async (kind, fault) => {
      const items = await three(kind)
      const before = bench.records(kind).length
      bench.fail(fault, kind)
      const expected = expectedKind(fault)
      const results = await made.push(kind, items)
      expect(results.map(result => result.kind === 'failed' && result.failure.kind)).toEqual(items.map(() => expected))
      const retried = await made.push(
        kind,
        items.map(item => ({ ...item, unheard: expected === 'ambiguous' ? item.values : null })),
      )
      expect(Object.keys(ids(retried))).toHaveLength(3)
      expect(bench.records(kind)).toHaveLength(before + 3)
    })

    function expectedKind(fault: Fault): string {
      return fault === 'rate limited' || fault === 'refused as busy' ? 'retry after' : 'ambiguous'
    }

    test.each(kinds)('an unheard %s that was never stored is stored once', async kind => {
      const items = (await three(kind)).map(item => ({ ...item, unheard: item.values }))
      const before = bench.records(kind).length
      await made.push(kind, items)
      expect(bench.records(kind)).toHaveLength(before + 3)
    })

    test.each(kinds)('an unheard %s that was stored is that record', async kind => {
      const items = await three(kind)
      const first = ids(await made.push(kind, items))
      const count = bench.records(kind).length
      expect(
        ids(
          await made.push(
            kind,
            items.map(item => ({ ...item, unheard: item.values })),
          ),
        ),
      ).toEqual(first)
      expect(bench.records(kind)).toHaveLength(count)
    })

    test('refused credentials are told as such', async () => {
      const ctx = { ...made.ctx, credentials: { ...(made.ctx.credentials as object), accessToken: 'wrong' } }
      const results = await connector.contact.push(ctx, [made.item('contact', aContact())])
      expect(results).toMatchObject([{ kind: 'failed', failure: { kind: 'unauthorized' } }])
      expect((await connector.check(ctx)).some(({ ok }) => !ok)).toBe(true)
    })
  })

  describe('the number of calls', () => {
    test(`250 contacts in ${harness.calls.contacts}`, async () => {
      const items = Array.from({ length: 250 }, (_, at) => made.item('contact', aContact(at + 1)))
      bench.clearCalls()
      const results = await made.push('contact', items)
      expect(bench.calls()).toBe(harness.calls.contacts)
      expect(Object.keys(ids(results))).toHaveLength(250)
    })

    test(`1,000 messages, 300 contacts, 300 tickets in ${harness.calls.messages}`, async () => {
      bench.clearCalls()
      const contacts = Array.from({ length: 300 }, (_, at) => made.item('contact', aContact(at + 1)))
      const contactIds = ids(await made.push('contact', contacts))
      const on = (at: number) => ({ contact: contactIds[`contact-${(at % 300) + 1}`] ?? '' })
      const tickets = Array.from({ length: 300 }, (_, at) => made.item('ticket', aTicket(at + 1), { parents: on(at) }))
      const ticketIds = ids(await made.push('ticket', tickets))
      const messages = Array.from({ length: 1_000 }, (_, at) =>
        made.item('message', aMessage(at + 1), {
          parents: { ...on(at), ticket: ticketIds[`ticket-${(at % 300) + 1}`] ?? '' },
        }),
      )
      expect(Object.keys(ids(await made.push('message', messages)))).toHaveLength(1_000)
      expect(bench.calls()).toBe(harness.calls.messages)
      expect(kinds.map(kind => bench.records(kind).length)).toEqual([300, 300, 1_000])
    })
  })

  describe('reading', () => {
    test('what is not there is absent', async () => {
      const { contact } = await parents()
      expect(await connector.contact.read(made.ctx, [contact, '999999999', contact])).toHaveLength(1)
      expect(await connector.contact.read(made.ctx, [])).toEqual([])
    })

    test.skipIf(harness.lacks?.includes('merges'))(
      'a merged contact is found by its old id, and names it',
      async () => {
        const pushed = ids(await made.push('contact', await three('contact')))
        const [first = '', second = ''] = [pushed['contact-1'], pushed['contact-2']]
        const survivor = bench.person.merges(first, second)
        const [record, ...others] = await connector.contact.read(made.ctx, [first, second])
        expect(others).toEqual([])
        expect(record?.remoteId).toBe(survivor)
        expect([survivor, ...(record?.aliases ?? [])]).toEqual(expect.arrayContaining([first, second]))
      },
    )
  })

  describe.each(['contact', 'ticket'] as const)('listing %ss', kind => {
    const { list } = connector[kind]

    test.runIf(list)('page by page all are there, once', async () => {
      const pushed = ids(await made.push(kind, await many(kind)))
      const { records, total } = await walk(null)
      expect(records.map(({ remoteId }) => remoteId).toSorted()).toEqual(Object.values(pushed).toSorted())
      expect([records.length, null]).toContain(total)
    })

    test.runIf(list)('what is made meanwhile moves none that were there', async () => {
      const pushed = ids(await made.push(kind, await many(kind)))
      const { records } = await walk(null, async () => {
        await made.push(kind, [kind === 'contact' ? made.item(kind, aContact(90)) : made.item(kind, aTicket(90))])
      })
      const listed = records.map(({ remoteId }) => remoteId)
      expect(new Set(listed).size).toBe(listed.length)
      expect(listed).toEqual(expect.arrayContaining(Object.values(pushed)))
    })

    test.runIf(list && !harness.lacks?.includes('dates'))('since a moment only what was changed then', async () => {
      const pushed = Object.values(ids(await made.push(kind, await many(kind))))
      const since = bench.advance(60_000)
      bench.advance(1_000)
      const [first = '', second = ''] = pushed
      for (const id of [first, second]) {
        if (kind === 'contact') bench.person.renames(id, 'Berta')
        else bench.person.resolves(id)
      }
      const { records } = await walk(since)
      expect(records.map(({ remoteId }) => remoteId).toSorted()).toEqual([first, second].toSorted())
    })

    async function many(kind: 'contact' | 'ticket'): Promise<PushItem[]> {
      const places = [1, 2, 3, 4, 5, 6, 7]
      if (kind === 'contact') return places.map(at => made.item(kind, aContact(at)))
      const contact = idOf((await made.push('contact', [made.item('contact', aContact())]))[0])
      return places.map(at => made.item('ticket', aTicket(at), { parents: { contact } }))
    }

    /** Pages of three, and what happens after the first. */
    async function walk(changedSince: Date | null, between?: () => Promise<void>) {
      const records: RemoteRecord[] = []
      let cursor: string | null = null
      let total: number | null = null
      do {
        const page: ListPage = await (list as NonNullable<typeof list>)(made.ctx, { cursor, limit: 3, changedSince })
        expect(page.records.length).toBeLessThanOrEqual(3)
        records.push(...page.records)
        if (cursor === null) {
          total = page.total
          await between?.()
        }
        cursor = page.cursor
      } while (cursor !== null)
      return { records, total }
    }
  })

  describe.runIf(connector.contact.find !== undefined)('finding people', () => {
    const find = (sought: Sought[]) => connector.contact.find?.(made.ctx, sought)

    test('by our key whom we pushed, and nobody else', async () => {
      const pushed = ids(await made.push('contact', await three('contact')))
      const contact = aContact(1)
      const sought = { recordId: contact.id, waKey: contact.waKey, phones: [contact.phone ?? ''], email: null }
      const stranger = { recordId: 'stranger', waKey: '5491100000000', phones: ['+5491100000000'], email: 'no@x.es' }
      expect(await find([sought, stranger])).toEqual([
        { recordId: contact.id, remoteId: pushed[contact.id], by: 'key' },
      ])
      expect(await find([])).toEqual([])
    })

    test('by number whom a person made there, and both where there are two', async () => {
      const first = bench.person.makes({ name: 'Ana', phone: '+34 600 00 00 77' })
      const sought = { recordId: 'ours', waKey: '34600000077', phones: ['+34600000077'], email: null }
      expect(await find([sought])).toEqual([{ recordId: 'ours', remoteId: first, by: 'phone' }])
      const second = bench.person.makes({ name: 'Ana', phone: '+34600000077' })
      expect((await find([sought]))?.map(({ remoteId }) => remoteId).toSorted()).toEqual([first, second].toSorted())
    })

    test('by e-mail whom a person made there', async () => {
      const id = bench.person.makes({ name: 'Ana', email: 'ana@example.com' })
      const sought = { recordId: 'ours', waKey: '34600000078', phones: [], email: 'ana@example.com' }
      expect(await find([sought])).toEqual([{ recordId: 'ours', remoteId: id, by: 'email' }])
    })
  })

  describe.runIf(connector.contact.erase !== undefined)('erasing', () => {
    const erase = (id: string) => connector.contact.erase?.(made.ctx, id)

    test('leaves nothing of a person, twice too, and nobody else is touched', async () => {
      const { contact, ticket } = await parents()
      const [other] = await made.push('contact', [made.item('contact', aContact(2))])
      await made.push('message', [made.item('message', aMessage(), { parents: { contact, ticket } })])
      expect(await erase(contact)).toEqual({ kind: 'erased' })
      expect(await connector.contact.read(made.ctx, [contact])).toEqual([])
      expect(bench.records('message')).toEqual([])
      expect(await erase(contact)).toEqual({ kind: 'erased' })
      expect(await connector.contact.read(made.ctx, [idOf(other)])).toHaveLength(1)
    })

    test('that meets an error is told, and nothing is called erased that is not', async () => {
      const { contact } = await parents()
      bench.failErasure()
      expect(await erase(contact)).toMatchObject({ kind: 'failed', failure: { kind: 'retry after' } })
      expect(await connector.contact.read(made.ctx, [contact])).toHaveLength(1)
    })
  })

  describe.runIf(connector.changes !== undefined)('the feed of changes', () => {
    const read = (cursor: string | null) =>
      (connector.changes as NonNullable<typeof connector.changes>).read({ ...made.ctx, now: bench.advance(0) }, cursor)

    /** To its end; the changes of all pages. */
    async function follow(from: string | null) {
      const changes: RemoteChange[] = []
      let cursor = from
      for (let page = 0; page < 50; page++) {
        const next = await read(cursor)
        expect(next.lost).toBe(false)
        changes.push(...next.changes)
        cursor = next.cursor
        if (!next.more) return { changes, cursor }
      }
      throw new Error('It never ends')
    }

    test('begins now, and then tells what people did, also after it was left for a while', async () => {
      const { contact, ticket } = await parents()
      bench.advance(120_000)
      const begun = await follow(null)
      expect(begun.changes).toEqual([])
      bench.advance(1_000)
      bench.person.renames(contact, 'Berta')
      const first = await follow(begun.cursor)
      expect(first.changes).toContainEqual(
        expect.objectContaining({ kind: 'touched', object: 'contact', remoteId: contact }),
      )
      bench.advance(3_600_000)
      bench.person.resolves(ticket)
      bench.advance(3_600_000)
      const second = await follow(first.cursor)
      expect(second.changes).toContainEqual(
        expect.objectContaining({ kind: 'touched', object: 'ticket', remoteId: ticket }),
      )
      bench.advance(3_600_000)
      expect((await follow(second.cursor)).changes).toEqual([])
    })

    test('a page that is read twice is the same: nothing is lost where its cursor was not kept', async () => {
      const { contact } = await parents()
      bench.advance(120_000)
      const { cursor } = await follow(null)
      bench.advance(1_000)
      bench.person.renames(contact, 'Berta')
      const [first, again] = [await read(cursor), await read(cursor)]
      expect(again.changes).toEqual(first.changes)
    })

    test('what the journal or index learns late is told late, but told', async () => {
      const { contact } = await parents()
      bench.advance(120_000)
      const { cursor } = await follow(null)
      bench.advance(1_000)
      bench.lags(20_000)
      bench.person.renames(contact, 'Berta')
      const first = await follow(cursor)
      bench.advance(30_000)
      const second = await follow(first.cursor)
      expect([...first.changes, ...second.changes]).toContainEqual(
        expect.objectContaining({ kind: 'touched', object: 'contact', remoteId: contact }),
      )
    })
  })

  describe.runIf(connector.webhook && !harness.lacks?.includes('signed bodies'))('webhooks', () => {
    test('our own push comes back, verified, and as ours', async () => {
      const { contact, ticket } = await parents()
      const requests = await bench.webhooks()
      for (const request of requests) {
        expect(await connector.webhook?.verify(made.ctx.credentials, request, new Date())).toBe('valid')
      }
      const changes = parse(requests)
      expect(changes.filter(change => change.kind !== 'touched' || !change.byUs)).toEqual([])
      expect(new Set(changes.map(change => change.remoteId))).toEqual(new Set([contact, ticket]))
    })

    test("a person's change is not ours, and says what it says", async () => {
      const { contact, ticket } = await parents()
      await bench.webhooks()
      bench.person.renames(contact, 'Berta')
      bench.person.resolves(ticket)
      const changes = parse(await bench.webhooks())
      expect(changes).toContainEqual(
        expect.objectContaining({ kind: 'touched', object: 'ticket', remoteId: ticket, byUs: false }),
      )
      expect(changes).toContainEqual(
        expect.objectContaining({ kind: 'touched', object: 'contact', remoteId: contact, byUs: false }),
      )
      const [person] = await connector.contact.read(made.ctx, [contact])
      expect(connector.contact.fromRemote?.(made.ctx.settings, person?.values ?? {})).toMatchObject({ name: 'Berta' })
      const [resolved] = await connector.ticket.read(made.ctx, [ticket])
      expect(connector.ticket.fromRemote?.(made.ctx.settings, resolved?.values ?? {})).toMatchObject({
        state: 'resolved',
      })
    })

    test('merges and deletions are told', async () => {
      const pushed = ids(await made.push('contact', await three('contact')))
      const [first = '', second = '', third = ''] = Object.values(pushed)
      await bench.webhooks()
      const survivor = bench.person.merges(first, second)
      bench.person.deletes('contact', third)
      const changes = parse(await bench.webhooks())
      expect(changes).toContainEqual(expect.objectContaining({ kind: 'deleted', object: 'contact', remoteId: third }))
      const merged = changes.find(change => change.kind === 'merged')
      expect(merged).toMatchObject({ object: 'contact', remoteId: survivor })
      expect([survivor, ...(merged?.kind === 'merged' ? merged.mergedIds : [])]).toEqual(
        expect.arrayContaining([first, second]),
      )
    })

    test('duplicates and disorder lose nothing', async () => {
      bench.disorder()
      const items = Array.from({ length: 150 }, (_, at) => made.item('contact', aContact(at + 1)))
      const pushed = ids(await made.push('contact', items))
      const requests = await bench.webhooks()
      for (const request of requests) {
        expect(await connector.webhook?.verify(made.ctx.credentials, request, new Date())).toBe('valid')
      }
      expect(new Set(parse(requests).map(({ remoteId }) => remoteId))).toEqual(new Set(Object.values(pushed)))
    })

    test('forged and old ones are refused, broken ones do not throw', async () => {
      await parents()
      const [request] = await bench.webhooks()
      if (!request || !connector.webhook) throw new Error('no webhook came')
      const { verify } = connector.webhook
      const { credentials } = made.ctx
      const forged = new TextEncoder().encode(`${new TextDecoder().decode(request.body)} `)
      expect(await verify(credentials, { ...request, body: forged }, new Date())).toBe('invalid')
      if (!harness.signsBodyOnly)
        expect(await verify(credentials, { ...request, url: `${request.url}&more=1` }, new Date())).toBe('invalid')
      expect(await verify(credentials, { ...request, headers: new Headers() }, new Date())).toBe('invalid')
      expect(await verify(credentials, request, new Date(Date.now() + 3_600_000))).toBe('expired')
      const odd = new Headers([...request.headers].map(([name, value]) => [name, value.replace(/./g, 'ÿ')]))
      expect(await verify(credentials, { ...request, headers: odd }, new Date())).toBe('invalid')
    })
  })
})

/** Record id → remote id of all that was stored. */
function ids(results: Awaited<ReturnType<Awaited<ReturnType<typeof setUp>>['push']>>): Record<string, string> {
  const stored = results.flatMap(result =>
    result.kind === 'stored' ? [[result.recordId, result.remoteId] as const] : [],
  )
  return Object.fromEntries(stored.toSorted(([a], [b]) => a.localeCompare(b)))
}
