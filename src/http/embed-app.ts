/**
 * `/embed/:connector/app/:connectionId`: a page of ours inside a CRM's records. The CRM opens it by a signed form, once; the page is
 * given a session of its own, sealed, which its requests carry from then on.
 */
import { Hono } from 'hono'
import { z } from 'zod'
import { connectorById } from '../connectors/registry.ts'
import { AppError } from '../core/errors.ts'
import { connectionById, findConnection } from '../db/connections.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { SCRIPT, STYLE, showPage } from './embed-page.ts'
import type { HttpEnv, HttpRuntime } from './runtime.ts'

/** An agent's day. The page asks to be opened again after it. */
const LASTS_MS = 12 * 3_600_000
const LIMIT_BYTES = 32 * 1024

const session = z.object({
  kind: z.literal('card'),
  connectionId: z.string(),
  workspaceId: z.string(),
  email: z.string().nullable(),
  until: z.number(),
})
export type CardSession = z.infer<typeof session>

export const embedApp = new Hono<HttpEnv>()
  .get('/app/page.js', c => c.body(SCRIPT, 200, { 'content-type': 'text/javascript; charset=utf-8' }))
  .get('/app/page.css', c => c.body(STYLE, 200, { 'content-type': 'text/css; charset=utf-8' }))
  .post('/:connector/app/:connectionId', async c => {
    const { services } = c.var.runtime
    const { connector: id, connectionId } = c.req.param()
    const connector = connectorById(id)
    const found = z.uuid().safeParse(connectionId).success ? await findConnection(services.db, connectionId) : undefined
    if (!connector?.card || found?.connector !== id) throw new AppError('no such route')
    if (Number(c.req.header('content-length') ?? 0) > LIMIT_BYTES) throw new AppError('too large', { limit: '32 KiB' })
    const { workspaceId } = found
    const row = await inWorkspace(services.db, workspaceId, tx => connectionById(tx, connectionId))
    const settings = connector.settings.parse(row?.settings)
    const now = services.now()
    const admitted = await connector.card.admit(settings, new URLSearchParams(await c.req.text()), now)
    if (!admitted) throw new AppError('bad signature')
    const given: CardSession = {
      ...{ kind: 'card', connectionId, workspaceId, email: admitted.email, until: now.getTime() + LASTS_MS },
    }
    return c.html(showPage(id, await services.sealing.seal(given)), 200, {
      'cache-control': 'no-store',
      'content-security-policy': `default-src 'none'; script-src 'self' ${ZAF}; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors ${connector.card.frameAncestors(settings)}`,
      'referrer-policy': 'no-referrer',
    })
  })

/** Zendesk's side of its pages: https://developer.zendesk.com/api-reference/apps/apps-core-api/core_api/ */
const ZAF = 'https://static.zdassets.com'

/** The session that a request of the page carries. Undefined for what we did not seal, and for what is over. */
export async function readCardSession(
  { services }: HttpRuntime,
  authorization: string | undefined,
): Promise<CardSession | undefined> {
  const [, sealed = ''] = /^Bearer (v1\..+)$/.exec(authorization ?? '') ?? []
  const read = sealed ? session.safeParse(await services.sealing.open(sealed).catch(() => undefined)).data : undefined
  return read && read.until > services.now().getTime() ? read : undefined
}
