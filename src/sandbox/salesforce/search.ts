/** SOSL over telephone numbers: `FIND {a OR b} IN PHONE FIELDS RETURNING Contact(Id, …), Lead(… WHERE …) LIMIT n`. */
import { SfRefused } from './errors.ts'
import { liveRows, runQuery } from './run-query.ts'
import { type Org, storeNamed } from './state.ts'

const SHAPE = /^FIND \{(?<terms>[^}]*)\} IN PHONE FIELDS RETURNING (?<returning>.+?)(?: LIMIT (?<limit>\d+))?$/i
const RETURNED = /(\w+)\(([^()]*?)(?: WHERE ([^()]*))?\)/gi
/** A longer search text loses its operators, and any of its words will do; one beyond the second finds nothing. */
const WITH_OPERATORS = 4_000
const LONGEST = 10_000

export function runSearch(org: Org, now: number, text: string) {
  const parts = SHAPE.exec(text)?.groups
  if (!parts) throw new SfRefused(400, 'MALFORMED_SEARCH', `unexpected token: ${text.slice(0, 40)}`)
  const { terms: words = '', returning = '', limit } = parts
  if (words.trim().length < 2)
    throw new SfRefused(400, 'MALFORMED_SEARCH', 'search term must be longer than one character')
  if (words.length > LONGEST) return { searchRecords: [] }
  const terms =
    words.length > WITH_OPERATORS
      ? words.split(/\s+/).filter(word => !/^(AND|OR|NOT)$/.test(word))
      : words.split(/ OR /).map(term => term.trim())
  const patterns = terms.flatMap(patternOf)
  const searchRecords: Record<string, unknown>[] = []
  for (const [, name = '', fields = '', where] of returning.matchAll(RETURNED)) {
    const store = storeNamed(org, name)
    if (!store) throw new SfRefused(400, 'INVALID_TYPE', `sObject type '${name}' is not supported.`)
    const phones = [...store.fields.values()].filter(({ type }) => type === 'phone').map(({ name }) => name)
    const hits = liveRows({ org, now, deleted: false }, store).filter(row =>
      phones.some(phone => hasNumber(row.fields[phone], patterns)),
    )
    const filter = where ? ` WHERE ${where}` : ''
    const { records } = runQuery({ org, now, deleted: false }, `SELECT Id, ${fields} FROM ${name}${filter}`)
    const ids = new Set(hits.map(({ id }) => id))
    searchRecords.push(...records.filter(record => ids.has(String(record.Id))))
  }
  return { searchRecords: searchRecords.slice(0, Number(limit ?? 2_000)) }
}

/** The index knows a number by its digits, whole and without the code of the country; an asterisk is any characters, also none. */
function patternOf(term: string): RegExp[] {
  const asked = term.replace(/[^\d*]/g, '')
  return asked === '' ? [] : [new RegExp(`${asked.replaceAll('*', '\\d*')}$`)]
}

function hasNumber(value: unknown, patterns: readonly RegExp[]): boolean {
  if (typeof value !== 'string') return false
  const digits = value.replace(/\D/g, '')
  return patterns.some(pattern => pattern.test(digits))
}
