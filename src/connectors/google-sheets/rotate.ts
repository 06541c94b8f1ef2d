/** Months of messages: a tab that is full, or of a month that is over, is put aside under its month's name. */
import type { Request } from './client.ts'
import { MONTH, type Tab } from './grid.ts'
import type { Write } from './plan-push.ts'
import type { SheetsContext, TabName } from './settings.ts'

/** Cells of a spreadsheet: https://support.google.com/drive/answer/37603 */
export const MOST_CELLS = 10_000_000

/** Rows of a tab of messages: spreadsheets of more than ten million cells are refused, and become slow long before. */
export const MOST_ROWS = 50_000

/**
 * What comes before new messages: the tab as it is becomes a copy named for its month, and goes on empty, in the same call. It
 * keeps its id and its columns, so that nothing else has to know.
 */
export function rotation(ctx: SheetsContext, tabs: Map<TabName, Tab>, writes: Write[]): Request[] {
  const tab = tabs.get('message')
  const now = ctx.now.toISOString().slice(0, 7)
  if (!tab || !writes.some(({ row, tab: to }) => to === tab && row === null)) return []
  const isFull = tab.rowCount >= MOST_ROWS
  if (tab.month === now && !isFull) return []
  const mark = markMonth(tab.sheetId, now)
  // Nothing was written yet: the month begins.
  if (tab.month === null) return [mark]
  return [
    ...putAside(tab, `${tab.title} ${isFull ? ctx.now.toISOString().slice(0, 19) : tab.month}`),
    {
      deleteDeveloperMetadata: {
        dataFilter: { developerMetadataLookup: { metadataKey: MONTH, metadataLocation: { sheetId: tab.sheetId } } },
      },
    },
    mark,
  ]
}

/** What was carried out need not be done again by the next call. */
export function rotated(ctx: SheetsContext, tabs: Map<TabName, Tab>): void {
  const tab = tabs.get('message')
  if (tab) Object.assign(tab, { month: ctx.now.toISOString().slice(0, 7), rowCount: 0 })
}

function putAside({ sheetId, rowCount }: Tab, newSheetName: string): Request[] {
  const rows = { sheetId, dimension: 'ROWS' }
  return [
    { duplicateSheet: { sourceSheetId: sheetId, newSheetName } },
    // A grid has one row at least that is not frozen.
    { appendDimension: { ...rows, length: 1_000 } },
    { deleteDimension: { range: { ...rows, startIndex: 1, endIndex: rowCount } } },
  ]
}

function markMonth(sheetId: number, month: string): Request {
  const developerMetadata = { metadataKey: MONTH, metadataValue: month, visibility: 'DOCUMENT', location: { sheetId } }
  return { createDeveloperMetadata: { developerMetadata } }
}
