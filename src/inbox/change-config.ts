/** Rules, calendars, policies and shifts are made, changed and removed: one at a time, each with what it was before. */
import { changesOf, isUnchanged } from '../core/changes.ts'
import { AppError } from '../core/errors.ts'
import { writeAudit } from '../db/audit.ts'
import type { Tx } from '../db/client.ts'
import * as config from '../db/config-rows.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { type InboxContext, newId } from './context.ts'

type Table = config.ConfigTable
type Rows = config.ConfigRows

/** How each is called in the audit log and in errors. */
export const configNames = {
  routing_rules: 'rule',
  business_hours: 'calendar',
  sla_policies: 'policy',
  on_call_shifts: 'shift',
} as const satisfies Record<Table, string>

/** What stands beside the row: references that must be there, and what else is to be written with it. */
export type Beside<T extends Table> = {
  names?: (row: Rows[T]) => Partial<Record<config.Named, (string | null | undefined)[]>>
  with?: (tx: Tx, row: Rows[T]) => Promise<unknown>
}

/** Throws `not found` for what it names and the workspace has not. */
export function makeConfig<T extends Table>(
  ctx: InboxContext,
  table: T,
  values: (tx: Tx) => Promise<Omit<Rows[T], 'id' | 'workspaceId'>>,
  beside: Beside<T> = {},
): Promise<Rows[T]> {
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    await config.lockConfig(tx)
    const row = { id: newId(), workspaceId: ctx.workspaceId, ...(await values(tx)) } as unknown as Rows[T]
    await mustHave(tx, beside.names?.(row) ?? {})
    await config.insertConfigRow(tx, table, row)
    await beside.with?.(tx, row)
    await audit(tx, ctx, table, 'made', row.id, {}, withoutKeys(row))
    return row
  })
}

/** Unchanged values change nothing. Throws `not found`. */
export function changeConfig<T extends Table>(
  ctx: InboxContext,
  table: T,
  id: string,
  change: (row: Rows[T]) => Partial<Rows[T]>,
  beside: Beside<T> = {},
): Promise<Rows[T]> {
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    await config.lockConfig(tx)
    const row = await mustBe(tx, table, id)
    const values = change(row)
    const changes = changesOf(row, values)
    if (isUnchanged(changes)) return row
    const after = { ...row, ...values }
    await mustHave(tx, beside.names?.(after) ?? {})
    await config.updateConfigRow(tx, table, id, values)
    await beside.with?.(tx, after)
    await audit(tx, ctx, table, 'changed', id, changes.before, changes.after)
    return after
  })
}

/** Throws `not found`, and `in use` by what still goes by it. */
export function removeConfig<T extends Table>(
  ctx: InboxContext,
  table: T,
  id: string,
  { uses, ...beside }: { uses?: (tx: Tx, row: Rows[T]) => Promise<string[]>; with?: Beside<T>['with'] } = {},
): Promise<Rows[T]> {
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    await config.lockConfig(tx)
    const row = await mustBe(tx, table, id)
    const by = (await uses?.(tx, row)) ?? []
    if (by.length > 0) throw new AppError('in use', { by: by.join(', ') })
    await config.deleteConfigRow(tx, table, id)
    await beside.with?.(tx, row)
    await audit(tx, ctx, table, 'removed', id, withoutKeys(row), {})
    return row
  })
}

async function mustBe<T extends Table>(tx: Tx, table: T, id: string): Promise<Rows[T]> {
  const row = await config.configRow(tx, table, id)
  if (!row) throw new AppError('not found', { what: configNames[table] })
  return row
}

/** What the workspace has not, whoever else has it, is not there. */
export async function mustHave(tx: Tx, named: Partial<Record<config.Named, (string | null | undefined)[]>>) {
  for (const [what, given] of Object.entries(named) as [config.Named, (string | null | undefined)[]][]) {
    const ids = [...new Set(given.filter(id => id != null))]
    if (ids.length > 0 && (await config.knownIds(tx, what, ids)).size < ids.length) {
      throw new AppError('not found', { what })
    }
  }
}

function withoutKeys({ id: _, workspaceId: __, ...rest }: { id: string; workspaceId: string }): object {
  return rest
}

function audit(
  tx: Tx,
  ctx: InboxContext,
  table: Table,
  done: 'made' | 'changed' | 'removed',
  subjectId: string,
  before: object,
  after: object,
) {
  const name = configNames[table]
  return writeAudit(tx, ctx, newId(), { action: `${name} ${done}`, subjectKind: name, subjectId, before, after })
}
