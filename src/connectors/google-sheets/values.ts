/** What a cell says, as text. Total and pure. */
import type { RemoteValues } from '../contract.ts'
import type { SheetRow, Tab } from './grid.ts'
import { KEY } from './layout.ts'
import type { SheetCell } from './schema.ts'

/** Null for an empty cell. Numbers are written out, for a telephone number is one once a person has typed it. */
export function textOf(cell: SheetCell | undefined): string | null {
  const value = cell?.effectiveValue ?? cell?.userEnteredValue
  if (!value) return null
  if (value.boolValue !== undefined) return value.boolValue ? 'TRUE' : 'FALSE'
  if (value.numberValue !== undefined) return numberText(value.numberValue, cell?.userEnteredFormat?.numberFormat?.type)
  return value.stringValue || null
}

export const isFormula = (cell: SheetCell | undefined): boolean => cell?.userEnteredValue?.formulaValue !== undefined

/** Whether a person sees anything in the row. */
export const isBlank = ({ cells }: SheetRow): boolean => [...cells.values()].every(cell => textOf(cell) === null)

/** The row by its columns' fields; what is not shown of a formula is left out. */
export function valuesOf(tab: Tab, row: SheetRow): RemoteValues {
  const values: RemoteValues = {}
  for (const { field, index } of tab.columns.values()) values[field] = textOf(row.cells.get(index))
  if (row.key) values[KEY] = row.key
  return values
}

/** Days since 1899-12-30 are how a spreadsheet counts: https://developers.google.com/workspace/sheets/api/guides/formats */
const EPOCH_MS = Date.UTC(1899, 11, 30)
const DAY_MS = 86_400_000
/** The last day of the year 9999. */
const LAST_DAY = 2_958_465

function numberText(value: number, format: string | undefined): string {
  if ((format === 'DATE' || format === 'DATE_TIME') && value >= 0 && value <= LAST_DAY) {
    const at = new Date(EPOCH_MS + Math.round(value * DAY_MS)).toISOString()
    return format === 'DATE' ? at.slice(0, 10) : at
  }
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? value.toFixed(0) : String(value)
}
