import type { DayFigures, Figures } from '../contract.ts'
import { batchUpdate, demand } from './client.ts'
import { LostTab, readTabs, tabIn } from './grid.ts'
import type { SheetsContext } from './settings.ts'

/**
 * The figures of the last days, a row for each, as numbers that charts can be drawn of. Columns are found by their pins, so
 * that people may move them; those that they deleted are left out, and so is the whole of a tab that they do not want. Throws RemoteCallError.
 */
export async function reportFigures(ctx: SheetsContext, { days }: Figures): Promise<void> {
  const tab = await readTabs(ctx, [{ name: 'report', fields: null }]).then(
    tabs => tabIn(tabs, 'report'),
    error => {
      if (error instanceof LostTab) return null
      throw error
    },
  )
  if (!tab) return
  const requests = [...tab.columns.values()].flatMap(({ field, index }) => {
    if (!isFigure(field, days)) return []
    const rows = days.map(day => ({ values: [cellOf(day[field])] }))
    const start = { sheetId: tab.sheetId, rowIndex: 1, columnIndex: index }
    return [{ updateCells: { start, rows, fields: 'userEnteredValue' } }]
  })
  if (requests.length > 0) {
    await demand(batchUpdate(ctx, requests, { purpose: 'update', items: days.length, fields: 'spreadsheetId' }))
  }
}

function isFigure(field: string, [first]: DayFigures[]): field is keyof DayFigures {
  return first !== undefined && Object.hasOwn(first, field)
}

function cellOf(value: string | number | null) {
  if (value === null) return {}
  return { userEnteredValue: typeof value === 'number' ? { numberValue: value } : { stringValue: value } }
}
