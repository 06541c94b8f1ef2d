/**
 * Messages that people write in the spreadsheet: a row with a number, a text or the name of a template with its values, and a yes. What
 * became of it is told in the row.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { same } from '../../core/echo.ts'
import { RemoteCallError, type RemoteChange, type RepliesAbility } from '../contract.ts'
import { batchUpdate, demand } from './client.ts'
import { columnOf, readTabs, rowsByKey, type SheetRow, type Tab, tabIn } from './grid.ts'
import { KEY } from './layout.ts'
import { a1, KEY_FIELDS, shownCells } from './misplaced.ts'
import { optionPairs } from './options.ts'
import { languageOf, type SheetsContext } from './settings.ts'
import { textOf } from './values.ts'

type Reply = Extract<RemoteChange, { kind: 'reply' }>

/** Stands in the row from when it was seen until it is known what became of it. */
const taken = { es: 'En la cola de envío', en: 'Waiting to be sent', pt: 'Na fila de envio' }

/**
 * Rows that are to be sent get a key first, in the sheet, and only then are handed on: one whose handing on was not kept is
 * handed on again under the same key. `sent`: those that were; null at the very first look, when older ones are left alone.
 * Throws RemoteCallError.
 */
export async function takeOutbox(
  ctx: SheetsContext,
  tab: Tab,
  sent: string[] | null,
  at: Date,
): Promise<{ replies: Reply[]; sent: string[] }> {
  const ready = tab.rows.filter(row => isReady(ctx, tab, row))
  const fresh = ready.filter(row => row.key === '' && !cell(tab, row, 'status'))
  if (fresh.length > 0) await claim(ctx, tab, fresh)
  const known = rowsByKey({ ...tab, rows: ready })
  // A copied row has the key of one that was sent, and is not sent again.
  const keys = [...known.keys()].filter(key => key.startsWith(MARK))
  const handed = new Set(sent ?? keys.filter(key => !fresh.some(row => row.key === key)))
  const replies = keys.flatMap(key => {
    const [row] = known.get(key) ?? []
    return row && !handed.has(key) ? [replyOf(tab, row, at)] : []
  })
  return { replies, sent: keys }
}

const MARK = 'out-'

function isReady({ settings }: SheetsContext, tab: Tab, row: SheetRow): boolean {
  const said = cell(tab, row, 'send')?.trim().toLowerCase()
  const words = optionPairs(settings, 'sending').map(({ theirs }) => theirs.toLowerCase())
  const isYes = said !== undefined && (words.includes(said) || said === 'true' || said === 'si')
  return isYes && Boolean(cell(tab, row, 'to')?.trim()) && Boolean(wordsIn(tab, row) || templateIn(tab, row))
}

const wordsIn = (tab: Tab, row: SheetRow): string => cell(tab, row, 'text')?.trim() ?? ''

/** Values stand between bars, or each in a line of its own. Columns that a spreadsheet of before lacks hold nothing. */
function templateIn(tab: Tab, row: SheetRow): Reply['template'] {
  const told = (field: string) => (tab.columns.has(field) ? (cell(tab, row, field)?.trim() ?? '') : '')
  const [name, values] = [told('template'), told('values')]
  if (name === '') return undefined
  return { name, values: values === '' ? [] : values.split(/\s*[|\n]\s*/) }
}

/** What tells one message from another, as it was typed. */
const TELLING = ['to', 'text', 'template', 'values'] as const

/** A row that somebody moved in that very moment is left for the next look, and whichever was written over gets back what it had. */
async function claim(ctx: SheetsContext, tab: Tab, rows: SheetRow[]): Promise<void> {
  const [key, status] = [KEY, 'status'].map(field => columnOf(tab, field).index) as [number, number]
  const telling = TELLING.flatMap(field => tab.columns.get(field)?.index ?? [])
  const requests = rows.flatMap(row => {
    const said = telling.map(column => textOf(row.cells.get(column)))
    const hash = sha256(utf8ToBytes(JSON.stringify([...said, row.index, ctx.now.getTime()])))
    row.key = `${MARK}${bytesToHex(hash).slice(0, 24)}`
    return [write(tab, row, key, row.key), write(tab, row, status, taken[languageOf(ctx.settings)])]
  })
  const ranges = rows.flatMap(row => telling.map(column => a1(tab, row, column)))
  const answer = await demand(
    batchUpdate(ctx, requests, { purpose: 'update', items: rows.length, ranges, fields: KEY_FIELDS }),
  )
  const shown = shownCells(answer.updatedSpreadsheet?.sheets ?? [])
  const isThere = ({ index }: SheetRow, written: SheetRow) =>
    telling.every(column => same(shown.get(`${tab.sheetId} ${index} ${column}`), entered(written, column)))
  const wrong = rows.filter(row => !isThere(row, row))
  if (wrong.length === 0) return
  const undo = wrong.flatMap(row => {
    const was = tab.rows.find(each => !rows.includes(each) && isThere(row, each))
    return [write(tab, row, key, was?.key ?? ''), write(tab, row, status, (was && cell(tab, was, 'status')) ?? '')]
  })
  for (const row of wrong) row.key = ''
  await demand(batchUpdate(ctx, undo, { purpose: 'update', items: wrong.length, fields: 'spreadsheetId' }))
}

/** As it was typed: what a formula gives is not shown in the answer to a write. */
function entered({ cells }: SheetRow, column: number): string | null {
  const { userEnteredValue } = cells.get(column) ?? {}
  return userEnteredValue ? textOf({ userEnteredValue }) : null
}

function replyOf(tab: Tab, row: SheetRow, at: Date): Reply {
  const template = templateIn(tab, row)
  return {
    ...{ kind: 'reply', remoteId: row.key, text: wordsIn(tab, row), at, attachments: [] },
    ...(template ? { template } : {}),
    to: { contactRemoteId: null, phone: cell(tab, row, 'to') },
    from: { phone: null },
    author: { remoteId: null, name: null },
  }
}

/** Rows have no files; what does not go out is said beside it. */
export const sheetReplies: RepliesAbility<SheetsContext> = {
  attachment: () => {
    throw new RemoteCallError({ kind: 'gone', message: 'A row of a spreadsheet has no files' })
  },

  async refuse(ctx, remoteId, reason) {
    const tab = tabIn(await readTabs(ctx, [{ name: 'outbox', fields: ['status'] }]), 'outbox')
    const [row] = rowsByKey(tab).get(remoteId) ?? []
    if (!row) return
    const requests = [write(tab, row, columnOf(tab, 'status').index, `✗ ${reason}`)]
    await demand(batchUpdate(ctx, requests, { purpose: 'update', items: 1, fields: 'spreadsheetId' }))
  },
}

function cell(tab: Tab, row: SheetRow, field: string): string | null {
  return textOf(row.cells.get(columnOf(tab, field).index))
}

function write(tab: Tab, { index }: SheetRow, columnIndex: number, text: string) {
  const rows = [{ values: [text === '' ? {} : { userEnteredValue: { stringValue: text } }] }]
  return {
    updateCells: { start: { sheetId: tab.sheetId, rowIndex: index, columnIndex }, rows, fields: 'userEnteredValue' },
  }
}
