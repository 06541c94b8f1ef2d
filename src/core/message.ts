import type { Language } from './errors.ts'

/** Messages and their delivery states. */
export const messageKinds = [
  ...(['text', 'image', 'video', 'audio', 'voice', 'document', 'sticker', 'location', 'contacts'] as const),
  ...(['interactive', 'button', 'reaction', 'order', 'call', 'system', 'template', 'unsupported', 'unknown'] as const),
] as const
export type MessageKind = (typeof messageKinds)[number]

export type MessageOrigin = 'customer' | 'agent' | 'bot'

/** `queued` and `sending` are ours; the rest are the provider's, except `uncertain`: sent, with no answer to tell. */
export const messageStatuses = [
  ...([
    'received',
    'queued',
    'sending',
    'uncertain',
    'accepted',
    'sent',
    'delivered',
    'read',
    'played',
    'failed',
  ] as const),
] as const
export type MessageStatus = (typeof messageStatuses)[number]

/** Statuses the provider reports by webhook. */
export const providerStatuses = ['sent', 'delivered', 'read', 'played', 'failed'] as const
export type ProviderStatus = (typeof providerStatuses)[number]

const rank: Record<MessageStatus, number> = {
  received: 0,
  queued: 1,
  sending: 2,
  uncertain: 3,
  accepted: 4,
  sent: 5,
  delivered: 6,
  read: 7,
  played: 8,
  failed: 9,
}

/** The later of two statuses whatever their order of arrival: sent < delivered < read < played, and failed is final. */
export function furthest(a: MessageStatus, b: MessageStatus): MessageStatus {
  return rank[b] > rank[a] ? b : a
}

/** A message as connectors see one. */
export type MessageRecord = {
  id: string
  /** The workspace's: what we say of the message is said in it. */
  language: Language
  ticketId: string | null
  contactId: string
  direction: 'in' | 'out'
  origin: MessageOrigin
  /** The agent's name, or the customer's. */
  authorName: string | null
  /** Of an agent of the workspace's: by which a CRM knows them. */
  authorEmail?: string | null
  /** With whom and in what, for remotes whose messages stand in a list of their own. The number as `BZ-1042`. */
  about?: { contactName: string | null; phone: string | null; ticketNumber: string | null }
  /** What a person reads: the text, or a line that says what the message is. */
  text: string
  /** Provider time. */
  at: Date
  status: MessageStatus
  /** Why it failed, in plain words. */
  failureReason: string | null
  /** The file that came with it, once it is here, or that it carries out: its id, for whoever carries files. */
  fileId?: string | null
  /** Where it opens for whoever has the address, for a while; where it is here and may be linked to. */
  fileUrl?: string
  /** A private note on the ticket, which only connections that are to carry notes are told of. */
  isNote?: true
  /** The message was written in this connection's CRM, under this id. */
  source: { connectionId: string; remoteId: string } | null
}
