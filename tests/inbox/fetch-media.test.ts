/** Fetching: what ends it, who has it in hand, and nothing shared between workspaces. */
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { type DomainEvent, mediaDue } from '../../src/core/events.ts'
import { seesAll } from '../../src/core/permissions.ts'
import { dueMedia, type MediaRow } from '../../src/db/media.ts'
import { createSealing } from '../../src/db/sealing.ts'
import { fetchMedia, type MediaContext } from '../../src/inbox/fetch-media.ts'
import { lookIntoMedia } from '../../src/inbox/look-into-media.ts'
import { wakeChannel } from '../../src/inbox/wake-channel.ts'
import { type MemoryBlobs, memoryBlobs } from '../support/blobs.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { deliver } from '../support/deliver.ts'
import { webhook } from '../support/whatsapp.ts'
import { type TestWorkspace, testWorkspace } from '../support/workspace.ts'

let database: TestDatabase
let workspace: TestWorkspace
let blobs: MemoryBlobs
/** What Meta answers, by the host asked; and what was asked. */
let graph: () => Response
let store: () => Response | Promise<Response>
let asked: string[]
const sealing = createSealing(['a sealing key for tests, of 32 characters'])
const TEN = new Date('2026-11-02T16:00:00Z')
const BYTES = new TextEncoder().encode('a list of prices')
const SHA = createHash('sha256').update(BYTES).digest()
const DOOR = 'https://lookaside.fbsbx.com/a'

beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

beforeEach(async () => {
  workspace = await openWorkspace()
  blobs = memoryBlobs()
  asked = []
  graph = () => Response.json({ url: DOOR, mime_type: 'text/plain', sha256: SHA.toString('hex'), file_size: 16 })
  store = () => new Response(BYTES)
})

async function openWorkspace() {
  const made = await testWorkspace(database.db)
  const token = await sealing.seal('token')
  await database.owner`update channels set token = ${token} where id = ${made.channelId}`
  return made
}

async function receive({ phoneNumberId }: TestWorkspace, more: object = {}) {
  const document = { id: '4001', mime_type: 'text/plain', filename: 'precios.txt', ...more }
  const said = { from: '5215512340001', at: TEN, raw: { type: 'document', document } }
  await deliver(database.db, webhook(phoneNumberId, [said]), TEN)
}

function context(now = TEN, { workspaceId } = workspace): MediaContext {
  const call: typeof fetch = async input => {
    const { hostname } = new URL(String(input))
    asked.push(hostname)
    return hostname === 'graph.facebook.com' ? graph() : store()
  }
  const whatsapp = { fetch: call, baseUrl: 'https://graph.facebook.com', version: 'v26.0' }
  return { db: database.db, workspaceId, now, whatsapp, sealing, blobs }
}

async function row({ workspaceId } = workspace): Promise<MediaRow> {
  const [found] = await database.owner<MediaRow[]>`select * from media where workspace_id = ${workspaceId}`
  if (!found) throw new Error('There is no file')
  return found
}
const after = (ms: number) => new Date(TEN.getTime() + ms)
const bring = async (now = TEN) => fetchMedia(context(now), (await row()).id)

it('is written with its message, once in any number of deliveries', async () => {
  await Promise.all([receive(workspace), receive(workspace)])
  await receive(workspace)
  expect(await row()).toMatchObject({ state: 'waiting', remoteId: '4001', fileName: 'precios.txt', kind: 'document' })
})

it('the webhook’s own address does, without asking for another; the message does not keep it', async () => {
  await receive(workspace, { url: DOOR, sha256: SHA.toString('base64') })
  expect(await bring()).toEqual({ kind: 'stored' })
  expect(asked).toEqual(['lookaside.fbsbx.com'])
  const [message] = await database.owner`select content from messages where workspace_id = ${workspace.workspaceId}`
  expect(message?.content).not.toHaveProperty('url')
  expect(blobs.files.get((await row()).blobKey ?? '')).toEqual(BYTES)
})

it('is asked for again later and later, and in the end by nobody', async () => {
  await receive(workspace)
  store = () => new Response('other bytes')
  const waits: number[] = []
  let now = TEN
  for (let n = 0; n < 20; n++) {
    const fetched = await bring(now)
    if (fetched.kind !== 'retry after') break
    waits.push(fetched.afterMs)
    now = new Date(now.getTime() + fetched.afterMs)
  }
  expect(waits).toEqual([...waits].sort((a, b) => a - b))
  expect(waits).toHaveLength(7)
  expect(await row()).toMatchObject({ state: 'failed', attempts: 8, cause: expect.stringContaining('SHA-256') })
  expect(blobs.files.size).toBe(0)
  expect(
    [...(await dueMedia(database.db, after(1e12), 1000))].filter(due => due.workspaceId === workspace.workspaceId),
  ).toEqual([])
})

it('is asked for at once when the number has a token again, whether it waited or was given up', async () => {
  graph = () => Response.json({ error: { message: 'expired', code: 190 } }, { status: 401 })
  await receive(workspace)
  await bring()
  expect((await row()).availableAt?.getTime()).toBeGreaterThan(after(1000).getTime())
  const events: DomainEvent[] = []
  const actor = { kind: 'system' as const }
  const emit = async (list: DomainEvent[]) => void events.push(...list)
  const wake = (now: Date) => wakeChannel({ ...context(now), actor, sees: seesAll, emit }, workspace.channelId)
  await wake(after(1000))
  expect(events).toEqual([mediaDue({ ...(await row()), mediaId: (await row()).id })])
  await database.owner`update media set state = 'failed', attempts = 8, available_at = null`
  await wake(after(2000))
  graph = () => Response.json({ url: DOOR, mime_type: 'text/plain', sha256: SHA.toString('hex'), file_size: 16 })
  expect(await bring(after(2000))).toEqual({ kind: 'stored' })
  await wake(after(3000))
  expect((await row()).state).toBe('stored')
})

it('is in one hand at a time, and after five minutes in the next', async () => {
  await receive(workspace)
  store = () => new Promise(() => {})
  const first = bring()
  void first
  while (asked.length < 2) await new Promise(resolve => setImmediate(resolve))
  expect(await bring(after(60_000))).toEqual({ kind: 'nothing' })
  store = () => new Response(BYTES)
  expect(await bring(after(301_000))).toEqual({ kind: 'stored' })
})

it.each([
  ['is said to be', () => new Response('x', { headers: { 'content-length': String(101 * 1024 * 1024) } })],
  ['turns out to be', () => new Response(endless())],
])('what %s larger than 100 MB is left', async (_, answer) => {
  await receive(workspace)
  store = answer
  expect(await bring()).toEqual({ kind: 'too large' })
  expect(blobs.files.size).toBe(0)
})

function endless() {
  const piece = new Uint8Array(4 * 1024 * 1024)
  return new ReadableStream<Uint8Array>({ pull: controller => controller.enqueue(piece) })
}

it('an address that is not Meta’s is not asked', async () => {
  await receive(workspace, { url: 'http://169.254.169.254/latest/meta-data' })
  expect(await bring()).toEqual({ kind: 'failed' })
  expect(asked).toEqual([])
})

it('the same bytes of another workspace are not looked at', async () => {
  const announced = { sha256: SHA.toString('base64') }
  await receive(workspace, announced)
  await bring()
  const mine = await row()
  asked = []
  const other = await openWorkspace()
  await receive(other, announced)
  await fetchMedia(context(TEN, other), (await row(other)).id)
  expect(asked).toContain('lookaside.fbsbx.com')
  expect((await row(other)).blobKey).not.toBe(mine.blobKey)
  expect(await fetchMedia(context(TEN, other), mine.id)).toEqual({ kind: 'nothing' })
})

it('a picture that ends whoever looks into it is let be after three', async () => {
  await receive(workspace)
  await bring()
  const never = { ...context(), thumbnail: () => Promise.reject(new Error('no picture')) }
  const { id } = await row()
  await database.owner`update media set attempts = 3 where id = ${id}`
  await lookIntoMedia(never, id)
  expect(await row()).toMatchObject({ state: 'stored', availableAt: null, cause: 'It could not be looked into' })
  expect(await lookIntoMedia(never, id)).toEqual({ kind: 'nothing' })
})
