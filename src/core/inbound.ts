/** What comes in over a channel, in our words. Times are the provider's. */
import type { Sender } from './identity.ts'
import type { MessageKind, ProviderStatus } from './message.ts'

export type InboundMessage = {
  wamid: string
  sender: Sender
  /** The name the customer gave themselves. */
  name: string | null
  at: Date
  kind: MessageKind
  /** The words of the message: a text, a caption, the chosen option. Empty where there are none. */
  text: string
  /** What else it says, by kind. */
  content: Record<string, unknown> | null
  /** The provider's object, where it is not wholly understood. */
  raw: Record<string, unknown> | null
  replyToWamid: string | null
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
}

/** Kinds that tell of something without being a message to answer: they open no ticket. */
const silent: ReadonlySet<MessageKind> = new Set(['reaction', 'system'])

/** The customer said something that a person should see and answer. */
export function wantsAnswer(message: InboundMessage): boolean {
  return !silent.has(message.kind)
}

/** Only what the customer themselves sent opens WhatsApp's 24-hour window; news about them does not. */
export function opensWindow(message: InboundMessage): boolean {
  return wantsAnswer(message) || message.content?.event === 'request_welcome'
}
