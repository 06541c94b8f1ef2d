/** What the card decides, apart from how it looks: no React, no HubSpot, no network. */
import { fill, type Texts } from './texts.ts'

export type Template = {
  name: string
  language: string
  category: string
  /** `body`: the names of its places, in their order. */
  needs: { body: string[]; header: { kind: string }; buttons: unknown[]; cards?: unknown[] }
}

export type Conversation = {
  language: 'es' | 'en' | 'pt'
  canReply: boolean
  person: { name: string } | null
  ticket: {
    id: string
    number: string
    subject: string
    state: string
    ownerName: string | null
    url: string
    channel: string | null
  } | null
  window: { kind: 'open'; closesAt: string } | { kind: 'closed'; closedAt: string | null } | null
  sla: { policy: string; lines: { text: string }[] } | null
  messages: {
    id: string
    direction: 'in' | 'out'
    author: string | null
    at: string
    text: string
    status: string
    failure: { sentence: string; fix: string } | null
  }[]
  templates: Template[]
}

export type Draft = { text: string; template: string; values: Record<string, string>; key: string }

/** A draft keeps its key until it was sent: a second try of the same is the same answer. */
export function newDraft(key: string): Draft {
  return { text: '', template: '', values: {}, key }
}

/** Another text is another answer, so it gets a key of its own. */
export function edited(draft: Draft, change: Partial<Omit<Draft, 'key'>>, key: string): Draft {
  return { ...draft, ...change, key }
}

/** Outside the window only templates go out. */
export function mode({ canReply, ticket, window }: Conversation): 'none' | 'read only' | 'text' | 'template' {
  if (!ticket) return 'none'
  if (!canReply) return 'read only'
  return window?.kind === 'open' ? 'text' : 'template'
}

export function templateKey({ name, language }: Template): string {
  return `${name} ${language}`
}

/** Templates that a card can fill in: with places in their text only. */
export function offered({ templates }: Conversation): Template[] {
  return templates.filter(({ needs }) => needs.header.kind === 'none' && needs.buttons.length === 0 && !needs.cards)
}

export type Content =
  | { type: 'text'; text: string }
  | { type: 'template'; name: string; language: string; body?: Record<string, string> | string[] }

/** What is to be sent, or null while something is missing. */
export function contentOf(conversation: Conversation, draft: Draft): Content | null {
  if (mode(conversation) === 'text') {
    const text = draft.text.trim()
    return text === '' ? null : { type: 'text', text }
  }
  const template = offered(conversation).find(each => templateKey(each) === draft.template)
  if (mode(conversation) !== 'template' || !template) return null
  const { name, language, needs } = template
  if (needs.body.some(place => !draft.values[place]?.trim())) return null
  if (needs.body.length === 0) return { type: 'template', name, language }
  // Places that are numbers go in their order, others by name.
  const isPositional = needs.body.every(place => /^\d+$/.test(place))
  const said = (place: string) => (draft.values[place] ?? '').trim()
  const body = isPositional
    ? [...needs.body].sort((a, b) => Number(a) - Number(b)).map(said)
    : Object.fromEntries(needs.body.map(place => [place, said(place)]))
  return { type: 'template', name, language, body }
}

/** The body of a request to send: what came after `basedOn` is asked about first. */
export function replyBody(conversation: Conversation, draft: Draft, content: Content) {
  const basedOn = conversation.messages.at(-1)?.id
  return {
    ticketId: conversation.ticket?.id ?? '',
    idempotencyKey: draft.key,
    content,
    ...(basedOn ? { basedOn } : {}),
  }
}

export function windowText({ window }: Conversation, texts: Texts, format: (at: string) => string): string {
  if (!window) return ''
  if (window.kind === 'open') return fill(texts.windowOpen, { at: format(window.closesAt) })
  return window.closedAt ? texts.windowClosed : texts.neverOpen
}

export function messageText({ status, direction, failure }: Conversation['messages'][number], texts: Texts): string {
  if (direction === 'in') return ''
  const state = texts.status[status] ?? status
  return failure ? `${state}: ${failure.sentence} ${failure.fix}` : state
}

/** What the backend said went wrong, in its own words (RFC 9457). */
export function reasonOf(problem: unknown): string {
  const { detail, title } = (problem ?? {}) as { detail?: unknown; title?: unknown }
  return String(detail ?? title ?? '')
}

/** HubSpot's object type ids, as the backend calls them. */
export function recordOf(crm: { objectId: number | string; objectTypeId: string }): URLSearchParams {
  const objectType = crm.objectTypeId === '0-5' ? 'ticket' : 'contact'
  return new URLSearchParams({ objectType, objectId: String(crm.objectId) })
}
