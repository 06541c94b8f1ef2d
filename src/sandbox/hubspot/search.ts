import { z } from 'zod'
import { Refused, validation } from './errors.ts'
import type { CrmRecord, Store } from './state.ts'

const filter = z.object({
  propertyName: z.string().min(1),
  operator: z.enum([
    'EQ',
    'NEQ',
    'LT',
    'LTE',
    'GT',
    'GTE',
    'BETWEEN',
    'IN',
    'NOT_IN',
    'HAS_PROPERTY',
    'NOT_HAS_PROPERTY',
    'CONTAINS_TOKEN',
    'NOT_CONTAINS_TOKEN',
  ]),
  value: z.string().optional(),
  values: z.array(z.string()).optional(),
  highValue: z.string().optional(),
})

const sort = z.union([
  z.string(),
  z.object({ propertyName: z.string(), direction: z.enum(['ASCENDING', 'DESCENDING']).default('ASCENDING') }),
])

export const searchSchema = z.object({
  filterGroups: z.array(z.object({ filters: z.array(filter) })).default([]),
  sorts: z.array(sort).max(1).default([]),
  query: z.string().optional(),
  properties: z.array(z.string()).optional(),
  limit: z.coerce.number().int().min(0).max(200).default(10),
  after: z.union([z.string(), z.number()]).optional(),
})

export type Search = z.infer<typeof searchSchema>
type Filter = z.infer<typeof filter>

/** Nothing beyond this many results of one search can be read. */
const MAX_RESULTS = 10_000
const MAX_FILTER_CHARACTERS = 3_000

export function searchRecords(
  store: Store,
  search: Search,
  now: number,
): { total: number; results: CrmRecord[]; next?: string } {
  checkLimits(store, search)
  const after = Number(search.after ?? 0)
  if (!Number.isInteger(after) || after < 0 || after + search.limit > MAX_RESULTS) {
    throw new Refused(validation(`Paging through more than ${MAX_RESULTS} results is not supported.`))
  }
  const isFound = condition(search)
  const found = candidates(store, search).filter(record => {
    const seen = asIndexed(record, now)
    return seen !== null && isFound(seen.properties)
  })
  const sorted = sortRecords(found, search)
  const end = after + search.limit
  return {
    total: found.length,
    results: sorted.slice(after, end),
    ...(end < found.length ? { next: String(end) } : {}),
  }
}

/** The index is behind: a record is found by what it was, though its answer shows what it is. */
function asIndexed(record: CrmRecord, now: number): CrmRecord | null {
  if (!record.indexed || record.indexed.until <= now) return record
  return record.indexed.properties && { ...record, properties: record.indexed.properties }
}

function checkLimits(store: Store, { filterGroups }: Search) {
  const filters = filterGroups.flatMap(group => group.filters)
  if (filterGroups.length > 5 || filters.length > 18 || filterGroups.some(group => group.filters.length > 6)) {
    throw new Refused(validation('There was a problem with the request: too many filters or filter groups.'))
  }
  if (filters.some(({ values }) => (values?.length ?? 0) > 100)) {
    throw new Refused(validation('There was a problem with the request: IN takes at most 100 values.'))
  }
  if (JSON.stringify(filterGroups).length > MAX_FILTER_CHARACTERS) {
    throw new Refused(validation(`There was a problem with the request: over ${MAX_FILTER_CHARACTERS} characters.`))
  }
  const unknown = filters.find(entry => !store.properties.has(entry.propertyName))
  if (unknown) {
    throw new Refused(validation(`There was a problem with the request: unknown property ${unknown.propertyName}`))
  }
}

/** Equality on a unique property, in every group, needs no scan. */
function candidates(store: Store, { filterGroups }: Search): CrmRecord[] {
  const ids = new Set<string>()
  for (const { filters } of filterGroups) {
    const indexed = filters.find(
      ({ propertyName, operator }) =>
        (operator === 'EQ' || operator === 'IN') && (propertyName === 'hs_object_id' || store.unique.has(propertyName)),
    )
    if (!indexed) return [...store.records.values()]
    for (const value of indexed.values ?? [indexed.value ?? '']) {
      const id = indexed.propertyName === 'hs_object_id' ? value : store.unique.get(indexed.propertyName)?.get(value)
      if (id !== undefined) ids.add(id)
    }
  }
  if (filterGroups.length === 0) return [...store.records.values()]
  return [...ids].flatMap(id => store.records.get(id) ?? [])
}

type Condition = (properties: Record<string, string>) => boolean

/** Made once for all records: a portal may have a hundred thousand. */
function condition({ filterGroups, query }: Search): Condition {
  const groups = filterGroups.map(group => group.filters.map(conditionOf))
  const asked = query?.toLowerCase()
  return properties => {
    if (asked && !Object.values(properties).some(value => value.toLowerCase().includes(asked))) return false
    return groups.length === 0 || groups.some(filters => filters.every(passes => passes(properties)))
  }
}

function conditionOf(filter: Filter): Condition {
  const passes = operationOf(filter)
  return properties => passes(properties[filter.propertyName] ?? '')
}

function operationOf({ operator, value = '', values = [], highValue = '' }: Filter): (actual: string) => boolean {
  const any = new Set(operator === 'EQ' || operator === 'NEQ' ? [keyOf(value)] : values.map(keyOf))
  const hasWords = operator.endsWith('CONTAINS_TOKEN') ? tokensOf(value) : () => false
  switch (operator) {
    case 'EQ':
    case 'IN':
      return actual => any.has(keyOf(actual))
    case 'NEQ':
    case 'NOT_IN':
      return actual => actual !== '' && !any.has(keyOf(actual))
    case 'HAS_PROPERTY':
      return actual => actual !== ''
    case 'NOT_HAS_PROPERTY':
      return actual => actual === ''
    case 'LT':
      return actual => actual !== '' && order(actual, value) < 0
    case 'LTE':
      return actual => actual !== '' && order(actual, value) <= 0
    case 'GT':
      return actual => actual !== '' && order(actual, value) > 0
    case 'GTE':
      return actual => actual !== '' && order(actual, value) >= 0
    case 'BETWEEN':
      return actual => actual !== '' && order(actual, value) >= 0 && order(actual, highValue) <= 0
    case 'CONTAINS_TOKEN':
      return hasWords
    case 'NOT_CONTAINS_TOKEN':
      return actual => !hasWords(actual)
  }
}

/** Two values that are the same have one key: whatever their case, and however a number or a time is written. */
function keyOf(value: string): number | string {
  const comparison = comparable(value)
  return typeof comparison === 'number' && !Number.isNaN(comparison) ? comparison : value.normalize().toLowerCase()
}

/** Dates may be written as ISO text or milliseconds on either side. */
function order(left: string, right: string): number {
  return orderOf(comparable(left), comparable(right), left, right)
}

function orderOf(a: number | string, b: number | string, left: string, right: string): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : left.localeCompare(right)
}

function comparable(value: string): number | string {
  if (/^-?\d+(\.\d+)?$/.test(value)) return Number(value)
  if (/^\d{4}-\d{2}-\d{2}/.test(value)) return Date.parse(value)
  return value
}

/** Whole words, with `*` for any part of a word. */
function tokensOf(value: string): (actual: string) => boolean {
  const words = value.toLowerCase().split(/\s+/).filter(Boolean)
  const expressions = words.map(word => {
    const pattern = word.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')
    return new RegExp(`^${pattern}$`)
  })
  return actual => {
    const whole = actual.toLowerCase()
    const tokens = [whole, ...whole.split(/[^\p{L}\p{N}]+/u)]
    return expressions.every(expression => tokens.some(token => expression.test(token)))
  }
}

function sortRecords(records: CrmRecord[], { sorts: [sorting] }: Search): CrmRecord[] {
  if (sorting === undefined) return records
  const name = typeof sorting === 'string' ? sorting.replace(/^-/, '') : sorting.propertyName
  const down = typeof sorting === 'string' ? sorting.startsWith('-') : sorting.direction === 'DESCENDING'
  const keyed = records.map(record => {
    const value = record.properties[name] ?? ''
    return { record, value, key: comparable(value), id: Number(record.id) }
  })
  keyed.sort((a, b) => {
    const result = orderOf(a.key, b.key, a.value, b.value) || a.id - b.id
    return down ? -result : result
  })
  return keyed.map(({ record }) => record)
}
