/** What the verbs over people share: who does it and what they may give, and roles by their name or id. */
import { AppError } from '../core/errors.ts'
import { lackingFor } from '../core/grants.ts'
import { type BuiltInRole, builtInRoles, knownPermissions, type Role, type Visibility } from '../core/permissions.ts'
import type { Queryable } from '../db/client.ts'
import { teamIdsAmong } from '../db/people.ts'
import { roleById } from '../db/roles.ts'
import type { InboxContext } from './context.ts'

/** `grants`: what the actor has, and so may give. */
export type PeopleContext = InboxContext & { grants: Role }

/** A built-in role's name, or the id of one of the workspace's own. */
export type RoleKey = string

/** As rows keep it: a role of the workspace's own stands beside the word `custom`. */
export type KeptRole = { role: BuiltInRole | 'custom'; roleId: string | null }

const isBuiltIn = (key: string): key is BuiltInRole => Object.hasOwn(builtInRoles, key)

/** Throws `not found`, and `not yours to give`. */
export async function roleToGive(sql: Queryable, ctx: PeopleContext, key: RoleKey): Promise<KeptRole> {
  const kept: KeptRole = isBuiltIn(key) ? { role: key, roleId: null } : { role: 'custom', roleId: key }
  mustBeTheirs(ctx, await roleOf(sql, kept))
  return kept
}

/** What a role gives. Throws `not found`. */
export async function roleOf(sql: Queryable, { role, roleId }: { role: string; roleId: string | null }): Promise<Role> {
  if (roleId === null) return isBuiltIn(role) ? builtInRoles[role] : { permissions: [], visibility: 'own' }
  const row = await roleById(sql, roleId)
  if (!row) throw new AppError('not found', { what: 'role' })
  return { permissions: knownPermissions(row.permissions), visibility: row.visibility as Visibility }
}

/** Throws `not yours to give`. */
export function mustBeTheirs({ grants }: PeopleContext, role: Role): void {
  const lacking = lackingFor(grants, role)
  if (lacking.length > 0) throw new AppError('not yours to give', { permissions: lacking.join(', ') })
}

/**
 * Throws `not found` where one is not of the workspace, and `not yours to give` where somebody who does not see all tickets
 * would let anybody see those of another team.
 */
export async function mustBeTeams(sql: Queryable, { sees }: InboxContext, ids: readonly string[]): Promise<void> {
  const known = await teamIdsAmong(sql, ids)
  if (known.length < new Set(ids).size) throw new AppError('not found', { what: 'team' })
  const own: readonly string[] = sees.kind === 'team' ? sees.teamIds : []
  if (sees.kind !== 'all' && ids.some(id => !own.includes(id))) {
    throw new AppError('not yours to give', { permissions: 'sees: all' })
  }
}
