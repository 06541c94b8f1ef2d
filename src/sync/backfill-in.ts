/** Theirs to us, a page at a time: what is ours already is judged and merged as if they had touched it; who is not may be made a contact. */
import type { RemoteRecord } from '../connectors/contract.ts'
import { kindsInOrder } from '../core/backfill.ts'
import { same } from '../core/echo.ts'
import { AppError } from '../core/errors.ts'
import { canonicalWaId, lookupKeys } from '../core/identity.ts'
import { seesAll } from '../core/permissions.ts'
import type { BackfillRow, RemoteCursor } from '../db/backfills.ts'
import { contactOfKeys } from '../db/contacts.ts'
import { type LinkRow, linksByRemote } from '../db/links.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { makeContact } from '../inbox/make-contact.ts'
import { adopt, type Pair } from './adopt.ts'
import { applyTouched } from './apply-touched.ts'
import type { SliceDone } from './backfill.ts'
import type { SyncContext } from './context.ts'
import type { OpenConnection } from './open-connection.ts'

/** What vendors give at once. */
const PAGE = 100

export async function backfillIn(ctx: SyncContext, connection: OpenConnection, row: BackfillRow): Promise<SliceDone> {
  const cursor = row.cursor as RemoteCursor
  const { connector, remote } = connection
  const since = row.scope.since === null ? null : new Date(row.scope.since)
  const page = await connector[cursor.kind].list?.(remote, { cursor: cursor.page, limit: PAGE, changedSince: since })
  const records = page?.records ?? []
  const { unknown } = await takeRecords(ctx, connection, cursor.kind, records)
  const met = cursor.kind === 'contact' ? await meet(ctx, connection, unknown, row.scope.createUnknown) : NOBODY
  const kinds = kindsInOrder(row.scope)
  const following = kinds[kinds.indexOf(cursor.kind) + 1]
  const next = page?.cursor
    ? { kind: cursor.kind, page: page.cursor }
    : following && following !== 'message'
      ? { kind: following, page: null }
      : null
  const isFirstPage = cursor.page === null && page?.total !== null && page?.total !== undefined
  return {
    ...{
      seen: records.length,
      adopted: met.adopted.length,
      created: met.created,
      skipped: unknown.length - met.adopted.length,
      afterMs: 0,
      cursor: next,
    },
    ...(isFirstPage ? { total: (row.total ?? 0) + (page?.total ?? 0) } : {}),
  }
}

/** Those of a page that are ours, merged where they hold something else than was agreed; and those that are not. */
export async function takeRecords(
  ctx: SyncContext,
  connection: OpenConnection,
  kind: 'contact' | 'ticket',
  records: RemoteRecord[],
): Promise<{ unknown: RemoteRecord[]; differing: { link: LinkRow; record: RemoteRecord }[] }> {
  const ids = records.flatMap(record => [record.remoteId, ...(record.aliases ?? [])])
  const links = await inWorkspace(ctx.db, ctx.workspaceId, tx => linksByRemote(tx, connection.row.id, kind, ids))
  const known = new Map(links.map(link => [link.remoteId, link]))
  const unknown: RemoteRecord[] = []
  const differing: { link: LinkRow; record: RemoteRecord }[] = []
  for (const record of records) {
    const link = [record.remoteId, ...(record.aliases ?? [])].map(id => known.get(id)).find(each => each !== undefined)
    if (!link) unknown.push(record)
    else if (!agrees(link, record)) differing.push({ link, record })
  }
  const touched = differing.map(({ record }) => ({
    ...{
      deliveryId: '',
      object: kind,
      remoteId: record.remoteId,
      at: changedAt(record, ctx.now),
      byUs: false,
      values: {},
    },
  }))
  if (touched.length > 0) {
    const { broken } = await applyTouched(ctx, connection, touched)
    const [first] = broken
    if (first) throw first.error
  }
  return { unknown, differing }
}

export function agrees({ base, pushing }: LinkRow, { values }: RemoteRecord): boolean {
  return Object.entries(values).every(
    ([field, value]) => same(value, base?.[field]) || (pushing?.[field] !== undefined && same(value, pushing[field])),
  )
}

/** Versions that are instants tell when; of others it is now. */
function changedAt({ version }: RemoteRecord, now: Date): Date {
  const at = new Date(/^\d{4}-/.test(version ?? '') ? (version ?? '') : Number.NaN)
  return Number.isNaN(at.getTime()) || at > now ? now : at
}

const NOBODY: { adopted: Pair[]; created: number } = { adopted: [], created: 0 }

/** People there whose number is known here, and others where the backfill was told to make them. */
export async function meet(
  ctx: SyncContext,
  connection: OpenConnection,
  records: RemoteRecord[],
  createUnknown: boolean,
) {
  const pairs: Pair[] = []
  let created = 0
  for (const record of records) {
    const phone = numberOf(connection, record)
    if (!phone) continue
    const keys = lookupKeys({ kind: 'wa_id', value: phone, matchKey: canonicalWaId(phone) })
    const known = await inWorkspace(ctx.db, ctx.workspaceId, tx => contactOfKeys(tx, 'wa_id', keys))
    if (known) pairs.push({ recordId: known, remoteId: record.remoteId })
    else if (createUnknown) {
      const made = await makeOne(ctx, connection, phone)
      if (!made) continue
      created++
      pairs.push({ recordId: made, remoteId: record.remoteId })
    }
  }
  const adopted = await adopt(ctx, connection, 'contact', pairs)
  return { adopted, created }
}

/** What is no number of a phone is left where it is. Name and the rest come with its adoption. */
async function makeOne(ctx: SyncContext, { row }: OpenConnection, phone: string): Promise<string | null> {
  const actor = { kind: 'connection' as const, connectionId: row.id, name: row.name }
  const { db, workspaceId, now, emit } = ctx
  try {
    const { id } = await makeContact(
      { db, workspaceId, now, emit, actor, sees: seesAll },
      { phone, name: null, email: null },
    )
    return id
  } catch (error) {
    if (error instanceof AppError) return null
    throw error
  }
}

/** By the rows of the mapping that carry who somebody is. */
function numberOf({ mapping }: OpenConnection, { values }: RemoteRecord): string | null {
  for (const ours of ['waKey', 'phone']) {
    for (const row of mapping.contact) {
      const digits = row.ours === ours ? (values[row.theirs[0] ?? ''] ?? '').replace(/\D/g, '') : ''
      // Without the code of a country nobody can be told from somebody abroad.
      if (digits.length >= 10) return digits
    }
  }
  return null
}
