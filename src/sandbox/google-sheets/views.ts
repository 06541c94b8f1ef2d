/** Spreadsheets as the API shows them. */
import { cellAt, columnLetters, effective, filledRows, shown } from './cells.ts'
import { type Box, metadataView } from './ranges.ts'
import type { Cell, Sheet, Spreadsheet } from './state.ts'

export function spreadsheetView(spreadsheet: Spreadsheet, boxes: Box[] | undefined, host: string) {
  const { spreadsheetId, title, locale, timeZone, metadata } = spreadsheet
  const wanted = boxes ? spreadsheet.sheets.filter(sheet => boxes.some(box => box.sheet === sheet)) : spreadsheet.sheets
  return {
    spreadsheetId,
    properties: { title, locale, timeZone, autoRecalc: 'ON_CHANGE' },
    sheets: wanted.map(sheet => ({
      properties: propertiesOf(spreadsheet, sheet),
      protectedRanges: sheet.protectedRanges,
      developerMetadata: metadata
        .filter(each => each.sheetId === sheet.sheetId && each.column === undefined)
        .map(metadataView),
      ...(boxes ? { data: boxes.filter(box => box.sheet === sheet).map(box => gridData(spreadsheet, box)) } : {}),
    })),
    developerMetadata: metadata.filter(each => each.sheetId === undefined).map(metadataView),
    spreadsheetUrl: `${host}/google/spreadsheets/d/${spreadsheetId}/edit`,
  }
}

function propertiesOf({ sheets }: Spreadsheet, sheet: Sheet) {
  const { sheetId, title, hidden, rowCount, columnCount, frozenRowCount } = sheet
  return {
    ...{ sheetId, title, index: sheets.indexOf(sheet), sheetType: 'GRID', ...(hidden ? { hidden } : {}) },
    gridProperties: { rowCount, columnCount, ...(frozenRowCount ? { frozenRowCount } : {}) },
  }
}

/** Nothing after the last row that holds anything. */
function gridData({ metadata }: Spreadsheet, { sheet, top, bottom, left, right }: Box) {
  const end = Math.min(bottom, filledRows(sheet))
  const rowData = []
  for (let row = top; row < end; row++) {
    const values = []
    for (let column = left; column < right; column++) values.push(cellView(sheet, row, column))
    while (values.length > 0 && Object.keys(values.at(-1) as object).length === 0) values.pop()
    rowData.push(values.length > 0 ? { values } : {})
  }
  const columnMetadata = []
  for (let column = left; column < right; column++) {
    const pinned = metadata.filter(each => each.sheetId === sheet.sheetId && each.column === column)
    columnMetadata.push({
      pixelSize: 100,
      ...(sheet.hiddenColumns.has(column) ? { hiddenByUser: true } : {}),
      ...(pinned.length > 0 ? { developerMetadata: pinned.map(metadataView) } : {}),
    })
  }
  return { ...(top > 0 ? { startRow: top } : {}), ...(left > 0 ? { startColumn: left } : {}), rowData, columnMetadata }
}

function cellView(sheet: Sheet, row: number, column: number) {
  const cell = cellAt(sheet, row, column)
  const rule = ruleAt(sheet, row, column)
  if (!cell.entered)
    return { ...(cell.format ? { userEnteredFormat: cell.format } : {}), ...(rule ? { dataValidation: rule } : {}) }
  const value = effective(sheet, cell)
  return {
    ...{ userEnteredValue: cell.entered, effectiveValue: value, formattedValue: shown(value) },
    ...(cell.format ? { userEnteredFormat: cell.format } : {}),
    ...(rule ? { dataValidation: rule } : {}),
  }
}

function ruleAt({ validations }: Sheet, row: number, column: number): unknown {
  return validations.find(
    ({ range }) =>
      row >= (range.startRowIndex ?? 0) &&
      row < (range.endRowIndex ?? Number.POSITIVE_INFINITY) &&
      column >= (range.startColumnIndex ?? 0) &&
      column < (range.endColumnIndex ?? Number.POSITIVE_INFINITY),
  )?.rule
}

export type Rendering = { render: string; byColumns: boolean }

/** What `spreadsheets.values` gives of a place. */
export function valueRange({ sheet, top, bottom, left, right }: Box, { render, byColumns }: Rendering) {
  const end = Math.min(bottom, filledRows(sheet))
  const rows: unknown[][] = []
  for (let row = top; row < end; row++) {
    const cells = Array.from({ length: right - left }, (_, at) =>
      rendered(sheet, cellAt(sheet, row, left + at), render),
    )
    rows.push(trimmed(cells))
  }
  while (rows.at(-1)?.length === 0) rows.pop()
  const turned = () => Array.from({ length: right - left }, (_, at) => trimmed(rows.map(row => row[at] ?? '')))
  const name = /^\w+$/.test(sheet.title) ? sheet.title : `'${sheet.title.replaceAll("'", "''")}'`
  return {
    range: `${name}!${columnLetters(left)}${top + 1}:${columnLetters(Math.max(left, right - 1))}${bottom}`,
    majorDimension: byColumns ? 'COLUMNS' : 'ROWS',
    ...(rows.length > 0 ? { values: byColumns ? turned() : rows } : {}),
  }
}

function rendered(sheet: Sheet, cell: Cell, render: string): unknown {
  if (render === 'FORMULA' && cell.entered?.formulaValue) return cell.entered.formulaValue
  const value = effective(sheet, cell)
  if (render === 'FORMATTED_VALUE' || !value || 'errorValue' in value) return shown(value)
  return value.stringValue ?? value.numberValue ?? value.boolValue ?? ''
}

function trimmed(cells: unknown[]): unknown[] {
  let last = cells.length
  while (last > 0 && cells[last - 1] === '') last--
  return cells.slice(0, last)
}
