/**
 * Our tabs as they are now: where each column is, and the rows by their keys. People sort, insert and move at any time, so
 * nothing of it is kept between calls.
 */
import { RemoteCallError } from '../contract.ts'
import { type DataFilter, getByDataFilter } from './client.ts'
import { fieldTitled, KEY, tabPlans } from './layout.ts'
import type { SheetAnswer, SheetCell } from './schema.ts'
import type { SheetsContext, TabName } from './settings.ts'
import { textOf } from './values.ts'

/** Key of our developer metadata; its value is the field of a column. */
export const PIN = 'buzon.field'
/** And of a tab: the month whose messages are in it. */
export const MONTH = 'buzon.month'

export type Column = { field: string; index: number; header: string; isPinned: boolean }

export type SheetRow = { index: number; key: string; cells: Map<number, SheetCell> }

export type Tab = {
  name: TabName
  sheetId: number
  title: string
  columns: Map<string, Column>
  /** Columns up to the last that has a header. */
  width: number
  rowCount: number
  month: string | null
  rows: SheetRow[]
}

/** `fields`: the columns whose cells are needed besides the key; `all` of them; null: none, not even keys. */
export type Wanted = { name: TabName; fields: readonly string[] | 'all' | null }

const FIELDS =
  'sheets(properties(sheetId,title,gridProperties(rowCount,columnCount)),developerMetadata(metadataKey,metadataValue),' +
  'data(startRow,startColumn,columnMetadata/developerMetadata(metadataKey,metadataValue),rowData/values(CELL)))'

/** `shown`: what formulas give too, and how numbers are meant; without it only what was entered. One call. Throws RemoteCallError. */
export async function readTabs(ctx: SheetsContext, wanted: Wanted[], shown = false): Promise<Map<TabName, Tab>> {
  const cell = shown ? 'userEnteredValue,effectiveValue,userEnteredFormat/numberFormat/type' : 'userEnteredValue'
  const filters = wanted.flatMap(each => filtersOf(sheetIdOf(ctx, each.name), each))
  const answer = await getByDataFilter(ctx, filters, FIELDS.replace('CELL', cell))
  if (answer.kind === 'refused') {
    const deleted = /No grid with id: (\d+)/.exec(answer.failure.message)?.[1]
    const gone = wanted.find(({ name }) => String(ctx.settings.tabs[name]) === deleted)
    throw gone ? lost(gone.name, 'was deleted') : new RemoteCallError(answer.failure)
  }
  const { sheets } = answer.value
  const tabs = new Map<TabName, Tab>()
  for (const { name } of wanted) {
    const sheet = sheets.find(({ properties }) => properties.sheetId === sheetIdOf(ctx, name))
    if (!sheet) throw lost(name, 'was deleted')
    tabs.set(name, toTab(name, sheet))
  }
  return tabs
}

/** The tab that must be among those that were read. */
export function tabIn(tabs: Map<TabName, Tab>, name: TabName): Tab {
  const tab = tabs.get(name)
  if (!tab) throw new Error(`The tab ${name} was not read`)
  return tab
}

/** Throws RemoteCallError where a person deleted the column. */
export function columnOf(tab: Tab, field: string): Column {
  const column = tab.columns.get(field)
  if (!column) throw lost(tab.name, `has no column "${field}" any more`)
  return column
}

export function rowsByKey(tab: Tab): Map<string, SheetRow[]> {
  const rows = new Map<string, SheetRow[]>()
  for (const row of tab.rows) if (row.key) rows.set(row.key, [...(rows.get(row.key) ?? []), row])
  return rows
}

function sheetIdOf({ settings }: SheetsContext, name: TabName): number {
  const sheetId = settings.tabs[name]
  if (sheetId === undefined) throw lost(name, 'was not made yet')
  return sheetId
}

/** A tab or column of ours that a person deleted. */
export class LostTab extends RemoteCallError {}

/** Nothing goes on until somebody has looked: a tab that is gone is no reason to bury what would be written to it. */
function lost(name: TabName, what: string): LostTab {
  const message = `The tab "${tabPlans[name].titles.en}" of the spreadsheet ${what}: bring it back there, or set the connection up again`
  return new LostTab({ kind: 'unauthorized', message })
}

/** The header row says where columns are; the columns themselves are found by their metadata, wherever they were moved. */
function filtersOf(sheetId: number, { fields }: Wanted): DataFilter[] {
  if (fields === 'all') return [{ gridRange: { sheetId } }]
  const header = { gridRange: { sheetId, startRowIndex: 0, endRowIndex: 1 } }
  const pinned = fields === null ? [] : [...new Set([KEY, ...fields])]
  return [
    header,
    ...pinned.map(field => ({
      developerMetadataLookup: {
        ...{ metadataKey: PIN, metadataValue: field, metadataLocation: { sheetId } },
        ...{ locationMatchingStrategy: 'INTERSECTING_LOCATION', locationType: 'COLUMN' },
      },
    })),
  ]
}

/** A sheet that was read, header included. */
export function toTab(name: TabName, { properties, developerMetadata, data }: SheetAnswer): Tab {
  const rows = new Map<number, Map<number, SheetCell>>()
  const pins = new Map<number, string>()
  for (const { startRow, startColumn, rowData, columnMetadata } of data) {
    for (const [nth, each] of columnMetadata.entries()) {
      const pin = each.developerMetadata.find(({ metadataKey }) => metadataKey === PIN)
      if (pin) pins.set(startColumn + nth, pin.metadataValue)
    }
    for (const [nth, { values }] of rowData.entries()) {
      const cells = rows.get(startRow + nth) ?? new Map<number, SheetCell>()
      for (const [place, cell] of values.entries()) cells.set(startColumn + place, cell)
      rows.set(startRow + nth, cells)
    }
  }
  const columns = columnsOf(name, rows.get(0) ?? new Map(), pins)
  rows.delete(0)
  const key = columns.get(KEY)?.index ?? -1
  return {
    ...{ name, sheetId: properties.sheetId, title: properties.title, columns },
    width: Math.max(0, ...[...columns.values()].map(({ index }) => index + 1)),
    rowCount: properties.gridProperties.rowCount,
    month: developerMetadata.find(({ metadataKey }) => metadataKey === MONTH)?.metadataValue ?? null,
    rows: [...rows]
      .map(([index, cells]) => ({ index, key: textOf(cells.get(key)) ?? '', cells }))
      .sort((a, b) => a.index - b.index),
  }
}

/** A column that is not pinned is called by a title of ours, or by whatever stands above it. */
function columnsOf(name: TabName, header: Map<number, SheetCell>, pins: Map<number, string>): Map<string, Column> {
  const columns = new Map<string, Column>()
  const places = [...new Set([...header.keys(), ...pins.keys()])].sort((a, b) => a - b)
  const add = (index: number, field: string, isPinned: boolean) => {
    if (columns.has(field)) return
    columns.set(field, { field, index, header: textOf(header.get(index)) ?? '', isPinned })
  }
  for (const index of places) {
    const pin = pins.get(index)
    if (pin) add(index, pin, true)
  }
  for (const index of places) {
    const text = textOf(header.get(index))?.trim()
    if (!pins.has(index) && text) add(index, fieldTitled(name, text) ?? text, false)
  }
  return columns
}
