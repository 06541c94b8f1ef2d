/**
 * What was changed lately, by search: for static tokens, which no journal is for. Deletions are not among it; a
 * reconciliation finds them.
 */
import { z } from 'zod'
import type { ChangesPage, RemoteChange } from '../contract.ts'
import { toRecord, wantedOf } from './read.ts'
import { changedAfter, SEARCH_PAGE } from './search.ts'
import type { HubSpotContext } from './settings.ts'

/** The search index is seconds behind, more under load: each round begins so much before the last one did; ms. */
const OVERLAP_MS = 60_000

const types = ['contacts', 'tickets'] as const
const place = z.object({
  since: z.coerce.number(),
  type: z.enum(types),
  afterId: z.string().regex(/^\d+$/),
  /** When this round began: the next one's `since`, less the overlap. */
  started: z.coerce.number(),
})
type Place = z.infer<typeof place>

/** A cursor that begins now. */
export function startSearching({ now }: HubSpotContext): string {
  return write({ since: now.getTime(), type: 'contacts', afterId: '0', started: now.getTime() })
}

/** Throws RemoteCallError. */
export async function readSearched(ctx: HubSpotContext, cursor: string): Promise<ChangesPage> {
  const [, since, type, afterId, begun] = cursor.split(':')
  const here = place.parse({ since, type, afterId, started: begun })
  const isStart = here.type === 'contacts' && here.afterId === '0'
  const started = isStart ? ctx.now.getTime() : here.started
  const properties = wantedOf(ctx, here.type)
  const { records, lastId } = await changedAfter(ctx, here.type, {
    ...{ since: new Date(here.since), afterId: here.afterId, properties, limit: SEARCH_PAGE },
  })
  const object = here.type === 'contacts' ? 'contact' : 'ticket'
  const changes = records
    .map(found => toRecord(properties, found))
    .flatMap(record => changesOf(object, record, ctx.now))
  const page = { changes, lost: false }
  if (lastId) return { ...page, cursor: write({ ...here, afterId: lastId, started }), more: true }
  if (here.type === 'contacts') {
    return { ...page, cursor: write({ ...here, type: 'tickets', afterId: '0', started }), more: true }
  }
  const next = Math.max(here.since, started - OVERLAP_MS)
  return { ...page, cursor: write({ since: next, type: 'contacts', afterId: '0', started }), more: false }
}

/** A survivor of a merge says so in its own record. */
function changesOf(object: 'contact' | 'ticket', record: ReturnType<typeof toRecord>, now: Date): RemoteChange[] {
  const { remoteId, version, values, aliases = [] } = record
  const at = version ? new Date(version) : now
  const touched = { kind: 'touched' as const, object, remoteId, at, byUs: false, values }
  return aliases.length > 0 ? [{ kind: 'merged', object, remoteId, mergedIds: aliases, at }, touched] : [touched]
}

function write({ since, type, afterId, started }: Place): string {
  return `search:${since}:${type}:${afterId}:${started}`
}
