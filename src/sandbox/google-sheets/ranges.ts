/** Where in a spreadsheet something is: ranges by grid, by A1, by developer metadata. */
import { columnIndex } from './cells.ts'
import { invalid } from './errors.ts'
import type { GridRange, Metadata, Sheet, Spreadsheet } from './state.ts'

export type Box = { sheet: Sheet; top: number; bottom: number; left: number; right: number }

export type DataFilter = {
  a1Range?: string
  gridRange?: GridRange
  developerMetadataLookup?: {
    metadataId?: number
    metadataKey?: string
    metadataValue?: string
    locationType?: string
    visibility?: string
    metadataLocation?: { sheetId?: number; dimensionRange?: { sheetId: number } }
  }
}

export function sheetById(spreadsheet: Spreadsheet, sheetId = 0): Sheet {
  const sheet = spreadsheet.sheets.find(each => each.sheetId === sheetId)
  if (!sheet) throw invalid(`No grid with id: ${sheetId}`)
  return sheet
}

export function boxOf(spreadsheet: Spreadsheet, range: GridRange): Box {
  const sheet = sheetById(spreadsheet, range.sheetId)
  return {
    ...{ sheet, top: range.startRowIndex ?? 0, bottom: range.endRowIndex ?? sheet.rowCount },
    ...{ left: range.startColumnIndex ?? 0, right: range.endColumnIndex ?? sheet.columnCount },
  }
}

/** `'My tab'!A2:C`, `Tab!3:3`, `Tab`, or a range of the first sheet. */
export function boxOfA1(spreadsheet: Spreadsheet, text: string): Box {
  const parts = /^(?:(?:'((?:[^']|'')*)'|([^!']+))!)?([A-Z]*)(\d*)(?::([A-Z]*)(\d*))?$/.exec(text)
  const name = parts?.[1]?.replaceAll("''", "'") ?? parts?.[2]
  const whole = spreadsheet.sheets.find(({ title }) => title === text.replace(/^'|'$/g, '').replaceAll("''", "'"))
  const sheet = whole ?? (name === undefined ? spreadsheet.sheets[0] : spreadsheet.sheets.find(s => s.title === name))
  if (!sheet || (!whole && !parts)) throw invalid(`Unable to parse range: ${text}`)
  const [, , , left = '', top = '', right, bottom] = whole ? [] : (parts ?? [])
  const one = right === undefined && bottom === undefined && (left !== '' || top !== '')
  return {
    sheet,
    top: top ? Number(top) - 1 : 0,
    bottom: one && top ? Number(top) : bottom ? Number(bottom) : sheet.rowCount,
    left: left ? columnIndex(left) : 0,
    right: one && left ? columnIndex(left) + 1 : right ? columnIndex(right) + 1 : sheet.columnCount,
  }
}

/** All places that a filter names. */
export function boxesOf(spreadsheet: Spreadsheet, filter: DataFilter): Box[] {
  if (filter.gridRange) return [boxOf(spreadsheet, filter.gridRange)]
  if (filter.a1Range) return [boxOfA1(spreadsheet, filter.a1Range)]
  return matching(spreadsheet, filter).flatMap(({ sheetId, column }) =>
    sheetId === undefined
      ? []
      : [
          boxOf(spreadsheet, {
            sheetId,
            ...(column === undefined ? {} : { startColumnIndex: column, endColumnIndex: column + 1 }),
          }),
        ],
  )
}

/** Metadata that a look-up finds. */
export function matching({ metadata }: Spreadsheet, { developerMetadataLookup: wanted }: DataFilter): Metadata[] {
  if (!wanted) return []
  const sheetId = wanted.metadataLocation?.sheetId ?? wanted.metadataLocation?.dimensionRange?.sheetId
  return metadata.filter(
    each =>
      (wanted.metadataId === undefined || each.metadataId === wanted.metadataId) &&
      (wanted.metadataKey === undefined || each.metadataKey === wanted.metadataKey) &&
      (wanted.metadataValue === undefined || each.metadataValue === wanted.metadataValue) &&
      (wanted.locationType === undefined || locationType(each) === wanted.locationType) &&
      (sheetId === undefined || each.sheetId === sheetId),
  )
}

export function metadataView(each: Metadata) {
  const { metadataId, metadataKey, metadataValue, visibility, sheetId, column } = each
  const location = {
    locationType: locationType(each),
    ...(sheetId !== undefined && column === undefined ? { sheetId } : {}),
    ...(sheetId === undefined ? { spreadsheet: true } : {}),
    ...(column === undefined
      ? {}
      : { dimensionRange: { sheetId, dimension: 'COLUMNS', startIndex: column, endIndex: column + 1 } }),
  }
  return { metadataId, metadataKey, metadataValue, visibility, location }
}

function locationType({ sheetId, column }: Metadata): string {
  if (column !== undefined) return 'COLUMN'
  return sheetId === undefined ? 'SPREADSHEET' : 'SHEET'
}
