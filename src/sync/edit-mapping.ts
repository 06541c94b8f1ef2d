/** A mapping is edited as a draft, looked at, applied and taken back: each step by somebody, and in the audit log. */
import type { Actor } from '../core/actor.ts'
import { AppError } from '../core/errors.ts'
import { invalidInput } from '../core/invalid-input.ts'
import { type FileFormat, readMapping, writeMapping } from '../core/mapping/file.ts'
import { type Mapping, mappingShape, type WrittenMapping, written } from '../core/mapping/row.ts'
import { namedIn } from '../core/mapping/transform.ts'
import type { Finding } from '../core/mapping/validate.ts'
import { writeAudit } from '../db/audit.ts'
import type { Tx } from '../db/client.ts'
import { type ConnectionRow, connectionById } from '../db/connections.ts'
import * as db from '../db/mappings.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { newId } from '../inbox/context.ts'
import type { SyncContext } from './context.ts'
import { checkMapping } from './look-at-mapping.ts'
import { activeMapping, defaultMapping, ofConnection } from './mapping.ts'
import { pauseNewRows, readNewRows } from './read-new-rows.ts'

/** Replaces the draft, or begins one. Throws `not found`. */
export function editDraft(
  ctx: SyncContext,
  connectionId: string,
  mapping: WrittenMapping,
  actor: Actor,
  origin: 'edited' | 'imported' = 'edited',
): Promise<db.MappingVersion> {
  return changing(ctx, connectionId, async (tx, row) => {
    const draft = await db.mappingIn(tx, connectionId, 'draft')
    const before = draft ? mappingShape.parse(draft.rows) : written(await activeMapping(tx, ofConnection(row)))
    const edited = { rows: mapping, origin, editedBy: actor, editedAt: ctx.now }
    const version: db.MappingVersion = draft ? { ...draft, ...edited } : { ...(await fresh(tx, ctx, row)), ...edited }
    if (draft) await db.saveDraft(tx, draft.id, version)
    else await db.insertMapping(tx, version)
    await audit(tx, ctx, actor, `mapping ${origin}`, connectionId, before, mapping)
    return version
  })
}

/** Reads a draft from a file. Throws `not found`, and `invalid input` with what is wrong with the file. */
export async function importDraft(
  ctx: SyncContext,
  connectionId: string,
  file: { text: string; format: FileFormat },
  actor: Actor,
): Promise<db.MappingVersion> {
  const row = await connectionOf(ctx, connectionId)
  const read = readMapping(file.text, file.format)
  if (read.kind === 'broken') throw new AppError('invalid input', { problems: read.problems })
  if (read.connector !== row.connector) {
    const { connector: ours } = row
    throw invalidInput('connector', 'the file is for {theirs}, not {ours}', { theirs: read.connector, ours })
  }
  return editDraft(ctx, connectionId, read.mapping, actor, 'imported')
}

/** The active mapping, the draft, or a version by its number, as a file. Throws `not found`. */
export async function exportMapping(
  ctx: SyncContext,
  connectionId: string,
  which: 'active' | 'draft' | number,
  format: FileFormat,
): Promise<string> {
  const row = await connectionOf(ctx, connectionId)
  const mapping = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    if (which === 'active') return written(await activeMapping(tx, ofConnection(row)))
    const version =
      which === 'draft'
        ? await db.mappingIn(tx, connectionId, 'draft')
        : await db.mappingVersion(tx, connectionId, which)
    if (!version) throw new AppError(which === 'draft' ? 'no draft' : 'not found', { what: 'mapping version' })
    return mappingShape.parse(version.rows)
  })
  return writeMapping(row.connector, mapping, format)
}

/** Throws `not found` and `no draft`. */
export function discardDraft(ctx: SyncContext, connectionId: string, actor: Actor): Promise<db.MappingVersion> {
  return changing(ctx, connectionId, async (tx, row) => {
    const draft = await mustHaveDraft(tx, connectionId)
    await db.deleteMapping(tx, draft.id)
    const active = written(await activeMapping(tx, ofConnection(row)))
    await audit(tx, ctx, actor, 'mapping discarded', connectionId, mappingShape.parse(draft.rows), active)
    return draft
  })
}

export type Applied = {
  version: db.MappingVersion
  /** Records that were made to be told again, after all that is live. */
  told: number
  /** Whether what the CRM holds in newly mapped fields has been read of all records; the rest stands still until then. */
  isRead: boolean
}

/**
 * The draft becomes active, and what the CRM holds in fields that are newly mapped is read before anything is written to
 * them. `backfill`: all linked records are told by it. `editedAt`: of the draft that was looked at. Throws `not found`, `no
 * draft`, `draft changed`, `mapping blocked`, or `crm silent` where the CRM cannot be asked for its fields.
 */
export async function applyDraft(
  ctx: SyncContext,
  connectionId: string,
  { backfill, editedAt }: { backfill: boolean; editedAt?: Date | undefined },
  actor: Actor,
): Promise<Applied> {
  const looked = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    if (!(await connectionById(tx, connectionId))) throw new AppError('not found', { what: 'connection' })
    return mustHaveDraft(tx, connectionId)
  })
  const findings = await checkMapping(ctx, connectionId, mappingShape.parse(looked.rows))
  refuse(findings)
  return activateNow(ctx, connectionId, backfill, actor, async (tx, row) => {
    const draft = await mustHaveDraft(tx, connectionId)
    const isOther = editedAt !== undefined && draft.editedAt.getTime() !== editedAt.getTime()
    if (isOther || draft.editedAt.getTime() !== looked.editedAt.getTime()) {
      throw new AppError('draft changed', { version: String(draft.version), at: draft.editedAt.toISOString() })
    }
    return { version: draft, isNew: false, action: 'mapping applied', row }
  })
}

/** The version that was active before becomes active again, as a new one. Throws `not found` and `no earlier mapping`. */
export function undoMapping(
  ctx: SyncContext,
  connectionId: string,
  { backfill }: { backfill: boolean },
  actor: Actor,
): Promise<Applied> {
  return activateNow(ctx, connectionId, backfill, actor, async (tx, row) => {
    const versions = await db.mappingVersions(tx, connectionId, 1_000)
    if (!versions.some(({ state }) => state === 'active')) throw new AppError('no earlier mapping')
    const [previous] = versions
      .filter(({ state }) => state === 'past')
      .sort((a, b) => (b.appliedAt?.getTime() ?? 0) - (a.appliedAt?.getTime() ?? 0) || b.version - a.version)
    const rows = previous ? previous.rows : defaultMapping(ofConnection(row))
    const undone = { rows, origin: 'undone' as const, restores: previous?.version ?? 0, editedBy: actor }
    const version: db.MappingVersion = { ...(await fresh(tx, ctx, row)), ...undone, state: 'past' }
    return { version, isNew: true, action: 'mapping undone', row }
  })
}

type Activation = { version: db.MappingVersion; isNew: boolean; action: string; row: ConnectionRow }

async function activateNow(
  ctx: SyncContext,
  connectionId: string,
  backfill: boolean,
  actor: Actor,
  choose: (tx: Tx, row: ConnectionRow) => Promise<Activation>,
): Promise<Applied> {
  const { version, told } = await changing(ctx, connectionId, async (tx, row) => {
    const chosen = await choose(tx, row)
    const before = written(await activeMapping(tx, ofConnection(row)))
    const rows = mappingShape.parse(chosen.version.rows)
    if (chosen.isNew) await db.insertMapping(tx, chosen.version)
    await db.activate(tx, connectionId, chosen.version.id, actor, ctx.now)
    await db.setTellsActivity(tx, connectionId, tellsActivity(rows))
    await pauseNewRows(tx, ctx, connectionId, before, rows)
    const told = backfill ? await db.tellLinked(tx, ctx.workspaceId, connectionId, ['contact', 'ticket'], ctx.now) : 0
    await audit(tx, ctx, actor, chosen.action, connectionId, before, rows)
    return { version: { ...chosen.version, state: 'active' as const, appliedBy: actor, appliedAt: ctx.now }, told }
  })
  const isRead = (await readNewRows(ctx, connectionId)).kind === 'done'
  const { workspaceId } = ctx
  if (told > 0) await ctx.emit([{ name: 'sync/outbox.dirty', data: { workspaceId, connectionId } }])
  return { version, told, isRead }
}

/** What of a contact its messages and tickets change. */
function tellsActivity({ contact }: WrittenMapping): boolean {
  const moving = ['lastMessageAt', 'windowUntil', 'openTicket']
  return contact.some(({ ours, transform, default: otherwise }) => {
    const named = [transform.kind === 'template' ? transform.text : '', otherwise ?? ''].flatMap(namedIn)
    return [ours, ...named].some(field => moving.includes(field))
  })
}

function refuse(findings: Finding[]) {
  const errors = findings.filter(({ level }) => level === 'error')
  if (errors.length === 0) return
  // By their codes, which are the same in every language; their sentences are in the check.
  const problems = errors.map(({ kind, rowId, code, facts }) => {
    return [kind, rowId, code, facts.field && `(${facts.field})`].filter(Boolean).join(' ')
  })
  throw new AppError('mapping blocked', { problems: problems.join('; ') })
}

/** One edits at a time. */
function changing<T>(
  ctx: SyncContext,
  connectionId: string,
  act: (tx: Tx, row: ConnectionRow) => Promise<T>,
): Promise<T> {
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    await db.lockMappings(tx, connectionId)
    const row = await connectionById(tx, connectionId)
    if (!row) throw new AppError('not found', { what: 'connection' })
    return act(tx, row)
  })
}

async function connectionOf(ctx: SyncContext, connectionId: string): Promise<ConnectionRow> {
  const row = await inWorkspace(ctx.db, ctx.workspaceId, tx => connectionById(tx, connectionId))
  if (!row) throw new AppError('not found', { what: 'connection' })
  return row
}

async function mustHaveDraft(tx: Tx, connectionId: string): Promise<db.MappingVersion> {
  const draft = await db.mappingIn(tx, connectionId, 'draft')
  if (!draft) throw new AppError('no draft')
  return draft
}

async function fresh(tx: Tx, ctx: SyncContext, row: ConnectionRow): Promise<db.MappingVersion> {
  return {
    ...{ id: newId(), workspaceId: ctx.workspaceId, connectionId: row.id, state: 'draft', rows: null },
    ...{ version: await db.nextVersion(tx, row.id), origin: 'edited', restores: null },
    ...{ editedBy: { kind: 'system' }, editedAt: ctx.now, appliedBy: null, appliedAt: null },
  }
}

/** The rows that differ, by their ids. */
function audit(
  tx: Tx,
  ctx: SyncContext,
  actor: Actor,
  action: string,
  connectionId: string,
  before: Mapping,
  after: Mapping,
) {
  const byId = ({ contact, ticket }: Mapping) =>
    Object.fromEntries([
      ...contact.map(row => [`contact ${row.id}`, row] as const),
      ...ticket.map(row => [`ticket ${row.id}`, row] as const),
    ])
  const [was, is] = [byId(before), byId(after)]
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])]
  const other = names.filter(name => JSON.stringify(was[name]) !== JSON.stringify(is[name]))
  const pick = (rows: Record<string, unknown>) => Object.fromEntries(other.map(name => [name, rows[name] ?? null]))
  return writeAudit(tx, { ...ctx, actor }, newId(), {
    ...{ action, subjectKind: 'connection', subjectId: connectionId, before: pick(was), after: pick(is) },
  })
}
