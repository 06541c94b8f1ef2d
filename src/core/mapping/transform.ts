/** What each transform makes of a value on the way out and on the way in. Total and pure. */
import type { OptionPair, OptionTables, OurValue, OurValues, Transform } from './row.ts'

/** One word for each of `places` fields of theirs; undefined where the value cannot be said there. */
export function say(
  transform: Transform,
  tables: OptionTables,
  value: Exclude<OurValue, null>,
  places: number,
  ours: OurValues,
): (string | null)[] | undefined {
  const one = (word: string | undefined) => (word === undefined ? undefined : [word])
  switch (transform.kind) {
    case 'as is':
      return one(plain(value))
    case 'text':
      return one(clean(plain(value), transform))
    case 'options':
      return one(theirsOf(tableOf(transform.table, tables), plain(value)))
    case 'list':
      return sayList(transform, tables, value)
    case 'date':
      return one(dateOf(plain(value)))
    case 'datetime':
      return one(sayInstant(plain(value), transform.form))
    case 'number':
      return one(sayNumber(value, transform.decimalMark))
    case 'boolean':
      return one(sayBoolean(value, transform))
    case 'phone':
      return one(sayPhone(plain(value), transform))
    case 'template':
      return one(fill(transform.text, ours))
    case 'name':
      return padded(sayName(plain(value)), places)
    case 'split':
      return padded(divide(plain(value), transform.separator, places), places)
  }
}

/** Undefined where it means nothing to us. `words` are not all empty. */
export function understand(
  transform: Transform,
  tables: OptionTables,
  words: readonly (string | null)[],
): OurValue | undefined {
  const said = words.filter(word => word !== null && word !== '') as string[]
  const [word = ''] = said
  switch (transform.kind) {
    case 'as is':
      return word
    case 'text':
      return clean(word, transform) || null
    case 'options':
      return oursOf(tableOf(transform.table, tables), word)
    case 'list':
      return hearList(transform, tables, word)
    case 'date':
      return dateOf(word)
    case 'datetime':
      return instantOf(word)?.toISOString()
    case 'number':
      return hearNumber(word, transform.decimalMark)
    case 'boolean':
      return hearBoolean(word, transform)
    case 'phone':
      return hearPhone(word, transform)
    case 'template':
      return undefined
    case 'name':
      return wordsOf(said.join(' ')).join(' ') || null
    case 'split':
      return partsOf(said.join(transform.separator), transform.separator).join(transform.separator) || null
  }
}

/** `{field}` stands for a value of ours; one that is not known leaves nothing. */
export function fill(text: string, ours: OurValues): string {
  return text.replace(/\{([\w.-]+)\}/g, (_, name: string) => plain(ours[name] ?? '')).trim()
}

/** The fields that a template names. */
export const namedIn = (text: string): string[] => [...text.matchAll(/\{([\w.-]+)\}/g)].map(([, name]) => name ?? '')

export function tableOf(table: string | readonly OptionPair[], tables: OptionTables): readonly OptionPair[] {
  return typeof table === 'string' ? (tables[table] ?? []) : table
}

const plain = (value: Exclude<OurValue, null>): string => (Array.isArray(value) ? value.join(', ') : String(value))

function clean(text: string, { trim, lower }: { trim?: boolean | undefined; lower?: boolean | undefined }): string {
  const trimmed = trim ? text.trim() : text
  return lower ? trimmed.toLowerCase() : trimmed
}

/** Words of ours are compared whatever their case: an agent's address is one. */
function theirsOf(table: readonly OptionPair[], word: string): string | undefined {
  const folded = word.toLowerCase()
  return (table.find(({ ours }) => ours === word) ?? table.find(({ ours }) => ours.toLowerCase() === folded))?.theirs
}

function oursOf(table: readonly OptionPair[], word: string): string | undefined {
  return table.find(({ theirs }) => theirs === word)?.ours
}

type List = Extract<Transform, { kind: 'list' }>

/** Those without a partner are left out; where none has one, nothing is said. */
function sayList({ separator, table }: List, tables: OptionTables, value: Exclude<OurValue, null>) {
  const items = Array.isArray(value) ? value : [plain(value)]
  const pairs = table === undefined ? null : tableOf(table, tables)
  const said = items.flatMap(item => (pairs ? (theirsOf(pairs, item) ?? []) : item.replaceAll(separator, ' ').trim()))
  return said.length > 0 ? [[...new Set(said)].join(separator)] : undefined
}

function hearList({ separator, table }: List, tables: OptionTables, word: string): string[] | undefined {
  const pairs = table === undefined ? null : tableOf(table, tables)
  const items = word
    .split(separator)
    .map(item => item.trim())
    .filter(item => item !== '')
  const heard = items.flatMap(item => (pairs ? (oursOf(pairs, item) ?? []) : item))
  return heard.length > 0 ? [...new Set(heard)] : undefined
}

/** The day, of a date or an instant in either form. */
function dateOf(word: string): string | undefined {
  const [day] = /^\d{4}-\d\d-\d\d(?=$|T)/.exec(word) ?? []
  if (day) return isDay(day) ? day : undefined
  return instantOf(word)?.toISOString().slice(0, 10)
}

/** A day that the calendar has: JavaScript makes 3 March of 31 February. */
export function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}

/** ISO 8601 or milliseconds. The years are those that both forms can say. */
export function instantOf(word: string): Date | undefined {
  const isIso = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/.test(word)
  if (isIso && !isDay(word.slice(0, 10))) return undefined
  const date = isIso ? new Date(word) : /^-?\d{5,15}$/.test(word) ? new Date(Number(word)) : new Date(Number.NaN)
  const isSayable = !Number.isNaN(date.getTime()) && date.getTime() >= EARLIEST && date.getTime() < LATEST
  return isSayable ? date : undefined
}
const EARLIEST = Date.UTC(1000, 0)
const LATEST = Date.UTC(9999, 11, 31)

function sayInstant(word: string, form: 'iso' | 'ms'): string | undefined {
  const date = instantOf(word)
  if (!date) return undefined
  return form === 'ms' ? String(date.getTime()) : date.toISOString()
}

function sayNumber(value: Exclude<OurValue, null>, mark = '.'): string | undefined {
  const number = typeof value === 'number' ? value : hearNumber(plain(value))
  return number === undefined || !Number.isFinite(number) ? undefined : String(number).replace('.', mark)
}

/** Thousands are not separated: `1.234` and `1,234` would be two numbers or one. */
export function hearNumber(word: string, mark = '.'): number | undefined {
  const text = word.trim().replace(mark, '.')
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return undefined
  const number = Number(text)
  return Number.isFinite(number) ? (number === 0 ? 0 : number) : undefined
}

type YesNo = { yes: string; no: string }

function sayBoolean(value: Exclude<OurValue, null>, { yes, no }: YesNo): string | undefined {
  if (value === true || value === 'true') return yes
  return value === false || value === 'false' ? no : undefined
}

function hearBoolean(word: string, { yes, no }: YesNo): boolean | undefined {
  const folded = word.toLowerCase()
  if (folded === yes.toLowerCase()) return true
  return folded === no.toLowerCase() ? false : undefined
}

type Phone = Extract<Transform, { kind: 'phone' }>

function sayPhone(value: string, { form, countryCode }: Phone): string | undefined {
  const digits = value.replace(/\D/g, '')
  if (digits.length < 7) return undefined
  if (form === 'digits') return digits
  const isOfCountry = form === 'national' && countryCode && digits.startsWith(countryCode)
  return isOfCountry ? digits.slice(countryCode.length) : `+${digits}`
}

function hearPhone(word: string, { form, countryCode = '' }: Phone): string | undefined {
  const digits = word.replace(/\D/g, '').replace(/^00/, '')
  if (digits.length < 4 || digits.length > 15) return undefined
  return form === 'national' && !/^\s*(\+|00)/.test(word) ? `+${countryCode}${digits}` : `+${digits}`
}

function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter(word => word !== '')
}

/** Spanish and Portuguese names: two surnames from three words on, two given names from four. Joined, they are as before. */
function sayName(name: string): string[] {
  const words = wordsOf(name)
  const given = words.length > 3 ? 2 : 1
  return [words.slice(0, given).join(' '), words.slice(given).join(' ')]
}

/** Empty parts are none: they could not be told from fields that are empty. */
function partsOf(text: string, separator: string): string[] {
  return text.split(separator).filter(part => part !== '')
}

function divide(text: string, separator: string, places: number): string[] {
  const parts = partsOf(text, separator)
  return parts.length <= places ? parts : [...parts.slice(0, places - 1), parts.slice(places - 1).join(separator)]
}

function padded(parts: string[], places: number): (string | null)[] | undefined {
  if (parts.every(part => part === '')) return undefined
  return Array.from({ length: places }, (_, nth) => parts[nth] || null)
}
