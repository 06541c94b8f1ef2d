/** Rows and columns that are inserted, deleted, moved, hidden and sorted; what hangs on columns goes with them. */
import { effective, filledRows, isEmpty, moved, shown } from './cells.ts'
import { invalid } from './errors.ts'
import { type Box, sheetById } from './ranges.ts'
import type { DimensionRange } from './requests.ts'
import type { Cell, GridRange, Row, Spreadsheet } from './state.ts'

type Given = {
  insertDimension?: { range: DimensionRange } | undefined
  deleteDimension?: { range: DimensionRange } | undefined
  moveDimension?: { source: DimensionRange; destinationIndex: number } | undefined
  updateDimensionProperties?: { range: DimensionRange; properties: { hiddenByUser?: boolean | undefined } } | undefined
}

export function changeDimension(draft: Spreadsheet, given: Given) {
  const { insertDimension, deleteDimension, moveDimension, updateDimensionProperties: shownOrNot } = given
  if (insertDimension) rearrange(draft, insertDimension.range, inserted(insertDimension.range))
  if (deleteDimension) rearrange(draft, deleteDimension.range, deleted(deleteDimension.range))
  if (moveDimension)
    rearrange(draft, moveDimension.source, shifted(moveDimension.source, moveDimension.destinationIndex))
  if (shownOrNot?.range.dimension === 'COLUMNS') {
    const { range, properties } = shownOrNot
    const sheet = sheetById(draft, range.sheetId)
    const hidden = new Set(sheet.hiddenColumns)
    for (let at = range.startIndex; at < range.endIndex; at++) {
      if (properties.hiddenByUser) hidden.add(at)
      else hidden.delete(at)
    }
    sheet.hiddenColumns = hidden
  }
}

/** What becomes of a place; undefined: it is no more. */
type Places = { to(at: number): number | undefined; grows: number }

function inserted({ startIndex, endIndex }: DimensionRange): Places {
  const grows = endIndex - startIndex
  return { grows, to: at => (at < startIndex ? at : at + grows) }
}

function deleted({ startIndex, endIndex }: DimensionRange): Places {
  const grows = startIndex - endIndex
  return { grows, to: at => (at < startIndex ? at : at < endIndex ? undefined : at + grows) }
}

/** `destination` counts before anything is moved. */
function shifted({ startIndex, endIndex }: DimensionRange, destination: number): Places {
  const size = endIndex - startIndex
  const target = destination > startIndex ? destination - size : destination
  return {
    grows: 0,
    to(at) {
      if (at >= startIndex && at < endIndex) return target + at - startIndex
      const without = at >= endIndex ? at - size : at
      return without >= target ? without + size : without
    },
  }
}

function rearrange(draft: Spreadsheet, { sheetId, dimension }: DimensionRange, places: Places) {
  const sheet = sheetById(draft, sheetId)
  if (dimension === 'ROWS') {
    sheet.rowCount += places.grows
    sheet.rows = spread(sheet.rows, places, [], (row, from, to) => moved(row, from, to))
    return
  }
  sheet.columnCount += places.grows
  if (sheet.columnCount < 1) throw invalid('You cannot delete all the columns on the sheet.')
  sheet.rows = sheet.rows.map(row => spread<Cell>(row, places, {}, cell => cell))
  sheet.hiddenColumns = new Set([...sheet.hiddenColumns].flatMap(at => places.to(at) ?? []))
  sheet.validations = sheet.validations.flatMap(({ range, rule }) => {
    const kept = rangeAfter(range, places)
    return kept ? [{ range: kept, rule }] : []
  })
  draft.metadata = draft.metadata.flatMap(each => {
    if (each.sheetId !== sheetId || each.column === undefined) return [each]
    const column = places.to(each.column)
    return column === undefined ? [] : [{ ...each, column }]
  })
}

function spread<T>(list: readonly T[], places: Places, empty: T, carry: (item: T, from: number, to: number) => T): T[] {
  const result: T[] = []
  for (const [from, item] of list.entries()) {
    const to = places.to(from)
    if (to !== undefined) result[to] = carry(item, from, to)
  }
  return Array.from(result, item => item ?? empty)
}

function rangeAfter(range: GridRange, places: Places): GridRange | undefined {
  const { startColumnIndex: start, endColumnIndex: end } = range
  if (start === undefined || end === undefined) return range
  const left = places.to(start)
  return left === undefined ? undefined : { ...range, startColumnIndex: left, endColumnIndex: left + end - start }
}

/** By what cells show, empty ones last; rows that compare alike keep their order. */
export function sortRange(box: Box, specs: { dimensionIndex: number; sortOrder: 'ASCENDING' | 'DESCENDING' }[]) {
  const { sheet, top } = box
  const bottom = Math.min(box.bottom, filledRows(sheet))
  const rows = sheet.rows.slice(top, bottom).map((row, nth) => ({ row, from: top + nth }))
  const sorted = rows.sort((a, b) => {
    for (const { dimensionIndex, sortOrder } of specs) {
      const [x, y] = [a.row[dimensionIndex] ?? {}, b.row[dimensionIndex] ?? {}]
      if (isEmpty(x) || isEmpty(y)) {
        if (isEmpty(x) !== isEmpty(y)) return isEmpty(x) ? 1 : -1
        continue
      }
      const order = shown(effective(sheet, x)).localeCompare(shown(effective(sheet, y)))
      if (order !== 0) return sortOrder === 'DESCENDING' ? -order : order
    }
    return 0
  })
  const placed: Row[] = sorted.map(({ row, from }, nth) => moved(row, from, top + nth))
  sheet.rows = [...sheet.rows.slice(0, top), ...placed, ...sheet.rows.slice(bottom)]
}
