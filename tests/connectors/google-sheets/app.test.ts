/** The script that runs in the spreadsheet, as Google would run it: over a simulated grid, with its calls caught. */
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { googleSheets } from '../../../src/connectors/google-sheets/index.ts'
import { aContact } from '../records.ts'
import { startSheet } from './support.ts'

const source = readFileSync(new URL('../../../src/connectors/google-sheets/app/Code.js', import.meta.url), 'utf8')
const WEBHOOK = 'https://buzon.example/hooks/google-sheets/1'

let sheet: Awaited<ReturnType<typeof startSheet>>
beforeEach(async () => {
  sheet = await startSheet()
  sheet.ctx.settings = await googleSheets.setUp(sheet.ctx, { webhookUrl: WEBHOOK, numbers: [] })
  await googleSheets.contact.push(
    sheet.ctx,
    [1, 2, 3].map(at => sheet.item('contact', aContact(at))),
  )
})
afterEach(() => sheet.close())

type Fetched = { url: string; payload: string; headers: Record<string, string> }
type Script = {
  onRowsEdited(event: { range: Range }): void
  onRowsMoved(event: { changeType: string }): void
  chosenPerson(): { phone: string; name: string }
  queueReply(phone: string, text: string, template?: string, values?: string): void
}
type Range = {
  getSheet(): SheetStub
  getRow(): number
  getLastRow(): number
  getValue(): string
  getValues(): string[][]
  setValue(text: string): void
}
type SheetStub = {
  getLastRow(): number
  getRange(row: number, column: number, rows?: number): Range
  title(): string
  cell(row: number, column: number): string
}

/** What of Apps Script the script uses. */
function load(active?: { tab: string; row: number }) {
  const fetched: Fetched[] = []
  const spreadsheet = {
    getSheets: () => sheet.sandbox.google.grid(sheet.people.id()).sheets.map(({ sheetId }) => sheetOf(sheetId)),
  }
  const globals = {
    SpreadsheetApp: {
      getActive: () => spreadsheet,
      flush: () => undefined,
      getActiveRange: () =>
        rangeOf(sheetOf(sheet.people.tab(active?.tab ?? 'contact').sheetId), active?.row ?? 0, 0, 1),
    },
    Utilities: {
      Charset: { UTF_8: 'utf8' },
      computeHmacSha256Signature: (text: string, secret: string) => createHmac('sha256', secret).update(text).digest(),
      base64EncodeWebSafe: (bytes: Buffer) => bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_'),
    },
    UrlFetchApp: { fetch: (url: string, given: Omit<Fetched, 'url'>) => void fetched.push({ url, ...given }) },
  }
  const names = ['onRowsEdited', 'onRowsMoved', 'chosenPerson', 'queueReply']
  const run = new Function(...Object.keys(globals), `${source}; return { ${names.join(', ')} }`)
  return { script: run(...Object.values(globals)) as Script, fetched }
}

function sheetOf(sheetId: number): SheetStub {
  const view = () => sheet.sandbox.google.grid(sheet.people.id()).sheets.find(each => each.sheetId === sheetId)
  const stub = {
    getLastRow: () => view()?.total ?? 0,
    getDeveloperMetadata: () =>
      (view()?.tags ?? []).map(tag => ({ getKey: () => tag.metadataKey, getValue: () => tag.metadataValue })),
    createDeveloperMetadataFinder: () => ({
      withKey: (key: string) => ({
        withValue: (value: string) => ({
          find: () =>
            (view()?.pins ?? [])
              .filter(pin => pin.metadataKey === key && pin.metadataValue === value)
              .map(pin => ({ getLocation: () => ({ getColumn: () => ({ getColumn: () => pin.column + 1 }) }) })),
        }),
      }),
    }),
    getRange(row: number, column: number, rows = 1): Range {
      return rangeOf(stub, row - 1, column - 1, rows)
    },
    title: () => view()?.title ?? '',
    cell: (row: number, column: number) => view()?.rows.find(each => each.row === row)?.cells[column]?.text ?? '',
  }
  return stub
}

function rangeOf(of: SheetStub, row: number, column: number, rows: number): Range {
  return {
    getSheet: () => of,
    getRow: () => row + 1,
    getLastRow: () => row + rows,
    getValue: () => of.cell(row, column),
    getValues: () => Array.from({ length: rows }, (_, nth) => [of.cell(row + nth, column)]),
    setValue: (text: string) => {
      const range = `'${of.title()}'!${String.fromCharCode(65 + column)}${row + 1}`
      sheet.sandbox.google.type(sheet.people.id(), { range, values: [[text]] })
    },
  }
}

const contacts = () => sheetOf(sheet.people.tab('contact').sheetId)

describe('a person’s edit', () => {
  test('names the rows that it touched, signed as Buzón expects', async () => {
    const { script, fetched } = load()
    script.onRowsEdited({ range: rangeOf(contacts(), 0, 2, 3) })
    const [call, ...others] = fetched
    expect([call?.url, others]).toEqual([WEBHOOK, []])
    expect(JSON.parse(call?.payload ?? '')).toEqual({
      rows: ['contact-1', 'contact-2'].map(key => ({ tab: 'contact', key })),
    })
    const body = new TextEncoder().encode(call?.payload) as Uint8Array<ArrayBuffer>
    const request = { method: 'POST', url: WEBHOOK, headers: new Headers(call?.headers), body }
    expect(await googleSheets.webhook?.verify(sheet.ctx.credentials, request, new Date())).toBe('valid')
  })

  test('of the header, of blank rows and of tabs that are none of ours is not told', () => {
    const { script, fetched } = load()
    script.onRowsEdited({ range: rangeOf(contacts(), 0, 2, 1) })
    script.onRowsEdited({ range: rangeOf(contacts(), 50, 2, 1) })
    sheet.sandbox.google.edit(sheet.people.id(), {
      requests: [{ addSheet: { properties: { sheetId: 5, title: 'Mía' } } }],
    })
    script.onRowsEdited({ range: rangeOf(sheetOf(5), 3, 0, 1) })
    expect(fetched).toEqual([])
  })

  test.each([
    ['REMOVE_ROW', 1],
    ['INSERT_ROW', 1],
    ['EDIT', 0],
    ['FORMAT', 0],
  ])('%s rings %i times', (changeType, times) => {
    const { script, fetched } = load()
    script.onRowsMoved({ changeType })
    expect(fetched).toHaveLength(times)
    for (const { payload } of fetched) expect(googleSheets.webhook?.rings?.(JSON.parse(payload))).toBe(true)
  })
})

test('the sidebar answers whoever’s row is chosen: a row to be sent, which the feed hands on', async () => {
  const begun = await googleSheets.changes?.read(sheet.ctx, null)
  const { script, fetched } = load({ tab: 'contact', row: 2 })
  const { phone, name } = script.chosenPerson()
  expect([phone, name]).toEqual(['+34600000002', 'Ana Pérez 2'])
  script.queueReply(phone, '=1+1, ¿vale?')
  expect(fetched).toHaveLength(1)
  const page = await googleSheets.changes?.read(sheet.ctx, begun?.cursor ?? null)
  expect(page?.changes).toMatchObject([{ kind: 'reply', text: '=1+1, ¿vale?', to: { phone: '+34600000002' } }])
  script.queueReply(phone, '', 'pedido', 'Ana\n7')
  const next = await googleSheets.changes?.read(sheet.ctx, page?.cursor ?? null)
  expect(next?.changes).toMatchObject([{ kind: 'reply', template: { name: 'pedido', values: ['Ana', '7'] } }])
  expect(() => load({ tab: 'contact', row: 0 }).script.chosenPerson()).toThrow(/Contactos/)
})
