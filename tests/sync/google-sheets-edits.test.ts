/**
 * A person works in the spreadsheet as people do, while customers write and agents edit: whatever the order, no row is lost, doubled
 * or written over against the policy, and nothing of the person's own is touched. A few here; SHEET_HISTORIES=n for more.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { DEMO } from '../../src/node/demo.ts'
import { connect, pause } from '../../src/sync/connect.ts'
import { syncContext } from '../../src/sync/context.ts'
import { credentials, EMAIL, peopleIn } from '../connectors/google-sheets/harness.ts'
import { startHub, type TestHub } from '../support/hub.ts'
import { openLetters } from './support.ts'

const PEOPLE = 3
const who = fc.nat({ max: PEOPLE - 1 })
const kind = fc.constantFrom('contact' as const, 'ticket' as const)
const place = fc.nat({ max: 5 })

/** `settle`: everything is told and heard; without it the next act comes before. */
const act = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant('customer writes' as const), who }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('person renames' as const), who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('agent renames' as const), who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('person sorts' as const), kind, column: fc.nat({ max: 5 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('person inserts rows' as const), kind, place }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('person moves a column' as const),
      kind,
      column: fc.nat({ max: 5 }),
      place,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('person writes a formula' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('person makes a row' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('person deletes a row' as const), who }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('settle' as const) }) },
)
type Act = typeof act extends fc.Arbitrary<infer A> ? A : never

it('random edits between flushes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 8, maxLength: 16 }), async acts => {
      const t = await startHub()
      try {
        await play(t, acts)
      } finally {
        await t.close()
      }
    }),
    { numRuns: Number(process.env.SHEET_HISTORIES ?? 4), endOnFailure: true },
  )
}, 600_000)

async function play(t: TestHub, acts: Act[]) {
  await pause(syncContext(t.hub.services, t.workspaceId), t.connectionId, { kind: 'system' })
  t.sandbox.google.limits(false)
  t.sandbox.google.accounts({ email: EMAIL, token: credentials().accessToken, refreshToken: '1//refresh' })
  await connect(syncContext(t.hub.services, t.workspaceId), { connector: 'google-sheets', credentials: credentials() })
  await t.pass(60)
  const people = peopleIn(t.sandbox)
  const said: string[] = []
  const write = async (nth: number) => {
    const text = `mensaje ${said.length}`
    said.push(text)
    const message = { from: `5215512340${100 + nth}`, name: `Clienta ${nth}`, text }
    t.sandbox.whatsapp.inbound({ phoneNumberId: DEMO.phoneNumberId, messages: [message] })
  }
  const settle = async () => {
    for (const seconds of [2, 10, 10, 61, 10]) await t.pass(seconds)
  }
  for (let nth = 0; nth < PEOPLE; nth++) await write(nth)
  await settle()
  const ids = people.records('contact').map(({ remoteId }) => remoteId)
  expect(ids).toHaveLength(PEOPLE)
  const spreadsheet = people.id()
  const own = people.tab('contact').columnCount - 1
  const noteOf = (key: string) =>
    people.tab('contact').rows.find(({ cells }) => cells[people.column('contact', 'key')]?.text === key)
  // A column of the person's own, with a note and a formula in each row.
  const ownColumn = (row: number) => `'${people.tab('contact').title}'!${String.fromCharCode(65 + own - 1)}${row + 1}`
  for (const key of ids) {
    t.sandbox.google.type(spreadsheet, {
      range: ownColumn(people.rowOf('contact', key)),
      values: [[`nota de ${key}`, '="f"&"x"']],
    })
  }

  /** What each may be called by now: both, where neither had heard of the other. */
  const names = ids.map((_, nth) => new Set([`Clienta ${nth}`]))
  const formulas = new Set<number>()
  const deleted = new Set<number>()
  let fresh = names.map(() => false)
  let made = 0
  const rename = (nth: number, name: string) => {
    names[nth] = fresh[nth] ? new Set([...(names[nth] ?? []), name]) : new Set([name])
    fresh[nth] = true
  }
  for (const [n, each] of acts.entries()) {
    switch (each.do) {
      case 'customer writes':
        await write(each.who)
        await t.pass(1)
        break
      case 'person renames':
        if (deleted.has(each.who) || formulas.has(each.who)) break
        people.types('contact', ids[each.who] ?? '', 'name', `Hoja ${n}`)
        rename(each.who, `Hoja ${n}`)
        break
      case 'agent renames':
        if (formulas.has(each.who)) break
        expect((await t.api('PATCH', `/contacts/${ids[each.who]}`, { name: `Agente ${n}` })).status).toBe(200)
        rename(each.who, `Agente ${n}`)
        break
      case 'person sorts': {
        const range = { sheetId: people.tab(each.kind).sheetId, startRowIndex: 1 }
        const sortSpecs = [{ dimensionIndex: each.column, sortOrder: n % 2 ? 'DESCENDING' : 'ASCENDING' }]
        t.sandbox.google.edit(spreadsheet, { requests: [{ sortRange: { range, sortSpecs } }] })
        break
      }
      case 'person inserts rows': {
        const startIndex = 1 + each.place
        const range = {
          sheetId: people.tab(each.kind).sheetId,
          dimension: 'ROWS',
          startIndex,
          endIndex: startIndex + 2,
        }
        t.sandbox.google.edit(spreadsheet, { requests: [{ insertDimension: { range } }] })
        break
      }
      case 'person moves a column': {
        const { sheetId } = people.tab(each.kind)
        const source = { sheetId, dimension: 'COLUMNS', startIndex: each.column, endIndex: each.column + 1 }
        t.sandbox.google.edit(spreadsheet, { requests: [{ moveDimension: { source, destinationIndex: each.place } }] })
        break
      }
      case 'person writes a formula':
        if (deleted.has(each.who)) break
        await settle()
        fresh = names.map(() => false)
        people.types('contact', ids[each.who] ?? '', 'name', `="Fórmula "&"${each.who}"`)
        formulas.add(each.who)
        break
      case 'person makes a row':
        people.makes({ name: `A mano ${++made}`, phone: `+34 91 555 0${10 + made}` })
        break
      case 'person deletes a row':
        if (deleted.has(each.who)) break
        people.deletes('contact', ids[each.who] ?? '')
        deleted.add(each.who)
        break
      case 'settle':
        await settle()
        fresh = names.map(() => false)
    }
  }
  await settle()
  await settle()

  type Question = { recordId: string; field: string }
  const { items } = (await t.api<{ items: Question[] }>('GET', '/conflicts')).body
  const asked = items.filter(({ field }) => field === 'deletion').map(({ recordId }) => recordId)
  expect(asked.toSorted()).toEqual([...deleted].map(nth => ids[nth]).toSorted())
  const rows = people.records('contact')
  expect(new Set(rows.map(({ remoteId }) => remoteId)).size).toBe(rows.length)
  for (const [nth, key] of ids.entries()) {
    const mine = rows.filter(({ values }) => values.wa_id === `525512340${100 + nth}`)
    if (deleted.has(nth)) {
      // Nobody has said that it is to be written again.
      expect(mine).toEqual([])
      expect(asked).toContain(key)
      continue
    }
    expect(mine.map(({ remoteId }) => remoteId)).toEqual([key])
    const cells = noteOf(key)?.cells ?? []
    expect(cells.map(({ text }) => text)).toContain(`nota de ${key}`)
    expect(cells.find(({ formula }) => formula === '="f"&"x"')?.text).toBe('fx')
    if (formulas.has(nth)) {
      expect(cells.map(({ formula }) => formula)).toContain(`="Fórmula "&"${nth}"`)
      continue
    }
    const here = (await t.api<{ name: string }>('GET', `/contacts/${key}`)).body.name
    expect([...(names[nth] ?? [])]).toContain(here)
    expect(mine[0]?.values.name).toBe(here)
  }
  for (let n = 1; n <= made; n++) {
    expect(
      people.tab('contact').rows.filter(({ cells }) => cells.some(({ text }) => text === `A mano ${n}`)),
    ).toHaveLength(1)
  }
  const texts = people.records('message').map(({ values }) => values.text)
  expect(texts.filter(text => text?.startsWith('mensaje ')).toSorted()).toEqual(said.toSorted())
  expect(await openLetters(t)).toEqual([])
  expect(
    await t.database.owner`select kind, last_failure from outbox where connection_id <> ${t.connectionId}`,
  ).toEqual([])
}
