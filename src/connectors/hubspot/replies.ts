/** What belongs to an agent's answer beside its words: the files, and what is said of one that cannot go out. */
import { z } from 'zod'
import { RemoteCallError, type RepliesAbility, type ReplyAttachment } from '../contract.ts'
import { downloadFile, goneFile } from '../fetch.ts'
import { demand, request } from './client.ts'
import type { HubSpotContext } from './settings.ts'

export const hubspotReplies: RepliesAbility<HubSpotContext> = {
  async attachment(ctx, attachment) {
    const url = attachment.url ?? (await signedUrl(ctx, attachment))
    if (!isOfHubSpot(url, ctx.baseUrl)) throw goneFile(`The file ${attachment.name ?? ''} is not at HubSpot`)
    return downloadFile(ctx.fetch, url, attachment)
  },

  async refuse(ctx, remoteId, reason) {
    const channelId = ctx.settings.channel?.channelId
    if (!channelId) return
    const answer = await request(ctx, {
      method: 'PATCH',
      path: `/conversations/custom-channels/${ctx.settings.apiVersion}/${channelId}/messages/${encodeURIComponent(remoteId)}`,
      purpose: 'upsert',
      body: { statusType: 'FAILED', errorMessage: reason },
      schema: z.unknown(),
    })
    // A message that is gone needs to be told nothing.
    if (answer.kind === 'refused' && answer.failure.kind !== 'gone' && answer.failure.kind !== 'rejected')
      throw new RemoteCallError(answer.failure)
  },
}

/** Files that the event names by id only. Needs the scope `files`. */
async function signedUrl(ctx: HubSpotContext, { remoteId }: ReplyAttachment): Promise<string> {
  if (!remoteId) throw goneFile('HubSpot did not say where the file is')
  const path = `/files/${ctx.settings.apiVersion}/files/${encodeURIComponent(remoteId)}/signed-url`
  return (await demand(ctx, { method: 'GET', path, purpose: 'read', schema: z.object({ url: z.string() }) })).url
}

/**
 * An address in a webhook is asked for only where HubSpot keeps files; what it names besides may be inside our own network.
 * Hosts: https://knowledge.hubspot.com/files/organize-edit-and-delete-files
 */
function isOfHubSpot(text: string, baseUrl: string): boolean {
  const url = URL.parse(text)
  if (!url) return false
  if (url.origin === new URL(baseUrl).origin) return true
  return (
    url.protocol === 'https:' &&
    /(^|\.)(hubspot|hubapi|hubspotusercontent(-?[a-z0-9]+)?)\.(com|net)$/.test(url.hostname)
  )
}
