/**
 * What would be written to a CRM, record by record and field by field, and the calls it would take: the lines that flush the
 * outbox, with the writes withheld.
 */
import type { ObjectKind, PushItem, PushResult } from '../connectors/contract.ts'
import type { Actor } from '../core/actor.ts'
import { kindsInOrder, type SyncKind, syncKinds } from '../core/backfill.ts'
import { AppError } from '../core/errors.ts'
import type { MappedKind, OurValue } from '../core/mapping/row.ts'
import type { PlanItem, PlannedCalls, PlanRequest, PlanSummary } from '../core/plan.ts'
import { writeAudit } from '../db/audit.ts'
import type { Tx } from '../db/client.ts'
import { type ConflictRow, openConflictsIn } from '../db/conflicts.ts'
import { connectionById } from '../db/connections.ts'
import { pendingOutbox } from '../db/outbox.ts'
import { insertPlan, type PlanRow } from '../db/plans.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { walkRecords } from '../db/walk-records.ts'
import { newId } from '../inbox/context.ts'
import type { SyncContext } from './context.ts'
import { type Foreseen, foresee, readAhead } from './foresee.ts'
import { askFirst } from './hear-first.ts'
import { activeMapping, draftMapping } from './mapping.ts'
import { keepAccount, type OpenConnection, openConnection } from './open-connection.ts'
import { type Parents, type Prepared, preparePush, type Ready } from './prepare-push.ts'
import { newRows } from './read-new-rows.ts'
import { rehearse } from './rehearse.ts'

/** Records of a plan. Who carries over more does it by a backfill, which goes slice by slice. */
const MOST = 5_000

/** As many as a flush takes at once in this lane, so that the calls are the same. */
const PASS = 200
const CONTACTS = 100

/** How long the world is expected to stand still; ms. */
const LASTS_MS = 24 * 3_600_000

type Row = { recordId: string }
type Rows = Record<ObjectKind, Row[]>

/** Throws `not found`, `connection stopped`, or a `RemoteCallError` where what it reads cannot be read. */
export async function makePlan(
  ctx: SyncContext,
  connectionId: string,
  request: PlanRequest,
  actor: Actor,
): Promise<PlanRow> {
  const connection = await openFor(ctx, connectionId, request)
  const { rows, isWhole } = await inWorkspace(ctx.db, ctx.workspaceId, tx => rowsOf(tx, connectionId, request))
  const rehearsal = rehearse(connection)
  const items: PlanItem[] = []
  const calls: PlannedCalls[] = []
  const known: Parents = { contact: new Map(), ticket: new Map() }
  let unchanged = 0
  await addParents(ctx, connection, rows)
  const ahead = rehearsal?.connection ?? connection
  const before = request.of === 'mapping' ? await mappingNow(ctx, connection) : connection.mapping
  for (const kind of syncKinds) {
    const ids = rows[kind].map(({ recordId }) => recordId)
    const foreseen =
      kind === 'message'
        ? null
        : await readAhead(ctx, ahead, kind, newRows(before[kind], connection.mapping[kind]), ids)
    if (kind !== 'message') items.push(...(await openQuestions(ctx, connection, kind, ids)))
    if (rehearsal) calls.push(...rehearsal.takeCalls())
    for (const part of pieces(rows[kind], kind === 'contact' ? CONTACTS : PASS)) {
      const found = await inWorkspace(ctx.db, ctx.workspaceId, tx => preparePush(tx, connection, kind, part, known))
      const { prepared, asked } = await asApplied(ctx, connection, kind, foreseen, found)
      items.push(...asked)
      if (rehearsal && kind !== 'message') await askFirst(rehearsal.connection, kind, prepared.ready)
      const results = rehearsal
        ? await rehearsal.connection.connector[kind].push(
            rehearsal.connection.remote,
            prepared.ready.map(({ item }) => item),
          )
        : []
      if (rehearsal) calls.push(...rehearsal.takeCalls())
      unchanged += prepared.done.length
      items.push(...(await itemsOf(kind, prepared, results)))
      for (const result of results) {
        if (result.kind === 'stored' && kind !== 'message') known[kind].set(result.recordId, result.remoteId)
      }
    }
  }
  const summary = summaryOf(items, { unchanged, isWhole }, rehearsal ? merged(calls) : null)
  const plan: PlanRow = {
    ...{ id: newId(), workspaceId: ctx.workspaceId, connectionId, request, summary, state: 'ready' },
    ...{ madeBy: actor, madeAt: ctx.now, expiresAt: new Date(ctx.now.getTime() + LASTS_MS) },
    ...{ appliedBy: null, appliedAt: null },
  }
  await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    await keepAccount(tx, connection)
    const ids = { workspaceId: ctx.workspaceId, planId: plan.id }
    await insertPlan(
      tx,
      plan,
      items.map(item => ({ id: newId(), ...ids, ...item })),
    )
    await writeAudit(tx, { ...ctx, actor }, newId(), {
      ...{ action: 'plan made', subjectKind: 'connection', subjectId: connectionId },
      data: { planId: plan.id, of: request.of },
    })
  })
  return plan
}

/** What is newly mapped is merged before it is told; what that would ask of a person is told beside. */
async function asApplied(
  ctx: SyncContext,
  connection: OpenConnection,
  kind: SyncKind,
  foreseen: Foreseen | null,
  found: Prepared<Row>,
): Promise<{ prepared: Prepared<Row>; asked: PlanItem[] }> {
  if (kind === 'message' || !foreseen) return { prepared: found, asked: [] }
  const { prepared, asked } = await foresee(ctx, connection, kind, foreseen, found)
  return { prepared, asked: [...asked].map(([recordId, questions]) => questionOf(kind, recordId, questions)) }
}

/** What the draft stands against. */
function mappingNow(ctx: SyncContext, { row, connector, remote }: OpenConnection) {
  const of = { connectionId: row.id, connector, settings: remote.settings }
  return inWorkspace(ctx.db, ctx.workspaceId, tx => activeMapping(tx, of))
}

/** Fields of these records that wait for a person already. */
async function openQuestions(ctx: SyncContext, { row }: OpenConnection, kind: MappedKind, recordIds: string[]) {
  const open = await inWorkspace(ctx.db, ctx.workspaceId, tx => openConflictsIn(tx, row.id, kind, recordIds))
  const byRecord = new Map<string, ConflictRow[]>()
  for (const each of open) byRecord.set(each.recordId, [...(byRecord.get(each.recordId) ?? []), each])
  return [...byRecord].map(([recordId, questions]) => questionOf(kind, recordId, questions))
}

/** `from` is what they hold, `to` what we do: neither is written until somebody has decided. */
function questionOf(
  kind: MappedKind,
  recordId: string,
  questions: { field: string; ours: OurValue; theirs: OurValue }[],
): PlanItem {
  const fields = questions.map(({ field, ours, theirs }) => ({ field, from: inText(theirs), to: inText(ours) }))
  return { kind, recordId, act: 'conflict', fields, reason: 'a person is to decide', fingerprint: '' }
}

function inText(value: OurValue): string | null {
  if (value === null) return null
  return Array.isArray(value) ? value.join(', ') : String(value)
}

/** Spoken through in the lane of backfills, by the mapping that the plan is about. */
export async function openFor(ctx: SyncContext, connectionId: string, request: PlanRequest): Promise<OpenConnection> {
  const row = await inWorkspace(ctx.db, ctx.workspaceId, tx => connectionById(tx, connectionId))
  if (!row) throw new AppError('not found', { what: 'connection' })
  if (row.state === 'unauthorized') throw new AppError('connection stopped', { reason: row.stateReason ?? row.state })
  const connection = await openConnection(ctx, row, { lane: 'backfill' })
  if (request.of !== 'mapping') return connection
  const { connector, remote } = connection
  const of = { connectionId, connector, settings: remote.settings }
  const mapping = await inWorkspace(ctx.db, ctx.workspaceId, tx => draftMapping(tx, of))
  if (!mapping) throw new AppError('not found', { what: 'draft of the mapping' })
  return openConnection(ctx, row, { lane: 'backfill', mapping })
}

/** The records that are asked about; of the contacts and tickets of a mapping's draft all, for each may be another by it. */
export async function rowsOf(tx: Tx, connectionId: string, request: PlanRequest) {
  const rows: Rows = { contact: [], ticket: [], message: [] }
  let left = MOST
  const kinds = request.of === 'backfill' ? kindsInOrder(request.scope) : syncKinds
  for (const kind of kinds) {
    const found = await ofKind(tx, connectionId, request, kind, left + 1)
    rows[kind] = found.slice(0, left)
    if (found.length > left) return { rows, isWhole: false }
    left -= found.length
  }
  return { rows, isWhole: true }
}

async function ofKind(
  tx: Tx,
  connectionId: string,
  request: PlanRequest,
  kind: SyncKind,
  limit: number,
): Promise<Row[]> {
  if (request.of === 'outbox') return pendingOutbox(tx, connectionId, kind, limit)
  if (request.of === 'mapping' && kind === 'message') return []
  const everything = { since: null, openOnly: false, tag: null, category: null }
  const filter = request.of === 'backfill' ? request.scope : everything
  const { ids } = await walkRecords(tx, filter, { kind, at: null, id: null, message: null }, limit)
  return ids.map(recordId => ({ recordId }))
}

/** Whose contact or ticket is not there yet takes it along, as a flush does. */
export async function addParents(ctx: SyncContext, connection: OpenConnection, rows: Rows): Promise<void> {
  for (const kind of ['message', 'ticket'] as const) {
    for (const part of pieces(rows[kind], PASS)) {
      const { waiting } = await inWorkspace(ctx.db, ctx.workspaceId, tx => preparePush(tx, connection, kind, part))
      for (const { missing } of waiting) {
        for (const parent of missing) {
          const there = rows[parent.kind]
          if (!there.some(({ recordId }) => recordId === parent.recordId)) there.push({ recordId: parent.recordId })
        }
      }
    }
  }
}

const heldWhy = {
  rewritten: 'both sides kept writing it in turn',
  erased: 'the person was erased there',
  deleted: 'it was deleted there',
} as const

async function itemsOf(kind: ObjectKind, prepared: Prepared<Row>, results: PushResult[]): Promise<PlanItem[]> {
  const byRecord = new Map(results.map(result => [result.recordId, result]))
  const skipped = (recordId: string, reason: string): PlanItem => ({
    ...{ kind, recordId, act: 'skip', fields: [], reason, fingerprint: '' },
  })
  return [
    ...(await Promise.all(prepared.ready.map(ready => itemOf(kind, ready, byRecord.get(ready.item.recordId))))),
    ...prepared.held.map(({ row, reason }) => skipped(row.recordId, `held: ${heldWhy[reason]}`)),
    ...prepared.waiting.map(({ row, missing }) =>
      skipped(row.recordId, `its ${missing.map(parent => parent.kind).join(' and ')} is not there`),
    ),
  ]
}

async function itemOf(kind: ObjectKind, ready: Ready<Row>, result: PushResult | undefined): Promise<PlanItem> {
  const { item, link } = ready
  const base = link?.base ?? {}
  const fields = item.changed.map(field => ({ field, from: base[field] ?? null, to: item.values[field] ?? null }))
  const act = item.remoteId === null ? 'create' : 'update'
  const common = { kind, recordId: item.recordId, fields, fingerprint: await fingerprintOf(ready) }
  if (result?.kind === 'failed') return { ...common, act: 'skip', reason: result.failure.message }
  return { ...common, act, reason: null }
}

/** Of all that the item was made of: what we say, what was agreed, and which record there it is. */
export async function fingerprintOf({ item, link }: Pick<Ready<Row>, 'item' | 'link'>): Promise<string> {
  const { remoteType, remoteId, values, changed, unheard }: PushItem = item
  const made = [
    remoteType,
    remoteId,
    sorted(values),
    [...changed].sort(),
    sorted(unheard ?? {}),
    sorted(link?.base ?? {}),
  ]
  const bytes = new TextEncoder().encode(JSON.stringify([...made, link?.remoteVersion ?? null]))
  const digest = await crypto.subtle.digest('SHA-256', bytes)
  return Array.from(new Uint8Array(digest), byte => byte.toString(16).padStart(2, '0')).join('')
}

const sorted = (values: object) => Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1))

function summaryOf(
  items: PlanItem[],
  rest: Pick<PlanSummary, 'unchanged' | 'isWhole'>,
  calls: PlannedCalls[] | null,
): PlanSummary {
  const count = (act: PlanItem['act']) => items.filter(item => item.act === act).length
  return {
    ...{ create: count('create'), update: count('update'), conflict: count('conflict'), skip: count('skip'), ...rest },
    calls: calls ?? [],
    writes: calls?.filter(each => each.writes).reduce((sum, each) => sum + each.calls, 0) ?? null,
  }
}

function merged(calls: PlannedCalls[]): PlannedCalls[] {
  const byPlace = new Map<string, PlannedCalls>()
  for (const each of calls) {
    const key = `${each.method} ${each.path}`
    const known = byPlace.get(key)
    if (known) Object.assign(known, { calls: known.calls + each.calls, items: known.items + each.items })
    else byPlace.set(key, { ...each })
  }
  return [...byPlace.values()]
}

export function pieces<T>(list: readonly T[], size: number): T[][] {
  const found: T[][] = []
  for (let start = 0; start < list.length; start += size) found.push(list.slice(start, start + size))
  return found
}
