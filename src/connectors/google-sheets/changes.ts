/**
 * What people did in the spreadsheet, by comparing it with what it was. Nothing is read while Drive says that it is as it was.
 * The cursor holds a fingerprint of each row, so that a page that is read again is the same.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { z } from 'zod'
import { type ChangesPage, RemoteCallError, type RemoteChange } from '../contract.ts'
import { channelState, keptChannel } from './channel.ts'
import { demand, getFile } from './client.ts'
import { columnOf, readTabs, rowsByKey, type Tab, tabIn } from './grid.ts'
import { KEY } from './layout.ts'
import { takeOutbox } from './outbox.ts'
import type { SheetsContext } from './settings.ts'
import { valuesOf } from './values.ts'

/** Drive rings where it can; this finds what it did not ring for. */
export const CHANGES_EVERY_MS = 60_000

const prints = z.record(z.string(), z.string())
const cursorShape = z.object({
  /** Drive's count of changes to the file. */
  version: z.string(),
  contact: prints,
  ticket: prints,
  /** Rows of the outbox that were handed on. */
  sent: z.array(z.string()),
  channel: channelState.nullable(),
})
type Cursor = z.infer<typeof cursorShape>

/** Throws RemoteCallError. */
export async function readChanges(ctx: SheetsContext, text: string | null): Promise<ChangesPage> {
  const before = text === null ? null : cursorOf(text)
  const channel = await keptChannel(ctx, before?.channel ?? null)
  // Before the cells: what changes meanwhile is seen the next time.
  const { version, modifiedTime, trashed } = await demand(getFile(ctx))
  if (trashed) {
    const message = 'The spreadsheet is in the bin: take it out of there'
    throw new RemoteCallError({ kind: 'unauthorized', message })
  }
  if (before?.version === version) return page([], { ...before, channel })
  const names = ['contact', 'ticket', 'outbox'] as const
  const tabs = await readTabs(
    ctx,
    names.map(name => ({ name, fields: 'all' as const })),
    true,
  )
  const at = new Date(modifiedTime)
  const [contact, ticket] = [
    printsOf(tabIn(tabs, 'contact'), before?.contact),
    printsOf(tabIn(tabs, 'ticket'), before?.ticket),
  ]
  const { replies, sent } = await takeOutbox(ctx, tabIn(tabs, 'outbox'), before?.sent ?? null, at)
  const cursor = { version, contact, ticket, sent, channel }
  if (!before) return page([], cursor)
  const changes = [
    ...differences('contact', before.contact, contact, at),
    ...differences('ticket', before.ticket, ticket, at),
    ...replies,
  ]
  return page(changes, cursor)
}

function page(changes: RemoteChange[], cursor: Cursor): ChangesPage {
  return { changes, cursor: JSON.stringify(cursor), more: false, lost: false }
}

/** One that cannot be read is as none: a reconciliation compares everything each night. */
function cursorOf(text: string): Cursor | null {
  return cursorShape.safeParse(JSON.parse(text)).data ?? null
}

/** Of rows with the same key nobody knows which is meant: they are as they were, until a person has chosen. */
function printsOf(tab: Tab, before: Record<string, string> = {}): Record<string, string> {
  columnOf(tab, KEY)
  const found: Record<string, string> = {}
  for (const [key, [row, ...others]] of rowsByKey(tab)) {
    const print = row && others.length === 0 ? fingerprint(valuesOf(tab, row)) : before[key]
    if (print !== undefined) found[key] = print
  }
  return found
}

function fingerprint(values: Record<string, string | null>): string {
  const said = Object.entries(values).filter(([, value]) => value !== null)
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify(said.sort(([a], [b]) => (a < b ? -1 : 1)))))).slice(0, 12)
}

function differences(
  object: 'contact' | 'ticket',
  before: Record<string, string>,
  now: Record<string, string>,
  at: Date,
): RemoteChange[] {
  const touched = Object.keys(now).filter(key => now[key] !== before[key])
  const deleted = Object.keys(before).filter(key => !(key in now))
  return [
    ...touched.map(remoteId => ({ kind: 'touched' as const, object, remoteId, at, byUs: false, values: {} })),
    ...deleted.map(remoteId => ({ kind: 'deleted' as const, object, remoteId, at })),
  ]
}
