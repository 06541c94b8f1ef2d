/** Agents of the workspace: who they are, what they may do, and when they are here. */
import { OpenAPIHono, z } from '@hono/zod-openapi'
import { AppError } from '../../core/errors.ts'
import { listPeople, personBy } from '../../db/people.ts'
import { inWorkspace } from '../../db/tenancy.ts'
import { changePerson } from '../../inbox/change-person.ts'
import { deactivateAgent, reactivateAgent } from '../../inbox/deactivate-agent.ts'
import { invalid } from '../invalid.ts'
import type { HttpEnv } from '../runtime.ts'
import { peopleContext, personName, personShape, roleKey, showPerson, teamIds } from './person-shapes.ts'
import { idParam, jsonBody, route } from './shapes.ts'

const changeBody = z
  .object({
    ...{ name: personName, role: roleKey, teamIds, available: z.boolean() },
    awayUntil: z.iso
      .datetime()
      .transform(text => new Date(text))
      .nullable()
      .openapi({ type: ['string', 'null'], format: 'date-time', description: 'Ends an absence by itself' }),
  })
  .partial()

const routes = {
  list: route(
    'people.read',
    'get',
    '/people',
    'Agents, former ones too',
    {},
    z.object({ items: z.array(personShape) }),
  ),
  one: route('people.read', 'get', '/people/{id}', 'An agent', { params: idParam }, personShape),
  change: route(
    ...(['people.manage', 'patch', '/people/{id}', 'Change an agent’s role, teams, name or availability'] as const),
    { params: idParam, ...jsonBody(changeBody) },
    personShape,
  ),
  deactivate: route(
    ...(['people.manage', 'post', '/people/{id}/deactivate', 'Somebody leaves; their tickets go back'] as const),
    { params: idParam },
    personShape,
  ),
  reactivate: route(
    ...(['people.manage', 'post', '/people/{id}/reactivate', 'Somebody comes back'] as const),
    { params: idParam },
    personShape,
  ),
}

export const people = new OpenAPIHono<HttpEnv>({ defaultHook: invalid })
  .openapi(routes.list, async c => {
    const { runtime, caller } = c.var
    const rows = await inWorkspace(runtime.services.db, caller.workspaceId, tx => listPeople(tx))
    return c.json({ items: rows.map(showPerson) }, 200)
  })
  .openapi(routes.one, async c => {
    const { runtime, caller } = c.var
    const { id } = c.req.valid('param')
    const row = await inWorkspace(runtime.services.db, caller.workspaceId, tx => personBy(tx, { id }))
    if (!row) throw new AppError('not found', { what: 'agent' })
    return c.json(showPerson(row), 200)
  })
  .openapi(routes.change, async c => {
    const context = peopleContext(c.var.runtime, c.var.caller)
    return c.json(showPerson(await changePerson(context, c.req.valid('param').id, c.req.valid('json'))), 200)
  })
  .openapi(routes.deactivate, async c => {
    const context = peopleContext(c.var.runtime, c.var.caller)
    return c.json(showPerson(await deactivateAgent(context, c.req.valid('param').id)), 200)
  })
  .openapi(routes.reactivate, async c => {
    const context = peopleContext(c.var.runtime, c.var.caller)
    return c.json(showPerson(await reactivateAgent(context, c.req.valid('param').id)), 200)
  })
