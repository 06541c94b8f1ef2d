import type { Connector } from '../contract.ts'
import { CHANGES_EVERY_MS, readChanges } from './changes.ts'
import { checkSheets } from './check.ts'
import { GOOGLE } from './client.ts'
import { type GoogleCredentials, googleCredentials, sharedAllowance } from './credentials.ts'
import { eraseContact } from './erase-contact.ts'
import { readFields } from './fields.ts'
import { fromSheetContact, fromSheetTicket, toSheetContact, toSheetMessage, toSheetTicket } from './map.ts'
import { contactRows, optionTables, ticketRows } from './mapping.ts'
import { googleOAuth } from './oauth.ts'
import { sheetReplies } from './outbox.ts'
import { pushRows, pushTogether } from './push.ts'
import { findRows, listRows, readRows } from './read.ts'
import { rehearseSheets } from './rehearse.ts'
import { reportFigures } from './report.ts'
import { rereadSheets, setUpSheets, willMakeInSheets } from './set-up.ts'
import { type GoogleSheetsSettings, googleSheetsSettings } from './settings.ts'
import { parseWebhook, recordWebhook, rings, verifyWebhook } from './webhook.ts'

/** Google Sheets: a spreadsheet with a tab for contacts, one for tickets, one for messages and one for those to be sent. */
export const googleSheets: Connector<GoogleCredentials, GoogleSheetsSettings> = {
  id: 'google-sheets',
  name: 'Google Sheets',
  baseUrl: GOOGLE,
  credentials: googleCredentials,
  settings: googleSheetsSettings,
  limits: {
    // 60 readings and 60 writings a minute for each user, counted here together: https://developers.google.com/workspace/sheets/api/limits
    requests: 60,
    intervalMs: 60_000,
    shared: sharedAllowance,
    // Google says nothing of it in its headers.
    read: () => undefined,
  },
  check: checkSheets,
  willMake: willMakeInSheets,
  reread: rereadSheets,
  setUp: setUpSheets,
  contact: {
    fields: ctx => readFields(ctx, 'contact'),
    defaults: contactRows,
    tables: optionTables,
    toRemote: toSheetContact,
    fromRemote: fromSheetContact,
    push: (ctx, items) => pushRows(ctx, 'contact', items),
    looksFirst: true,
    read: (ctx, ids) => readRows(ctx, 'contact', ids),
    list: (ctx, query) => listRows(ctx, 'contact', query),
    find: findRows,
    erase: eraseContact,
  },
  ticket: {
    fields: ctx => readFields(ctx, 'ticket'),
    defaults: ticketRows,
    tables: optionTables,
    toRemote: toSheetTicket,
    fromRemote: fromSheetTicket,
    push: (ctx, items) => pushRows(ctx, 'ticket', items),
    looksFirst: true,
    read: (ctx, ids) => readRows(ctx, 'ticket', ids),
    list: (ctx, query) => listRows(ctx, 'ticket', query),
  },
  message: {
    fields: ctx => readFields(ctx, 'message'),
    toRemote: toSheetMessage,
    push: (ctx, items) => pushRows(ctx, 'message', items),
    read: (ctx, ids) => readRows(ctx, 'message', ids),
  },
  pushTogether,
  webhook: { verify: verifyWebhook, record: recordWebhook, rings, parse: parseWebhook },
  rehearse: rehearseSheets,
  changes: { everyMs: CHANGES_EVERY_MS, read: readChanges },
  report: reportFigures,
  oauth: googleOAuth,
  replies: sheetReplies,
  asksOfDeleted: true,
}
