import { type CheckResult, RemoteCallError } from '../contract.ts'
import { type Column, readTabs, rowsByKey, type Tab } from './grid.ts'
import { KEY, tabPlans, titleOf } from './layout.ts'
import { MOST_CELLS } from './rotate.ts'
import { findTabs } from './set-up.ts'
import { type SheetsContext, type TabName, tabNames } from './settings.ts'

/** Reads what the connection needs, and says what is missing and how to mend it. Changes nothing, never throws. */
export async function checkSheets(ctx: SheetsContext): Promise<CheckResult[]> {
  if (ctx.settings.spreadsheetId === '') {
    return [bad('Spreadsheet', 'None was chosen or made yet', 'Set the connection up: Buzón makes one')]
  }
  try {
    const found = await findTabs(ctx)
    const there = tabNames.filter(name => found.some(({ sheetId }) => sheetId === ctx.settings.tabs[name]))
    const cells = found.reduce((sum, { rowCount, columnCount }) => sum + rowCount * columnCount, 0)
    const kinds = there.filter(name => name !== 'meta').map(name => ({ name, fields: [] }))
    const tabs = kinds.length > 0 ? await readTabs(ctx, kinds) : new Map<TabName, Tab>()
    return [
      good('Access', 'Google lets us into the spreadsheet'),
      ...tabNames.map(name => tabCheck(ctx, name, there.includes(name), tabs.get(name))),
      ...[...tabs.values()].filter(hasKeys).map(copiesCheck),
      roomCheck(cells),
    ]
  } catch (error) {
    if (!(error instanceof RemoteCallError)) throw error
    const { failure } = error
    const fix = failure.kind === 'unauthorized' ? whatToMend(ctx) : 'Try again later; Google answers again by itself'
    return [bad('Access', failure.message, fix)]
  }
}

function whatToMend({ credentials }: SheetsContext): string {
  return credentials.kind === 'oauth'
    ? 'Connect the Google account again, with the account that made or picked the spreadsheet'
    : `Share the spreadsheet with ${credentials.clientEmail}, as an editor`
}

function tabCheck({ settings }: SheetsContext, name: TabName, isThere: boolean, tab: Tab | undefined): CheckResult {
  const title = `Tab ${titleOf(settings, tabPlans[name])}`
  // Figures are looked at by whoever wants them.
  if (!isThere && name === 'report') return good(title, 'It was deleted, so no figures are written')
  if (!isThere) return bad(title, 'It is not there', 'Set the connection up again: Buzón makes it')
  const wanted = tab ? tabPlans[name].columns.filter(({ field }) => !isPinned(tab.columns.get(field))) : []
  if (wanted.length === 0) return good(title, 'All columns are there')
  const names = wanted.map(column => titleOf(settings, column)).join(', ')
  return bad(title, `Columns that were deleted: ${names}`, 'Undo it in the spreadsheet, or set the connection up again')
}

const isPinned = (column: Column | undefined): boolean => column?.isPinned ?? false

const hasKeys = ({ name }: Tab): boolean => tabPlans[name].columns.some(({ field }) => field === KEY)

function copiesCheck(tab: Tab): CheckResult {
  const title = `Keys of ${tab.title}`
  if (!tab.columns.has(KEY)) return bad(title, 'Their column was deleted', 'Undo it in the spreadsheet')
  const copies = [...rowsByKey(tab).values()].filter(rows => rows.length > 1)
  if (copies.length === 0) return good(title, 'Each row has a key of its own')
  const places = copies.map(rows => rows.map(({ index }) => index + 1).join(' and ')).join('; ')
  return bad(title, `Copied rows have the same key: ${places}`, 'Delete the copies, or empty the cells of their keys')
}

/** A tenth is kept for the month to come. */
function roomCheck(cells: number): CheckResult {
  const detail = `${cells} of ${MOST_CELLS} cells`
  if (cells < MOST_CELLS * 0.9) return good('Room', detail)
  return bad('Room', detail, 'Move the tabs of old months to another spreadsheet')
}

function good(name: string, detail: string): CheckResult {
  return { name, ok: true, detail }
}

function bad(name: string, detail: string, fix: string): CheckResult {
  return { name, ok: false, detail, fix }
}
