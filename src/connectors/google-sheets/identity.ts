/** How a row is known: by its key, by what it says of a person, or, of a row that a person made, by what is in it. Pure. */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { rowsByKey, type SheetRow, type Tab } from './grid.ts'
import { CONTACT_KEY } from './layout.ts'
import { textOf } from './values.ts'

/** Columns that tell people's own rows apart; they are needed wherever such a row may be meant. */
export const TELLING = ['name', 'phone', 'email', CONTACT_KEY]

/** What a row of a person's is called until its first push, which writes it there as its key. */
const MARK = '~'

export const isLoose = (remoteId: string): boolean => remoteId.startsWith(MARK)

/**
 * All rows of people by what they are called: by their keys, and those without one by their content. Rows that say the same are
 * told apart by their order. Blank rows are nobody's.
 */
export function rowsByName(tab: Tab): Map<string, SheetRow[]> {
  const rows = rowsByKey(tab)
  for (const row of tab.rows) {
    if (row.key) continue
    const said = TELLING.map(field => enteredText(tab, row, field))
    if (said.every(text => text === '')) continue
    const hash = bytesToHex(sha256(utf8ToBytes(said.join('\u0000')))).slice(0, 20)
    let name = `${MARK}${hash}`
    for (let nth = 2; rows.has(name); nth++) name = `${MARK}${hash}.${nth}`
    rows.set(name, [row])
  }
  return rows
}

/** The same whether formulas were read with what they give or without. */
function enteredText(tab: Tab, row: SheetRow, field: string): string {
  const { userEnteredValue } = row.cells.get(tab.columns.get(field)?.index ?? -1) ?? {}
  return userEnteredValue ? (textOf({ userEnteredValue }) ?? '') : ''
}
