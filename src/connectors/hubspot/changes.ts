/**
 * What changed in HubSpot, by pull: from the journal where the app was installed by OAuth, else by searching for what was
 * changed lately. The cursor says which: `journal:<offset>` or `search:<since>:<type>:<after id>:<started>`, in ms.
 */
import type { ChangesPage } from '../contract.ts'
import { isOAuth } from './credentials.ts'
import { journalOffset, readJournal } from './journal.ts'
import { readSearched, startSearching } from './read-searched.ts'
import type { HubSpotContext } from './settings.ts'

/** Webhooks bring the news; this catches up on what they did not. */
export const CHANGES_EVERY_MS = 60_000

/** Throws RemoteCallError. */
export async function readChanges(ctx: HubSpotContext, cursor: string | null): Promise<ChangesPage> {
  const [how = '', ...rest] = cursor?.split(':') ?? []
  if (how === 'journal') return readJournal(ctx, rest.join(':'))
  if (cursor === null) {
    const offset = await offsetOf(ctx, 'latest')
    return { changes: [], cursor: offset ?? startSearching(ctx), more: false, lost: false }
  }
  const page = await readSearched(ctx, cursor)
  // A journal that was empty at first may have begun meanwhile: its beginning overlaps what was searched for.
  const journal = page.more ? null : await offsetOf(ctx, 'earliest')
  return journal ? { ...page, cursor: journal, more: true } : page
}

async function offsetOf(ctx: HubSpotContext, which: 'earliest' | 'latest'): Promise<string | null> {
  if (!ctx.settings.journal || !isOAuth(ctx.credentials)) return null
  const offset = await journalOffset(ctx, which)
  return offset && `journal:${offset}`
}
