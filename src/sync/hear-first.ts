/**
 * What is there is heard before something of ours is written over it: people may have worked on the record since we heard of it
 * last, and their webhook is still under way, or was lost. So it is also where a push was never answered: what of it was stored
 * nobody knows.
 */
import {
  answersTo,
  type ObjectKind,
  RemoteCallError,
  type RemoteRecord,
  type RemoteValues,
} from '../connectors/contract.ts'
import { instantOf, same } from '../core/echo.ts'
import type { Failure } from '../core/failure.ts'
import { mayStand } from '../core/mapping/apply.ts'
import type { MappedKind } from '../core/mapping/row.ts'
import type { LinkRow } from '../db/links.ts'
import { applyRecord, type Touched } from './apply-touched.ts'
import type { SyncContext } from './context.ts'
import type { OpenConnection } from './open-connection.ts'
import { twice } from './outage.ts'
import type { Ready } from './prepare-push.ts'
import { toldMeanwhile } from './told.ts'

/** One that has its counterpart. */
export type Linked = LinkRow & { remoteId: string }

/**
 * The record is there, and what we said of it last may be or not, or crossed with theirs; or a policy may have what they hold
 * stand in what we are about to say.
 */
export function mustBeHeard(
  { connector, mapping }: OpenConnection,
  kind: ObjectKind,
  link: LinkRow | undefined,
  changed: readonly string[],
): link is Linked {
  // Messages are told, and never heard of again.
  if (kind === 'message' || !link?.remoteId) return false
  return link.pushing !== null || (!connector[kind].looksFirst && mayStand(mapping[kind], changed))
}

/** Why they could not be heard; null where they were. A record that is gone says so when it is pushed. */
export async function hearFirst(
  ctx: SyncContext,
  connection: OpenConnection,
  kind: MappedKind,
  links: Linked[],
): Promise<Failure | null> {
  const { connector, remote } = connection.toHear()
  try {
    const ids = links.map(link => link.remoteId)
    const records = await connector[kind].read(remote, ids)
    const told = await toldMeanwhile(ctx, connection, kind)
    for (const record of records) {
      const link = links.find(each => answersTo(record, each.remoteId))
      if (!link) continue
      const about = told.get(record.remoteId)
      const touched =
        about && isAllOf(about, newsOf(connection, record, link)) ? about : asRead(ctx, kind, record, link)
      await twice(() => applyRecord(ctx, connection, { ...link, owner: link.recordId }, record, touched))
    }
    return null
  } catch (error) {
    if (error instanceof RemoteCallError) return stillUnanswered(error.failure)
    throw error
  }
}

/** For plans: the calls alone, in which what is there would be asked. Throws `RemoteCallError`. */
export async function askFirst(
  connection: OpenConnection,
  kind: MappedKind,
  ready: Pick<Ready<unknown>, 'link' | 'item'>[],
) {
  const ids = ready.flatMap(({ link, item }) =>
    mustBeHeard(connection, kind, link, item.changed) ? [link.remoteId] : [],
  )
  if (ids.length > 0) await connection.connector[kind].read(connection.remote, ids)
}

/** What of the mapped fields is another than was agreed. */
function newsOf({ mapping }: OpenConnection, { values }: RemoteRecord, { kind, base }: Linked): RemoteValues {
  const mapped = kind === 'message' ? [] : mapping[kind].flatMap(row => row.theirs)
  return Object.fromEntries(
    Object.entries(values).filter(([field, value]) => mapped.includes(field) && !same(value, base?.[field])),
  )
}

/** Else somebody else may have changed the rest, later. */
function isAllOf({ byUs, values }: Touched, news: RemoteValues): boolean {
  return !byUs && Object.entries(news).every(([field, value]) => field in values && same(values[field], value))
}

/** Of what nobody told: by whom it was changed is not known. */
function asRead(ctx: SyncContext, object: MappedKind, record: RemoteRecord, link: Linked): Touched {
  const at = changedAt(record, link) ?? ctx.now
  return { deliveryId: '', object, remoteId: link.remoteId, at, byUs: false, values: {} }
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
