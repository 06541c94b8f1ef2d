/** Columns as fields: called by their headers, and of the type that their cells have. */
import type { Field, ObjectKind } from '../contract.ts'
import { demand, getByDataFilter } from './client.ts'
import { type Tab, toTab } from './grid.ts'
import { CONTACT_KEY, KEY, tabOf, tabPlans } from './layout.ts'
import type { SheetCell } from './schema.ts'
import type { SheetsContext } from './settings.ts'
import { isFormula, textOf } from './values.ts'

/** Rows that are looked at to tell a column's type. */
const SAMPLE = 50

const FIELDS =
  'sheets(properties(sheetId,title),data(startRow,startColumn,columnMetadata/developerMetadata(metadataKey,metadataValue),' +
  'rowData/values(userEnteredValue,effectiveValue,userEnteredFormat/numberFormat/type,dataValidation/condition)))'

/** Throws RemoteCallError. */
export async function readFields(ctx: SheetsContext, kind: ObjectKind): Promise<Field[]> {
  const name = tabOf[kind]
  const sheetId = ctx.settings.tabs[name] ?? -1
  const filter = { gridRange: { sheetId, startRowIndex: 0, endRowIndex: SAMPLE + 1 } }
  const { sheets } = await demand(getByDataFilter(ctx, [filter], FIELDS))
  const [sheet] = sheets
  return sheet ? fieldsOf(toTab(name, sheet)) : []
}

export function fieldsOf(tab: Tab): Field[] {
  return [...tab.columns.values()].map(({ field, index, header }) => {
    const cells = tab.rows.map(row => row.cells.get(index)).filter(cell => cell !== undefined)
    const plan = tabPlans[tab.name].columns.find(column => column.field === field)
    const options = optionsOf(cells)
    return {
      ...{ name: field, label: header || field, options },
      type: plan?.type === 'phone' ? 'phone' : options.length > 0 ? 'option' : typeOf(cells),
      required: false,
      // Formulas are a person's.
      readOnly: cells.some(isFormula),
      unique: field === KEY || field === CONTACT_KEY,
    }
  })
}

/** What the column lets people choose from. */
function optionsOf(cells: SheetCell[]): Field['options'] {
  const condition = cells.map(cell => cell.dataValidation?.condition).find(each => each?.type === 'ONE_OF_LIST')
  const words = (condition?.values ?? []).flatMap(({ userEnteredValue }) => userEnteredValue ?? [])
  return words.map(word => ({ value: word, label: word }))
}

/** What all cells that hold something have in common. */
function typeOf(cells: SheetCell[]): Field['type'] {
  const types = new Set(cells.filter(cell => textOf(cell) !== null).map(cellType))
  const [only, ...others] = types
  return only && others.length === 0 ? only : 'string'
}

function cellType({ userEnteredValue, effectiveValue, userEnteredFormat }: SheetCell): Field['type'] {
  const value = effectiveValue ?? userEnteredValue
  if (value?.boolValue !== undefined) return 'boolean'
  if (value?.numberValue === undefined) return 'string'
  const format = userEnteredFormat?.numberFormat?.type
  if (format === 'DATE') return 'date'
  return format === 'DATE_TIME' ? 'datetime' : 'number'
}
