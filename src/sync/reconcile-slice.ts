/** The slices of a reconciliation: what each looks at, what it finds, and how that is mended. */
import type { ObjectKind, RemoteRecord } from '../connectors/contract.ts'
import type { SyncKind } from '../core/backfill.ts'
import { same } from '../core/echo.ts'
import type { Tx } from '../db/client.ts'
import { openPushLetters, pushPlace } from '../db/ledger-views.ts'
import { forgetLinks, type LinkRow, linksAfter, linksOf } from '../db/links.ts'
import { outboxOf, queueOutbox } from '../db/outbox.ts'
import {
  type FindingRow,
  insertFindings,
  type ReconciliationCursor,
  type ReconciliationRow,
  settleFindings,
  waitingFindings,
} from '../db/reconciliations.ts'
import { heldRecords } from '../db/round-trips.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { walkRecords } from '../db/walk-records.ts'
import { newId } from '../inbox/context.ts'
import { adopt } from './adopt.ts'
import { takeDeleted } from './ask-deleted.ts'
import { meet, takeRecords } from './backfill-in.ts'
import { findAndAdopt } from './backfill-out.ts'
import type { SyncContext } from './context.ts'
import { loadRecords } from './load-records.ts'
import type { OpenConnection } from './open-connection.ts'

/** Linked records read at once, where the connector does not say: five of HubSpot's batches. */
const LINKED = 500
const OURS = 500
const PAGE = 100
const AGAIN = 500

type Cursor<Phase> = Extract<ReconciliationCursor, { phase: Phase }>
type Slice<Next> = { row: ReconciliationRow; next: Next | null }

/** Read there: what is gone is told again, or asked about; what is another goes the way of a change that was heard. */
export async function checkLinked(
  ctx: SyncContext,
  connection: OpenConnection,
  row: ReconciliationRow,
  cursor: Cursor<'linked'>,
): Promise<Slice<Cursor<'linked'>>> {
  const { kind } = cursor
  const { db, workspaceId } = ctx
  const limit = connection.connector[kind].readAtOnce ?? LINKED
  const { links, readable } = await inWorkspace(db, workspaceId, async tx => {
    const links = await linksAfter(tx, row.connectionId, kind, cursor.after, limit)
    const ids = links.map(link => link.recordId)
    const held = await heldRecords(tx, row.connectionId, kind, ids)
    const still = links.filter(link => link.pushingAt === null && !held.has(link.recordId))
    const born = kind === 'message' ? await bornThere(tx, row, still) : new Set<string>()
    return { links, readable: still.filter(link => !born.has(link.recordId)) }
  })
  const records = await read(connection, kind, readable)
  const there = new Set(records.flatMap(record => [record.remoteId, ...(record.aliases ?? [])]))
  const absent = readable.filter(link => !there.has(link.remoteId))
  const { differing } = kind === 'message' ? { differing: [] } : await takeRecords(ctx, connection, kind, records)
  const gone = await inWorkspace(db, workspaceId, async tx => {
    const gone = await takeGone(tx, ctx, connection, kind, absent)
    const findings = [
      ...gone.map(link => findingOf(ctx, row, 'missing there', kind, link, null)),
      ...differing.map(({ link, record }) => findingOf(ctx, row, 'differing', kind, link, fieldsOf(link, record))),
    ]
    await insertFindings(tx, findings)
    const told = gone.map(({ recordId }) => ({ kind, recordId }))
    await queueOutbox(tx, workspaceId, row.connectionId, told, 'backfill', ctx.now)
    return gone
  })
  await wakeOutbox(ctx, row, gone.length + differing.length)
  const last = links.at(-1)
  return {
    row: {
      ...{ ...row, checked: row.checked + readable.length, missingThere: row.missingThere + gone.length },
      differing: row.differing + differing.length,
    },
    next: links.length === limit && last ? { phase: 'linked', kind, after: last.recordId } : null,
  }
}

/** Those that are told again. Of messages that people took out of a table nobody is asked: what was told is told. */
async function takeGone(tx: Tx, ctx: SyncContext, connection: OpenConnection, kind: ObjectKind, links: LinkRow[]) {
  const ids = links.map(link => link.recordId)
  if (kind === 'message') {
    if (connection.connector.asksOfDeleted) return []
    await forgetLinks(tx, connection.row.id, kind, ids)
    return links
  }
  const asked = await takeDeleted(tx, ctx, connection, kind, ids)
  return links.filter(link => !asked.has(link.recordId))
}

/** Messages that were written in the CRM itself live there as something else than what we tell: nothing is told of them. */
async function bornThere(tx: Tx, { connectionId, workspaceId }: ReconciliationRow, links: LinkRow[]) {
  const ids = links.map(link => link.recordId)
  const records = await loadRecords(tx, 'message', ids, workspaceId)
  return new Set(
    ids.filter(id => {
      const record = records.get(id)
      return record?.kind === 'message' && record.record.source?.connectionId === connectionId
    }),
  )
}

/** Theirs that no link speaks of, though they carry our key or a number that we know: linked. */
export async function checkTheirs(
  ctx: SyncContext,
  connection: OpenConnection,
  row: ReconciliationRow,
  cursor: Cursor<'theirs'>,
): Promise<Slice<Cursor<'theirs'>>> {
  const { kind, since } = cursor
  const { connector, remote } = connection
  const query = { cursor: cursor.page, limit: PAGE, changedSince: since === null ? null : new Date(since) }
  const page = await connector[kind].list?.(remote, query)
  const records = page?.records ?? []
  const { unknown, differing } = await takeRecords(ctx, connection, kind, records)
  const met =
    kind === 'contact' ? await meet(ctx, connection, unknown, false) : await meetTickets(ctx, connection, unknown)
  const findings = [
    ...met.adopted.map(pair => findingOf(ctx, row, 'missing here', kind, pair, null)),
    ...differing.map(({ link, record }) => findingOf(ctx, row, 'differing', kind, link, fieldsOf(link, record))),
  ]
  await inWorkspace(ctx.db, ctx.workspaceId, tx => insertFindings(tx, findings))
  return {
    row: {
      ...{ ...row, checked: row.checked + records.length, missingHere: row.missingHere + met.adopted.length },
      differing: row.differing + differing.length,
    },
    next: page?.cursor ? { ...cursor, page: page.cursor } : null,
  }
}

/** By our own id, where the mapping carries it. */
async function meetTickets(ctx: SyncContext, connection: OpenConnection, records: RemoteRecord[]) {
  const field = connection.mapping.ticket.find(row => row.identifier)?.theirs[0] ?? ''
  const named = records.flatMap(({ remoteId, values }) => {
    const recordId = values[field] ?? ''
    return isUuid(recordId) ? [{ recordId, remoteId }] : []
  })
  const ours = await inWorkspace(ctx.db, ctx.workspaceId, tx =>
    loadRecords(
      tx,
      'ticket',
      named.map(pair => pair.recordId),
      ctx.workspaceId,
    ),
  )
  return {
    adopted: await adopt(
      ctx,
      connection,
      'ticket',
      named.filter(pair => ours.has(pair.recordId)),
    ),
  }
}

const isUuid = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)

/** Ours that no link speaks of: looked for there and linked, or told. What waits or was refused is known already. */
export async function checkOurs(
  ctx: SyncContext,
  connection: OpenConnection,
  row: ReconciliationRow,
  cursor: Cursor<'ours'>,
): Promise<Slice<Cursor<'ours'>>> {
  const { kind } = cursor
  const { db, workspaceId } = ctx
  const { connectionId } = row
  const all = { since: null, openOnly: false, tag: null, category: null }
  const message = cursor.message && { at: new Date(cursor.message.at), id: cursor.message.id }
  const place = { kind, at: cursor.at === null ? null : new Date(cursor.at), id: cursor.id, message }
  const { slice, missing } = await inWorkspace(db, workspaceId, async tx => {
    const slice = await walkRecords(tx, all, place, OURS)
    const [links, waiting, held, letters] = await Promise.all([
      linksOf(tx, connectionId, kind, slice.ids),
      outboxOf(tx, connectionId, kind, slice.ids),
      heldRecords(tx, connectionId, kind, slice.ids),
      openPushLetters(
        tx,
        slice.ids.map(id => pushPlace(connectionId, kind, id)),
      ),
    ])
    const linked = links.filter(link => link.remoteId !== null || link.pushing !== null)
    const known = new Set([...linked, ...waiting].map(each => each.recordId))
    const refused = new Set(letters.map(letter => letter.place))
    const isKnown = (id: string) => known.has(id) || held.has(id) || refused.has(pushPlace(connectionId, kind, id))
    const missing = slice.ids.filter(id => !isKnown(id))
    return { slice, missing }
  })
  // Whom no search was left for is told: the push looks for them too.
  const { adopted } = kind === 'contact' ? await findAndAdopt(ctx, connection, missing) : { adopted: [] }
  const linked = new Set(adopted.map(pair => pair.recordId))
  const untold = missing.filter(id => !linked.has(id))
  const findings = missing.map(recordId =>
    findingOf(ctx, row, 'missing there', kind, { recordId, remoteId: null }, null),
  )
  await inWorkspace(db, workspaceId, async tx => {
    await insertFindings(tx, findings)
    const told = untold.map(recordId => ({ kind, recordId }))
    await queueOutbox(tx, workspaceId, connectionId, told, 'backfill', ctx.now)
  })
  await wakeOutbox(ctx, row, untold.length)
  const { cursor: next } = slice
  return {
    row: { ...row, checked: row.checked + missing.length, missingThere: row.missingThere + missing.length },
    next: next && {
      ...{ phase: 'ours', kind, at: next.at?.toISOString() ?? null, id: next.id },
      message: next.message && { at: next.message.at.toISOString(), id: next.message.id },
    },
  }
}

/** What was found and has a record there by now, that agrees with ours, is repaired. `isLast`: what is not, is still missing. */
export async function lookAgain(
  ctx: SyncContext,
  connection: OpenConnection,
  row: ReconciliationRow,
  cursor: Cursor<'again'>,
  isLast: boolean,
): Promise<Slice<Cursor<'again'>> & { waiting: number }> {
  const { db, workspaceId } = ctx
  const findings = await inWorkspace(db, workspaceId, tx => waitingFindings(tx, row.id, cursor.after, AGAIN))
  const repaired: string[] = []
  const open: FindingRow[] = []
  for (const kind of ['contact', 'ticket', 'message'] as const) {
    const mine = findings.filter(finding => finding.kind === kind)
    if (mine.length === 0) continue
    const ids = mine.flatMap(finding => finding.recordId ?? [])
    const [links, waiting] = await inWorkspace(db, workspaceId, tx =>
      Promise.all([linksOf(tx, row.connectionId, kind, ids), outboxOf(tx, row.connectionId, kind, ids)]),
    )
    const isTold = new Set(waiting.map(each => each.recordId))
    const linked = links.filter(link => link.remoteId !== null && !isTold.has(link.recordId))
    const there = new Set(
      (await read(connection, kind, linked)).flatMap(each => [each.remoteId, ...(each.aliases ?? [])]),
    )
    const well = new Set(linked.filter(link => there.has(link.remoteId ?? '')).map(link => link.recordId))
    for (const finding of mine) {
      if (finding.recordId && well.has(finding.recordId)) repaired.push(finding.id)
      else open.push(finding)
    }
  }
  const refused = isLast ? open : await refusedOf(ctx, row, open)
  await inWorkspace(db, workspaceId, async tx => {
    await settleFindings(tx, repaired, 'repaired', ctx.now)
    await settleFindings(
      tx,
      refused.map(finding => finding.id),
      'still missing',
      ctx.now,
    )
  })
  const last = findings.at(-1)
  const counted = {
    ...{ ...row, repaired: row.repaired + repaired.length, stillMissing: row.stillMissing + refused.length },
  }
  const isMore = findings.length === AGAIN && last
  return {
    row: counted,
    next: isMore ? { phase: 'again', after: last.id, looks: cursor.looks } : null,
    waiting: open.length - refused.length,
  }
}

/** A dead letter tells why, and nothing more will happen by itself. */
async function refusedOf(ctx: SyncContext, row: ReconciliationRow, open: FindingRow[]): Promise<FindingRow[]> {
  const placeOf = (finding: FindingRow) => pushPlace(row.connectionId, finding.kind, finding.recordId ?? '')
  const letters = await inWorkspace(ctx.db, ctx.workspaceId, tx => openPushLetters(tx, open.map(placeOf)))
  const places = new Set(letters.map(letter => letter.place))
  return open.filter(finding => places.has(placeOf(finding)))
}

/** Of messages what the connector calls them by other names is not to be read: they are told, and never heard of again. */
async function read(connection: OpenConnection, kind: ObjectKind, links: LinkRow[]): Promise<RemoteRecord[]> {
  const ids = links.flatMap(link => link.remoteId ?? [])
  return ids.length === 0 ? [] : connection.connector[kind].read(connection.remote, ids)
}

function findingOf(
  ctx: SyncContext,
  row: ReconciliationRow,
  problem: FindingRow['problem'],
  kind: SyncKind,
  { recordId, remoteId }: Pick<LinkRow, 'recordId' | 'remoteId'>,
  fields: FindingRow['fields'],
): FindingRow {
  return {
    ...{
      id: newId(),
      workspaceId: ctx.workspaceId,
      reconciliationId: row.id,
      problem,
      kind,
      recordId,
      remoteId,
      fields,
    },
    ...{ foundAt: ctx.now, outcome: 'waiting', repairedAt: null },
  }
}

function fieldsOf({ base }: LinkRow, { values }: RemoteRecord): NonNullable<FindingRow['fields']> {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([field, value]) => !same(value, base?.[field]))
      .map(([field, theirs]) => [field, { agreed: base?.[field] ?? null, theirs }]),
  )
}

async function wakeOutbox({ emit, workspaceId }: SyncContext, { connectionId }: ReconciliationRow, told: number) {
  if (told > 0) await emit([{ name: 'sync/outbox.dirty', data: { workspaceId, connectionId } }])
}
