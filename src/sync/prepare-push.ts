/**
 * What of the outbox is to be said, and how: the records as they are now, mapped to the CRM's words, without what both sides
 * agree on. Nothing is written, so a plan is made by the same lines.
 */
import type { Mapped, ObjectKind, PushItem, RemoteValues } from '../connectors/contract.ts'
import { same } from '../core/echo.ts'
import type { HeldReason } from '../core/held.ts'
import { heedsTheirs } from '../core/mapping/apply.ts'
import { differing } from '../core/merge.ts'
import type { Tx } from '../db/client.ts'
import { type Homes, type LinkRow, linksOf, takenByOthers } from '../db/links.ts'
import { heldRecords } from '../db/round-trips.ts'
import { isDeleted } from './ask-deleted.ts'
import { loadRecords, type SyncRecord } from './load-records.ts'
import type { OpenConnection } from './open-connection.ts'
import { toRemote } from './to-remote.ts'

/** `row`: of the outbox, or of a plan. */
export type Named = { recordId: string }

/** What hangs on records that are not there yet. */
export type Waiting<Row> = { row: Row; mapped: Mapped; missing: { kind: 'contact' | 'ticket'; recordId: string }[] }

export type Ready<Row> = { row: Row; item: PushItem; link: LinkRow | undefined; trip: Trip | null }

/** Fields that we said, they changed, and we are about to say again. */
export type Trip = Record<string, { said: string | null; became: string | null }>

export type Prepared<Row> = {
  ready: Ready<Row>[]
  /** Nothing is to be said of them: they are gone, or equal. */
  done: Row[]
  /** Records among these whose last push was never answered, and is there: both sides say the same. */
  arrived: string[]
  waiting: Waiting<Row>[]
  /** Nothing is said of them until somebody releases the pair, or has what was deleted there written again. */
  held: { row: Row; reason: HeldReason | 'deleted' }[]
}

/** `known`: remote ids of parents that no link tells of, by kind and record. */
export async function preparePush<Row extends Named>(
  tx: Tx,
  connection: OpenConnection,
  kind: ObjectKind,
  rows: readonly Row[],
  known: Parents = { contact: new Map(), ticket: new Map() },
): Promise<Prepared<Row>> {
  const ids = rows.map(row => row.recordId)
  const connectionId = connection.row.id
  const [records, links, held] = await Promise.all([
    loadRecords(tx, kind, ids, connection.row.workspaceId),
    linksOf(tx, connectionId, kind, ids),
    heldRecords(tx, connectionId, kind, ids),
  ])
  const parents = await loadParents(tx, connectionId, records, known)
  await linkFiles(connection, records)
  const reasons = new Map<string, HeldReason | 'deleted'>(held)
  for (const [id, record] of records) if (isDeleted(record, connectionId)) reasons.set(id, 'deleted')
  const free = rows.filter(row => !reasons.has(row.recordId))
  const sorted = sort(connection, kind, free, records, links, parents)
  await nameTaken(tx, connectionId, sorted.ready, records)
  const isHeld = rows.flatMap(row => {
    const reason = reasons.get(row.recordId)
    return reason ? [{ row, reason }] : []
  })
  return { ...sorted, held: isHeld }
}

/** Connectors that carry no files can tell where they are. */
async function linkFiles(connection: OpenConnection, records: Map<string, SyncRecord>) {
  for (const each of records.values()) {
    if (each.kind !== 'message' || !each.record.fileId) continue
    each.record.fileUrl = await connection.fileLink(each.record.fileId, each.record.at)
  }
}

/** An unheard message is looked for among those of its ticket, or contact where that may be gone, that are nobody else's. */
async function nameTaken(tx: Tx, connectionId: string, ready: Ready<Named>[], records: Map<string, SyncRecord>) {
  const unheard = ready.flatMap(({ item }) => {
    const record = records.get(item.recordId)
    return item.unheard && record?.kind === 'message' ? [{ item, record }] : []
  })
  if (unheard.length === 0) return
  const taken = new Map<string, string[]>()
  for (const parent of ['ticket', 'contact'] as const) {
    const sought = unheard.filter(({ item }) => parent === 'ticket' || item.homes?.ticket.length !== 1)
    const ids = new Set(sought.flatMap(({ record }) => parentIds(record)[parent] ?? []))
    if (ids.size === 0) continue
    for (const { parentId, remoteId } of await takenByOthers(tx, connectionId, parent, [...ids])) {
      taken.set(parentId, [...(taken.get(parentId) ?? []), remoteId])
    }
  }
  for (const { item, record } of unheard) {
    const { contact, ticket } = parentIds(record)
    item.taken = [contact, ticket].flatMap(id => (id && taken.get(id)) || [])
  }
}

/** What a message was hung on by pushes that were not answered, and is hung on by this one: people merge and delete those. */
function homesOf(parents: PushItem['parents'], link: LinkRow | undefined): Homes {
  const before = (link?.pushing && link.pushingTo) || { contact: [], ticket: [] }
  const all = (ids: string[], now: string | undefined) => [...new Set([...ids, ...(now ? [now] : [])])]
  return { contact: all(before.contact, parents.contact), ticket: all(before.ticket, parents.ticket) }
}

export type Parents = { contact: Map<string, string>; ticket: Map<string, string> }

/** Remote ids of the contacts and tickets these records hang on. */
async function loadParents(tx: Tx, connectionId: string, records: Map<string, SyncRecord>, known: Parents) {
  const parents: Parents = { contact: new Map(known.contact), ticket: new Map(known.ticket) }
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

function sort<Row extends Named>(
  connection: OpenConnection,
  kind: ObjectKind,
  rows: readonly Row[],
  records: Map<string, SyncRecord>,
  links: readonly LinkRow[],
  parents: Parents,
) {
  const byRecord = new Map(links.map(link => [link.recordId, link]))
  // Tickets and messages are ours alone before they are told.
  const readsFirst = kind === 'contact' && heedsTheirs(connection.mapping.contact)
  const [ready, done, waiting] = [[] as Ready<Row>[], [] as Row[], [] as Waiting<Row>[]]
  const arrived: string[] = []
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
    const changed = changedOf(mapped.values, link)
    if (link?.remoteId && changed.length === 0) {
      done.push(row)
      if (link.pushing) arrived.push(row.recordId)
      continue
    }
    const wanted = parentIds(record)
    const contact = wanted.contact ? parents.contact.get(wanted.contact) : undefined
    const ticket = wanted.ticket ? parents.ticket.get(wanted.ticket) : undefined
    const missing: Waiting<Row>['missing'] = []
    if (wanted.contact && !contact) missing.push({ kind: 'contact', recordId: wanted.contact })
    if (wanted.ticket && !ticket) missing.push({ kind: 'ticket', recordId: wanted.ticket })
    if (!link?.remoteId && missing.length > 0) {
      waiting.push({ row, mapped, missing })
      continue
    }
    const hangsOn = { ...(contact ? { contact } : {}), ...(ticket ? { ticket } : {}) }
    const item: PushItem = {
      recordId: row.recordId,
      remoteType: mapped.remoteType,
      values: mapped.values,
      changed,
      agreed: Object.fromEntries(changed.map(field => [field, link?.base?.[field] ?? null])),
      remoteId: link?.remoteId ?? null,
      ...(link?.lostRemoteId && !link.remoteId ? { lostId: link.lostRemoteId } : {}),
      unheard: link && !link.remoteId ? link.pushing : null,
      ...(readsFirst && !link?.remoteId ? { readFirst: true as const } : {}),
      ...(kind === 'message' ? { homes: homesOf(hangsOn, link) } : {}),
      parents: hangsOn,
    }
    ready.push({ row, item, link, trip: tripOf(item, link) })
  }
  return { ready, done, arrived, waiting }
}

/**
 * What differs from what was agreed; and what an earlier push said otherwise whose answer was lost. They may hold that by now,
 * whatever was agreed since.
 */
function changedOf(values: RemoteValues, link: LinkRow | undefined): string[] {
  const { base = null, pushing = null, remoteId = null } = link ?? {}
  const changed = new Set(differing(values, base))
  for (const [field, said] of Object.entries(remoteId === null ? {} : (pushing ?? {}))) {
    if (field in values && !same(values[field], said)) changed.add(field)
  }
  return [...changed]
}

function tripOf({ changed, remoteId }: PushItem, link: LinkRow | undefined): Trip | null {
  const { said, base } = link ?? {}
  if (!remoteId || !said || !base) return null
  const trip: Trip = {}
  for (const field of changed) {
    if (field in said && !same(said[field], base[field])) {
      trip[field] = { said: said[field] ?? null, became: base[field] ?? null }
    }
  }
  return Object.keys(trip).length > 0 ? trip : null
}
