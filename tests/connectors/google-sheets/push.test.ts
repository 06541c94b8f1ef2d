import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { PushItem } from '../../../src/connectors/contract.ts'
import { googleSheets } from '../../../src/connectors/google-sheets/index.ts'
import { pushTogether } from '../../../src/connectors/google-sheets/push.ts'
import { MOST_ROWS } from '../../../src/connectors/google-sheets/rotate.ts'
import { aContact, aMessage, aTicket } from '../records.ts'
import { startSheet } from './support.ts'

let sheet: Awaited<ReturnType<typeof startSheet>>
beforeEach(async () => {
  sheet = await startSheet()
})
afterEach(() => sheet.close())

const many = <T>(count: number, make: (at: number) => T) => Array.from({ length: count }, (_, at) => make(at + 1))
const contacts = (count: number) => many(count, at => sheet.item('contact', aContact(at)))
const linked = (item: PushItem, changed: string[], agreed = {}): PushItem => ({
  ...{ ...item, remoteId: item.recordId, changed },
  agreed: { ...Object.fromEntries(changed.map(field => [field, null])), ...agreed },
})

test('a burst of 1,000 messages, 300 contacts and 300 tickets is two calls, and hangs together', async () => {
  const before = sheet.calls()
  const results = await pushTogether(sheet.ctx, {
    contact: contacts(300),
    ticket: many(300, at => sheet.item('ticket', aTicket(at), { parents: { contact: `contact-${at}` } })),
    message: many(1_000, at => {
      const parents = { contact: `contact-${(at % 300) + 1}`, ticket: `ticket-${(at % 300) + 1}` }
      return sheet.item('message', aMessage(at), { parents })
    }),
  })
  expect(sheet.calls() - before).toBe(2)
  expect(Object.values(results).map(list => list.filter(({ kind }) => kind === 'stored').length)).toEqual([
    300, 300, 1_000,
  ])
  expect(sheet.people.records('ticket')[6]?.values).toMatchObject({ key: 'ticket-7', contact_key: 'contact-7' })
  expect(sheet.people.records('message')[999]?.values).toMatchObject({ contact_key: 'contact-101' })
}, 20_000)

test('what hangs on a contact that was adopted names its row; on one that failed, waits', async () => {
  sheet.people.makes({ name: 'Ana' })
  const row = sheet.people.tab('contact').rows.at(-1)?.row ?? 0
  for (const [field, text] of [
    ['key', 'K'],
    ['wa_id', '34600000001'],
  ] as const)
    sheet.sandbox.google.type(sheet.people.id(), {
      range: sheet.people.place('contact', row, field),
      values: [[`'${text}`]],
    })
  const ticket = (at: number) => sheet.item('ticket', aTicket(at), { parents: { contact: `contact-${at}` } })
  const gone = { ...sheet.item('contact', aContact(2)), remoteId: 'nobody', changed: ['name'] }
  const results = await pushTogether(sheet.ctx, {
    ...{ contact: [sheet.item('contact', aContact(1)), gone], ticket: [ticket(1), ticket(2)], message: [] },
  })
  expect(results.contact).toMatchObject([{ failure: { kind: 'gone' } }, { kind: 'stored', remoteId: 'K' }])
  expect(results.ticket).toMatchObject([{ failure: { kind: 'retry after' } }, { kind: 'stored' }])
  expect(sheet.people.records('ticket')).toMatchObject([{ values: { key: 'ticket-1', contact_key: 'K' } }])
})

describe('texts stay texts', () => {
  test.each(['=IMPORTXML("http://x.es","//a")', '+34600000001', '0042', 'TRUE', '1e5', '', '😀'.repeat(30_000)])(
    '%.20s',
    async text => {
      const message = sheet.item('message', aMessage(1, { text }))
      expect(await googleSheets.message.push(sheet.ctx, [message])).toMatchObject([{ kind: 'stored' }])
      const [record] = await googleSheets.message.read(sheet.ctx, ['message-1'])
      expect(record?.values.text || '').toBe(text.length <= 50_000 ? text : message.values.text)
      const cells = sheet.people.tab('message').rows.at(-1)?.cells ?? []
      expect(cells.filter(({ formula }) => formula)).toEqual([])
    },
  )
})

test('columns that were moved, renamed and joined by others are still found', async () => {
  await googleSheets.contact.push(sheet.ctx, contacts(2))
  const { sheetId } = sheet.people.tab('contact')
  const name = sheet.people.column('contact', 'name')
  const source = { sheetId, dimension: 'COLUMNS', startIndex: name, endIndex: name + 1 }
  const range = { sheetId, dimension: 'COLUMNS', startIndex: 0, endIndex: 2 }
  sheet.sandbox.google.edit(sheet.people.id(), {
    requests: [{ moveDimension: { source, destinationIndex: 6 } }, { insertDimension: { range } }],
  })
  sheet.sandbox.google.type(sheet.people.id(), {
    range: sheet.people.place('contact', 0, 'name'),
    values: [['Cliente']],
  })
  const renamed = linked(sheet.item('contact', aContact(2, { name: 'Berta' })), ['name'], { name: 'Ana Pérez 2' })
  expect(await googleSheets.contact.push(sheet.ctx, [renamed, sheet.item('contact', aContact(3))])).toMatchObject([
    { kind: 'stored' },
    { kind: 'stored' },
  ])
  expect(sheet.people.records('contact').map(({ values }) => [values.name, values.phone])).toEqual([
    ['Ana Pérez 1', '+34600000001'],
    ['Berta', '+34600000002'],
    ['Ana Pérez 3', '+34600000003'],
  ])
  const fields = await googleSheets.contact.fields(sheet.ctx)
  expect(fields.find(field => field.name === 'name')).toMatchObject({ label: 'Cliente' })
})

describe('what people did meanwhile', () => {
  beforeEach(async () => {
    await googleSheets.contact.push(sheet.ctx, contacts(3))
  })
  const rename = () => linked(sheet.item('contact', aContact(2, { name: 'Berta' })), ['name'], { name: 'Ana Pérez 2' })
  const push = (item: PushItem) => googleSheets.contact.push(sheet.ctx, [item])
  const names = () => sheet.people.records('contact').map(({ values }) => values.name)

  test('a cell that somebody changed is not written over: it is heard first', async () => {
    sheet.people.types('contact', 'contact-2', 'name', 'Beatriz')
    expect(await push(rename())).toMatchObject([{ failure: { kind: 'retry after', maybeStored: true } }])
    expect(names()).toContain('Beatriz')
  })

  test('a formula is never touched, and its row is no less stored', async () => {
    sheet.people.types('contact', 'contact-2', 'name', '=UPPER("ana")')
    expect(await push(rename())).toMatchObject([{ kind: 'stored' }])
    expect(names()).toEqual(['Ana Pérez 1', 'ANA', 'Ana Pérez 3'])
    expect((await googleSheets.contact.fields(sheet.ctx)).find(({ name }) => name === 'name')?.readOnly).toBe(true)
  })

  test('a row that was copied is nobody’s until somebody chose: refused, not told as deleted, and named by the check', async () => {
    const { sheetId } = sheet.people.tab('contact')
    const at = sheet.people.rowOf('contact', 'contact-2')
    const cells = sheet.people.tab('contact').rows[at]?.cells.map(({ text }) => `'${text}`) ?? []
    const begun = await googleSheets.changes?.read(sheet.ctx, null)
    sheet.sandbox.google.type(sheet.people.id(), { range: `'Contactos'!A9`, values: [cells] })
    expect(await push(rename())).toMatchObject([{ failure: { kind: 'rejected' } }])
    expect((await googleSheets.changes?.read(sheet.ctx, begun?.cursor ?? null))?.changes).toEqual([])
    const found = (await googleSheets.check(sheet.ctx)).filter(({ ok }) => !ok)
    expect(found).toMatchObject([{ name: 'Keys of Contactos', detail: expect.stringContaining('3 and 9') }])
    expect(sheetId).toBe(sheet.ctx.settings.tabs.contact)
  })

  test.each([
    [
      'a sort',
      () => ({
        sortRange: {
          range: { sheetId: sheet.ctx.settings.tabs.contact, startRowIndex: 1 },
          sortSpecs: [{ dimensionIndex: 1, sortOrder: 'DESCENDING' }],
        },
      }),
    ],
    [
      'a row inserted above',
      () => ({
        insertDimension: {
          range: { sheetId: sheet.ctx.settings.tabs.contact, dimension: 'ROWS', startIndex: 1, endIndex: 2 },
        },
      }),
    ],
    [
      'a row deleted above',
      () => ({
        deleteDimension: {
          range: { sheetId: sheet.ctx.settings.tabs.contact, dimension: 'ROWS', startIndex: 1, endIndex: 2 },
        },
      }),
    ],
  ])('%s in the very moment of a write is put right', async (what, request) => {
    const once = linked(sheet.item('contact', aContact(1, { name: 'Alba' })), ['name'], { name: 'Ana Pérez 1' })
    const items = what === 'a row deleted above' ? [rename()] : [once, rename()]
    let done = false
    sheet.beforeCall(url => {
      if (done || !url.includes(':batchUpdate')) return
      done = true
      sheet.sandbox.google.edit(sheet.people.id(), { requests: [request()] })
    })
    const results = await googleSheets.contact.push(sheet.ctx, items)
    expect(results.every(({ kind }) => kind === 'stored')).toBe(true)
    const wanted = what === 'a row deleted above' ? ['Berta', 'Ana Pérez 3'] : ['Alba', 'Berta', 'Ana Pérez 3']
    expect(names().toSorted()).toEqual(wanted.toSorted())
    expect(sheet.people.records('contact').map(({ values }) => [values.key, values.wa_id])).toEqual(
      expect.arrayContaining([
        ['contact-2', '34600000002'],
        ['contact-3', '34600000003'],
      ]),
    )
  })

  test('a tab that is gone, or a column of keys, stops the connection instead of burying what it should hold', async () => {
    const deleteSheet = { sheetId: sheet.ctx.settings.tabs.contact }
    sheet.sandbox.google.edit(sheet.people.id(), { requests: [{ deleteSheet }] })
    expect(await push(rename())).toMatchObject([{ failure: { kind: 'unauthorized' } }])
    const again = await googleSheets.setUp(sheet.ctx, { webhookUrl: '', numbers: [] })
    expect(await googleSheets.contact.push({ ...sheet.ctx, settings: again }, contacts(1))).toMatchObject([
      { kind: 'stored' },
    ])
  })
})

describe('months', () => {
  const push = (at: number, now: string) =>
    googleSheets.message.push({ ...sheet.ctx, now: new Date(now) }, [sheet.item('message', aMessage(at))])

  test('that are over are put aside under their name, and the tab goes on empty with its id', async () => {
    await push(1, '2026-11-30T23:59:00Z')
    await push(2, '2026-11-30T23:59:30Z')
    await push(3, '2026-12-01T00:00:10Z')
    await push(4, '2026-12-01T00:00:20Z')
    const { sheets } = sheet.sandbox.google.grid(sheet.people.id())
    expect(sheets.map(({ title }) => title)).toContain('Mensajes 2026-11')
    expect(sheets.find(({ title }) => title === 'Mensajes 2026-11')?.total).toBe(3)
    expect(sheet.people.records('message').map(({ remoteId }) => remoteId)).toEqual(['message-3', 'message-4'])
    expect(sheet.people.tab('message').sheetId).toBe(sheet.ctx.settings.tabs.message)
  })

  test('a tab that is full is put aside before its month is over', async () => {
    await push(1, '2026-11-20T10:00:00Z')
    const rows = { sheetId: sheet.ctx.settings.tabs.message, dimension: 'ROWS', length: MOST_ROWS }
    sheet.sandbox.google.edit(sheet.people.id(), { requests: [{ appendDimension: rows }] })
    await push(2, '2026-11-20T11:00:00Z')
    expect(sheet.people.records('message').map(({ remoteId }) => remoteId)).toEqual(['message-2'])
  })

  test('what becomes of a message is told where its month was put aside; of one that a person took out, nowhere', async () => {
    await push(1, '2026-11-30T23:59:00Z')
    await push(2, '2026-12-01T00:00:10Z')
    const told = (at: number) =>
      linked(sheet.item('message', aMessage(at, { direction: 'out', status: 'read' })), ['status'])
    const december = { ...sheet.ctx, now: new Date('2026-12-01T00:01:00Z') }
    const results = await googleSheets.message.push(december, [told(1), told(9)])
    expect(results.map(({ kind }) => kind)).toEqual(['stored', 'stored'])
    const { sheets } = sheet.sandbox.google.grid(sheet.people.id())
    const november = sheets.find(({ title }) => title === 'Mensajes 2026-11')
    expect(november?.rows[1]?.cells.map(({ text }) => text)).toContain('✓✓ leído')
    expect(sheet.people.records('message').map(({ values }) => values.status)).not.toContain('✓✓ leído')
  })

  test('erasing takes nothing of others, where somebody inserts a row in that very moment', async () => {
    await googleSheets.contact.push(sheet.ctx, contacts(3))
    const range = { sheetId: sheet.ctx.settings.tabs.contact, dimension: 'ROWS', startIndex: 1, endIndex: 2 }
    let done = false
    sheet.beforeCall(url => {
      if (done || !url.includes(':batchUpdate')) return
      done = true
      sheet.sandbox.google.edit(sheet.people.id(), { requests: [{ insertDimension: { range } }] })
    })
    expect(await googleSheets.contact.erase?.(sheet.ctx, 'contact-2')).toEqual({ kind: 'erased' })
    expect(sheet.people.records('contact').map(({ remoteId, values }) => [remoteId, values.name])).toEqual(
      expect.arrayContaining([
        ['contact-1', 'Ana Pérez 1'],
        ['contact-3', 'Ana Pérez 3'],
      ]),
    )
    expect(sheet.people.records('contact')).toHaveLength(2)
  })

  test('erasing somebody reaches them', async () => {
    await googleSheets.contact.push(sheet.ctx, contacts(2))
    const on = (contact: string) => ({ parents: { contact } })
    const said = (at: number, contact: string) => sheet.item('message', aMessage(at), on(contact))
    await googleSheets.message.push(sheet.ctx, [said(1, 'contact-1'), said(2, 'contact-2')])
    await push(3, '2026-12-01T00:00:10Z')
    expect(await googleSheets.contact.erase?.(sheet.ctx, 'contact-1')).toEqual({ kind: 'erased' })
    const all = JSON.stringify(sheet.sandbox.google.grid(sheet.people.id()))
    expect([all.includes('contact-1"'), all.includes('contact-2"')]).toEqual([false, true])
  })
})
