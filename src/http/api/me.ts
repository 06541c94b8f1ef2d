/** Whoever calls: what they may do here, their own profile, and their other workspaces. */
import { OpenAPIHono, z } from '@hono/zod-openapi'
import { AppError } from '../../core/errors.ts'
import { permissions } from '../../core/permissions.ts'
import { chooseWorkspace, setLanguage, workspacesOf } from '../../db/auth.ts'
import { personBy } from '../../db/people.ts'
import { inWorkspace } from '../../db/tenancy.ts'
import { changePerson } from '../../inbox/change-person.ts'
import { invalid } from '../invalid.ts'
import type { Caller, HttpEnv } from '../runtime.ts'
import { language, peopleContext, personName, personShape, showPerson, visibility } from './person-shapes.ts'
import { instant, iso, jsonBody, route } from './shapes.ts'

const meShape = z
  .object({
    kind: z.enum(['person', 'key']),
    name: z.string(),
    language,
    workspaceId: z.uuid(),
    permissions: z.array(z.enum(permissions)),
    visibility,
    person: personShape.nullable(),
    workspaces: z.array(z.object({ id: z.uuid(), name: z.string(), role: z.string() })),
    now: instant.openapi({ description: 'The time here: a sandbox may be ahead of the clock on the wall' }),
  })
  .openapi('Me')

const changeBody = z
  .object({
    ...{ name: personName, language, available: z.boolean() },
    awayUntil: z.iso
      .datetime()
      .transform(text => new Date(text))
      .nullable()
      .openapi({ type: ['string', 'null'], format: 'date-time' }),
  })
  .partial()

const routes = {
  me: route('signed in', 'get', '/me', 'Who calls, and what they may do here', {}, meShape),
  change: route(
    ...(['signed in', 'patch', '/me', 'Change your name, language or availability'] as const),
    jsonBody(changeBody),
    meShape,
  ),
  choose: route(
    ...(['signed in', 'post', '/me/workspace', 'Go over to another workspace of yours'] as const),
    jsonBody(z.object({ workspaceId: z.uuid() })),
    z.object({ workspaceId: z.uuid(), since: instant }),
  ),
}

export const me = new OpenAPIHono<HttpEnv>({ defaultHook: invalid })
  .openapi(routes.me, async c => c.json(await show(c.var), 200))
  .openapi(routes.change, async c => {
    const { runtime, caller } = c.var
    const { language: spoken, ...change } = c.req.valid('json')
    const { agentId, session } = mustBePerson(caller)
    if (Object.keys(change).length > 0) await changePerson(peopleContext(runtime, caller), agentId, change)
    if (spoken) await setLanguage(runtime.services.db, session.userId, spoken)
    return c.json(await show({ ...c.var, caller: { ...caller, ...(spoken ? { language: spoken } : {}) } }), 200)
  })
  .openapi(routes.choose, async c => {
    const { runtime, caller } = c.var
    const { workspaceId } = c.req.valid('json')
    const { session } = mustBePerson(caller)
    const own = await workspacesOf(runtime.services.db, session.userId)
    if (!own.some(each => each.workspaceId === workspaceId)) throw new AppError('not found', { what: 'workspace' })
    await chooseWorkspace(runtime.services.db, session.id, workspaceId)
    return c.json({ workspaceId, since: runtime.services.now().toISOString() }, 200)
  })

/** Throws `people only`. */
function mustBePerson({ agentId, session }: Caller) {
  if (!agentId || !session) throw new AppError('people only')
  return { agentId, session }
}

async function show({ runtime, caller }: HttpEnv['Variables']): Promise<z.infer<typeof meShape>> {
  const { db, now } = runtime.services
  const { agentId, session, workspaceId } = caller
  const person = agentId ? await inWorkspace(db, workspaceId, tx => personBy(tx, { id: agentId })) : undefined
  const own = session ? await workspacesOf(db, session.userId) : []
  return {
    kind: person ? 'person' : 'key',
    name: person?.name ?? caller.name,
    ...{ language: caller.language, workspaceId },
    permissions: permissions.filter(each => caller.permissions.has(each)),
    visibility: caller.visibility,
    person: person ? showPerson(person) : null,
    workspaces: own.map(({ workspaceId: id, name, role }) => ({ id, name, role })),
    now: iso(now()),
  }
}
