/** What a WhatsApp message says, by its type. What is not wholly understood keeps the provider's object in `raw`. */
import type { InboundMessage } from '../../core/inbound.ts'
import type { MessageKind } from '../../core/message.ts'
import { asList, asObject, defined, isObject, type Loose, number, pick, string } from './loose.ts'
import { readProblems } from './problems.ts'

export type Content = Pick<InboundMessage, 'kind' | 'text' | 'content' | 'raw'>

const media: ReadonlySet<string> = new Set(['image', 'video', 'audio', 'voice', 'document', 'sticker'])

/** A message without a type says by its keys what it is. */
export function readContent(message: Loose): Content {
  const kind =
    string(message.type) ||
    (Object.keys(readers).find(key => key in message) ?? [...media].find(key => key in message) ?? '')
  const read = media.has(kind) ? readMedia : readerOf(kind)
  const understood = read?.(asObject(message[kind]), message, kind)
  const extras = readExtras(message)
  if (!understood)
    return { kind: 'unknown', text: textOf(message), content: { type: kind || null, ...extras }, raw: message }
  const content = { ...understood.content, ...extras }
  return { ...understood, content: Object.keys(content).length > 0 ? content : null }
}

const readers: Record<string, (part: Loose, message: Loose, kind: string) => Content> = {
  text: part => plain('text', string(part.body), {}),
  button: part => plain('button', string(part.text), pick(part, ['payload'])),
  reaction: part => plain('reaction', string(part.emoji), { targetWamid: string(part.message_id) }),
  location: readLocation,
  contacts: (_, message) => readCards(asList(message.contacts)),
  interactive: readInteractive,
  order: readOrder,
  system: readSystem,
  edit: readEdit,
  revoke: part => plain('system', '', { event: 'revoke', ...target(part) }),
  request_welcome: () => plain('system', '', { event: 'request_welcome' }),
  // A file of before the number was connected; the file itself may follow under the same id.
  media_placeholder: () => plain('unsupported', '', { placeholder: true }),
  template: part => plain('template', '', defined({ name: part.name, language: asObject(part.language).code })),
  unsupported: (part, message) => unsupported(message, pick(part, ['type'])),
  unknown: (_, message) => unsupported(message, {}),
  ephemeral: (_, message) => unsupported(message, {}),
}

/** A type is any word of the provider's, `constructor` too. */
function readerOf(kind: string) {
  return Object.hasOwn(readers, kind) ? readers[kind] : undefined
}

function plain(kind: MessageKind, text: string, content: Loose): Content {
  return { kind, text, content, raw: null }
}

/** Audio with `voice` is a voice note; `voice` is its legacy type. */
function readMedia(part: Loose, _: Loose, type: string): Content {
  const kind = type === 'audio' && part.voice === true ? 'voice' : (type as MessageKind)
  const { id, mime_type, sha256, filename, animated } = part
  const mediaId = string(id)
  // Since 2026 the webhook brings an address of its own, good for five minutes.
  const url = string(part.url) || undefined
  return plain(kind, string(part.caption), defined({ mediaId, mimeType: mime_type, sha256, filename, animated, url }))
}

function readLocation(part: Loose): Content {
  const where = { latitude: number(part.latitude), longitude: number(part.longitude) }
  const text = [part.name, part.address].map(string).filter(Boolean).join(', ')
  return plain('location', text, defined({ ...where, ...pick(part, ['name', 'address', 'url']) }))
}

function readCards(cards: unknown[]): Content {
  const names = cards.map(card => cardName(asObject(card))).filter(Boolean)
  return plain('contacts', names.join(', '), { cards })
}

function cardName(card: Loose): string {
  const name = asObject(card.name)
  const parts = [name.first_name, name.middle_name, name.last_name].map(string).filter(Boolean)
  return string(name.formatted_name) || parts.join(' ')
}

function readInteractive(part: Loose, message: Loose): Content {
  const type = string(part.type)
  const answer = asObject(part[type])
  switch (type) {
    case 'button_reply':
    case 'list_reply':
      return plain('interactive', string(answer.title), defined({ type, ...pick(answer, ['id', 'description']) }))
    case 'nfm_reply':
      return readForm(answer, message)
    case 'call_permission_reply': {
      const { response, is_permanent, expiration_timestamp } = answer
      const expiresAt = number(expiration_timestamp)
      return plain('interactive', '', defined({ type, response, isPermanent: is_permanent, expiresAt }))
    }
    default:
      return { kind: 'interactive', text: string(answer.body), content: { type: type || null }, raw: message }
  }
}

/** The answers of a form come as a text that should be JSON; what is not stays as it is written. */
function readForm(answer: Loose, message: Loose): Content {
  const response = parsed(string(answer.response_json))
  const content = { type: 'nfm_reply', ...pick(answer, ['name']) }
  const text = string(answer.body)
  if (!isObject(response)) {
    return { kind: 'interactive', text, content: { ...content, ...pick(answer, ['response_json']) }, raw: message }
  }
  // An address comes one level deeper than a form's fields.
  const { flow_token: flowToken, ...fields } = response
  return plain('interactive', text, {
    ...content,
    ...defined({ flowToken }),
    answers: isObject(fields.values) ? fields.values : fields,
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function readOrder(part: Loose): Content {
  const items = asList(part.product_items).map(value => {
    const item = asObject(value)
    return defined({
      productId: string(item.product_retailer_id),
      quantity: number(item.quantity),
      price: number(item.item_price),
      currency: string(item.currency),
    })
  })
  return plain('order', string(part.text), defined({ catalogId: string(part.catalog_id), items }))
}

/** News about a person. What their ids were and are, `senders.ts` reads. */
function readSystem(part: Loose, message: Loose): Content {
  return { kind: 'system', text: string(part.body), content: { event: string(part.type) || null }, raw: message }
}

/** The business app's edits: news about a message, with what it says now. */
function readEdit(part: Loose): Content {
  const { kind, text, content } = readContent(asObject(part.message))
  return plain('system', text, { event: 'edit', ...target(part), now: { kind, content } })
}

function target(part: Loose): Loose {
  return { target: string(part.original_message_id) || null }
}

/** Meta could not hand it over; it may still hold a text. */
function unsupported(message: Loose, content: Loose): Content {
  return { kind: 'unsupported', text: textOf(message), content, raw: message }
}

function readExtras(message: Loose): Loose {
  const context = asObject(message.context)
  const many = context.frequently_forwarded === true
  const errors = readProblems(message.errors)
  return defined({
    errors: errors.length > 0 ? errors : undefined,
    referral: isObject(message.referral) ? message.referral : undefined,
    forwarded: many || context.forwarded === true || undefined,
    frequentlyForwarded: many || undefined,
    referredProduct: context.referred_product,
  })
}

function textOf(message: Loose): string {
  return string(asObject(message.text).body)
}
