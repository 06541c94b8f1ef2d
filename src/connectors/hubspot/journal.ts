/**
 * The Webhooks Journal: everything that happened to the objects we subscribed to, in order, for three days. It is read with
 * a token of the app's own. https://developers.hubspot.com/docs/api-reference/latest/webhooks-journal/journal-entries/guide
 */
import { z } from 'zod'
import type { ChangesPage, RemoteChange, RemoteValues } from '../contract.ts'
import { RemoteCallError } from '../contract.ts'
import { request } from './client.ts'
import { isOAuth, type OAuthAccess } from './credentials.ts'
import { appToken } from './oauth.ts'
import { type JournalEvent, journalFile, journalLink, journalLinks, journalSubscriptions } from './schema.ts'
import type { HubSpotContext } from './settings.ts'
import { gathered } from './webhook.ts'

const VERSION = '2026-03'
const READ = 'developer.webhooks_journal.read'
const SUBSCRIBE = 'developer.webhooks_journal.subscriptions.read developer.webhooks_journal.subscriptions.write'

/** Entries of a page; each is a file to be fetched. */
const ENTRIES = 20

const OBJECTS = { '0-1': 'contact', '0-5': 'ticket' } as const
const ACTIONS = ['CREATE', 'UPDATE', 'DELETE', 'MERGE', 'RESTORE']

/** Null where nothing has been entered yet. Throws RemoteCallError. */
export async function journalOffset(ctx: HubSpotContext, which: 'earliest' | 'latest'): Promise<string | null> {
  const link = await call(await asApp(ctx, READ), { path: local(ctx, which), schema: journalLink.partial() })
  return link.currentOffset ?? null
}

/** Those after `offset`. HubSpot answers 404 where that is past three days: then `lost`, and it begins with now. */
export async function readJournal(ctx: HubSpotContext, offset: string): Promise<ChangesPage> {
  const app = await asApp(ctx, READ)
  const path = local(ctx, `batch/${encodeURIComponent(offset)}/next/${ENTRIES}`)
  let links: z.infer<typeof journalLinks>
  try {
    links = await call(app, { path, schema: journalLinks })
  } catch (error) {
    if (!(error instanceof RemoteCallError) || error.failure.kind !== 'gone') throw error
    const latest = (await journalOffset(ctx, 'latest')) ?? offset
    return { changes: [], cursor: `journal:${latest}`, more: false, lost: true }
  }
  const changes: RemoteChange[] = []
  for (const { url } of links.results) {
    const { journalEvents } = await download(ctx, url)
    changes.push(...journalEvents.flatMap(event => (isHere(ctx, event) ? fromJournal(event) : [])))
  }
  const last = links.results.at(-1)?.currentOffset ?? offset
  return { changes: gathered(changes), cursor: `journal:${last}`, more: links.results.length === ENTRIES, lost: false }
}

/** What the account's journal is to hold; those that are there already stay. Throws RemoteCallError. */
export async function subscribeJournal(ctx: HubSpotContext, portalId: string): Promise<void> {
  const app = await asApp(ctx, SUBSCRIBE)
  const path = `/webhooks-journal/subscriptions/${VERSION}`
  const { results } = await call(app, { path, schema: journalSubscriptions })
  for (const objectTypeId of Object.keys(OBJECTS)) {
    if (results.some(each => each.objectTypeId === objectTypeId && each.portalId === portalId)) continue
    const body = { subscriptionType: 'OBJECT', objectTypeId, portalId: Number(portalId), actions: ACTIONS }
    await call(app, { path, body, schema: z.unknown() })
  }
}

/** As the app itself, not as the account that installed it. */
async function asApp(ctx: HubSpotContext, scope: string): Promise<HubSpotContext> {
  const credentials = ctx.credentials as OAuthAccess
  if (!isOAuth(ctx.credentials)) throw new Error('The journal is for apps installed by OAuth')
  return { ...ctx, credentials: { ...credentials, accessToken: await appToken(ctx, credentials, scope) } }
}

function local({ settings }: HubSpotContext, path: string): string {
  const query = settings.portalId ? `?installPortalId=${encodeURIComponent(settings.portalId)}` : ''
  return `/webhooks-journal/journal-local/${VERSION}/${path}${query}`
}

async function call<Schema extends z.ZodType>(
  ctx: HubSpotContext,
  { path, body, schema }: { path: string; body?: unknown; schema: Schema },
): Promise<z.infer<Schema>> {
  const method = body === undefined ? 'GET' : 'POST'
  const answer = await request(ctx, { method, path, purpose: 'read', schema, ...(body === undefined ? {} : { body }) })
  if (answer.kind === 'answered') return answer.value
  // It is the app that lacks a scope: the account's own token is none the worse for it.
  const { failure } = answer
  throw new RemoteCallError(failure.kind === 'unauthorized' ? { ...failure, kind: 'rejected' } : failure)
}

/** A signed link to a store of files, which is not to see our token. */
async function download({ fetch }: HubSpotContext, url: string): Promise<z.infer<typeof journalFile>> {
  const response = await fetch(url, { headers: { accept: 'application/json' } })
  const text = await response.text()
  try {
    if (response.ok) return journalFile.parse(JSON.parse(text))
  } catch (cause) {
    throw new RemoteCallError(unreadable('it could not be read'), { cause })
  }
  throw new RemoteCallError(unreadable(`HTTP ${response.status}`))
}

function unreadable(why: string) {
  return { kind: 'retry after' as const, afterMs: 30_000, message: `A file of HubSpot's journal: ${why}` }
}

function isHere({ settings }: HubSpotContext, { portalId }: JournalEvent): boolean {
  return portalId === undefined || settings.portalId === '' || portalId === settings.portalId
}

/** The journal does not say through which app a change was made. */
function fromJournal(event: JournalEvent): RemoteChange[] {
  const object = OBJECTS[event.objectTypeId as keyof typeof OBJECTS]
  const at = new Date(event.occurredAt)
  const remoteId = event.objectId
  if (!object || Number.isNaN(at.getTime())) return []
  switch (event.action) {
    case 'CREATE':
    case 'UPDATE':
    case 'RESTORE':
    case 'ASSOCIATION_ADDED':
    case 'ASSOCIATION_REMOVED':
      return [{ kind: 'touched', object, remoteId, at, byUs: false, values: valuesOf(event) }]
    case 'DELETE':
      return [{ kind: 'deleted', object, remoteId, at }]
    case 'MERGE': {
      const survivor = event.newObjectId ?? event.primaryObjectId ?? remoteId
      const old = [event.primaryObjectId, ...(event.mergedObjectIds ?? []), remoteId]
      const mergedIds = [...new Set(old.flatMap(id => (id === undefined || id === survivor ? [] : [id])))]
      return [{ kind: 'merged', object, remoteId: survivor, mergedIds, at }]
    }
    default:
      return []
  }
}

function valuesOf({ propertyChanges }: JournalEvent): RemoteValues {
  const entries = Object.entries(propertyChanges ?? {})
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}
