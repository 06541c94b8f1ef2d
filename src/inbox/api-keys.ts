/** Keys for programs: shown once when they are made, and revoked for good. */
import { AppError } from '../core/errors.ts'
import { knownPermissions, type Permission, permissions } from '../core/permissions.ts'
import { type ApiKeyRow, insertApiKey, lockApiKey, markRevoked } from '../db/api-keys.ts'
import { writeAudit } from '../db/audit.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { nameOf } from './assign-ticket.ts'
import { newId } from './context.ts'
import { mustBeTheirs, type PeopleContext } from './people.ts'

export type NewKey = { name: string; permissions: Permission[]; expiresAt: Date | null }

/** A key sees all tickets. `key` gives its hash and its last characters. Throws `not yours to give`. */
export function makeApiKey(ctx: PeopleContext, given: NewKey, key: { hash: string; hint: string }): Promise<ApiKeyRow> {
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    mustBeTheirs(ctx, { permissions: given.permissions, visibility: 'all' })
    const row: ApiKeyRow = {
      ...{ id: newId(), ...given, hint: key.hint, createdBy: nameOf(ctx.actor), createdAt: ctx.now },
      ...{ lastUsedAt: null, revokedAt: null },
    }
    await insertApiKey(tx, ctx.workspaceId, key.hash, row)
    await writeAudit(tx, ctx, newId(), {
      ...{ action: 'key made', subjectKind: 'key', subjectId: row.id },
      ...{ before: {}, after: { ...given, hint: key.hint } },
    })
    return row
  })
}

/** Twice is once. Throws `not found`, and `not yours to give` for a key that may do more than the actor. */
export function revokeApiKey(ctx: PeopleContext, id: string): Promise<ApiKeyRow> {
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const row = await lockApiKey(tx, id)
    if (!row) throw new AppError('not found', { what: 'key' })
    if (row.revokedAt) return row
    const opens = row.permissions ? knownPermissions(row.permissions) : permissions
    mustBeTheirs(ctx, { permissions: opens, visibility: 'all' })
    await markRevoked(tx, id, ctx.now)
    await writeAudit(tx, ctx, newId(), {
      ...{ action: 'key revoked', subjectKind: 'key', subjectId: id },
      ...{ before: { revokedAt: null }, after: { revokedAt: ctx.now } },
    })
    return { ...row, revokedAt: ctx.now }
  })
}
