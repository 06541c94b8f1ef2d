/** A person who asks to be forgotten, erased in a CRM for good (GDPR, LGPD). Here they stay, and nothing of them is told there again. */
import { type EraseResult, RemoteCallError } from '../connectors/contract.ts'
import type { Actor } from '../core/actor.ts'
import { AppError } from '../core/errors.ts'
import type { Failure } from '../core/failure.ts'
import { writeAudit } from '../db/audit.ts'
import { connectionById } from '../db/connections.ts'
import { mergedInto, survivorOf } from '../db/contact-merges.ts'
import { forgetLinks, type LinkRow, linksOf } from '../db/links.ts'
import { heldRecords, holdErased } from '../db/round-trips.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { newId } from '../inbox/context.ts'
import type { SyncContext } from './context.ts'
import { keepAccount, openConnection } from './open-connection.ts'
import { releaseHeldPair } from './storm.ts'

/** The connection, the contact of ours, and the ids it had there: more than one where contacts were merged here alone. */
export type Erased = { connectionId: string; contactId: string; remoteIds: string[] }

type Linked = LinkRow & { remoteId: string }

/**
 * Their pair is held first, so that no push makes them anew meanwhile; after a refusal it is as it was. A call that was not
 * answered leaves it held, and may be repeated: whoever is not there is erased. Throws `not found`, `not there`
 * (the contact has no counterpart), `connection stopped`, `crm refused` and `crm silent`.
 */
export async function eraseThere(
  ctx: SyncContext,
  { connectionId, contactId }: { connectionId: string; contactId: string },
  actor: Actor,
): Promise<Erased> {
  const { row, person, links } = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const [row, person] = await Promise.all([connectionById(tx, connectionId), survivorOf(tx, contactId)])
    if (!row) throw new AppError('not found', { what: 'connection' })
    if (!person) throw new AppError('not found', { what: 'contact' })
    const links = await linksOf(tx, connectionId, 'contact', [person, ...(await mergedInto(tx, person))])
    return { row, person, links: links.filter((link): link is Linked => link.remoteId !== null) }
  })
  if (row.state !== 'active') throw new AppError('connection stopped', { reason: row.stateReason ?? row.state })
  const connection = await openConnection(ctx, row)
  const { connector, remote } = connection
  if (links.length === 0) throw new AppError('not there', { connector: connector.name })
  if (!connector.contact.erase) throw new AppError('crm refused', { connector: connector.name, reason: 'no erasure' })
  const fresh = await hold(ctx, connectionId, links)
  const erased: Linked[] = []
  try {
    for (const link of links) {
      const result = await connector.contact.erase(remote, link.remoteId).catch(asFailed)
      if (result.kind === 'failed') throw await refused(ctx, result.failure, connector.name, { fresh, erased, actor })
      erased.push(link)
    }
  } finally {
    await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
      await keepAccount(tx, connection)
      if (erased.length === 0) return
      const recordIds = erased.map(link => link.recordId)
      await forgetLinks(tx, connectionId, 'contact', recordIds)
      await writeAudit(tx, { ...ctx, actor }, newId(), {
        ...{ action: 'contact erased there', subjectKind: 'contact', subjectId: person },
        data: { connectionId, remoteIds: erased.map(link => link.remoteId) },
      })
    })
  }
  return { connectionId, contactId: person, remoteIds: erased.map(link => link.remoteId) }
}

function asFailed(error: unknown): EraseResult {
  if (error instanceof RemoteCallError) return { kind: 'failed', failure: error.failure }
  throw error
}

/** The pairs that are held now and were not before. */
function hold(ctx: SyncContext, connectionId: string, links: Linked[]): Promise<string[]> {
  const { db, workspaceId, now } = ctx
  const kind = 'contact'
  const rows = links.map(({ recordId }) => ({ id: newId(), workspaceId, connectionId, kind, recordId }) as const)
  return inWorkspace(db, workspaceId, async tx => {
    const recordIds = links.map(link => link.recordId)
    const before = await heldRecords(tx, connectionId, kind, recordIds)
    const held = await holdErased(tx, rows, { at: now, now })
    return held.flatMap(({ id, recordId }) => (before.has(recordId) ? [] : [id]))
  })
}

/** Of a refusal nothing stays, unless something of them is gone. */
async function refused(
  ctx: SyncContext,
  failure: Failure,
  connector: string,
  { fresh, erased, actor }: { fresh: string[]; erased: Linked[]; actor: Actor },
): Promise<AppError> {
  const isUnknown = failure.kind === 'ambiguous' || Boolean(failure.maybeStored)
  if (!isUnknown && erased.length === 0) for (const id of fresh) await releaseHeldPair(ctx, id, actor)
  const isRefusal = failure.kind === 'rejected' || failure.kind === 'unauthorized'
  return new AppError(isRefusal ? 'crm refused' : 'crm silent', { connector, reason: failure.message })
}
