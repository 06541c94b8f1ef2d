/** How people, roles and what they may do are shown. */
import { z } from '@hono/zod-openapi'
import { languages } from '../../core/errors.ts'
import { type Permission, permissions, visibilities } from '../../core/permissions.ts'
import type { PersonRow } from '../../db/people.ts'
import type { PeopleContext } from '../../inbox/people.ts'
import { inboxContext } from '../auth.ts'
import type { Caller, HttpRuntime } from '../runtime.ts'
import { instant, iso } from './shapes.ts'

export const roleKey = z
  .union([z.enum(['admin', 'supervisor', 'agent']), z.uuid('must be admin, supervisor, agent, or the id of a role')])
  .openapi({ type: 'string', description: 'A built-in role, or the id of one of the workspace’s own' })

export const permissionList = z
  .array(z.enum(permissions))
  .transform(list => permissions.filter(each => list.includes(each)))
  .openapi({ type: 'array', items: { type: 'string', enum: [...permissions] } })

export const visibility = z.enum(visibilities)
export const language = z.enum(languages)
export const personName = z.string().trim().min(1).max(100)
export const email = z.email().trim().toLowerCase().max(254)
export const teamIds = z.array(z.uuid()).max(100)

export const timeZone = z.string().refine(zone => {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: zone }))
  } catch {
    return false
  }
}, 'must be a time zone such as America/Mexico_City')

export const personShape = z
  .object({
    id: z.uuid(),
    name: z.string(),
    email: z.string(),
    /** A built-in role, or the id of one of the workspace's own. */
    role: z.string(),
    roleName: z.string(),
    teamIds: z.array(z.uuid()),
    available: z.boolean(),
    awayUntil: instant,
    /** Whether somebody signs in as them. */
    hasAccount: z.boolean(),
    createdAt: instant,
    deactivatedAt: instant,
  })
  .openapi('Person')

export function showPerson(row: PersonRow): z.infer<typeof personShape> {
  const { id, name, email, role, roleId, roleName, teamIds, available, userId } = row
  return {
    ...{ id, name, email, role: roleId ?? role, roleName: roleName ?? role, teamIds, available },
    ...{ awayUntil: iso(row.awayUntil), hasAccount: userId !== null },
    ...{ createdAt: iso(row.createdAt), deactivatedAt: iso(row.deactivatedAt) },
  }
}

/** The actor with what they may give. */
export function peopleContext(runtime: HttpRuntime, caller: Caller): PeopleContext {
  const { permissions: granted, visibility: sees } = caller
  return { ...inboxContext(runtime, caller), grants: { permissions: [...granted] as Permission[], visibility: sees } }
}
