/** Records of ours that somebody touched in the CRM: read again, judged, merged, carried out. */
import { answersTo, type RemoteAuthor, type RemoteRecord } from '../connectors/contract.ts'
import { instantOf, judge, same, type Values } from '../core/echo.ts'
import { differing } from '../core/merge.ts'
import { overwritten, type Tellings } from '../core/tellings.ts'
import { openConflictsOf } from '../db/conflicts.ts'
import { countNearMiss } from '../db/connections.ts'
import { survivorsOf } from '../db/contact-merges.ts'
import { doubtLinks, type LinkRow, linksByRemote, lockLink, pushesUnderWay, saveHeard } from '../db/links.ts'
import { lookAgain, outboxDirtyAt, tellConnections } from '../db/outbox.ts'
import { latestProvenance } from '../db/provenance.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { carryOut } from './carry-out.ts'
import { keepConflicts } from './conflicts.ts'
import type { SyncContext } from './context.ts'
import { loadRecords } from './load-records.ts'
import { holdPaused, mergeRows } from './merge-rows.ts'
import type { OpenConnection } from './open-connection.ts'
import { isOutage, twice } from './outage.ts'
import { toRemote } from './to-remote.ts'

/** `deliveryId`: the last delivery that named it. */
export type Touched = {
  deliveryId: string
  object: 'contact' | 'ticket'
  remoteId: string
  at: Date
  byUs: boolean
  /** Who changed it there, where the CRM says. */
  author?: RemoteAuthor
  values: Values
  tellings?: Tellings
}

/**
 * `early`: somebody touched a record that may be one whose push has not given its id yet. `broken`: those that could not
 * be carried out, and would fail again.
 */
export type TouchedOutcome = { early: boolean; broken: { touched: Touched; error: unknown }[] }

/** A push whose answer has not come by then is not under way but lost, and its echo too has long been here; ms. */
const UNDER_WAY_MS = 60_000

/** Throws `RemoteCallError` when the CRM cannot be reached. */
export async function applyTouched(
  ctx: SyncContext,
  connection: OpenConnection,
  touched: Touched[],
): Promise<TouchedOutcome> {
  const broken: TouchedOutcome['broken'] = []
  let early = false
  for (const object of ['contact', 'ticket'] as const) {
    const mine = touched.filter(each => each.object === object)
    if (mine.length === 0) continue
    const { links, underWay, became } = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
      const ids = mine.map(each => each.remoteId)
      const links = await linksByRemote(tx, connection.row.id, object, ids)
      return {
        links,
        underWay: await pushesUnderWay(tx, connection.row.id, object, new Date(ctx.now.getTime() - UNDER_WAY_MS)),
        // Of a contact that was merged here the record may still be there: what is said of it, is said of the survivor.
        became:
          object === 'contact'
            ? await survivorsOf(
                tx,
                links.map(link => link.recordId),
              )
            : new Map<string, string>(),
      }
    })
    const known = new Map(links.map(link => [link.remoteId, link]))
    // Records of theirs that are none of ours concern us not.
    early ||= underWay && mine.some(each => !each.byUs && !known.has(each.remoteId))
    const news = mine.filter(each => {
      const link = known.get(each.remoteId)
      return link && !isOwnVoice(link, each)
    })
    if (news.length === 0) continue
    for (const remote of await readEach(connection, object, news, broken)) {
      const about = news.find(each => answersTo(remote, each.remoteId))
      const link = about && known.get(about.remoteId)
      if (!link) continue
      try {
        const recordId = became.get(link.recordId) ?? link.recordId
        await twice(() => applyRecord(ctx, connection, { ...link, owner: recordId }, remote, about))
      } catch (error) {
        if (isOutage(error)) throw error
        broken.push({ touched: about, error })
      }
    }
  }
  return { early, broken }
}

/** In one go; where that fails by what is asked, one by one, to find the one at fault. */
async function readEach(
  { connector, remote }: OpenConnection,
  object: Touched['object'],
  news: Touched[],
  broken: TouchedOutcome['broken'],
): Promise<RemoteRecord[]> {
  const read = (some: Touched[]) =>
    connector[object].read(
      remote,
      some.map(each => each.remoteId),
    )
  try {
    return await read(news)
  } catch (error) {
    if (isOutage(error)) throw error
  }
  const records: RemoteRecord[] = []
  for (const touched of news) {
    try {
      records.push(...(await read([touched])))
    } catch (error) {
      if (isOutage(error)) throw error
      broken.push({ touched, error })
    }
  }
  return records
}

/** The vendor calls it ours, and it says nothing but what we said: the record need not be read. */
function isOwnVoice(link: LinkRow, { byUs, values }: Touched): boolean {
  return (
    byUs &&
    Object.entries(values).every(([field, value]) => {
      const said = [link.base?.[field], link.pushing?.[field]].filter(each => each !== undefined)
      return said.length === 0 || said.some(each => same(each, value))
    })
  )
}

/** `owner`: the record of ours that it speaks of today. */
export type OwnedLink = LinkRow & { owner: string }

/** What a record there says, judged against what we said, merged and carried out. Throws what the database does. */
export async function applyRecord(
  ctx: SyncContext,
  connection: OpenConnection,
  link: OwnedLink,
  remote: RemoteRecord,
  about: Touched,
) {
  const { object } = about
  const lost = lostToUs(link, remote, about)
  // As if theirs were still there, and the two had never agreed on ours: the policy decides between them.
  const base = without(link.base ?? {}, lost)
  const values = holdPaused(connection, object, { ...remote.values, ...lost })
  // What an unanswered push said and is there both sides agree on: the next may say otherwise, and be lost too.
  const arrived = sameOf(values, link.pushing ?? {})
  const isNews = !about.byUs && differing(arrived, base).length > 0
  const pushing = isNews ? await ownWords(ctx, connection, object, link) : link.pushing
  const verdict = judge(
    { base, pushing, remoteVersion: link.remoteVersion },
    { values, version: remote.version, byUs: about.byUs },
  )
  if (verdict.kind === 'stale') return
  if (verdict.kind === 'echo') {
    if (differing(arrived, base).length === 0) return
    const heard = { recordId: link.recordId, base: arrived, remoteVersion: remote.version }
    await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
      if (isAsRead(await lockLink(tx, link.id), link)) await saveHeard(tx, connection.row.id, object, heard, ctx.now)
    })
    return
  }
  const { ours, dirtyAt, written, waiting } = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    if (verdict.nearMiss) await countNearMiss(tx, connection.row.id, 1)
    const [records, dirtyAt, written, waiting] = await Promise.all([
      loadRecords(tx, object, [link.owner], ctx.workspaceId),
      outboxDirtyAt(tx, connection.row.id, object, link.owner),
      latestProvenance(tx, link.owner),
      openConflictsOf(tx, connection.row.id, link.owner),
    ])
    return { ours: records.get(link.owner), dirtyAt, written, waiting }
  })
  if (!ours || ours.kind === 'message') return
  const theirs = { values: { ...remote.values, ...verdict.changed }, changed: verdict.changed }
  const said = { at: about.at, byUs: about.byUs, by: about.author?.by ?? null, user: about.author?.user ?? null }
  const since = dirtyAt ?? (Object.keys(lost).length > 0 ? link.updatedAt : null)
  const merged = mergeRows(connection, ours, { base, theirs, said, dirtyAt: since, written, waiting })
  const mapped = toRemote(connection, ours, base).values
  const { take } = merged
  await keepConflicts(ctx, connection, { kind: object, id: link.owner }, merged, said)
  const from = { remoteId: remote.remoteId, user: said.user }
  const possible =
    Object.keys(take).length === 0 ||
    (await carryOut(ctx, connection, object, link.owner, mapped, take, about.at, from))
  const changed = without(verdict.changed, lost)
  await agree(ctx, connection, link, remote, { arrived, changed, take: possible ? take : {} })
}

/** What they set a moment before our last push wrote over it. While another is under way nobody can tell. */
function lostToUs({ pushing, said, remoteVersion, updatedAt }: LinkRow, remote: RemoteRecord, about: Touched): Values {
  if (pushing || !said || !about.tellings) return {}
  const byUsAt = remote.version !== null && remote.version === remoteVersion ? instantOf(remote.version) : null
  return overwritten(about.tellings, { there: remote.values, said, since: updatedAt, byUsAt })
}

function without(values: Values, fields: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([field]) => !(field in fields)))
}

/**
 * What the push under way says, without the fields that they have written since: whatever it said there, what they hold now
 * came after it, also where it is the same.
 */
async function ownWords(ctx: SyncContext, connection: OpenConnection, object: Touched['object'], link: OwnedLink) {
  const written = await inWorkspace(ctx.db, ctx.workspaceId, tx => latestProvenance(tx, link.owner))
  const theirs = connection.mapping[object]
    .filter(({ ours }) => {
      const actor = written.find(({ field }) => field === ours)?.actor
      return actor?.kind === 'connection' && actor.connectionId === connection.row.id
    })
    .flatMap(row => row.theirs)
  return Object.fromEntries(Object.entries(link.pushing ?? {}).filter(([field]) => !theirs.includes(field)))
}

/** Fields of which both say the same. */
function sameOf(theirs: Values, said: Values): Values {
  return Object.fromEntries(
    Object.entries(theirs).filter(([field, value]) => field in said && same(value, said[field])),
  )
}

/**
 * The base moves to what they hold; what we hold otherwise by now, as a consequence or by winning, is told back. Of a field that a
 * push of ours said after the reading they may hold that instead: there the base stays what it is, and what they hold is heard
 * before what we took is told.
 */
async function agree(
  ctx: SyncContext,
  connection: OpenConnection,
  link: OwnedLink,
  remote: RemoteRecord,
  { arrived, changed, take }: { arrived: Values; changed: Values; take: Values },
) {
  await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const now = await lockLink(tx, link.id)
    const isStill = isAsRead(now, link)
    if (!isStill || link.pushing)
      await lookAgain(tx, ctx.workspaceId, connection.row.id, { ...link, recordId: link.owner }, ctx.now)
    if (!now) return
    const all = { ...arrived, ...changed }
    const agreed = isStill ? all : untouched(all, link, now)
    if (differing(all, agreed).length > 0) await doubtLinks(tx, connection.row.id, link.kind, [link.recordId])
    const heard = { recordId: link.recordId, base: agreed, remoteVersion: isStill ? remote.version : null }
    const base = await saveHeard(tx, connection.row.id, link.kind, heard, ctx.now)
    const ours = (await loadRecords(tx, link.kind, [link.owner], ctx.workspaceId)).get(link.owner)
    const kept = Object.keys(changed).some(field => !(field in take))
    // The survivor's own record there has not heard of it.
    const isBeside = link.owner !== link.recordId
    if (ours && (isBeside || kept || differing(toRemote(connection, ours, base).values, base).length > 0)) {
      await tellConnections(tx, ctx.workspaceId, [{ kind: link.kind, recordId: link.owner }], ctx.now, null)
    }
  })
  await ctx.emit([
    { name: 'sync/outbox.dirty', data: { workspaceId: ctx.workspaceId, connectionId: connection.row.id } },
  ])
}

/** Nothing has left, or was answered, since it was read to be compared. */
function isAsRead(now: LinkRow | undefined, read: LinkRow): boolean {
  const stateOf = ({ base, pushing, remoteVersion }: LinkRow) => JSON.stringify([base, pushing, remoteVersion])
  return now !== undefined && stateOf(now) === stateOf(read)
}

/** The values of fields that no push of ours has said, and nothing was heard of, since the record was read. */
function untouched(values: Values, read: LinkRow, now: LinkRow): Values {
  const isSaid = (field: string) => [read, now].some(({ pushing }) => pushing && field in pushing)
  return Object.fromEntries(
    Object.entries(values).filter(([field]) => !isSaid(field) && same(read.base?.[field], now.base?.[field])),
  )
}
