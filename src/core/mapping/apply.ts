/** A mapping at work: our values in their words, and theirs in ours. Total and pure. */
import { same, type Values } from '../echo.ts'
import {
  comesIn,
  type FieldPolicy,
  goesOut,
  type MappingRow,
  type OptionTables,
  type OurValue,
  type OurValues,
} from './row.ts'
import { fill, say, understand } from './transform.ts'

/** Our values in their words. What we do not know, and what has no partner there, is left out. */
export function toTheirs(rows: readonly MappingRow[], tables: OptionTables, ours: OurValues): Values {
  const values: Values = {}
  for (const row of rows) if (goesOut(row)) Object.assign(values, sayRow(row, tables, ours))
  return values
}

/** Their values in our words, by our fields. What means nothing to us is left out; what is empty there is null. */
export function toOurs(rows: readonly MappingRow[], tables: OptionTables, theirs: Values): OurValues {
  const values: OurValues = {}
  for (const row of rows) {
    const heard = comesIn(row) ? hearRow(row, tables, theirs) : undefined
    if (heard !== undefined) values[row.ours] = heard
  }
  return values
}

/** What a row would write, whichever way it goes. */
export function sayRow(row: MappingRow, tables: OptionTables, ours: OurValues): Values {
  const { theirs, transform, default: otherwise, clears } = row
  const value = ours[row.ours] ?? null
  const knows = transform.kind === 'template' || !isEmpty(value)
  const words = knows ? say(transform, tables, value ?? '', theirs.length, ours) : undefined
  if (words?.some(word => word !== null && word !== '')) return among(theirs, words)
  const instead = otherwise === undefined ? '' : fill(otherwise, ours)
  if (instead !== '') return among(theirs, [instead])
  return clears && !knows ? among(theirs, []) : {}
}

/** What a row reads, whichever way it goes; undefined where nothing is said, or nothing that means something to us. */
export function hearRow(row: MappingRow, tables: OptionTables, theirs: Values): OurValue | undefined {
  if (!row.theirs.some(field => field in theirs)) return undefined
  const words = row.theirs.map(field => theirs[field] ?? null)
  return words.every(word => word === null || word === '') ? null : understand(row.transform, tables, words)
}

/**
 * Where what we would say means what they hold, their words stay: a name is divided as they divide it, and an option of
 * theirs beyond ours is kept. Of a field of ours that is in several of theirs, all are replaced or none.
 */
export function inTheirWords(
  rows: readonly MappingRow[],
  tables: OptionTables,
  values: Values,
  theirs: Values,
): Values {
  const result = { ...values }
  for (const row of rows) {
    if (!comesIn(row) || !row.theirs.some(field => field in values)) continue
    const [mine, other] = [hearRow(row, tables, values), hearRow(row, tables, theirs)]
    if (mine === undefined || other === undefined || !sameValue(mine, other)) continue
    for (const field of row.theirs) {
      if (field in theirs) result[field] = theirs[field] ?? null
      else delete result[field]
    }
  }
  return result
}

/** Lists are the same in any order. */
export function sameValue(a: OurValue | undefined, b: OurValue | undefined): boolean {
  if (isEmpty(a) || isEmpty(b)) return isEmpty(a) && isEmpty(b)
  const text = (value: OurValue | undefined) => JSON.stringify(Array.isArray(value) ? [...value].sort() : value)
  return text(a) === text(b)
}

export function isEmpty(value: OurValue | undefined): boolean {
  if (value === undefined || value === null) return true
  return Array.isArray(value) ? value.length === 0 : typeof value === 'string' && value.trim() === ''
}

/** Of these values, those in the row's fields. */
export function ofRow(row: MappingRow, values: Values): Values {
  return Object.fromEntries(row.theirs.flatMap(field => (field in values ? [[field, values[field] ?? null]] : [])))
}

/** Whether any field of the row holds something there. */
export function holdsSomething(row: MappingRow, values: Values): boolean {
  return row.theirs.some(field => !same(values[field], null))
}

/** Whether what they hold may have to stand when the two sides first meet: then it is read before anything is written. */
export function heedsTheirs(rows: readonly MappingRow[]): boolean {
  return rows.some(row => goesOut(row) && !row.identifier && heeding.has(row.policy))
}

const heeding = new Set<FieldPolicy>(['theirs', 'fill if empty', 'append', 'ask'])

/** Whether what they hold in one of these fields may have to stand: then it is heard before ours is written over it. */
export function mayStand(rows: readonly MappingRow[], fields: readonly string[]): boolean {
  const heeds = (row: MappingRow) => goesOut(row) && comesIn(row) && !row.identifier && row.policy !== 'ours'
  return rows.some(row => heeds(row) && row.theirs.some(field => fields.includes(field)))
}

function among(fields: readonly string[], words: readonly (string | null)[]): Values {
  return Object.fromEntries(fields.map((field, nth) => [field, words[nth] ?? null]))
}
