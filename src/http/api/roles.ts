import { OpenAPIHono, z } from '@hono/zod-openapi'
import { builtInRoles, exampleRoles, knownPermissions, permissions, type Visibility } from '../../core/permissions.ts'
import { listRoles, type RoleRow } from '../../db/roles.ts'
import { inWorkspace } from '../../db/tenancy.ts'
import { changeRole, makeRole, removeRole } from '../../inbox/change-role.ts'
import { invalid } from '../invalid.ts'
import type { HttpEnv } from '../runtime.ts'
import { peopleContext, permissionList, personName, visibility } from './person-shapes.ts'
import { idParam, jsonBody, route } from './shapes.ts'

const shownPermissions = z.array(z.enum(permissions))
const grants = { permissions: shownPermissions, visibility }

const roleShape = z.object({ id: z.string(), name: z.string(), builtIn: z.boolean(), ...grants }).openapi('Role')

const listShape = z.object({
  items: z.array(roleShape),
  examples: z.array(z.object({ name: z.string(), ...grants })).openapi({ description: 'To start from' }),
  permissions: shownPermissions.openapi({ description: 'All there are' }),
})

const body = z.object({ name: personName, permissions: permissionList, visibility })

const routes = {
  list: route('people.read', 'get', '/roles', 'Roles, built-in ones first', {}, listShape),
  make: route('roles.manage', 'post', '/roles', 'Make a role', jsonBody(body), roleShape, 201),
  change: route(
    ...(['roles.manage', 'patch', '/roles/{id}', 'Change a role for all who have it'] as const),
    { params: idParam, ...jsonBody(body.partial()) },
    roleShape,
  ),
  remove: route(
    ...(['roles.manage', 'delete', '/roles/{id}', 'Remove a role that nobody has'] as const),
    { params: idParam },
    roleShape,
  ),
}

export const roles = new OpenAPIHono<HttpEnv>({ defaultHook: invalid })
  .openapi(routes.list, async c => {
    const { runtime, caller } = c.var
    const own = await inWorkspace(runtime.services.db, caller.workspaceId, tx => listRoles(tx))
    const builtIn = Object.entries(builtInRoles).map(([name, role]) => ({
      ...{ id: name, name, builtIn: true, permissions: [...role.permissions], visibility: role.visibility },
    }))
    const examples = Object.entries(exampleRoles).map(([name, role]) => ({
      ...{ name, permissions: [...role.permissions], visibility: role.visibility },
    }))
    return c.json({ items: [...builtIn, ...own.map(show)], examples, permissions: [...permissions] }, 200)
  })
  .openapi(routes.make, async c =>
    c.json(show(await makeRole(peopleContext(c.var.runtime, c.var.caller), c.req.valid('json'))), 201),
  )
  .openapi(routes.change, async c => {
    const context = peopleContext(c.var.runtime, c.var.caller)
    return c.json(show(await changeRole(context, c.req.valid('param').id, c.req.valid('json'))), 200)
  })
  .openapi(routes.remove, async c =>
    c.json(show(await removeRole(peopleContext(c.var.runtime, c.var.caller), c.req.valid('param').id)), 200),
  )

function show({ id, name, permissions: granted, visibility: sees }: RoleRow): z.infer<typeof roleShape> {
  return { id, name, builtIn: false, permissions: knownPermissions(granted), visibility: sees as Visibility }
}
