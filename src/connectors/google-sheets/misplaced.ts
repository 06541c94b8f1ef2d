/**
 * Between the reading of a sheet and the writing to it a person may sort it or insert rows. The answer to a write shows the keys
 * of the rows that it wrote to, as they were in that moment: where one is another's, what was written there is put right.
 */
import type { Request } from './client.ts'
import { rowsByKey, type SheetRow, type Tab } from './grid.ts'
import { KEY } from './layout.ts'
import type { Write } from './plan-push.ts'
import type { SheetAnswer, SheetCell } from './schema.ts'
import { textOf } from './values.ts'

/** The cells of keys of rows that are written to, for the answer to show. */
export function keyCells(writes: Write[]): string[] {
  const cells = writes.flatMap(({ tab, row }) => {
    const column = tab.columns.get(KEY)?.index
    return row && column !== undefined ? [a1(tab, row, column)] : []
  })
  return [...new Set(cells)]
}

/** A cell as the API takes it in an answer's ranges. */
export function a1(tab: Tab, { index }: SheetRow, column: number): string {
  return `${quoted(tab)}!${letters(column)}${index + 1}`
}

/** The whole of a sheet, in the same notation. */
export function quoted({ title }: Pick<Tab, 'title'>): string {
  return `'${title.replaceAll("'", "''")}'`
}

/** What such cells hold, by sheet, row and column. */
export function shownCells(sheets: SheetAnswer[]): Map<string, string | null> {
  const shown = new Map<string, string | null>()
  for (const { properties, data } of sheets) {
    for (const { startRow, startColumn, rowData } of data) {
      shown.set(`${properties.sheetId} ${startRow} ${startColumn}`, textOf(rowData[0]?.values[0]))
    }
  }
  return shown
}

/** What is asked of the answer. */
export const KEY_FIELDS =
  'spreadsheetId,updatedSpreadsheet/sheets(properties/sheetId,data(startRow,startColumn,rowData/values/userEnteredValue))'

/** Writes that went to somebody else's row. */
export function misplaced(writes: Write[], sheets: SheetAnswer[]): Write[] {
  const keys = shownCells(sheets)
  return writes.filter(({ tab, row, result }) => {
    const column = tab.columns.get(KEY)?.index
    if (!row || column === undefined) return false
    return keys.get(`${tab.sheetId} ${row.index} ${column}`) !== result.remoteId
  })
}

/**
 * Gives back what was written over, as it was read before. A cell that somebody has changed since is theirs, and so is one of a
 * row that was not there.
 */
export function putBack(wrong: Write[], now: Map<string, Tab>): Request[] {
  return wrong.flatMap(({ tab: before, row, cells }) => {
    const tab = now.get(before.name)
    const at = row?.index
    if (!tab || at === undefined) return []
    return [...cells].flatMap(([column, text]): Request[] => {
      const found = tab.rows.find(each => each.index === at)
      if (!found || textOf(found.cells.get(column)) !== text) return []
      const [known] = rowsByKey(before).get(found.key) ?? []
      if (found.key && !known) return []
      return [cellRequest(tab, found, column, known?.cells.get(column))]
    })
  })
}

function cellRequest({ sheetId }: Tab, { index }: SheetRow, columnIndex: number, was: SheetCell | undefined): Request {
  const value = was?.userEnteredValue
  const rows = [{ values: [value ? { userEnteredValue: value } : {}] }]
  return { updateCells: { start: { sheetId, rowIndex: index, columnIndex }, rows, fields: 'userEnteredValue' } }
}

function letters(index: number): string {
  return (index >= 26 ? letters(Math.floor(index / 26) - 1) : '') + String.fromCharCode(65 + (index % 26))
}
