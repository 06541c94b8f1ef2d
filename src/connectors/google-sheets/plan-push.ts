/** What a push comes to, given the tabs as they are now: which rows are appended, which cells are written. Pure. */

import { same } from '../../core/echo.ts'
import type { ObjectKind, PushItem, PushResult, RemoteValues } from '../contract.ts'
import { columnOf, type SheetRow, type Tab, tabIn } from './grid.ts'
import { isLoose, rowsByName, TELLING } from './identity.ts'
import { CONTACT_KEY, CONTACT_LINK, KEY, TICKET_LINK, tabOf } from './layout.ts'
import type { TabName } from './settings.ts'
import { isFormula, textOf } from './values.ts'

export type Pushed = { kind: ObjectKind; item: PushItem }

/** A row to be appended, or cells of one that is there. `column` → text; null empties. */
export type Write = Pushed & {
  tab: Tab
  /** Null: at the end. */
  row: SheetRow | null
  cells: Map<number, string | null>
  result: Extract<PushResult, { kind: 'stored' }>
}

/** `away`: messages that are not in their tab any more. */
export type Plan = { writes: Write[]; results: { kind: ObjectKind; result: PushResult }[]; away: Pushed[] }

export const tabFor = ({ kind, item }: Pushed): TabName => (item.remoteType === 'outbox row' ? 'outbox' : tabOf[kind])

/** The columns of each tab that must be read for these: none but the header where rows are only appended that nobody can know. */
export function wantedFor(pushed: Pushed[]): { name: TabName; fields: string[] | null }[] {
  const wanted = new Map<TabName, string[] | null>()
  for (const each of pushed) {
    const name = tabFor(each)
    const { item } = each
    const isNew = item.remoteId === null && !item.unheard && each.kind === 'message'
    const fields = isNew ? null : fieldsFor(each)
    const known = wanted.get(name) ?? null
    wanted.set(name, fields === null ? known : [...new Set([...(known ?? []), ...fields])])
  }
  return [...wanted].map(([name, fields]) => ({ name, fields }))
}

function fieldsFor({ kind, item }: Pushed): string[] {
  const said = item.remoteId === null ? Object.keys(item.values) : item.changed
  const identity =
    kind !== 'contact' ? [] : item.remoteId === null ? [CONTACT_KEY] : isLoose(item.remoteId) ? TELLING : []
  return [...identity, ...(item.remoteId !== null || item.unheard ? said : [])]
}

/** Throws RemoteCallError where a tab lacks its key column. */
export function planPush(tabs: Map<TabName, Tab>, pushed: Pushed[]): Plan {
  const plan: Plan = { writes: [], results: [], away: [] }
  const rows = new Map([...tabs].map(([name, tab]) => [name, rowsByName(tab)] as const))
  const byWhatsApp = new Map<string, SheetRow[]>()
  const contacts = tabs.get('contact')
  for (const row of contacts?.rows ?? []) {
    const text = textOf(row.cells.get(contacts?.columns.get(CONTACT_KEY)?.index ?? -1))
    if (text) byWhatsApp.set(text, [...(byWhatsApp.get(text) ?? []), row])
  }
  /** Parents that are pushed along: where they come to lie, or null. */
  const placed = new Map<string, string | null>()
  for (const each of pushed) {
    const tab = tabIn(tabs, tabFor(each))
    columnOf(tab, KEY)
    const { kind, item } = each
    // Written again it is what it was, for rows that hang on it.
    const key = item.remoteId ?? item.lostId ?? item.recordId
    const named = rows.get(tab.name)?.get(key) ?? []
    const waKey = item.remoteId === null && kind === 'contact' ? item.values[CONTACT_KEY] : null
    const found = named.length === 0 && waKey ? (byWhatsApp.get(waKey) ?? []) : named
    const parents = parentsOf(item, placed)
    const outcome = parents
      ? planOne({ kind, item: { ...item, parents } }, tab, found, key)
      : failed(item.recordId, 'retry after', 'What it hangs on could not be stored')
    if (outcome === 'away') {
      plan.away.push(each)
      continue
    }
    const result = 'cells' in outcome ? outcome.result : outcome
    placed.set(`${kind} ${item.recordId}`, result.kind === 'stored' ? result.remoteId : null)
    if ('cells' in outcome) plan.writes.push(outcome)
    else plan.results.push({ kind, result })
  }
  return plan
}

/** By their remote ids, also of those that had none when the push began; undefined where one of them fails. */
function parentsOf({ parents }: PushItem, placed: Map<string, string | null>): PushItem['parents'] | undefined {
  const named: PushItem['parents'] = {}
  for (const kind of ['contact', 'ticket'] as const) {
    const parent = parents[kind]
    if (parent === undefined) continue
    const place = placed.get(`${kind} ${parent}`)
    if (place === null) return undefined
    named[kind] = place ?? parent
  }
  return named
}

function planOne(each: Pushed, tab: Tab, found: SheetRow[], key: string): Write | PushResult | 'away' {
  const { item, kind } = each
  const { recordId } = item
  const [row, ...others] = found
  if (others.length > 0) return failed(recordId, 'rejected', twice(tab, found))
  const stored = { recordId, kind: 'stored' as const, remoteId: row?.key || key, version: null }
  if (row) return planUpdate(each, tab, row, stored)
  if (item.remoteId === null) return { ...each, tab, row: null, cells: newRow(tab, each, key), result: stored }
  if (kind === 'message') return 'away'
  return failed(recordId, 'gone', `The row is not in "${tab.title}" any more`)
}

/** Of a row that is there what is to be said, where a person left what was agreed; formulas stay. */
function planUpdate({ item, kind }: Pushed, tab: Tab, row: SheetRow, stored: Write['result']): Write | PushResult {
  const cells = new Map<number, string | null>()
  const there: RemoteValues = {}
  const theirs: RemoteValues = {}
  const said = item.remoteId === null ? Object.keys(item.values) : item.changed
  for (const field of said) {
    const column = tab.columns.get(field)
    if (!column || field === KEY) continue
    const cell = row.cells.get(column.index)
    if (isFormula(cell)) continue
    const [now, wanted] = [textOf(cell), item.values[field] ?? null]
    if (item.unheard && !same(now, item.unheard[field]) && !same(now, wanted)) {
      theirs[field] = now
      there[field] = now
      continue
    }
    if (item.unheard) there[field] = wanted
    const { agreed } = kind === 'message' || item.remoteId === null ? { agreed: undefined } : item
    if (agreed && !same(now, agreed[field]) && !same(now, wanted)) {
      return changedThere(item, column.header || field)
    }
    if (!same(now, wanted)) cells.set(column.index, wanted)
  }
  if (!row.key) cells.set(columnOf(tab, KEY).index, stored.remoteId)
  const result = Object.keys(theirs).length > 0 ? { ...stored, there: { ...item.values, ...there }, theirs } : stored
  return cells.size === 0 ? result : { kind, item, tab, row, cells, result }
}

/**
 * A sheet has no versions that a write could name: what differs from what was agreed, somebody typed since it was last heard. As
 * after an answer that was lost, the row is heard before it is pushed again, and the mapping's policy decides.
 */
function changedThere({ recordId }: PushItem, header: string): PushResult {
  const message = `"${header}" was changed in the spreadsheet meanwhile: that is heard first`
  return { recordId, kind: 'failed', failure: { kind: 'retry after', afterMs: 1_000, message, maybeStored: true } }
}

function newRow(tab: Tab, { item }: Pushed, key: string): Write['cells'] {
  const { contact, ticket } = item.parents
  const values: RemoteValues = {
    ...item.values,
    ...(contact ? { [CONTACT_LINK]: contact } : {}),
    ...(ticket ? { [TICKET_LINK]: ticket } : {}),
    [KEY]: key,
  }
  const cells: Write['cells'] = new Map()
  for (const [field, value] of Object.entries(values)) {
    const column = tab.columns.get(field)
    if (column && value !== null) cells.set(column.index, value)
  }
  return cells
}

function twice(tab: Tab, rows: SheetRow[]): string {
  const places = rows.map(({ index }) => index + 1).join(', ')
  return `Several rows of "${tab.title}" have the same key (rows ${places}): delete the copies, or empty the cells of their keys`
}

function failed(recordId: string, kind: 'rejected' | 'gone' | 'retry after', message: string): PushResult {
  const failure = kind === 'retry after' ? { kind, afterMs: 5_000, message } : { kind, message }
  return { recordId, kind: 'failed', failure }
}
