/** What belongs to an agent's answer beside what its event says, and what is said of one that cannot go out. */
import { z } from 'zod'
import { RemoteCallError, type RepliesAbility, type ReplyAttachment } from '../contract.ts'
import { downloadFile, goneFile } from '../fetch.ts'
import { originOf, request } from './client.ts'
import { partsOfPlace } from './comments.ts'
import { readComments } from './read-comments.ts'
import { replyOf } from './reply.ts'
import type { Comment } from './schema.ts'
import { STATE_TAGS, TAG, type ZendeskContext } from './settings.ts'

export const zendeskReplies: RepliesAbility<ZendeskContext> = {
  async whole(ctx, reply) {
    const { ticketId, recordId: commentId } = partsOfPlace(reply.remoteId) ?? { ticketId: '', recordId: '' }
    const comment = (await readComments(ctx, ticketId)).find(({ id }) => id === commentId)
    if (!comment) throw goneFile(`The comment ${reply.remoteId} is not there any more`)
    const { author, to, at } = reply
    const { contactRemoteId: requesterId } = to
    const said = { id: commentId, place: reply.remoteId, ticketId, requesterId, actorId: null, at }
    const whole = replyOf(ctx.settings, {
      ...{ ...said, author: { id: author.remoteId, name: author.name, isStaff: true }, isPublic: true },
      ...{ text: comment.body, html: comment.html_body, files: filesOf(comment) },
    })
    return whole ?? reply
  },

  async attachment(ctx, attachment) {
    const { url } = attachment
    if (!url || !isOfZendesk(url, ctx)) throw goneFile(`The file ${attachment.name ?? ''} is not at Zendesk`)
    return downloadFile(ctx.fetch, url, attachment)
  },

  async refuse(ctx, remoteId, reason) {
    const place = partsOfPlace(remoteId)
    if (!place) return
    const tags = { additional_tags: [`${TAG}_failed`], remove_tags: STATE_TAGS.filter(tag => tag !== `${TAG}_failed`) }
    const answer = await request(ctx, {
      ...{ method: 'PUT', path: `tickets/${place.ticketId}`, purpose: 'update', schema: z.unknown() },
      body: { ticket: { comment: { body: `✗ ${reason}`, public: false }, ...tags } },
    })
    // A ticket that is gone, or closed by now, can be told nothing.
    if (answer.kind === 'refused' && answer.failure.kind !== 'gone' && answer.failure.kind !== 'rejected')
      throw new RemoteCallError(answer.failure)
  },
}

export function filesOf({ attachments }: Pick<Comment, 'attachments'>): ReplyAttachment[] {
  return attachments.map(file => ({
    ...{ remoteId: file.id, url: file.content_url, name: file.file_name, mimeType: file.content_type },
    bytes: file.size ?? null,
  }))
}

/** An address is asked for only where Zendesk keeps files; what it names besides may be inside our own network. */
function isOfZendesk(text: string, ctx: ZendeskContext): boolean {
  const url = URL.parse(text)
  if (!url) return false
  if (url.origin === new URL(originOf(ctx)).origin) return true
  return url.protocol === 'https:' && /(^|\.)(zendesk\.com|zdusercontent\.com|zdassets\.com)$/.test(url.hostname)
}
