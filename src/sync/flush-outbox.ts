/**
 * Carries what waits in the outbox of one connection, in the order contact → ticket → message and in batches: reads the
 * records as they are now, maps them, drops what the other side already has, writes down what is about to be said, says
 * it, and keeps the answer of each item. One flush at a time works on a connection.
 */
import type { Mapped, ObjectKind, PushItem, PushResult } from '../connectors/contract.ts'
import type { Failure } from '../core/failure.ts'
import { differing } from '../core/merge.ts'
import type { Tx } from '../db/client.ts'
import { connectionById } from '../db/connections.ts'
import { dueMerges } from '../db/contact-merges.ts'
import { openPushLetters, pushPlace } from '../db/ledger-views.ts'
import { type LinkRow, linksOf, savePushing, takenByOthers } from '../db/links.ts'
import {
  clearOutbox,
  deferOutbox,
  dueOutbox,
  nextOutboxAt,
  type OutboxRow,
  outboxOf,
  tellConnections,
} from '../db/outbox.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { newId } from '../inbox/context.ts'
import { carryOut } from './carry-out.ts'
import type { SyncContext } from './context.ts'
import { loadRecords, type SyncRecord } from './load-records.ts'
import { mergeThere } from './merge-there.ts'
import { type OpenConnection, openConnection } from './open-connection.ts'
import { isOutage, twice } from './outage.ts'
import { buryPush, recordResults } from './record-results.ts'
import { toRemote } from './to-remote.ts'

/** When there is more to do: nothing left, now, or at an instant. */
export type Flushed = { kind: 'empty' } | { kind: 'more'; at: Date } | { kind: 'stopped'; reason: string }

/** Rows a pass takes of each kind. */
const PASS = 1_000

/** How long a record waits at least for the one it hangs on; ms. */
const PARENT_MS = 5_000

export async function flushOutbox(ctx: SyncContext, connectionId: string): Promise<Flushed> {
  const [row, merges] = await inWorkspace(ctx.db, ctx.workspaceId, tx =>
    Promise.all([connectionById(tx, connectionId), dueMerges(tx, connectionId, ctx.now)]),
  )
  if (!row) return { kind: 'stopped', reason: 'The connection is gone' }
  if (row.state !== 'active') return { kind: 'stopped', reason: row.stateReason ?? row.state }
  const connection = await openConnection(ctx, row)
  // First, since what the one there holds the other may not.
  const stopped = await mergeThere(ctx, connection, merges)
  if (stopped) return { kind: 'stopped', reason: stopped.message }
  for (const kind of ['contact', 'ticket', 'message'] as const) {
    const refused = await pushKind(ctx, connection, kind)
    if (refused) return { kind: 'stopped', reason: refused.message }
  }
  const at = await inWorkspace(ctx.db, ctx.workspaceId, tx => nextOutboxAt(tx, connectionId))
  return at ? { kind: 'more', at } : { kind: 'empty' }
}

/** What hangs on records that are not there yet. */
type Waiting = { row: OutboxRow; mapped: Mapped; missing: { kind: 'contact' | 'ticket'; recordId: string }[] }

type Ready = { row: OutboxRow; item: PushItem; link: LinkRow | undefined }

/** Returns the failure that stops the whole connection, if there was one. */
async function pushKind(ctx: SyncContext, connection: OpenConnection, kind: ObjectKind): Promise<Failure | null> {
  const ready = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const rows = await dueOutbox(tx, connection.row.id, kind, ctx.now, PASS)
    if (rows.length === 0) return []
    const ids = rows.map(row => row.recordId)
    const [records, links] = await Promise.all([
      loadRecords(tx, kind, ids, connection.row.workspaceId),
      linksOf(tx, connection.row.id, kind, ids),
    ])
    const parents = await loadParents(tx, connection.row.id, records)
    const sorted = sort(connection, rows, records, links, parents)
    await Promise.all([
      clearOutbox(tx, sorted.done),
      sorted.waiting.length > 0 ? holdBack(tx, ctx, connection, kind, sorted.waiting) : null,
      sorted.ready.length > 0
        ? savePushing(
            tx,
            sorted.ready.map(item => pushingLink(ctx, connection, kind, item)),
          )
        : null,
    ])
    await nameTaken(tx, connection.row.id, sorted.ready, records)
    return sorted.ready
  })
  if (ready.length === 0) return null
  const items = ready.map(({ item }) => item)
  const results = await connection.connector[kind].push(connection.remote, items)
  await takeTheirs(ctx, connection, kind, items, results)
  return recordResults(ctx, connection, kind, ready, results)
}

/** Before the link is kept: after a crash in between, ours says what theirs does, and the next push finds nothing to say. */
async function takeTheirs(
  ctx: SyncContext,
  connection: OpenConnection,
  kind: ObjectKind,
  items: PushItem[],
  results: PushResult[],
) {
  if (kind === 'message') return
  for (const [n, result] of results.entries()) {
    const values = items.find(item => item.recordId === result.recordId)?.values
    if (result.kind !== 'stored' || !result.theirs || !values) continue
    const { recordId, theirs } = result
    try {
      await twice(() => carryOut(ctx, connection, kind, recordId, values, theirs, ctx.now))
    } catch (error) {
      if (isOutage(error)) throw error
      const message = `What was changed there could not be taken: ${error instanceof Error ? error.message : error}`
      results[n] = { recordId, kind: 'failed', failure: { kind: 'ambiguous', message } }
    }
  }
}

/** An unheard message is looked for among those of its ticket, or contact where it has none, that are nobody else's. */
async function nameTaken(tx: Tx, connectionId: string, ready: Ready[], records: Map<string, SyncRecord>) {
  const unheard = ready.flatMap(({ item }) => {
    const record = records.get(item.recordId)
    return item.unheard && record?.kind === 'message' ? [{ item, home: homeOf(record.record) }] : []
  })
  if (unheard.length === 0) return
  const homes = new Map(unheard.map(({ home }) => [home.id, home]))
  const taken = new Map<string, string[]>()
  for (const parent of ['ticket', 'contact'] as const) {
    const ids = [...homes.values()].flatMap(home => (home.parent === parent ? [home.id] : []))
    if (ids.length === 0) continue
    for (const { parentId, remoteId } of await takenByOthers(tx, connectionId, parent, ids)) {
      taken.set(parentId, [...(taken.get(parentId) ?? []), remoteId])
    }
  }
  for (const { item, home } of unheard) item.taken = taken.get(home.id) ?? []
}

function homeOf({ ticketId, contactId }: { ticketId: string | null; contactId: string }) {
  return ticketId ? { parent: 'ticket' as const, id: ticketId } : { parent: 'contact' as const, id: contactId }
}

type Parents = { contact: Map<string, string>; ticket: Map<string, string> }

/** Remote ids of the contacts and tickets these records hang on. */
async function loadParents(tx: Tx, connectionId: string, records: Map<string, SyncRecord>) {
  const parents: Parents = { contact: new Map(), ticket: new Map() }
  for (const kind of ['contact', 'ticket'] as const) {
    const ids = new Set<string>()
    for (const record of records.values()) {
      const id = parentIds(record)[kind]
      if (id) ids.add(id)
    }
    if (ids.size === 0) continue
    for (const link of await linksOf(tx, connectionId, kind, [...ids])) {
      if (link.remoteId) parents[kind].set(link.recordId, link.remoteId)
    }
  }
  return parents
}

function parentIds(record: SyncRecord): { contact: string | null; ticket: string | null } {
  switch (record.kind) {
    case 'contact':
      return { contact: null, ticket: null }
    case 'ticket':
      return { contact: record.record.contactId, ticket: null }
    case 'message':
      return { contact: record.record.contactId, ticket: record.record.ticketId }
  }
}

function sort(
  connection: OpenConnection,
  rows: readonly OutboxRow[],
  records: Map<string, SyncRecord>,
  links: readonly LinkRow[],
  parents: Parents,
) {
  const byRecord = new Map(links.map(link => [link.recordId, link]))
  const [ready, done, waiting] = [[] as Ready[], [] as OutboxRow[], [] as Waiting[]]
  // In the order of the records: messages by their provider time.
  const order = new Map([...records.keys()].map((id, nth) => [id, nth]))
  const sorted = [...rows].sort((a, b) => (order.get(a.recordId) ?? 0) - (order.get(b.recordId) ?? 0))
  for (const row of sorted) {
    const record = records.get(row.recordId)
    if (!record) {
      done.push(row)
      continue
    }
    const link = byRecord.get(row.recordId)
    const mapped = toRemote(connection, record, link?.base ?? null)
    const changed = differing(mapped.values, link?.base ?? null)
    if (link?.remoteId && changed.length === 0) {
      done.push(row)
      continue
    }
    const wanted = parentIds(record)
    const contact = wanted.contact ? parents.contact.get(wanted.contact) : undefined
    const ticket = wanted.ticket ? parents.ticket.get(wanted.ticket) : undefined
    const missing: Waiting['missing'] = []
    if (wanted.contact && !contact) missing.push({ kind: 'contact', recordId: wanted.contact })
    if (wanted.ticket && !ticket) missing.push({ kind: 'ticket', recordId: wanted.ticket })
    if (!link?.remoteId && missing.length > 0) {
      waiting.push({ row, mapped, missing })
      continue
    }
    const item: PushItem = {
      recordId: row.recordId,
      remoteType: mapped.remoteType,
      values: mapped.values,
      changed,
      remoteId: link?.remoteId ?? null,
      unheard: link && !link.remoteId ? link.pushing : null,
      parents: { ...(contact ? { contact } : {}), ...(ticket ? { ticket } : {}) },
    }
    ready.push({ row, item, link })
  }
  return { ready, done, waiting }
}

function pushingLink(ctx: SyncContext, connection: OpenConnection, kind: ObjectKind, { item, link }: Ready): LinkRow {
  const said = Object.fromEntries(item.changed.map(field => [field, item.values[field] ?? null]))
  // Of a push that was never answered what it said first is what may be stored.
  const pushing = { ...said, ...item.unheard }
  return {
    id: link?.id ?? newId(),
    workspaceId: ctx.workspaceId,
    connectionId: connection.row.id,
    kind,
    recordId: item.recordId,
    remoteType: item.remoteType,
    remoteId: item.remoteId,
    base: link?.base ?? null,
    pushing,
    pushingAt: ctx.now,
    remoteVersion: link?.remoteVersion ?? null,
    updatedAt: ctx.now,
  }
}

/**
 * A record whose parent waits to be told waits with it. One whose parent was refused is refused with it, until that is
 * mended. Else the parent was never told of, or was forgotten, and is told of now.
 */
async function holdBack(tx: Tx, ctx: SyncContext, connection: OpenConnection, kind: ObjectKind, waiting: Waiting[]) {
  const { id: connectionId } = connection.row
  const parents = new Map(waiting.flatMap(({ missing }) => missing).map(each => [placeOf(each), each]))
  const idsOf = (parentKind: 'contact' | 'ticket') =>
    [...parents.values()].flatMap(parent => (parent.kind === parentKind ? [parent.recordId] : []))
  const [contacts, tickets, letters] = await Promise.all([
    outboxOf(tx, connectionId, 'contact', idsOf('contact')),
    outboxOf(tx, connectionId, 'ticket', idsOf('ticket')),
    openPushLetters(tx, [...parents.keys()]),
  ])
  const dueAt = new Map([
    ...contacts.map(row => [placeOf({ kind: 'contact', recordId: row.recordId }), row.availableAt] as const),
    ...tickets.map(row => [placeOf({ kind: 'ticket', recordId: row.recordId }), row.availableAt] as const),
  ])
  const causes = new Map(letters.filter(({ place }) => !dueAt.has(place)).map(({ place, cause }) => [place, cause]))
  const [refused, deferred] = [[] as (Waiting & { failure: Failure })[], [] as { id: string; availableAt: Date }[]]
  const soon = ctx.now.getTime() + PARENT_MS
  for (const each of waiting) {
    const dead = each.missing.find(parent => causes.has(placeOf(parent)))
    if (dead) {
      const message = `Its ${dead.kind} was refused: ${causes.get(placeOf(dead))}`
      refused.push({ ...each, failure: { kind: 'rejected', message } })
      continue
    }
    const times = each.missing.map(parent => dueAt.get(placeOf(parent))?.getTime() ?? 0)
    deferred.push({ id: each.row.id, availableAt: new Date(Math.max(soon, ...times)) })
  }
  const untold = [...parents].filter(([place]) => !dueAt.has(place) && !causes.has(place)).map(([, parent]) => parent)
  await Promise.all([
    untold.length > 0 ? tellConnections(tx, ctx.workspaceId, untold, ctx.now, null) : null,
    deferOutbox(tx, deferred),
    clearOutbox(
      tx,
      refused.map(({ row }) => row),
    ),
  ])
  for (const { row, mapped, failure } of refused) {
    await buryPush(tx, ctx, { connectionId, kind, recordId: row.recordId, values: mapped.values, failure })
  }

  function placeOf(parent: { kind: 'contact' | 'ticket'; recordId: string }): string {
    return pushPlace(connectionId, parent.kind, parent.recordId)
  }
}
