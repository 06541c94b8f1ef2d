import { type EraseResult, RemoteCallError } from '../contract.ts'
import { batchUpdate, type DataFilter, demand, getByDataFilter } from './client.ts'
import { type Tab, toTab } from './grid.ts'
import { rowsByName } from './identity.ts'
import { CONTACT_LINK } from './layout.ts'
import { findTabs } from './set-up.ts'
import type { SheetsContext } from './settings.ts'
import { textOf } from './values.ts'

const FIELDS =
  'sheets(properties(sheetId,title),data(startRow,startColumn,columnMetadata/developerMetadata(metadataKey,metadataValue),rowData/values/userEnteredValue))'

/**
 * Deletes the row of a person, and those of their tickets and messages, in the tabs of past months too. What people copied
 * elsewhere, and the file's history, Google keeps: the README says so.
 */
export async function eraseContact(ctx: SheetsContext, remoteId: string): Promise<EraseResult> {
  try {
    const found = await findTabs(ctx)
    const filters: DataFilter[] = found.map(({ sheetId }) => ({ gridRange: { sheetId } }))
    const { sheets } = await demand(getByDataFilter(ctx, filters, FIELDS))
    const requests = sheets.flatMap(sheet => {
      const { sheetId } = sheet.properties
      if (sheetId === ctx.settings.tabs.contact) return removal(sheetId, contactRows(toTab('contact', sheet), remoteId))
      const name = sheetId === ctx.settings.tabs.ticket ? 'ticket' : 'message'
      return removal(sheetId, rowsOf(toTab(name, sheet), remoteId))
    })
    if (requests.length > 0) {
      await demand(batchUpdate(ctx, requests, { purpose: 'update', items: 1, fields: 'spreadsheetId' }))
    }
    return { kind: 'erased' }
  } catch (error) {
    if (!(error instanceof RemoteCallError)) throw error
    return { kind: 'failed', failure: error.failure }
  }
}

function contactRows(tab: Tab, remoteId: string): number[] {
  return (rowsByName(tab).get(remoteId) ?? []).map(({ index }) => index)
}

/** A sheet without our column is a person's own. */
function rowsOf(tab: Tab, remoteId: string): number[] {
  const column = tab.columns.get(CONTACT_LINK)?.index
  if (column === undefined) return []
  return tab.rows.filter(row => textOf(row.cells.get(column)) === remoteId).map(({ index }) => index)
}

/** From the last to the first, for each moves those below it. */
function removal(sheetId: number, rows: number[]) {
  return rows.toReversed().map(startIndex => ({
    deleteDimension: { range: { sheetId, dimension: 'ROWS', startIndex, endIndex: startIndex + 1 } },
  }))
}
