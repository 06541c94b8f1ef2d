/** What a cell holds and shows. */
import type { Cell, Row, Sheet, Value } from './state.ts'

const EMPTY: Cell = {}

export function cellAt(sheet: Sheet, row: number, column: number): Cell {
  return sheet.rows[row]?.[column] ?? EMPTY
}

/** As a person's typing is understood: numbers, TRUE and FALSE, formulas; `'` before a text keeps it a text. */
export function typed(text: string): Value | undefined {
  if (text === '') return undefined
  if (text.startsWith("'")) return { stringValue: text.slice(1) }
  if (text.startsWith('=') && text.length > 1) return { formulaValue: text }
  if (/^(true|false)$/i.test(text)) return { boolValue: text.toLowerCase() === 'true' }
  if (/^[+-]?\d{1,15}(\.\d+)?$/.test(text)) return { numberValue: Number(text) }
  return { stringValue: text }
}

/** What a formula gives, of the few that are known here; of anything else the value itself. */
export function effective(sheet: Sheet, cell: Cell, depth = 0): Value | { errorValue: object } | undefined {
  const formula = cell.entered?.formulaValue
  if (formula === undefined) return cell.entered
  const words = formula.slice(1).split('&')
  const parts = words.map(word => term(sheet, word.trim(), depth))
  if (depth > 9 || parts.includes(undefined)) return { errorValue: { type: 'NAME', message: 'Unknown function' } }
  return { stringValue: parts.join('') }
}

function term(sheet: Sheet, word: string, depth: number): string | undefined {
  const call = /^(UPPER|LOWER|TRIM)\((.*)\)$/i.exec(word)
  if (call) {
    const inner = term(sheet, call[2] ?? '', depth)
    if (call[1]?.toUpperCase() === 'UPPER') return inner?.toUpperCase()
    return call[1]?.toUpperCase() === 'LOWER' ? inner?.toLowerCase() : inner?.trim()
  }
  const text = /^"([^"]*)"$/.exec(word)
  if (text) return text[1]
  const place = /^\$?([A-Z]{1,2})\$?(\d+)$/.exec(word)
  if (!place) return undefined
  const cell = cellAt(sheet, Number(place[2]) - 1, columnIndex(place[1] ?? 'A'))
  return shown(effective(sheet, cell, depth + 1))
}

/** As it stands in the grid. */
export function shown(value: Value | { errorValue: object } | undefined): string {
  if (!value) return ''
  if ('errorValue' in value) return '#NAME?'
  const { stringValue, numberValue, boolValue, formulaValue } = value
  if (boolValue !== undefined) return boolValue ? 'TRUE' : 'FALSE'
  return stringValue ?? formulaValue ?? (numberValue === undefined ? '' : String(numberValue))
}

export function isEmpty({ entered }: Cell): boolean {
  return entered === undefined || Object.keys(entered).length === 0
}

/** One past the last row that holds anything. */
export function filledRows(sheet: Sheet): number {
  let last = sheet.rows.length
  while (last > 0 && (sheet.rows[last - 1] as Row).every(isEmpty)) last--
  return last
}

/** A row that went elsewhere: what its formulas say of its old place, they say of the new one. */
export function moved(row: Row, from: number, to: number): Row {
  if (from === to) return row
  const places = new RegExp(`(?<![A-Z0-9])(\\$?[A-Z]{1,2})${from + 1}(?!\\d)`, 'g')
  return row.map(cell => {
    const formula = cell.entered?.formulaValue
    return formula ? { ...cell, entered: { formulaValue: formula.replace(places, `$1${to + 1}`) } } : cell
  })
}

export function columnIndex(letters: string): number {
  return [...letters].reduce((index, letter) => index * 26 + letter.charCodeAt(0) - 64, 0) - 1
}

export function columnLetters(index: number): string {
  const rest = index % 26
  return (index >= 26 ? columnLetters(Math.floor(index / 26) - 1) : '') + String.fromCharCode(65 + rest)
}
