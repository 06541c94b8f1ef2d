/** Months of messages: a tab that is full, or of a month that is over, is put aside under its month's name. */
import type { Request } from './client.ts'
import { MONTH, PIN, type Tab } from './grid.ts'
import { KEY } from './layout.ts'
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
  // A process whose clock is behind puts nothing aside.
  if (tab.month !== null && tab.month >= now && !isFull) return []
  const mark = markMonth(tab.sheetId, now)
  // Nothing was written yet: the month begins.
  if (tab.month === null) return [mark]
  return [
    ...putAside(
      tab,
      isFull ? ctx.now.toISOString().slice(0, 19) : tab.month,
      isFull ? undefined : archiveId(tab.month),
    ),
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

/** The id of the tab in which a whole month lies, so that it is found without being looked for. `month`: `2026-11`. */
export function archiveId(month: string): number {
  return ARCHIVES + Number(month.replace('-', ''))
}

/** Above any id that Google gives is no room; people's own are random, and none was seen among these. */
const ARCHIVES = 714_000_000

function putAside({ sheetId, rowCount, title, columns }: Tab, name: string, newSheetId: number | undefined): Request[] {
  const rows = { sheetId, dimension: 'ROWS' }
  return [
    {
      duplicateSheet: {
        sourceSheetId: sheetId,
        newSheetName: `${title} ${name}`,
        ...(newSheetId ? { newSheetId } : {}),
      },
    },
    // By which what becomes of its messages is still told there.
    ...(newSheetId ? [KEY, 'status'] : []).flatMap((field): Request[] => {
      const column = columns.get(field)
      return column && newSheetId ? [pinOf(newSheetId, field, column.index)] : []
    }),
    // A grid has one row at least that is not frozen.
    { appendDimension: { ...rows, length: 1_000 } },
    { deleteDimension: { range: { ...rows, startIndex: 1, endIndex: rowCount } } },
  ]
}

function pinOf(sheetId: number, field: string, startIndex: number): Request {
  const dimensionRange = { sheetId, dimension: 'COLUMNS', startIndex, endIndex: startIndex + 1 }
  const developerMetadata = {
    metadataKey: PIN,
    metadataValue: field,
    visibility: 'DOCUMENT',
    location: { dimensionRange },
  }
  return { createDeveloperMetadata: { developerMetadata } }
}

function markMonth(sheetId: number, month: string): Request {
  const developerMetadata = { metadataKey: MONTH, metadataValue: month, visibility: 'DOCUMENT', location: { sheetId } }
  return { createDeveloperMetadata: { developerMetadata } }
}
