/** Roles of a workspace's own. Nobody makes one that may do more than they may themselves. */
import { changesOf, isUnchanged } from '../core/changes.ts'
import { AppError } from '../core/errors.ts'
import { knownPermissions, type Permission, type Visibility } from '../core/permissions.ts'
import { writeAudit } from '../db/audit.ts'
import type { Tx } from '../db/client.ts'
import { lockPeople } from '../db/people.ts'
import { deleteRole, holdersOfRole, insertRole, type RoleRow, roleById, updateRole } from '../db/roles.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { newId } from './context.ts'
import { mustBeTheirs, type PeopleContext } from './people.ts'

export type RoleValues = { name: string; permissions: Permission[]; visibility: Visibility }

/** Throws `not yours to give`, and `already exists`. */
export function makeRole(ctx: PeopleContext, values: RoleValues): Promise<RoleRow> {
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    mustBeTheirs(ctx, values)
    const row: RoleRow = { id: newId(), ...values, createdAt: ctx.now, updatedAt: ctx.now }
    if (!(await insertRole(tx, ctx.workspaceId, row))) throw new AppError('already exists', { what: values.name })
    await audit(tx, ctx, 'role made', row.id, {}, values)
    return row
  })
}

/** For all who have it, at once. Throws `not found`, `not yours to give` (before and after), and `already exists`. */
export function changeRole(ctx: PeopleContext, id: string, change: Partial<RoleValues>): Promise<RoleRow> {
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    await lockPeople(tx)
    const row = await mustBeRole(tx, ctx, id)
    const changes = changesOf(row, change)
    if (isUnchanged(changes)) return row
    const changed = { ...row, ...change, updatedAt: ctx.now }
    mustBeTheirs(ctx, asRole(changed))
    if (!(await updateRole(tx, changed))) throw new AppError('already exists', { what: changed.name })
    await audit(tx, ctx, 'role changed', id, changes.before, changes.after)
    return changed
  })
}

/** Throws `not found`, `not yours to give`, and `in use` where somebody has it. */
export function removeRole(ctx: PeopleContext, id: string): Promise<RoleRow> {
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    await lockPeople(tx)
    const row = await mustBeRole(tx, ctx, id)
    const holders = await holdersOfRole(tx, id, ctx.now)
    if (holders.length > 0) throw new AppError('in use', { by: holders.slice(0, 5).join(', ') })
    await deleteRole(tx, id)
    const { name, permissions, visibility } = row
    await audit(tx, ctx, 'role removed', id, { name, permissions, visibility }, {})
    return row
  })
}

async function mustBeRole(tx: Tx, ctx: PeopleContext, id: string): Promise<RoleRow> {
  const row = await roleById(tx, id)
  if (!row) throw new AppError('not found', { what: 'role' })
  mustBeTheirs(ctx, asRole(row))
  return row
}

const asRole = ({ permissions, visibility }: { permissions: string[]; visibility: string }) => ({
  permissions: knownPermissions(permissions),
  visibility: visibility as Visibility,
})

function audit(tx: Tx, ctx: PeopleContext, action: string, subjectId: string, before: object, after: object) {
  return writeAudit(tx, ctx, newId(), { action, subjectKind: 'role', subjectId, before, after })
}
