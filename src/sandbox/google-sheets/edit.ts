/** `spreadsheets.batchUpdate`, as far as it is used: all of it happens, or nothing. */
import type { z } from 'zod'
import { filledRows } from './cells.ts'
import { changeDimension, sortRange } from './dimensions.ts'
import { GoogleRefused, invalid } from './errors.ts'
import { boxOf, matching, metadataView, sheetById } from './ranges.ts'
import { type gridRange, type metadata, type properties, request, type rowData, type value } from './requests.ts'
import {
  type Cell,
  type GridRange,
  LONGEST_CELL,
  type Metadata,
  MOST_CELLS,
  newSheet,
  type Row,
  type Sheet,
  type Spreadsheet,
  type Value,
} from './state.ts'

/** A sheet whose rows may be replaced. */
type Draft = Omit<Spreadsheet, 'sheets'> & { sheets: (Sheet & { rows: Row[] })[] }
type Written = { count: number; refused: ReadonlySet<number> }

/**
 * The spreadsheet as it is after all requests, and their replies. `refusedRows`: planned refusals, by the place of the row among
 * all that are written. Throws `GoogleRefused` that names the first request at fault.
 */
export function applyRequests(
  spreadsheet: Spreadsheet,
  requests: readonly unknown[],
  refusedRows: readonly number[] = [],
): { spreadsheet: Spreadsheet; replies: object[] } {
  const draft: Draft = {
    ...spreadsheet,
    sheets: spreadsheet.sheets.map(sheet => ({ ...sheet, rows: [...sheet.rows] })),
    metadata: [...spreadsheet.metadata],
  }
  const written: Written = { count: 0, refused: new Set(refusedRows) }
  const replies = requests.map((given, at) => {
    const [name = ''] = Object.keys((given ?? {}) as object)
    const parsed = request.safeParse(given)
    try {
      if (!parsed.success) throw invalid(parsed.error.issues[0]?.message ?? 'unknown request')
      return applyOne(draft, parsed.data, written)
    } catch (error) {
      if (!(error instanceof GoogleRefused)) throw error
      throw invalid(`Invalid requests[${at}].${name}: ${error.refusal.message}`)
    }
  })
  const cells = draft.sheets.reduce((sum, sheet) => sum + sheet.rowCount * sheet.columnCount, 0)
  if (cells > MOST_CELLS)
    throw invalid(
      `This action would increase the number of cells in the workbook above the limit of ${MOST_CELLS} cells.`,
    )
  return { spreadsheet: draft, replies }
}

function applyOne(draft: Draft, given: z.infer<typeof request>, written: Written): object {
  if (given.addSheet) return { addSheet: { properties: addSheet(draft, given.addSheet.properties) } }
  if (given.updateSheetProperties) updateProperties(draft, given.updateSheetProperties)
  if (given.deleteSheet) deleteSheet(draft, given.deleteSheet.sheetId)
  if (given.duplicateSheet) return { duplicateSheet: { properties: duplicateSheet(draft, given.duplicateSheet) } }
  if (given.appendDimension) {
    const { sheetId, dimension, length } = given.appendDimension
    const sheet = sheetById(draft, sheetId)
    if (dimension === 'ROWS') sheet.rowCount += length
    else sheet.columnCount += length
  }
  if (given.appendCells) {
    const sheet = sheetById(draft, given.appendCells.sheetId) as Draft['sheets'][number]
    writeRows(sheet, filledRows(sheet), 0, given.appendCells, written)
  }
  if (given.updateCells) updateCells(draft, given.updateCells, written)
  if (given.createDeveloperMetadata) {
    const made = addMetadata(draft, given.createDeveloperMetadata.developerMetadata)
    return { createDeveloperMetadata: { developerMetadata: metadataView(made) } }
  }
  if (given.deleteDeveloperMetadata) {
    const gone = new Set(matching(draft, given.deleteDeveloperMetadata.dataFilter))
    draft.metadata = draft.metadata.filter(each => !gone.has(each))
  }
  if (given.addProtectedRange) {
    const { range, ...rest } = given.addProtectedRange.protectedRange
    const sheet = sheetById(draft, range.sheetId)
    const made = { protectedRangeId: draft.nextId++, range: range as GridRange, ...rest }
    sheet.protectedRanges = [...sheet.protectedRanges, made]
    return { addProtectedRange: { protectedRange: made } }
  }
  if (given.setDataValidation) {
    const { range, rule } = given.setDataValidation
    const sheet = sheetById(draft, range.sheetId)
    const others = sheet.validations.filter(each => JSON.stringify(each.range) !== JSON.stringify(range))
    sheet.validations = rule ? [...others, { range: range as GridRange, rule }] : others
  }
  changeDimension(draft, given)
  if (given.sortRange) sortRange(boxOf(draft, given.sortRange.range as GridRange), given.sortRange.sortSpecs)
  return {}
}

function addSheet(draft: Draft, { sheetId, title, hidden, gridProperties }: z.infer<typeof properties>) {
  const id = sheetId ?? draft.nextId++
  if (draft.sheets.some(each => each.sheetId === id)) throw invalid(`A sheet with the id ${id} already exists.`)
  const name = title ?? `Sheet${draft.sheets.length + 1}`
  refuseTitle(draft, name)
  const sheet = newSheet(id, name, gridProperties?.rowCount, gridProperties?.columnCount)
  Object.assign(sheet, { hidden: hidden ?? false, frozenRowCount: gridProperties?.frozenRowCount ?? 0 })
  draft.sheets.push({ ...sheet, rows: [] })
  return { sheetId: id, title: name, sheetType: 'GRID' }
}

function refuseTitle(draft: Draft, title: string, except?: number) {
  if (draft.sheets.some(each => each.title.toLowerCase() === title.toLowerCase() && each.sheetId !== except))
    throw invalid(`A sheet with the name "${title}" already exists. Please enter another name.`)
}

function updateProperties(draft: Draft, given: { properties: z.infer<typeof properties>; fields: string }) {
  const sheet = sheetById(draft, given.properties.sheetId)
  const { title, hidden, gridProperties } = given.properties
  if (title !== undefined && given.fields.includes('title')) {
    refuseTitle(draft, title, sheet.sheetId)
    sheet.title = title
  }
  if (hidden !== undefined && given.fields.includes('hidden')) sheet.hidden = hidden
  if (gridProperties?.frozenRowCount !== undefined) sheet.frozenRowCount = gridProperties.frozenRowCount
  if (gridProperties?.rowCount !== undefined) sheet.rowCount = gridProperties.rowCount
  if (gridProperties?.columnCount !== undefined) sheet.columnCount = gridProperties.columnCount
}

function deleteSheet(draft: Draft, sheetId: number) {
  sheetById(draft, sheetId)
  if (draft.sheets.length === 1) throw invalid("You can't remove all the sheets in a document.")
  draft.sheets = draft.sheets.filter(each => each.sheetId !== sheetId)
  draft.metadata = draft.metadata.filter(each => each.sheetId !== sheetId)
}

/** With all that is in it. What is said of it by developer metadata is said of the original alone. */
function duplicateSheet(
  draft: Draft,
  given: { sourceSheetId: number; newSheetId?: number | undefined; newSheetName?: string | undefined },
) {
  const source = sheetById(draft, given.sourceSheetId) as Draft['sheets'][number]
  const title = given.newSheetName ?? `Copy of ${source.title}`
  refuseTitle(draft, title)
  const sheetId = given.newSheetId ?? draft.nextId++
  draft.sheets.push({ ...source, sheetId, title, rows: [...source.rows] })
  return { sheetId, title, sheetType: 'GRID' }
}

type RowsGiven = { rows: z.infer<typeof rowData>[]; fields: string }

function updateCells(
  draft: Draft,
  given: RowsGiven & {
    start?: { sheetId: number; rowIndex: number; columnIndex: number } | undefined
    range?: z.infer<typeof gridRange> | undefined
  },
  written: Written,
) {
  const { start, range } = given
  if (!start && !range) throw invalid('start or range is required')
  const sheet = sheetById(draft, start?.sheetId ?? range?.sheetId) as Draft['sheets'][number]
  const top = start?.rowIndex ?? range?.startRowIndex ?? 0
  const left = start?.columnIndex ?? range?.startColumnIndex ?? 0
  if (top + given.rows.length > sheet.rowCount)
    throw invalid('Attempting to write row beyond the last one of the sheet')
  writeRows(sheet, top, left, given, written)
}

function writeRows(
  sheet: Draft['sheets'][number],
  top: number,
  left: number,
  { rows, fields }: RowsGiven,
  written: Written,
) {
  for (const [nth, { values }] of rows.entries()) {
    if (written.refused.has(written.count++)) throw invalid('The value is not one that this cell takes (planned)')
    const row = [...(sheet.rows[top + nth] ?? [])]
    for (const [place, { userEnteredValue, userEnteredFormat }] of values.entries()) {
      const at = left + place
      if (at >= sheet.columnCount) throw invalid('Attempting to write column beyond the last one of the sheet')
      const text = userEnteredValue?.stringValue ?? userEnteredValue?.formulaValue ?? ''
      if (text.length > LONGEST_CELL)
        throw invalid(`Your input contains more than the maximum of ${LONGEST_CELL} characters in a single cell.`)
      while (row.length < at) row.push({})
      row[at] = {
        ...row[at],
        ...(wants(fields, 'userEnteredValue') ? { entered: entered(userEnteredValue) } : {}),
        ...(wants(fields, 'userEnteredFormat') ? { format: userEnteredFormat } : {}),
      } as Cell
    }
    while (sheet.rows.length < top + nth) sheet.rows.push([])
    sheet.rows[top + nth] = row
  }
  sheet.rowCount = Math.max(sheet.rowCount, top + rows.length)
}

const wants = (fields: string, name: string) => fields.split(',').some(each => each === '*' || each.startsWith(name))

/** Nothing is an empty cell, and so is an empty text. */
function entered(given: z.infer<typeof value> | undefined): Value | undefined {
  const [first] = Object.entries(given ?? {}).filter(([, each]) => each !== undefined)
  return !first || first[1] === '' ? undefined : ({ [first[0]]: first[1] } as Value)
}

function addMetadata(
  draft: Draft,
  { metadataKey, metadataValue, visibility, location }: z.infer<typeof metadata>,
): Metadata {
  const sheetId = location.dimensionRange?.sheetId ?? location.sheetId
  if (sheetId !== undefined) sheetById(draft, sheetId)
  const made: Metadata = {
    ...{ metadataId: draft.nextId++, metadataKey, metadataValue, visibility },
    ...(sheetId === undefined ? {} : { sheetId }),
    ...(location.dimensionRange ? { column: location.dimensionRange.startIndex } : {}),
  }
  draft.metadata.push(made)
  return made
}
