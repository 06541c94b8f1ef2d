/** What comes in over a channel, in our words. Times are the provider's. */
import type { Sender } from './identity.ts'
import type { MessageKind, MessageOrigin, MessageStatus, ProviderStatus } from './message.ts'

/**
 * `live`: written just now. `standby`: likewise, while another agent of the business answers the customer. `echo`: the
 * business wrote it elsewhere, in its app or by another agent. `history`: imported from before the number was connected.
 */
export type Via = 'live' | 'standby' | 'echo' | 'history'

export type InboundMessage = {
  wamid: string
  via: Via
  /** Out: the business wrote it, and not through us. */
  direction: 'in' | 'out'
  origin: MessageOrigin
  /** The customer: who wrote it, or whom the business wrote to. */
  sender: Sender
  /** The name the customer gave themselves. */
  name: string | null
  /** The name they are found by on WhatsApp, without `@`; it changes, and proves nothing. */
  username: string | null
  at: Date
  kind: MessageKind
  /** The words of the message: a text, a caption, the chosen option. Empty where there are none. */
  text: string
  /** What else it says, by kind. */
  content: Record<string, unknown> | null
  /** The provider's object, where it is not wholly understood. */
  raw: Record<string, unknown> | null
  replyToWamid: string | null
  /** The message that this one changes, takes back or reacts to. */
  targetWamid: string | null
  /** `received` of a customer's message; of the business's own, how far it got. */
  status: MessageStatus
  /** The group it was written in. */
  groupId: string | null
  /** Further ids of the same customer, which the message proves: a new number, a shared one. */
  alsoKnownAs: Sender | null
}

export type StatusReport = {
  wamid: string
  status: ProviderStatus
  at: Date
  /** Our message id, echoed. */
  callbackMessageId: string | null
  /** The member of a group; empty outside groups. */
  participant: string
  errorCode: string | null
  errorText: string | null
  /** What else the provider says: price, conversation, all its errors. */
  detail: Record<string, unknown> | null
}

/** An entry of the address book of the business's phone. */
export type AddressBookEntry = { sender: Sender; name: string | null; action: string }

/** Kinds that tell of something without being a message to answer: they open no ticket. */
const silent: ReadonlySet<MessageKind> = new Set(['reaction', 'system'])

/** What of a message tells which part it has in a conversation. */
export type Part = Pick<InboundMessage, 'direction' | 'via' | 'origin' | 'kind' | 'content'>

/** The customer said something that a person should see and answer. */
export function wantsAnswer(message: Part): boolean {
  if (message.direction === 'out' || message.via !== 'live') return false
  return reachesOut(message) || message.content?.event === 'control_passed'
}

/** Only what the customer themselves sent opens WhatsApp's 24-hour window; news about them does not, nor does history. */
export function opensWindow(message: Part): boolean {
  if (message.direction === 'out' || message.via === 'echo' || message.via === 'history') return false
  return reachesOut(message) || message.content?.event === 'request_welcome'
}

/** The business answered: what it wrote elsewhere counts as its answer, what another program wrote for it does not. */
export function isAnswer(message: Part): boolean {
  return (
    message.direction === 'out' && message.via === 'echo' && message.origin === 'agent' && !silent.has(message.kind)
  )
}

/** A call reaches out by its beginning, also where nobody takes it; its end is news. */
function reachesOut({ kind, content }: Part): boolean {
  return kind === 'call' ? content?.event === 'connect' : !silent.has(kind)
}
