/**
 * The script in the spreadsheet (Apps Script): tells Buzón at once which rows a person edited, and has a sidebar from which they
 * answer. It runs for what people do and never for what Buzón writes, so that nothing echoes.
 * https://developers.google.com/apps-script/guides/triggers/installable
 */

// biome-ignore-all lint/correctness/noUnusedVariables: Google calls them by their names

/* global HtmlService, ScriptApp, SpreadsheetApp, UrlFetchApp, Utilities */

const PIN = 'buzon.field'
const TAB = 'buzon.tab'

const WORDS = {
  es: {
    reply: 'Responder por WhatsApp…',
    install: 'Avisar a Buzón al instante',
    installed: 'Buzón se entera de cada cambio al instante.',
    nobody: 'Elige antes una fila de Contactos o de Tickets.',
  },
  en: {
    reply: 'Reply on WhatsApp…',
    install: 'Tell Buzón at once',
    installed: 'Buzón hears of each change at once.',
    nobody: 'First choose a row of Contacts or Tickets.',
  },
  pt: {
    reply: 'Responder pelo WhatsApp…',
    install: 'Avisar o Buzón na hora',
    installed: 'O Buzón fica sabendo de cada mudança na hora.',
    nobody: 'Antes escolha uma linha de Contatos ou de Tickets.',
  },
}

/** Simple trigger: the menu. */
function onOpen() {
  const words = wordsOf(settings())
  SpreadsheetApp.getUi()
    .createMenu('Buzón')
    .addItem(words.reply, 'openSidebar')
    .addItem(words.install, 'install')
    .addToUi()
}

/** Once a spreadsheet, by somebody who may edit it; again: nothing is doubled. */
function install() {
  const spreadsheet = SpreadsheetApp.getActive()
  for (const trigger of ScriptApp.getUserTriggers(spreadsheet)) ScriptApp.deleteTrigger(trigger)
  ScriptApp.newTrigger('onRowsEdited').forSpreadsheet(spreadsheet).onEdit().create()
  ScriptApp.newTrigger('onRowsMoved').forSpreadsheet(spreadsheet).onChange().create()
  spreadsheet.toast(wordsOf(settings()).installed, 'Buzón')
}

/** Installable trigger: cells were typed or pasted. */
function onRowsEdited(event) {
  const rows = rowsIn(event.range)
  if (rows.length > 0) tell(rows)
}

/** Installable trigger: rows were inserted or deleted; which, the event does not say. */
function onRowsMoved(event) {
  if (event.changeType !== 'EDIT' && event.changeType !== 'FORMAT') tell([{ tab: 'any', key: '' }])
}

function openSidebar() {
  const page = HtmlService.createTemplateFromFile('Sidebar')
  page.language = settings().language
  SpreadsheetApp.getUi().showSidebar(page.evaluate().setTitle('Buzón'))
}

/** For the sidebar: whom the chosen row is of. */
function chosenPerson() {
  const range = SpreadsheetApp.getActiveRange()
  const sheet = range.getSheet()
  const cell = field => {
    const column = columnOf(sheet, field)
    return column && range.getRow() > 1 ? String(sheet.getRange(range.getRow(), column).getValue()) : ''
  }
  const phone = cell('phone') || cell('wa_link').replace(/\D/g, '')
  if (!phone) throw new Error(wordsOf(settings()).nobody)
  return { phone, name: cell('name') || cell('subject') }
}

/** For the sidebar: a row to be sent, a text or a template with its values, and a ring for it, for what a script writes fires no trigger. */
function queueReply(phone, text, template, values) {
  const { yes } = settings()
  const sheet = sheetOf('outbox')
  const row = sheet.getLastRow() + 1
  for (const [field, value] of Object.entries({ to: phone, text, template, values, send: yes })) {
    const column = columnOf(sheet, field)
    // With an apostrophe nothing that is typed becomes a number or a formula.
    if (column && value) sheet.getRange(row, column).setValue(field === 'send' ? value : `'${value}`)
  }
  SpreadsheetApp.flush()
  tell([{ tab: 'outbox', key: '' }])
}

/** Rows of our tabs in a range, by the cells of their keys; the header is none. */
function rowsIn(range) {
  const sheet = range.getSheet()
  const tab = tabOf(sheet)
  const first = Math.max(range.getRow(), 2)
  const count = Math.min(range.getLastRow(), sheet.getLastRow()) - first + 1
  if (!tab || count < 1) return []
  const column = columnOf(sheet, 'key')
  if (!column) return [{ tab, key: '' }]
  return sheet
    .getRange(first, column, count, 1)
    .getValues()
    .map(([key]) => ({ tab, key: String(key) }))
}

/** Signed, so that nobody else can make Buzón look. */
function tell(rows) {
  const { url, secret } = settings()
  const body = JSON.stringify({ rows: rows.slice(0, 1000) })
  const timestamp = String(Date.now())
  const signature = Utilities.computeHmacSha256Signature(`${timestamp}\n${body}`, secret, Utilities.Charset.UTF_8)
  UrlFetchApp.fetch(url, {
    method: 'post',
    contentType: 'application/json',
    payload: body,
    headers: { 'x-buzon-timestamp': timestamp, 'x-buzon-signature': Utilities.base64EncodeWebSafe(signature) },
    muteHttpExceptions: true,
  })
}

/** What setting up wrote into the hidden tab. */
function settings() {
  return JSON.parse(String(sheetOf('meta').getRange(2, 1).getValue()))
}

function sheetOf(tab) {
  const found = SpreadsheetApp.getActive()
    .getSheets()
    .find(sheet => tabOf(sheet) === tab)
  if (!found) throw new Error(`Buzón: ${tab}?`)
  return found
}

function tabOf(sheet) {
  const found = sheet.getDeveloperMetadata().find(metadata => metadata.getKey() === TAB)
  return found ? found.getValue() : undefined
}

/** Counted from 1; undefined for a column that was deleted. */
function columnOf(sheet, field) {
  const [found] = sheet.createDeveloperMetadataFinder().withKey(PIN).withValue(field).find()
  return found ? found.getLocation().getColumn().getColumn() : undefined
}

function wordsOf({ language }) {
  return WORDS[language] || WORDS.es
}
