/** Makes or adopts a spreadsheet: its tabs, headers, and what keeps them from going wrong. Idempotent. */
import { type ConnectionPlace, type Making, RemoteCallError } from '../contract.ts'
import { batchUpdate, createSpreadsheet, demand, getByDataFilter, getSpreadsheet, type Request } from './client.ts'
import { tabPlans, titleOf } from './layout.ts'
import { offered } from './options.ts'
import { type Found, planTabs } from './plan-tabs.ts'
import { type GoogleSheetsSettings, languageOf, type SheetsContext, tabNames } from './settings.ts'
import { scriptSecret } from './webhook.ts'

const LOCALES = { es: 'es_ES', en: 'en_US', pt: 'pt_BR' }

/** What is missing there: the spreadsheet, tabs, columns. Throws RemoteCallError. */
export async function willMakeInSheets(ctx: SheetsContext, place: ConnectionPlace): Promise<Making[]> {
  const settings = settled(ctx, place)
  const made = { ...ctx, settings }
  if (settings.spreadsheetId !== '') return planTabs(settings, await findTabs(made)).makings
  refuseServiceAccount(ctx)
  const spreadsheet = {
    what: 'spreadsheet',
    name: titleNew(settings),
    label: titleNew(settings),
    detail: 'Google Drive',
  }
  return [spreadsheet, ...planTabs(settings, []).makings]
}

/** Throws RemoteCallError. */
export async function setUpSheets(ctx: SheetsContext, place: ConnectionPlace): Promise<GoogleSheetsSettings> {
  const settings = settled(ctx, place)
  if (settings.spreadsheetId === '') {
    refuseServiceAccount(ctx)
    settings.spreadsheetId = await make(ctx, settings)
  }
  const made = { ...ctx, settings }
  const { requests, tabs } = planTabs(settings, await findTabs(made))
  const all = [...requests, await scriptNote({ ...made, settings: { ...settings, tabs } })]
  await demand(batchUpdate(made, all, { purpose: 'update', items: all.length, fields: 'spreadsheetId' }))
  return { ...settings, tabs }
}

/** What the script in `app/` reads: where to ring, how to sign, and what a yes is called. */
async function scriptNote({ settings, credentials }: SheetsContext): Promise<Request> {
  const [yes] = offered(settings, 'sending')
  const note = { url: settings.notifyUrl, secret: await scriptSecret(credentials), language: languageOf(settings), yes }
  const rows = [{ values: [{ userEnteredValue: { stringValue: JSON.stringify(note) } }] }]
  const start = { sheetId: settings.tabs.meta, rowIndex: 1, columnIndex: 0 }
  return { updateCells: { start, rows, fields: 'userEnteredValue' } }
}

/** The settings, with the tabs as they are known now. Throws RemoteCallError. */
export async function rereadSheets(ctx: SheetsContext): Promise<GoogleSheetsSettings> {
  const found = await findTabs(ctx)
  const { tabs } = ctx.settings
  const here = Object.entries(tabs).filter(([, sheetId]) => found.some(each => each.sheetId === sheetId))
  return { ...ctx.settings, tabs: Object.fromEntries(here) }
}

function settled({ settings }: SheetsContext, { webhookUrl, language }: ConnectionPlace): GoogleSheetsSettings {
  return { ...settings, language: settings.language ?? language ?? 'es', notifyUrl: webhookUrl }
}

/** Google gives service accounts no room for files of their own. */
function refuseServiceAccount({ credentials }: SheetsContext) {
  if (credentials.kind === 'oauth') return
  const message = `Name a spreadsheet that is shared with ${credentials.clientEmail}: a service account can have none of its own`
  throw new RemoteCallError({ kind: 'rejected', message })
}

const titleNew = (settings: GoogleSheetsSettings): string =>
  ({ es: 'Buzón: WhatsApp', en: 'Buzón: WhatsApp', pt: 'Buzón: WhatsApp' })[languageOf(settings)]

/** With one sheet, which becomes the first of our tabs. */
async function make(ctx: SheetsContext, settings: GoogleSheetsSettings): Promise<string> {
  const { spreadsheetId } = await demand(
    createSpreadsheet(ctx, {
      properties: { title: titleNew(settings), locale: LOCALES[languageOf(settings)] },
      sheets: [{ properties: { title: titleOf(settings, tabPlans.contact) } }],
    }),
  )
  if (spreadsheetId) return spreadsheetId
  const message = 'Google did not say which spreadsheet it made'
  throw new RemoteCallError({ kind: 'retry after', afterMs: 5_000, message })
}

/** All sheets; of those that may be ours the header, the metadata and what is in the first rows. */
export async function findTabs(ctx: SheetsContext): Promise<Found[]> {
  const { sheets } = await demand(
    getSpreadsheet(
      ctx,
      'sheets(properties(sheetId,title,gridProperties(rowCount,columnCount,frozenRowCount)),developerMetadata(metadataKey,metadataValue))',
    ),
  )
  const ids = sheets.map(({ properties }) => properties.sheetId)
  const fields =
    'sheets(properties/sheetId,data(startRow,startColumn,columnMetadata(developerMetadata(metadataKey,metadataValue)),rowData/values(userEnteredValue)))'
  const filters = ids.map(sheetId => ({ gridRange: { sheetId, startRowIndex: 0, endRowIndex: 1 } }))
  const read = await demand(getByDataFilter(ctx, filters, fields))
  return sheets.map(({ properties, developerMetadata }) => ({
    ...{ sheetId: properties.sheetId, title: properties.title, ...properties.gridProperties, developerMetadata },
    data: read.sheets.find(each => each.properties.sheetId === properties.sheetId)?.data ?? [],
    isOurs: Object.values(ctx.settings.tabs).includes(properties.sheetId),
  }))
}

/** Whether everything that is ours is there. */
export const missingTabs = (settings: GoogleSheetsSettings) =>
  tabNames.filter(name => settings.tabs[name] === undefined)
