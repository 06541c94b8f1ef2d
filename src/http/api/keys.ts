import { OpenAPIHono, z } from '@hono/zod-openapi'
import { knownPermissions, permissions } from '../../core/permissions.ts'
import { type ApiKeyRow, listApiKeys } from '../../db/api-keys.ts'
import { inWorkspace } from '../../db/tenancy.ts'
import { makeApiKey, revokeApiKey } from '../../inbox/api-keys.ts'
import { hashKey } from '../auth.ts'
import { invalid } from '../invalid.ts'
import type { HttpEnv } from '../runtime.ts'
import { randomToken } from '../tokens.ts'
import { peopleContext, permissionList, personName } from './person-shapes.ts'
import { idParam, instant, iso, jsonBody, route } from './shapes.ts'

const keyShape = z
  .object({
    id: z.uuid(),
    name: z.string(),
    hint: z.string().nullable().openapi({ description: 'How the key ends' }),
    permissions: z.array(z.enum(permissions)),
    createdBy: z.string().nullable(),
    createdAt: instant,
    expiresAt: instant,
    lastUsedAt: instant.openapi({ description: 'To the minute' }),
    revokedAt: instant,
  })
  .openapi('ApiKey')

const madeShape = keyShape.extend({ key: z.string().openapi({ description: 'Shown this once' }) }).openapi('MadeApiKey')

const makeBody = z.object({
  name: personName,
  permissions: permissionList,
  expiresInDays: z.number().int().min(1).max(3650).nullable().default(null),
})

const routes = {
  list: route('keys.manage', 'get', '/keys', 'API keys, newest first', {}, z.object({ items: z.array(keyShape) })),
  make: route(
    'keys.manage',
    'post',
    '/keys',
    'Make an API key; it sees all tickets',
    jsonBody(makeBody),
    madeShape,
    201,
  ),
  revoke: route(
    ...(['keys.manage', 'post', '/keys/{id}/revoke', 'The key opens nothing any more'] as const),
    { params: idParam },
    keyShape,
  ),
}

const DAY_MS = 24 * 3_600_000

export const keys = new OpenAPIHono<HttpEnv>({ defaultHook: invalid })
  .openapi(routes.list, async c => {
    const { runtime, caller } = c.var
    const rows = await inWorkspace(runtime.services.db, caller.workspaceId, tx => listApiKeys(tx))
    return c.json({ items: rows.map(show) }, 200)
  })
  .openapi(routes.make, async c => {
    const { expiresInDays, ...given } = c.req.valid('json')
    const context = peopleContext(c.var.runtime, c.var.caller)
    const key = `bz_${randomToken()}`
    const expiresAt = expiresInDays === null ? null : new Date(context.now.getTime() + expiresInDays * DAY_MS)
    const row = await makeApiKey(context, { ...given, expiresAt }, { hash: await hashKey(key), hint: key.slice(-4) })
    c.header('cache-control', 'no-store')
    return c.json({ ...show(row), key }, 201)
  })
  .openapi(routes.revoke, async c =>
    c.json(show(await revokeApiKey(peopleContext(c.var.runtime, c.var.caller), c.req.valid('param').id)), 200),
  )

function show(row: ApiKeyRow): z.infer<typeof keyShape> {
  const { id, name, hint, createdBy } = row
  return {
    ...{ id, name, hint, createdBy },
    permissions: row.permissions ? knownPermissions(row.permissions) : [...permissions],
    ...{ createdAt: iso(row.createdAt), expiresAt: iso(row.expiresAt) },
    ...{ lastUsedAt: iso(row.lastUsedAt), revokedAt: iso(row.revokedAt) },
  }
}
