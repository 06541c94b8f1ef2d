/**
 * A page of ours inside a CRM's records. `/embed/:connector/app/:connectionId` is opened by a form that the CRM signs (Zendesk);
 * `/embed/:connector/open` by a link that a signed request asked for a moment before (HubSpot, Salesforce). Either gives the page a session
 * of its own, sealed, which its requests carry from then on.
 */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { connectorById } from '../connectors/registry.ts'
import { AppError } from '../core/errors.ts'
import { connectionById, findConnection } from '../db/connections.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { pageHeaders, showPage } from './embed-page.ts'
import type { HttpEnv, HttpRuntime } from './runtime.ts'

/** An agent's day. The page asks to be opened again after it. */
const LASTS_MS = 12 * 3_600_000
/** From the click to the page; an address may be seen by others later. */
const LINK_LASTS_MS = 60_000
const LIMIT_BYTES = 32 * 1024

export const remoteRecord = z.object({
  objectType: z.enum(['contact', 'ticket']),
  objectId: z.string().min(1).max(64),
})
export type RemoteRecord = z.infer<typeof remoteRecord>

const about = { connectionId: z.string(), workspaceId: z.string(), email: z.string().nullable(), until: z.number() }
/** `record`: the only one that it may ask for; null where the CRM's form signs for all that its agent may open. */
const session = z.object({ kind: z.literal('card'), ...about, record: remoteRecord.nullable() })
const link = z.object({ kind: z.literal('card link'), ...about, record: remoteRecord })
type CardSession = z.infer<typeof session>
type Looker = Omit<CardSession, 'kind' | 'until' | 'record'>

export const embedApp = new Hono<HttpEnv>()
  .post('/:connector/app/:connectionId', async c => {
    const { services } = c.var.runtime
    const { connector: id, connectionId } = c.req.param()
    const card = connectorById(id)?.card
    const found = z.uuid().safeParse(connectionId).success ? await findConnection(services.db, connectionId) : undefined
    if (!card || found?.connector !== id) throw new AppError('no such route')
    if (Number(c.req.header('content-length') ?? 0) > LIMIT_BYTES) throw new AppError('too large', { limit: '32 KiB' })
    const { workspaceId } = found
    const settings = await settingsOf(c, id, found)
    const admitted = await card.admit(settings, new URLSearchParams(await c.req.text()), services.now())
    if (!admitted) throw new AppError('bad signature')
    return page(c, id, { connectionId, workspaceId, email: admitted.email }, null)
  })
  .get('/:connector/open', async c => {
    const { services } = c.var.runtime
    const read = link.safeParse(await opened(c.var.runtime, c.req.query('to') ?? '')).data
    const id = c.req.param('connector')
    if (!read || read.until <= services.now().getTime()) throw new AppError('link over')
    const { connectionId, workspaceId, email, record } = read
    const found = await findConnection(services.db, connectionId)
    if (found?.connector !== id) throw new AppError('link over')
    return page(c, id, { connectionId, workspaceId, email }, record)
  })

/** An address that opens the page of a record, for a minute, for whoever asked. */
export async function linkToPage(
  { services, appUrl }: HttpRuntime,
  connector: string,
  looker: Looker,
  record: RemoteRecord,
): Promise<string> {
  const until = services.now().getTime() + LINK_LASTS_MS
  const sealed = await services.sealing.seal({ kind: 'card link', ...looker, until, record })
  return `${appUrl}/embed/${connector}/open?${new URLSearchParams({ to: sealed })}`
}

async function page(c: Context<HttpEnv>, connector: string, looker: Looker, record: RemoteRecord | null) {
  const { services } = c.var.runtime
  const card = connectorById(connector)?.card
  if (!card) throw new AppError('no such route')
  const given: CardSession = { kind: 'card', ...looker, record, until: services.now().getTime() + LASTS_MS }
  const settings = await settingsOf(c, connector, { id: looker.connectionId, workspaceId: looker.workspaceId })
  const html = showPage({ connector, session: await services.sealing.seal(given), record })
  return c.html(html, 200, pageHeaders(connector, card.frameAncestors(settings)))
}

async function settingsOf(
  c: Context<HttpEnv>,
  connector: string,
  { id, workspaceId }: { id: string; workspaceId: string },
) {
  const row = await inWorkspace(c.var.runtime.services.db, workspaceId, tx => connectionById(tx, id))
  return connectorById(connector)?.settings.parse(row?.settings)
}

/** The session that a request of the page carries. Undefined for what we did not seal, and for what is over. */
export async function readCardSession(
  runtime: HttpRuntime,
  authorization: string | undefined,
): Promise<CardSession | undefined> {
  const [, sealed = ''] = /^Bearer (v1\..+)$/.exec(authorization ?? '') ?? []
  const read = session.safeParse(await opened(runtime, sealed)).data
  return read && read.until > runtime.services.now().getTime() ? read : undefined
}

/** Undefined for what is not of ours. */
async function opened({ services }: HttpRuntime, sealed: string): Promise<unknown> {
  return sealed ? services.sealing.open(sealed).catch(() => undefined) : undefined
}
