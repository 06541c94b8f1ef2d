/** What setting up comes to, given the sheets that are there. Pure. */
import type { Making } from '../contract.ts'
import type { Request } from './client.ts'
import { PIN } from './grid.ts'
import { type ColumnPlan, fieldTitled, tabPlans, titleOf } from './layout.ts'
import { offered } from './options.ts'
import type { GridData } from './schema.ts'
import { type GoogleSheetsSettings, languageOf, type TabName, tabNames } from './settings.ts'
import { textOf } from './values.ts'

export type Found = {
  sheetId: number
  title: string
  rowCount: number
  columnCount: number
  frozenRowCount: number
  developerMetadata: { metadataKey: string; metadataValue: string }[]
  /** Of the header row. */
  data: GridData[]
  isOurs: boolean
}

export type TabsPlan = { requests: Request[]; makings: Making[]; tabs: GoogleSheetsSettings['tabs'] }

/** Says of a sheet which of our tabs it is. */
export const TAB = 'buzon.tab'

/** Where ids of our tabs begin; the first that nobody has. */
const FIRST_ID = 714_001

export function planTabs(settings: GoogleSheetsSettings, found: Found[]): TabsPlan {
  const plan: TabsPlan = { requests: [], makings: [], tabs: {} }
  const taken = new Set(found.map(({ sheetId }) => sheetId))
  for (const name of tabNames) {
    const settled = found.find(({ sheetId }) => sheetId === settings.tabs[name])
    const known = settled ?? found.find(sheet => isTab(settings, name, sheet))
    const sheetId = known?.sheetId ?? freeId(taken)
    plan.tabs[name] = sheetId
    if (!known) addTab(plan, settings, name, sheetId)
    addColumns(plan, settings, name, sheetId, known)
  }
  return plan
}

/** By its mark, by what the settings say, or, as a person made it, by its title. */
function isTab(settings: GoogleSheetsSettings, name: TabName, { sheetId, title, developerMetadata }: Found): boolean {
  const marked = developerMetadata.find(({ metadataKey }) => metadataKey === TAB)?.metadataValue
  if (marked) return marked === name
  return settings.tabs[name] === sheetId || Object.values(tabPlans[name].titles).includes(title)
}

function freeId(taken: Set<number>): number {
  let id = FIRST_ID
  while (taken.has(id)) id++
  taken.add(id)
  return id
}

function addTab({ requests, makings }: TabsPlan, settings: GoogleSheetsSettings, name: TabName, sheetId: number) {
  const title = titleOf(settings, tabPlans[name])
  const columnCount = tabPlans[name].columns.length + SPARE_COLUMNS
  const gridProperties = { rowCount: 1_000, columnCount }
  requests.push({ addSheet: { properties: { sheetId, title, hidden: name === 'meta', gridProperties } } })
  makings.push({ what: 'tab', name: title, label: title, detail: '' })
}

/** For people's own columns. */
const SPARE_COLUMNS = 6

function addColumns(
  plan: TabsPlan,
  settings: GoogleSheetsSettings,
  name: TabName,
  sheetId: number,
  known: Found | undefined,
) {
  const { requests, makings } = plan
  if (!known?.developerMetadata.some(({ metadataKey }) => metadataKey === TAB)) {
    requests.push(mark(TAB, name, { sheetId }))
  }
  if (!known?.frozenRowCount) {
    const properties = { sheetId, gridProperties: { frozenRowCount: 1 } }
    requests.push({ updateSheetProperties: { properties, fields: 'gridProperties.frozenRowCount' } })
  }
  const there = known
    ? headerOf(name, known)
    : { pinned: new Map<string, number>(), loose: new Map<string, number>(), width: 0 }
  let next = there.width
  const missing = tabPlans[name].columns.filter(({ field }) => !there.pinned.has(field))
  const columns = missing.map(column => {
    const index = there.loose.get(column.field) ?? next++
    return { column, index, isNew: !there.loose.has(column.field) }
  })
  const room = known?.columnCount ?? tabPlans[name].columns.length + SPARE_COLUMNS
  if (next > room) requests.push({ appendDimension: { sheetId, dimension: 'COLUMNS', length: next - room } })
  for (const { column, index, isNew } of columns) {
    requests.push(...columnRequests(settings, sheetId, column, index, isNew))
    const title = titleOf(settings, column)
    const tab = titleOf(settings, tabPlans[name])
    makings.push({ what: isNew ? 'column' : 'mark of a column', name: column.field, label: title, detail: tab })
  }
  if (columns.some(({ isNew }) => isNew)) requests.push(protectHeader(settings, sheetId))
}

/** Columns by their pins; those that are not pinned, by a title of ours. */
function headerOf(name: TabName, { data }: Found) {
  const pinned = new Map<string, number>()
  const loose = new Map<string, number>()
  let width = 0
  for (const { startColumn, columnMetadata, rowData } of data) {
    for (const [nth, { developerMetadata }] of columnMetadata.entries()) {
      const pin = developerMetadata.find(({ metadataKey }) => metadataKey === PIN)
      if (!pin) continue
      pinned.set(pin.metadataValue, startColumn + nth)
      width = Math.max(width, startColumn + nth + 1)
    }
    for (const [nth, cell] of (rowData[0]?.values ?? []).entries()) {
      const text = textOf(cell)
      if (!text) continue
      width = Math.max(width, startColumn + nth + 1)
      const field = fieldTitled(name, text)
      const isPinned = [...pinned.values()].includes(startColumn + nth)
      if (field && !isPinned && !loose.has(field)) loose.set(field, startColumn + nth)
    }
  }
  return { pinned, loose, width }
}

/** What is chosen is shown as a list; a person may write something else all the same, which is then not understood. */
function columnRequests(
  settings: GoogleSheetsSettings,
  sheetId: number,
  column: ColumnPlan,
  index: number,
  isNew: boolean,
): Request[] {
  const range = { sheetId, dimension: 'COLUMNS', startIndex: index, endIndex: index + 1 }
  const requests: Request[] = [mark(PIN, column.field, { dimensionRange: range })]
  if (isNew) {
    const values = [{ userEnteredValue: { stringValue: titleOf(settings, column) }, userEnteredFormat: HEADER }]
    const start = { sheetId, rowIndex: 0, columnIndex: index }
    requests.push({ updateCells: { start, rows: [{ values }], fields: 'userEnteredValue,userEnteredFormat' } })
  }
  if (column.hidden) {
    requests.push({ updateDimensionProperties: { range, properties: { hiddenByUser: true }, fields: 'hiddenByUser' } })
  }
  if (column.options) {
    const cells = { sheetId, startRowIndex: 1, startColumnIndex: index, endColumnIndex: index + 1 }
    const values = offered(settings, column.options).map(userEnteredValue => ({ userEnteredValue }))
    const rule = { condition: { type: 'ONE_OF_LIST', values }, showCustomUi: true, strict: false }
    requests.push({ setDataValidation: { range: cells, rule } })
  }
  return requests
}

const HEADER = { textFormat: { bold: true } }

function protectHeader(settings: GoogleSheetsSettings, sheetId: number): Request {
  const description = {
    es: 'Buzón encuentra las columnas por su cabecera: muévelas o cámbiales el nombre sin miedo, pero no las borres.',
    en: 'Buzón keeps track of these columns: move and rename them as you like, but do not delete them.',
    pt: 'O Buzón acompanha estas colunas: mova e renomeie à vontade, mas não as apague.',
  }[languageOf(settings)]
  const range = { sheetId, startRowIndex: 0, endRowIndex: 1 }
  return { addProtectedRange: { protectedRange: { range, warningOnly: true, description } } }
}

function mark(metadataKey: string, metadataValue: string, location: object): Request {
  return {
    createDeveloperMetadata: { developerMetadata: { metadataKey, metadataValue, visibility: 'DOCUMENT', location } },
  }
}
