/** What the component decides, apart from how it looks: no Salesforce, no network. */
import { fill } from './texts.js'

/** Outside the window only templates go out. */
export function mode(conversation) {
  if (!conversation?.ticket) return 'none'
  return conversation.window?.kind === 'open' ? 'text' : 'template'
}

/** Templates that can be filled in here: with places in their text only. */
export function offered(conversation) {
  const isPlain = ({ needs }) => needs.header.kind === 'none' && needs.buttons.length === 0 && !needs.cards
  return (conversation?.templates ?? []).filter(isPlain)
}

export function templateKey({ name, language }) {
  return `${name} ${language}`
}

export function chosenTemplate(conversation, key) {
  return offered(conversation).find(each => templateKey(each) === key)
}

/** What Buzón is to send, or null while something is missing. A draft keeps its key: a second try of the same is the same answer. */
export function templateBody(conversation, draft) {
  const template = chosenTemplate(conversation, draft.template)
  if (mode(conversation) !== 'template' || !conversation.canReply || !template) return null
  const places = template.needs.body
  const said = place => (draft.values[place] ?? '').trim()
  if (places.some(place => said(place) === '')) return null
  const content = { type: 'template', name: template.name, language: template.language }
  if (places.length > 0) {
    const isPositional = places.every(place => /^\d+$/.test(place))
    content.body = isPositional
      ? [...places].sort((a, b) => Number(a) - Number(b)).map(said)
      : Object.fromEntries(places.map(place => [place, said(place)]))
  }
  const basedOn = conversation.messages.at(-1)?.id
  return { ticketId: conversation.ticket.id, idempotencyKey: draft.key, content, ...(basedOn ? { basedOn } : {}) }
}

export function windowText(conversation, texts, format) {
  const { window } = conversation ?? {}
  if (!window) return ''
  if (window.kind === 'open') return fill(texts.windowOpen, { at: format(window.closesAt) })
  return window.closedAt ? texts.windowClosed : texts.neverOpen
}

/** Messages as they are shown, with who wrote them, when, and how they stand. */
export function shownMessages(conversation, texts, format) {
  return (conversation?.messages ?? []).map(({ id, direction, author, at, text, status, failure }) => {
    const state = direction === 'in' ? '' : (texts.status[status] ?? status)
    return {
      ...{ id, text, author: author ?? (direction === 'in' ? texts.customer : texts.us), at: format(at) },
      state: failure ? `${state}: ${failure.sentence} ${failure.fix}` : state,
      classes: `message ${direction === 'in' ? 'theirs' : 'ours'}${failure ? ' failed' : ''}`,
    }
  })
}

/** What Apex or the platform said went wrong. */
export function reasonOf(error) {
  const body = error?.body
  if (Array.isArray(body)) return body.map(({ message }) => message).join('; ')
  return String(body?.message ?? error?.message ?? error ?? '')
}
