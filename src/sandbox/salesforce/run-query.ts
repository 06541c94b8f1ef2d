import { noSuchColumn, SfRefused } from './errors.ts'
import { fieldNamed } from './fields.ts'
import { type Condition, type Literal, parseQuery, type Query } from './soql.ts'
import { type Org, type SalesforceRow, type SObjectStore, seen, storeNamed, type Value } from './state.ts'

/** Records of an answer; Salesforce gives the rest by a locator, which nobody here needs. */
const PAGE = 2_000

type Scope = { org: Org; now: number; deleted: boolean }

/** `deleted`: with what is in the recycle bin, as `queryAll`. */
export function runQuery(scope: Scope, text: string) {
  const query = parseQuery(text)
  const store = storeNamed(scope.org, query.from)
  if (!store) throw new SfRefused(400, 'INVALID_TYPE', `sObject type '${query.from}' is not supported.`)
  for (const path of [...query.fields, ...pathsOf(query.where), ...query.order.map(each => each.path)]) {
    checkPath(scope.org, store, path)
  }
  const found = liveRows(scope, store).filter(row => !query.where || holds(scope, store, row, query.where))
  if (query.fields.length === 0) return { totalSize: found.length, done: true, records: [] }
  const sorted = sortRows(scope, store, found, query.order).slice(0, query.limit ?? PAGE)
  return {
    ...{ totalSize: sorted.length, done: true },
    records: sorted.map(row => ({
      ...shape(scope, store, row, query.fields),
      ...Object.fromEntries(query.children.map(child => [child.relation, childrenOf(scope, row, child)])),
    })),
  }
}

/** Files alone hang on records here. None is null. */
function childrenOf(scope: Scope, row: SalesforceRow, { relation, fields }: Query['children'][number]) {
  const links = relation === 'ContentDocumentLinks' ? storeNamed(scope.org, 'ContentDocumentLink') : undefined
  if (!links) throw new SfRefused(400, 'INVALID_TYPE', `Didn't understand relationship '${relation}'.`)
  for (const path of fields) checkPath(scope.org, links, path)
  const records = liveRows(scope, links)
    .filter(link => link.fields.LinkedEntityId === row.id)
    .map(link => shape(scope, links, link, fields))
  return records.length > 0 ? { totalSize: records.length, done: true, records } : null
}

export function liveRows({ now, deleted }: Scope, store: SObjectStore): SalesforceRow[] {
  return [...store.rows.values()].flatMap(row => {
    const shown = seen(row, now)
    return shown && (deleted || !shown.deleted) ? shown : []
  })
}

/** A record with the fields that were asked for, those of what it refers to in objects of their own. */
export function shape(scope: Scope, store: SObjectStore, row: SalesforceRow, fields: string[][]) {
  const record: Record<string, unknown> = {
    attributes: { type: store.name, url: `/services/data/v68.0/sobjects/${store.name}/${row.id}` },
  }
  for (const path of fields) {
    const [head = '', ...rest] = path
    if (rest.length === 0) {
      const known = fieldNamed(store, head)
      if (known) record[known.name] = read(row, known.name)
      continue
    }
    const target = follow(scope, store, row, head)
    const name = relationNamed(store, head)?.relationshipName ?? head
    if (!target) record[name] = null
    else record[name] = { ...(record[name] as object), ...shape(scope, target.store, target.row, [rest]) }
  }
  return record
}

function read(row: SalesforceRow, name: string): Value {
  return name === 'Id' ? row.id : name === 'IsDeleted' ? row.deleted : (row.fields[name] ?? null)
}

function relationNamed(store: SObjectStore, name: string) {
  return [...store.fields.values()].find(each => each.relationshipName?.toLowerCase() === name.toLowerCase())
}

function follow({ org, now }: Scope, store: SObjectStore, row: SalesforceRow, relation: string) {
  const by = relationNamed(store, relation)
  const target = by && storeNamed(org, by.referenceTo[0] ?? '')
  const id = by && row.fields[by.name]
  const found = target && typeof id === 'string' ? target.rows.get(id) : undefined
  const shown = found && seen(found, now)
  return target && shown ? { store: target, row: shown } : undefined
}

function checkPath(org: Org, store: SObjectStore, path: string[]) {
  const [head = '', ...rest] = path
  if (rest.length === 0) {
    if (!fieldNamed(store, head)) throw noSuchColumn(head, store.name)
    return
  }
  const target = storeNamed(org, relationNamed(store, head)?.referenceTo[0] ?? '')
  if (!target) {
    const message = `Didn't understand relationship '${head}' in field path.`
    throw new SfRefused(400, 'INVALID_FIELD', message)
  }
  checkPath(org, target, rest)
}

function pathsOf(where: Condition | undefined): string[][] {
  if (!where) return []
  if (where.kind === 'compare') return [where.path]
  return where.kind === 'not' ? pathsOf(where.part) : where.parts.flatMap(pathsOf)
}

function valueAt(scope: Scope, store: SObjectStore, row: SalesforceRow, path: string[]): Value {
  const [head = '', ...rest] = path
  if (rest.length === 0) return read(row, fieldNamed(store, head)?.name ?? head)
  const target = follow(scope, store, row, head)
  return target ? valueAt(scope, target.store, target.row, rest) : null
}

function holds(scope: Scope, store: SObjectStore, row: SalesforceRow, where: Condition): boolean {
  switch (where.kind) {
    case 'and':
      return where.parts.every(part => holds(scope, store, row, part))
    case 'or':
      return where.parts.some(part => holds(scope, store, row, part))
    case 'not':
      return !holds(scope, store, row, where.part)
    case 'compare': {
      const value = valueAt(scope, store, row, where.path)
      if (Array.isArray(where.value)) return where.value.some(each => compare(value, each) === 0)
      return matches(value, where.op, where.value)
    }
  }
}

function matches(value: Value, op: string, other: Literal): boolean {
  if (op === 'LIKE') {
    const pattern = String(other)
      .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      .replaceAll('%', '.*')
      .replaceAll('_', '.')
    return new RegExp(`^${pattern}$`, 'is').test(String(value ?? ''))
  }
  const order = compare(value, other)
  if (op === '=') return order === 0
  if (op === '!=') return order !== 0
  if (value === null || other === null || order === undefined) return false
  return op === '<' ? order < 0 : op === '>' ? order > 0 : op === '<=' ? order <= 0 : order >= 0
}

/** Texts without regard to case, except that ids differ by it. */
function compare(value: Value, other: Literal): number | undefined {
  if (value === null || other === null) return value === other ? 0 : undefined
  if (other instanceof Date) return Math.sign(Date.parse(String(value)) - other.getTime())
  if (typeof value === 'boolean' || typeof other === 'boolean') return value === other ? 0 : undefined
  if (typeof value === 'number' || typeof other === 'number') return Math.sign(Number(value) - Number(other))
  const isId = /^[0-9a-zA-Z]{15}(?:[0-9A-Z]{3})?$/.test(other) && value.length === 18
  const [a, b] = isId ? [value, other] : [value.toLowerCase(), other.toLowerCase()]
  if (isId && other.length === 15) return value.slice(0, 15) === other ? 0 : 1
  return a === b ? 0 : a < b ? -1 : 1
}

function sortRows(scope: Scope, store: SObjectStore, rows: SalesforceRow[], order: Query['order']): SalesforceRow[] {
  return rows.toSorted((a, b) => {
    for (const { path, down } of order) {
      const [one, other] = [valueAt(scope, store, a, path), valueAt(scope, store, b, path)]
      if (one === other) continue
      if (one === null || other === null) return (one === null ? -1 : 1) * (down ? -1 : 1)
      const sign = typeof one === 'number' && typeof other === 'number' ? one - other : one < other ? -1 : 1
      return down ? -sign : sign
    }
    return 0
  })
}
