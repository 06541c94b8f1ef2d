/**
 * What applying a draft of the mapping would make of fields that are newly mapped: they are read of every linked record and
 * merged by the policy first, as `read-new-rows.ts` does it, and only what is ours then is written. Nothing is changed by it.
 */
import { answersTo, type RemoteValues } from '../connectors/contract.ts'
import type { MappedKind, MappingRow } from '../core/mapping/row.ts'
import { differing } from '../core/merge.ts'
import { linksOf } from '../db/links.ts'
import { inWorkspace } from '../db/tenancy.ts'
import type { SyncContext } from './context.ts'
import { loadRecords, type SyncRecord } from './load-records.ts'
import { type Asked, type MappedRecord, mergeRows } from './merge-rows.ts'
import type { OpenConnection } from './open-connection.ts'
import type { Prepared } from './prepare-push.ts'
import { toRemote } from './to-remote.ts'

/** Records of one call, as many as are read at once when the draft is applied. */
const BATCH = 100

/** What the CRM holds in newly mapped fields, by record of ours; of others nothing needs to be read. */
export type Foreseen = { rows: MappingRow[]; there: Map<string, RemoteValues> }

/** Throws `RemoteCallError`. */
export async function readAhead(
  ctx: SyncContext,
  connection: OpenConnection,
  kind: MappedKind,
  rows: MappingRow[],
  recordIds: string[],
): Promise<Foreseen> {
  const there = new Map<string, RemoteValues>()
  if (rows.length === 0) return { rows, there }
  const fields = rows.flatMap(row => row.theirs)
  const links = await inWorkspace(ctx.db, ctx.workspaceId, tx => linksOf(tx, connection.row.id, kind, recordIds))
  const unread = links.filter(link => link.remoteId !== null && fields.some(field => !(field in (link.base ?? {}))))
  for (let start = 0; start < unread.length; start += BATCH) {
    const part = unread.slice(start, start + BATCH)
    const ids = part.flatMap(link => link.remoteId ?? [])
    const records = await connection.connector[kind].read(connection.remote, ids)
    for (const link of part) {
      const record = records.find(each => answersTo(each, link.remoteId))
      if (!record) continue
      there.set(link.recordId, Object.fromEntries(fields.map(field => [field, record.values[field] ?? null])))
    }
  }
  return { rows, there }
}

/** The same, as if what is there had been merged; and what a person would be asked, by record. */
export async function foresee<Row extends { recordId: string }>(
  ctx: SyncContext,
  connection: OpenConnection,
  kind: MappedKind,
  { rows, there }: Foreseen,
  prepared: Prepared<Row>,
): Promise<{ prepared: Prepared<Row>; asked: Map<string, Asked[]> }> {
  const asked = new Map<string, Asked[]>()
  if (there.size === 0) return { prepared, asked }
  const ids = prepared.ready.map(({ item }) => item.recordId)
  const records = await inWorkspace(ctx.db, ctx.workspaceId, tx => loadRecords(tx, kind, ids, ctx.workspaceId))
  const alone: OpenConnection = { ...connection, mapping: { contact: [], ticket: [], [kind]: rows } }
  const [ready, done] = [[] as Prepared<Row>['ready'], [...prepared.done]]
  for (const each of prepared.ready) {
    const { recordId } = each.item
    const [values, record] = [there.get(recordId), records.get(recordId)]
    if (!values || !isMapped(record)) {
      ready.push(each)
      continue
    }
    const merged = mergeRows(alone, record, {
      ...asNews(ctx, values),
      base: {},
      dirtyAt: null,
      written: [],
      waiting: [],
    })
    if (merged.asked.length > 0) asked.set(recordId, merged.asked)
    const base = { ...each.link?.base, ...values }
    const held = rows.filter(row => merged.asked.some(({ field }) => field === row.ours)).flatMap(row => row.theirs)
    const said = { ...toRemote(connection, record, base).values, ...merged.take }
    for (const field of held) said[field] = values[field] ?? null
    const changed = differing(said, base)
    if (changed.length === 0) done.push(each.row)
    else {
      const agreed = Object.fromEntries(changed.map(field => [field, base[field] ?? null]))
      const link = each.link && { ...each.link, base }
      ready.push({ ...each, link, item: { ...each.item, values: said, changed, agreed } })
    }
  }
  return { prepared: { ...prepared, ready, done }, asked }
}

/** As if they had just changed the fields. */
function asNews({ now }: SyncContext, values: RemoteValues) {
  return { theirs: { values, changed: values }, said: { at: now, byUs: false, by: null, user: null } }
}

function isMapped(record: SyncRecord | undefined): record is MappedRecord {
  return record !== undefined && record.kind !== 'message'
}
