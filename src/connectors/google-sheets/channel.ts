/** Drive's notifications: a channel lives for an hour, and another is opened before it ends. */
import { z } from 'zod'
import { RemoteCallError } from '../contract.ts'
import { demand, stopChannel, watchFile } from './client.ts'
import type { SheetsContext } from './settings.ts'
import { channelToken } from './webhook.ts'

export const channelState = z.object({ id: z.string(), resourceId: z.string(), expiresAt: z.number() })
export type ChannelState = z.infer<typeof channelState>

/** https://developers.google.com/workspace/drive/api/guides/push: an hour unless asked otherwise, a day at the most. */
const LIVES_MS = 3_600_000
/** Some readings of the feed before its end. */
const EARLY_MS = 10 * 60_000

/** The channel to go on with; null where Drive cannot reach us, and the feed is read without being rung for. Throws RemoteCallError. */
export async function keptChannel(ctx: SheetsContext, known: ChannelState | null): Promise<ChannelState | null> {
  const { notifyUrl } = ctx.settings
  const now = ctx.now.getTime()
  if (known && known.expiresAt - now > EARLY_MS) return known
  if (!canBeReached(notifyUrl)) return null
  const expiresAt = now + LIVES_MS
  try {
    const opened = await demand(
      watchFile(ctx, {
        ...{ id: crypto.randomUUID(), type: 'web_hook', address: notifyUrl, expiration: String(expiresAt) },
        token: await channelToken(ctx.credentials, notifyUrl, expiresAt),
      }),
    )
    // One that ended meanwhile is not there to be stopped.
    if (known) await stopChannel(ctx, { id: known.id, resourceId: known.resourceId })
    return { id: opened.id, resourceId: opened.resourceId, expiresAt: opened.expiration }
  } catch (error) {
    // Drive does not like the address: what it would tell is found by looking.
    if (error instanceof RemoteCallError && error.failure.kind === 'rejected') return null
    throw error
  }
}

/** Drive calls public addresses with a certificate; a simulation on this machine calls it too. */
function canBeReached(url: string): boolean {
  const { protocol, hostname } = URL.parse(url) ?? {}
  return protocol === 'https:' || hostname === '127.0.0.1' || hostname === 'localhost'
}
