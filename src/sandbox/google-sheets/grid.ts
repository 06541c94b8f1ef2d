/** A spreadsheet as people see it. */
import { effective, filledRows, shown } from './cells.ts'
import type { DriveFile, Sheet } from './state.ts'

export type GridView = ReturnType<typeof gridView>

/** `limit`: rows of a sheet, newest last; the header always. */
export function gridView({ spreadsheet, owner, version }: DriveFile, limit?: number) {
  const { spreadsheetId, title, sheets, metadata } = spreadsheet
  return {
    ...{ spreadsheetId, title, owner, version },
    sheets: sheets.map(sheet => {
      const { sheetId, title, hidden, rowCount, columnCount, frozenRowCount } = sheet
      const total = filledRows(sheet)
      const pins = metadata.filter(each => each.sheetId === sheetId && each.column !== undefined)
      return {
        ...{ sheetId, title, hidden, rowCount, columnCount, frozenRowCount, total },
        hiddenColumns: [...sheet.hiddenColumns],
        pins: pins.map(({ metadataKey, metadataValue, column }) => ({
          metadataKey,
          metadataValue,
          column: column ?? 0,
        })),
        tags: metadata
          .filter(each => each.sheetId === sheetId && each.column === undefined)
          .map(({ metadataKey, metadataValue }) => ({ metadataKey, metadataValue })),
        options: sheet.validations.map(({ range, rule }) => ({
          column: range.startColumnIndex ?? 0,
          values: optionsOf(rule),
        })),
        rows: shownRows(sheet, total, limit),
      }
    }),
  }
}

function shownRows(sheet: Sheet, total: number, limit = total) {
  const from = Math.max(1, total - limit)
  const places = [0, ...Array.from({ length: Math.max(0, total - from) }, (_, nth) => from + nth)]
  return places
    .filter(row => row < total)
    .map(row => ({
      row,
      cells: (sheet.rows[row] ?? []).map(cell => ({
        text: shown(effective(sheet, cell)),
        ...(cell.entered?.formulaValue ? { formula: cell.entered.formulaValue } : {}),
      })),
    }))
}

function optionsOf(rule: unknown): string[] {
  const { condition } = (rule ?? {}) as { condition?: { values?: { userEnteredValue?: string }[] } }
  return (condition?.values ?? []).flatMap(({ userEnteredValue }) => userEnteredValue ?? [])
}
