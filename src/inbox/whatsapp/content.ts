/** What a WhatsApp message says, by its type. What is not wholly understood keeps the provider's object in `raw`. */
import type { InboundMessage } from '../../core/inbound.ts'
import type { MessageKind } from '../../core/message.ts'

type Content = Pick<InboundMessage, 'kind' | 'text' | 'content' | 'raw'>
type Loose = Record<string, unknown>

type Problems = { success: boolean; data?: { code?: string; title?: string } }[]

const media: ReadonlySet<string> = new Set(['image', 'video', 'audio', 'voice', 'document', 'sticker'])

/** A message without a type says by its keys what it is. */
export function readContent(message: Loose, type: string | undefined, errors: Problems): Content {
  const kind = type ?? Object.keys(readers).find(key => key in message) ?? [...media].find(key => key in message)
  const read = media.has(kind ?? '') ? readMedia : readerOf(kind ?? '')
  const understood = read?.(asObject(message[kind ?? '']), message, kind ?? '')
  const extras = readExtras(message, errors)
  if (!understood)
    return { kind: 'unknown', text: textOf(message), content: { type: kind ?? null, ...extras }, raw: message }
  const content = { ...understood.content, ...extras }
  return { ...understood, content: Object.keys(content).length > 0 ? content : null }
}

const readers: Record<string, (part: Loose, message: Loose, kind: string) => Content> = {
  text: part => ({ kind: 'text', text: string(part.body), content: null, raw: null }),
  button: part => ({ kind: 'button', text: string(part.text), content: pick(part, ['payload']), raw: null }),
  reaction: part => ({
    kind: 'reaction',
    text: string(part.emoji),
    content: { targetWamid: string(part.message_id) },
    raw: null,
  }),
  location: part => ({
    kind: 'location',
    text: [part.name, part.address].filter(item => typeof item === 'string').join(', '),
    content: pick(part, ['latitude', 'longitude', 'name', 'address', 'url']),
    raw: null,
  }),
  contacts: (_, message) => ({
    kind: 'contacts',
    text: asList(message.contacts).map(cardName).filter(Boolean).join(', '),
    content: { cards: asList(message.contacts) },
    raw: null,
  }),
  interactive: readInteractive,
  order: part => ({
    kind: 'order',
    text: string(part.text),
    content: { catalogId: part.catalog_id ?? null, items: asList(part.product_items) },
    raw: null,
  }),
  system: (part, message) => ({
    kind: 'system',
    text: string(part.body),
    content: { event: part.type ?? null },
    raw: message,
  }),
  // The business app's edits and deletions: news about a message, not a message to answer.
  edit: (part, message) => ({
    kind: 'system',
    text: '',
    content: { event: 'edit', target: target(part) },
    raw: message,
  }),
  revoke: (part, message) => ({
    kind: 'system',
    text: '',
    content: { event: 'revoke', target: target(part) },
    raw: message,
  }),
  request_welcome: () => ({ kind: 'system', text: '', content: { event: 'request_welcome' }, raw: null }),
  unsupported: (_, message) => unsupported(message),
  unknown: (_, message) => unsupported(message),
  ephemeral: (_, message) => unsupported(message),
}

/** A type is any word of the provider's, `constructor` too. */
function readerOf(kind: string) {
  return Object.hasOwn(readers, kind) ? readers[kind] : undefined
}

function target(part: Loose): string | null {
  return string(part.original_message_id) || null
}

/** Audio with `voice` is a voice note; `voice` is its legacy type. */
function readMedia(part: Loose, _: Loose, type: string): Content {
  const kind = type === 'audio' && part.voice === true ? 'voice' : (type as MessageKind)
  const { id, mime_type, sha256, filename, animated } = part
  const content = { mediaId: id, mimeType: mime_type, sha256, filename, animated }
  return { kind, text: string(part.caption), content: defined(content), raw: null }
}

function readInteractive(part: Loose, message: Loose): Content {
  const type = string(part.type)
  const answer = asObject(part[type])
  if (type === 'button_reply' || type === 'list_reply') {
    return {
      kind: 'interactive',
      text: string(answer.title),
      content: defined({ type, id: answer.id, description: answer.description }),
      raw: null,
    }
  }
  return { kind: 'interactive', text: string(answer.body), content: { type: type || null }, raw: message }
}

/** Meta could not hand it over; it may still hold a text. */
function unsupported(message: Loose): Content {
  return { kind: 'unsupported', text: textOf(message), content: {}, raw: message }
}

function readExtras(message: Loose, errors: Problems): Loose {
  const context = asObject(message.context)
  const problems = errors.flatMap(error =>
    error.success && error.data ? [defined(pick(error.data, ['code', 'title']))] : [],
  )
  return defined({
    errors: problems.length > 0 ? problems : undefined,
    referral: message.referral,
    forwarded: context.forwarded === true || context.frequently_forwarded === true || undefined,
    referredProduct: context.referred_product,
    groupId: message.group_id,
  })
}

function textOf(message: Loose): string {
  return string(asObject(message.text).body)
}

function cardName(card: unknown): string {
  const name = asObject(asObject(card).name)
  return string(name.formatted_name) || string(name.first_name)
}

function asObject(value: unknown): Loose {
  return value && typeof value === 'object' && !Array.isArray(value) ? (value as Loose) : {}
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

function string(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}

function pick(part: Loose, keys: string[]): Loose {
  return defined(Object.fromEntries(keys.map(key => [key, part[key]])))
}

function defined(values: Loose): Loose {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}
