/** Which comments are answers to the customer, and what they say on WhatsApp. Total and pure. */
import { isFormatted, toWhatsAppText } from '../../core/rich-text.ts'
import type { RemoteChange, ReplyAttachment } from '../contract.ts'
import { ARROW } from './map.ts'
import type { ZendeskSettings } from './settings.ts'

export type Said = {
  id: string
  /** `ticket/comment`. */
  place: string
  ticketId: string
  requesterId: string | null
  actorId: string | null
  author: { id: string | null; name: string | null; isStaff: boolean }
  text: string
  html: string | null
  isPublic: boolean
  files: ReplyAttachment[]
  at: Date
}

/** An agent's public comment. Undefined for notes, for what customers say, and for what we said ourselves. */
export function replyOf(settings: ZendeskSettings, said: Said): Extract<RemoteChange, { kind: 'reply' }> | undefined {
  const { place, ticketId, requesterId, author, text, html, isPublic, files, at } = said
  if (!isPublic || !author.isStaff || isOurs(settings, said)) return undefined
  const typed = text.trim()
  const words = html && (typed === '' || isFormatted(html)) ? toWhatsAppText(html) || typed : typed
  return {
    ...{ kind: 'reply', remoteId: place, text: words, at },
    to: { ticketRemoteId: ticketId, contactRemoteId: requesterId, phone: null },
    from: { phone: null },
    attachments: files,
    author: { remoteId: author.id, name: author.name },
  }
}

/** An agent's note, where the settings take them; ours tell what became of answers. */
export function noteOf(settings: ZendeskSettings, said: Said): Extract<RemoteChange, { kind: 'note' }> | undefined {
  const { place, ticketId, actorId, author, text, html, isPublic, at } = said
  if (!settings.takeNotes || isPublic || !author.isStaff || actorId === settings.userId) return undefined
  const words = (html && toWhatsAppText(html)) || text.trim()
  const about = { remoteId: place, ticketRemoteId: ticketId, at, author: { remoteId: author.id, name: author.name } }
  return words === '' ? undefined : { kind: 'note', object: 'ticket', text: words, ...about }
}

/**
 * Made by our access: with another author it is ours, for nobody can write as somebody else in Zendesk; under its own name it is
 * ours where it begins as ours do, and else whoever's account it is wrote it.
 */
function isOurs({ userId }: ZendeskSettings, { actorId, author, text }: Said): boolean {
  return actorId === userId && (author.id !== userId || text.trimStart().startsWith(ARROW))
}
