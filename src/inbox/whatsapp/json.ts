/** JSON as Meta writes it: ids may be integers that no JavaScript number holds. */

/** Of TC39's "JSON.parse source text access", which Node and workerd have. */
type Reviver = (key: string, value: unknown, context: { source?: string }) => unknown

/** Integers past 2^53 have sixteen digits or more; looking for one costs a tenth of reviving every value. */
const LONG_NUMBER = /[:[,]\s*-?\d{16}/

/** Integers beyond 2^53 are read as their digits; what Postgres cannot store is taken out. Throws on what is not JSON. */
export function parseJson(text: string): unknown {
  const value = LONG_NUMBER.test(text) ? parseWithReviver(text, keepDigits) : JSON.parse(text)
  return storable(value)
}

/** `lib.es2024` does not know the third argument yet. */
const parseWithReviver = JSON.parse as unknown as (text: string, reviver: Reviver) => unknown

function keepDigits(_: string, value: unknown, { source }: { source?: string }): unknown {
  const tooLong = typeof value === 'number' && !Number.isSafeInteger(value) && source && /^-?\d+$/.test(source)
  return tooLong ? source : value
}

/** Deeper than any body of Meta's, and than Postgres or the stack would bear. */
const DEEPEST = 100

/** Postgres refuses U+0000 and half surrogate pairs, so one such message would hold back its whole batch. */
export function storable<T>(value: T, depth = 0): T {
  if (typeof value === 'string') return value.replaceAll('\0', '').toWellFormed() as T
  if (typeof value !== 'object' || value === null) return value
  if (depth > DEEPEST) return null as T
  if (Array.isArray(value)) return value.map(item => storable(item, depth + 1)) as T
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [storable(key), storable(item, depth + 1)])) as T
}
