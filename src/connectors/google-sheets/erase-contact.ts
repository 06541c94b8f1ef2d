import { type EraseResult, RemoteCallError } from '../contract.ts'
import { batchUpdate, type DataFilter, demand, getByDataFilter, type Request } from './client.ts'
import { type SheetRow, type Tab, toTab } from './grid.ts'
import { rowsByName } from './identity.ts'
import { CONTACT_LINK } from './layout.ts'
import { quoted } from './misplaced.ts'
import type { SheetAnswer } from './schema.ts'
import { findTabs } from './set-up.ts'
import type { SheetsContext } from './settings.ts'
import { textOf } from './values.ts'

const FIELDS =
  'sheets(properties(sheetId,title),data(startRow,startColumn,columnMetadata/developerMetadata(metadataKey,metadataValue),rowData/values/userEnteredValue))'

/** Rows that somebody moves in each of these moments are left to the next request. */
const MOST_TURNS = 3

/**
 * Deletes the row of a person, and those of their tickets and messages, in the tabs of past months too. What people copied
 * elsewhere, and the file's history, Google keeps: the README says so. Rows are deleted by their places, and somebody may move
 * them in that moment: the answer shows what is left, so what was taken of others is given back, at the end, and the person's
 * are looked for again.
 */
export async function eraseContact(ctx: SheetsContext, remoteId: string): Promise<EraseResult> {
  try {
    const found = await findTabs(ctx)
    const filters: DataFilter[] = found.map(({ sheetId }) => ({ gridRange: { sheetId } }))
    let { sheets } = await demand(getByDataFilter(ctx, filters, FIELDS))
    for (let turn = 1; ; turn++) {
      const before = sheets.map(sheet => standingOf(ctx, sheet, remoteId))
      const removals = before.flatMap(({ tab, theirs }) => removal(tab.sheetId, theirs))
      if (removals.length === 0) return { kind: 'erased' }
      if (turn > MOST_TURNS) throw new RemoteCallError({ kind: 'retry after', afterMs: 5_000, message: MOVING })
      const ranges = before.map(({ tab }) => quoted(tab))
      const told = { purpose: 'update', items: 1, ranges, fields: `updatedSpreadsheet/${FIELDS}` } as const
      const { updatedSpreadsheet } = await demand(batchUpdate(ctx, removals, told))
      sheets = updatedSpreadsheet?.sheets ?? []
      const lost = before.flatMap(each => givenBack(each, sheets))
      if (lost.length > 0)
        await demand(batchUpdate(ctx, lost, { purpose: 'update', items: lost.length, fields: 'spreadsheetId' }))
    }
  } catch (error) {
    if (!(error instanceof RemoteCallError)) throw error
    return { kind: 'failed', failure: error.failure }
  }
}

const MOVING = 'Rows are moved faster than they can be erased'

/** A sheet, with the rows in it that are the person's. One without our columns is a person's own. */
type Standing = { tab: Tab; theirs: SheetRow[] }

function standingOf({ settings }: SheetsContext, sheet: SheetAnswer, remoteId: string): Standing {
  const { sheetId } = sheet.properties
  if (sheetId === settings.tabs.contact) {
    const tab = toTab('contact', sheet)
    return { tab, theirs: rowsByName(tab).get(remoteId) ?? [] }
  }
  const tab = toTab(sheetId === settings.tabs.ticket ? 'ticket' : 'message', sheet)
  const column = tab.columns.get(CONTACT_LINK)?.index
  const isTheirs = (row: SheetRow) => column !== undefined && textOf(row.cells.get(column)) === remoteId
  return { tab, theirs: tab.rows.filter(isTheirs) }
}

/** From the last to the first, for each moves those below it. */
function removal(sheetId: number, rows: SheetRow[]): Request[] {
  return rows.toReversed().map(({ index: startIndex }) => ({
    deleteDimension: { range: { sheetId, dimension: 'ROWS', startIndex, endIndex: startIndex + 1 } },
  }))
}

/** Rows of others that are not there any more, as they were typed. */
function givenBack({ tab, theirs }: Standing, sheets: SheetAnswer[]): Request[] {
  if (theirs.length === 0) return []
  const after = sheets.find(({ properties }) => properties.sheetId === tab.sheetId)
  const left = new Map<string, number>()
  for (const row of after ? toTab(tab.name, after).rows : []) left.set(saying(row), (left.get(saying(row)) ?? 0) + 1)
  return tab.rows.flatMap((row): Request[] => {
    const said = saying(row)
    if (theirs.includes(row) || said === '') return []
    const count = left.get(said) ?? 0
    left.set(said, count - 1)
    if (count > 0) return []
    const width = Math.max(...row.cells.keys()) + 1
    const values = Array.from({ length: width }, (_, column) => {
      const { userEnteredValue } = row.cells.get(column) ?? {}
      return userEnteredValue ? { userEnteredValue } : {}
    })
    return [{ appendCells: { sheetId: tab.sheetId, rows: [{ values }], fields: 'userEnteredValue' } }]
  })
}

/** All that was typed in a row, so that it is known wherever it lies; '' for a blank one. */
function saying({ cells }: SheetRow): string {
  const typed = [...cells].filter(([, { userEnteredValue }]) => userEnteredValue)
  return typed.length === 0 ? '' : JSON.stringify(typed.map(([column, cell]) => [column, cell.userEnteredValue]))
}
