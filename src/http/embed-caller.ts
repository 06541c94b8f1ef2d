/**
 * Who looks at a card inside a CRM: the vendor signs each request over its raw bytes and full address, and says the account
 * and the person's e-mail in it. Whoever is one of ours does what they may do here; all others of the account only read.
 */
import type { Context } from 'hono'
import { connectorById } from '../connectors/registry.ts'
import { AppError, type Language } from '../core/errors.ts'
import { builtInRoles, knownPermissions, seesAll, sightOf, visibilities } from '../core/permissions.ts'
import { findConnectionsOfAccount } from '../db/access.ts'
import { connectionById } from '../db/connections.ts'
import { type PersonRow, personBy } from '../db/people.ts'
import { type RoleRow, roleById } from '../db/roles.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { workspaceById } from '../db/workspaces.ts'
import { type RemoteRecord, readCardSession } from './embed-app.ts'
import type { Caller, HttpEnv } from './runtime.ts'

/** Larger bodies are not of a card: HubSpot's own limit is 1 MB. */
const LIMIT_BYTES = 256 * 1024

/** Who asks, and of which record alone, where it is one; the body as text. Throws `bad signature` or `too large`. */
export async function embedCaller(
  c: Context<HttpEnv>,
): Promise<{ caller: Caller; connectionId: string; email: string; record: RemoteRecord | null; body: string }> {
  const { services, appUrl } = c.var.runtime
  const opened = await ofSession(c)
  if (opened) return opened
  const connector = connectorById(c.req.param('connector') ?? '')
  const { portalId = '', userEmail = '' } = c.req.query()
  if (!connector?.webhook || !portalId) throw new AppError('bad signature')
  const bytes = await readBody(c)
  const { pathname, search } = new URL(c.req.url)
  const request = {
    method: c.req.method,
    url: `${appUrl}${pathname}${search}`,
    headers: c.req.raw.headers,
    body: bytes,
  }
  for (const connection of await findConnectionsOfAccount(services.db, connector.id, portalId)) {
    const credentials = connector.credentials.parse(await services.sealing.open(connection.credentials))
    if ((await connector.webhook.verify(credentials, request, services.now())) !== 'valid') continue
    const caller = await callerOf(c, connection, userEmail)
    return {
      caller,
      connectionId: connection.id,
      email: userEmail,
      record: null,
      body: new TextDecoder().decode(bytes),
    }
  }
  throw new AppError('bad signature')
}

/** A page of ours that the vendor opened by a signed form; its session says who. Undefined where there is none. */
async function ofSession(c: Context<HttpEnv>) {
  const session = await readCardSession(c.var.runtime, c.req.header('authorization'))
  if (!session) return undefined
  const { connectionId, workspaceId, email, record } = session
  const row = await inWorkspace(c.var.runtime.services.db, workspaceId, tx => connectionById(tx, connectionId))
  if (!row || row.connector !== c.req.param('connector')) throw new AppError('bad signature')
  const caller = await callerOf(c, row, email ?? '')
  return { caller, connectionId, email: email ?? '', record, body: new TextDecoder().decode(await readBody(c)) }
}

async function readBody(c: Context<HttpEnv>): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = () => new AppError('too large', { limit: '256 KiB' })
  if (Number(c.req.header('content-length') ?? 0) > LIMIT_BYTES) throw tooLarge()
  const bytes = new Uint8Array(await c.req.arrayBuffer())
  if (bytes.byteLength > LIMIT_BYTES) throw tooLarge()
  return bytes
}

async function callerOf(
  c: Context<HttpEnv>,
  connection: { id: string; workspaceId: string; name: string },
  email: string,
): Promise<Caller> {
  const { workspaceId } = connection
  const caller = await inWorkspace(c.var.runtime.services.db, workspaceId, async tx => {
    const found = email === '' ? undefined : await personBy(tx, { email })
    const person = found?.deactivatedAt ? undefined : found
    const own = person?.roleId ? await roleById(tx, person.roleId) : undefined
    const language = (await workspaceById(tx, workspaceId))?.language ?? 'es'
    return person ? callerOfPerson(workspaceId, language, person, own) : reader(workspaceId, language, connection)
  })
  c.set('caller', caller)
  return caller
}

function callerOfPerson(workspaceId: string, language: Language, person: PersonRow, own: RoleRow | undefined): Caller {
  const { id: agentId, name, email, role, teamIds } = person
  const builtIn = builtInRoles[role as keyof typeof builtInRoles]
  const granted = own ? knownPermissions(own.permissions) : (builtIn?.permissions ?? [])
  const visibility = visibilities.find(each => each === (own ?? builtIn)?.visibility) ?? 'own'
  return {
    ...{ id: `card:${email}`, workspaceId, name, language, agentId, teamIds, session: null },
    ...{ actor: { kind: 'agent', agentId, name }, permissions: new Set(granted), visibility },
    sees: sightOf(visibility, agentId, teamIds),
  }
}

/** They see what the CRM shows them anyway. */
function reader(workspaceId: string, language: Language, { id, name }: { id: string; name: string }): Caller {
  return {
    ...{ id: `card:${id}`, workspaceId, name, language, agentId: null, teamIds: [], session: null },
    ...{ actor: { kind: 'connection', connectionId: id, name }, permissions: new Set(), visibility: 'all' },
    sees: seesAll,
  }
}
