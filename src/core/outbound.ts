/**
 * What a message of ours says, as data: any type that WhatsApp sends. The shape is checked by zod, WhatsApp's limits by
 * `problemsOf` (outbound-limits.ts). Words of the Cloud API stay in `inbox/whatsapp`.
 */
import { z } from 'zod'
import type { MediaKind } from './media.ts'
import type { MessageKind } from './message.ts'
import { commerce, commerceWords } from './outbound-commerce.ts'

/** A file of ours, one that WhatsApp already has, or a public address from which it fetches one. */
export const mediaSource = z.union([
  z.strictObject({ id: z.uuid() }),
  z.strictObject({ mediaId: z.string().min(1) }),
  z.strictObject({ link: z.url({ protocol: /^https?$/ }) }),
])
export type MediaSource = z.infer<typeof mediaSource>

const caption = z.string().optional()
const filename = z.string().min(1).optional()

/** Above the body of an interactive message. */
const header = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), text: z.string() }),
  z.strictObject({ type: z.literal('image'), media: mediaSource }),
  z.strictObject({ type: z.literal('video'), media: mediaSource }),
  z.strictObject({ type: z.literal('document'), media: mediaSource, filename }),
])
const words = { body: z.string(), header: header.optional(), footer: z.string().optional() }

const reply = z.strictObject({ id: z.string(), title: z.string() })
const row = z.strictObject({ id: z.string(), title: z.string(), description: z.string().optional() })
const section = z.strictObject({ title: z.string().optional(), rows: z.array(row) })

const phone = z.strictObject({ phone: z.string(), type: z.string().optional(), waId: z.string().optional() })
const email = z.strictObject({ email: z.string(), type: z.string().optional() })
const card = z.strictObject({
  name: z.strictObject({ formatted: z.string(), first: z.string().optional(), last: z.string().optional() }),
  phones: z.array(phone).optional(),
  emails: z.array(email).optional(),
  organization: z
    .strictObject({
      company: z.string().optional(),
      department: z.string().optional(),
      title: z.string().optional(),
    })
    .optional(),
})

/** In their order, or by name, as the template was made. */
const values = z.union([z.array(z.string()), z.record(z.string(), z.string())])
const templateHeader = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), values }),
  z.strictObject({ type: z.literal('image'), media: mediaSource }),
  z.strictObject({ type: z.literal('video'), media: mediaSource }),
  z.strictObject({ type: z.literal('document'), media: mediaSource, filename }),
  z.strictObject({
    type: z.literal('location'),
    latitude: z.number(),
    longitude: z.number(),
    name: z.string(),
    address: z.string(),
  }),
])
const templateButton = z.strictObject({
  /** The button's place among all of the template, from 0. */
  index: z.number().int().min(0),
  type: z.enum(['url', 'quick_reply', 'copy_code', 'flow']),
  /** The end of the address, the payload that comes back, the code, or the flow's token. */
  value: z.string(),
})

const templateCard = z.strictObject({
  header: z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('image'), media: mediaSource }),
    z.strictObject({ type: z.literal('video'), media: mediaSource }),
  ]),
  body: values.optional(),
  buttons: z.array(templateButton).optional(),
})

const interactive = [
  ...commerce,
  z.strictObject({ type: z.literal('buttons'), ...words, buttons: z.array(reply) }),
  z.strictObject({ type: z.literal('list'), ...words, button: z.string(), sections: z.array(section) }),
  z.strictObject({ type: z.literal('cta_url'), ...words, button: z.string(), url: z.url({ protocol: /^https?$/ }) }),
  z.strictObject({
    type: z.literal('flow'),
    ...words,
    button: z.string(),
    flowId: z.string().min(1),
    flowToken: z.string().min(1).optional(),
    /** The screen to begin with, and what it is given; without one the flow asks its own endpoint. */
    screen: z.string().min(1).optional(),
    data: z.record(z.string(), z.unknown()).optional(),
  }),
  z.strictObject({ type: z.literal('location_request'), body: z.string() }),
  z.strictObject({ type: z.literal('request_contact_info'), body: z.string() }),
] as const

const plain = [
  z.strictObject({ type: z.literal('text'), text: z.string(), previewUrl: z.boolean().optional() }),
  z.strictObject({ type: z.literal('image'), media: mediaSource, caption }),
  z.strictObject({ type: z.literal('video'), media: mediaSource, caption }),
  z.strictObject({ type: z.literal('audio'), media: mediaSource }),
  /** Audio that is shown as a recording: Ogg with the codec Opus. */
  z.strictObject({ type: z.literal('voice'), media: mediaSource }),
  z.strictObject({ type: z.literal('document'), media: mediaSource, caption, filename }),
  z.strictObject({ type: z.literal('sticker'), media: mediaSource }),
  z.strictObject({
    type: z.literal('location'),
    latitude: z.number(),
    longitude: z.number(),
    name: z.string().optional(),
    address: z.string().optional(),
  }),
  z.strictObject({ type: z.literal('contacts'), cards: z.array(card) }),
  z.strictObject({
    type: z.literal('template'),
    name: z.string().min(1),
    language: z.string().min(1),
    header: templateHeader.optional(),
    body: values.optional(),
    buttons: z.array(templateButton).optional(),
    /** Of a carousel: one for each of its cards. */
    cards: z.array(templateCard).optional(),
    /** Of an authentication template: the one-time password, in its text and behind its button. */
    code: z.string().optional(),
  }),
] as const

/** As an author gives it. A reaction names a message by our id; an empty emoji takes the reaction back. */
export const composed = z.discriminatedUnion('type', [
  ...plain,
  ...interactive,
  z.strictObject({ type: z.literal('reaction'), messageId: z.uuid(), emoji: z.string() }),
])
export type Composed = z.infer<typeof composed>

/** As it is kept and sent: what it reacts to is named as the provider does. */
export const outbound = z.discriminatedUnion('type', [
  ...plain,
  ...interactive,
  z.strictObject({
    type: z.literal('reaction'),
    messageId: z.uuid(),
    targetWamid: z.string().min(1),
    emoji: z.string(),
  }),
])
export type Outbound = z.infer<typeof outbound>
export type OutboundTemplate = Extract<Outbound, { type: 'template' }>

/** A text is its words alone, and the rest of the content is empty; that is how most messages are. */
export function toContent(message: Outbound): Record<string, unknown> | null {
  return message.type === 'text' && message.previewUrl !== false ? null : message
}

/** The counterpart of `toContent`. */
export function fromContent(content: unknown, text: string): Outbound {
  return content === null ? { type: 'text', text } : outbound.parse(content)
}

const kinds = {
  ...({ text: 'text', image: 'image', video: 'video', audio: 'audio', voice: 'voice', document: 'document' } as const),
  ...({ sticker: 'sticker', location: 'location', contacts: 'contacts', reaction: 'reaction' } as const),
  ...({ template: 'template', buttons: 'interactive', list: 'interactive', cta_url: 'interactive' } as const),
  ...({ product: 'interactive', product_list: 'interactive', catalog: 'interactive' } as const),
  ...({ address_request: 'interactive' } as const),
  ...({ flow: 'interactive', location_request: 'interactive', request_contact_info: 'interactive' } as const),
} satisfies Record<Composed['type'], MessageKind>

export function kindOf({ type }: Pick<Composed, 'type'>): MessageKind {
  return kinds[type]
}

/** A reaction is a sign and no answer: the ticket stays as it is. */
export function isAnAnswer({ type }: Pick<Composed, 'type'>): boolean {
  return type !== 'reaction'
}

/** Where in the message a file may stand, with its kind. A header has one in templates, on cards and above buttons. */
export function filesIn(message: Composed | Outbound): { field: string; kind: MediaKind; source: MediaSource }[] {
  if ('media' in message) return [{ field: 'media', kind: message.type, source: message.media }]
  const cards = message.type === 'template' ? (message.cards ?? []) : []
  return [
    ...('header' in message && message.header && 'media' in message.header
      ? [{ field: 'header.media', kind: message.header.type, source: message.header.media }]
      : []),
    ...cards.map(({ header }, n) => ({ field: `cards.${n}.header.media`, kind: header.type, source: header.media })),
  ]
}

/** The ids of our own files in it. */
export function ownFilesIn(message: Composed | Outbound): string[] {
  return filesIn(message).flatMap(({ source }) => ('id' in source ? [source.id] : []))
}

const named = z.object({ media: z.object({ id: z.uuid() }) })
const carrier = z.union([named, z.object({ header: named })])

/** The file of ours that a stored message carries, or has above its words; null for none, and for what came from outside. */
export function carriedFile({ content }: { content: unknown }): string | null {
  const found = carrier.safeParse(content).data
  if (!found) return null
  return 'media' in found ? found.media.id : found.header.media.id
}

/** With `change` made to each file. */
export function withFiles<M extends Composed | Outbound>(message: M, change: (source: MediaSource) => MediaSource): M {
  if ('media' in message) return { ...message, media: change(message.media) }
  const header =
    'header' in message && message.header && 'media' in message.header
      ? { header: { ...message.header, media: change(message.header.media) } }
      : {}
  const cards =
    message.type === 'template' && message.cards
      ? {
          cards: message.cards.map(card => ({ ...card, header: { ...card.header, media: change(card.header.media) } })),
        }
      : {}
  return { ...message, ...header, ...cards }
}

/** The words of it, as the customer reads them. Of a template, `renderTemplate` knows them. */
export function wordsOf(message: Composed | Outbound): string {
  switch (message.type) {
    case 'text':
      return message.text
    case 'image':
    case 'video':
    case 'document':
      return message.caption ?? ''
    case 'audio':
    case 'voice':
    case 'sticker':
      return ''
    case 'location':
      return [message.name, message.address].filter(Boolean).join(', ')
    case 'contacts':
      return message.cards
        .map(({ name, phones }) => [name.formatted, phones?.[0]?.phone].filter(Boolean).join(' '))
        .join(', ')
    case 'reaction':
      return message.emoji
    case 'template':
      return `[${message.name}]`
    case 'buttons':
      return spoken(
        message,
        message.buttons.map(({ title }) => `• ${title}`),
      )
    case 'list':
      return spoken(
        message,
        message.sections.flatMap(part => [part.title ?? '', ...part.rows.map(({ title }) => `• ${title}`)]),
      )
    case 'cta_url':
      return spoken(message, [`• ${message.button}: ${message.url}`])
    case 'flow':
      return spoken(message, [`• ${message.button}`])
    case 'location_request':
    case 'request_contact_info':
      return message.body
    case 'product':
    case 'product_list':
    case 'catalog':
    case 'address_request':
      return commerceWords(message)
  }
}

type Spoken = { header?: z.infer<typeof header> | undefined; body: string; footer?: string | undefined }

function spoken({ header, body, footer }: Spoken, options: string[]): string {
  const title = header?.type === 'text' ? header.text : ''
  return [title, body, footer ?? '', ...options].filter(line => line !== '').join('\n')
}
