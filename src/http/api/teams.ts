import { OpenAPIHono, z } from '@hono/zod-openapi'
import { listTeams } from '../../db/people.ts'
import { inWorkspace } from '../../db/tenancy.ts'
import { changeTeam, makeTeam, removeTeam } from '../../inbox/change-team.ts'
import { inboxContext } from '../auth.ts'
import { invalid } from '../invalid.ts'
import type { HttpEnv } from '../runtime.ts'
import { personName } from './person-shapes.ts'
import { idParam, jsonBody, route } from './shapes.ts'

const teamShape = z
  .object({
    id: z.uuid(),
    name: z.string(),
    isDefault: z.boolean().openapi({ description: 'It gets what no rule says' }),
    memberIds: z.array(z.uuid()),
  })
  .openapi('Team')

const memberIds = z.array(z.uuid()).max(500)

const routes = {
  list: route('people.read', 'get', '/teams', 'Teams with their members', {}, z.object({ items: z.array(teamShape) })),
  make: route(
    ...(['people.manage', 'post', '/teams', 'Make a team'] as const),
    jsonBody(z.object({ name: personName, memberIds: memberIds.default([]) })),
    teamShape,
    201,
  ),
  change: route(
    ...(['people.manage', 'patch', '/teams/{id}', 'Change a team’s name or members, or make it the default'] as const),
    { params: idParam, ...jsonBody(z.object({ name: personName, memberIds, isDefault: z.boolean() }).partial()) },
    teamShape,
  ),
  remove: route(
    ...(['people.manage', 'delete', '/teams/{id}', 'Remove a team that nothing uses'] as const),
    { params: idParam },
    teamShape,
  ),
}

export const teams = new OpenAPIHono<HttpEnv>({ defaultHook: invalid })
  .openapi(routes.list, async c => {
    const { runtime, caller } = c.var
    const rows = await inWorkspace(runtime.services.db, caller.workspaceId, tx => listTeams(tx))
    return c.json({ items: [...rows] }, 200)
  })
  .openapi(routes.make, async c =>
    c.json(await makeTeam(inboxContext(c.var.runtime, c.var.caller), c.req.valid('json')), 201),
  )
  .openapi(routes.change, async c => {
    const context = inboxContext(c.var.runtime, c.var.caller)
    return c.json(await changeTeam(context, c.req.valid('param').id, c.req.valid('json')), 200)
  })
  .openapi(routes.remove, async c =>
    c.json(await removeTeam(inboxContext(c.var.runtime, c.var.caller), c.req.valid('param').id), 200),
  )
