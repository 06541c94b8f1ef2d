/**
 * Before a push that was never answered is repeated: what of it was stored nobody knows, and somebody may have worked on the
 * record since. What is there is heard first, so that a repetition does not write over what people wrote meanwhile.
 */
import { RemoteCallError, type RemoteRecord } from '../connectors/contract.ts'
import { instantOf } from '../core/echo.ts'
import type { Failure } from '../core/failure.ts'
import type { LinkRow } from '../db/links.ts'
import { applyRecord, type Touched } from './apply-touched.ts'
import type { SyncContext } from './context.ts'
import type { OpenConnection } from './open-connection.ts'
import { twice } from './outage.ts'

/** The record is there, and what we said of it last may be or not; or it crossed with theirs. */
export function isUnanswered(link: LinkRow | undefined): link is LinkRow & { remoteId: string } {
  return Boolean(link?.remoteId && link.pushing)
}

/** Why they could not be heard; null where they were. A record that is gone says so when it is pushed. */
export async function hearUnanswered(
  ctx: SyncContext,
  connection: OpenConnection,
  kind: 'contact' | 'ticket',
  links: (LinkRow & { remoteId: string })[],
): Promise<Failure | null> {
  const { connector, remote } = connection
  try {
    const ids = links.map(link => link.remoteId)
    for (const record of await connector[kind].read(remote, ids)) {
      const link = links.find(each => each.remoteId === record.remoteId || record.aliases?.includes(each.remoteId))
      if (!link) continue
      const at = changedAt(record, link) ?? ctx.now
      const about: Touched = { deliveryId: '', object: kind, remoteId: link.remoteId, at, byUs: false, values: {} }
      await twice(() => applyRecord(ctx, connection, { ...link, owner: link.recordId }, record, about))
    }
    return null
  } catch (error) {
    if (error instanceof RemoteCallError) return stillUnanswered(error.failure)
    throw error
  }
}

/** When somebody changed it there last; where that was our own push, theirs came before it. */
function changedAt({ version }: RemoteRecord, { remoteVersion }: LinkRow): Date | null {
  const at = version === null ? null : instantOf(version)
  return at && version === remoteVersion ? new Date(at.getTime() - 1) : at
}

/** What the last push said may be stored, whatever this reading met. */
function stillUnanswered(failure: Failure): Failure {
  return failure.kind === 'ambiguous' ? failure : { ...failure, maybeStored: true }
}
