import { z } from 'zod'

const id = z.string().min(1)
const media = z
  .looseObject({ id: id.optional(), link: z.url().optional(), caption: z.string().max(1024).optional() })
  .refine(value => (value.id === undefined) !== (value.link === undefined), 'Exactly one of id and link is required')
const title = z.object({ id: z.string().min(1).max(256), title: z.string().min(1).max(20) })
const row = z.object({
  id: z.string().min(1).max(200),
  title: z.string().min(1).max(24),
  description: z.string().max(72).optional(),
})

const interactive = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('button'),
    body: z.object({ text: z.string().min(1).max(1024) }),
    action: z.object({
      buttons: z
        .array(z.object({ type: z.literal('reply'), reply: title }))
        .min(1)
        .max(3),
    }),
  }),
  z.looseObject({
    type: z.literal('list'),
    body: z.object({ text: z.string().min(1).max(4096) }),
    action: z
      .object({
        button: z.string().min(1).max(20),
        sections: z
          .array(z.looseObject({ title: z.string().max(24).optional(), rows: z.array(row).min(1) }))
          .min(1)
          .max(10),
      })
      .refine(action => action.sections.flatMap(section => section.rows).length <= 10, 'At most 10 rows'),
  }),
  z.looseObject({
    type: z.literal('product'),
    body: z.object({ text: z.string().max(1024) }).optional(),
    action: z.object({ catalog_id: id, product_retailer_id: id }),
  }),
  z.looseObject({
    type: z.literal('product_list'),
    header: z.object({ type: z.literal('text'), text: z.string().min(1).max(60) }),
    body: z.object({ text: z.string().min(1).max(1024) }),
    action: z
      .object({
        catalog_id: id,
        sections: z
          .array(
            z.object({
              title: z.string().max(24).optional(),
              product_items: z.array(z.object({ product_retailer_id: id })).min(1),
            }),
          )
          .min(1)
          .max(10),
      })
      .refine(action => action.sections.flatMap(section => section.product_items).length <= 30, 'At most 30 products'),
  }),
  z.looseObject({
    type: z.literal('catalog_message'),
    body: z.object({ text: z.string().min(1).max(1024) }),
    action: z.object({
      name: z.literal('catalog_message'),
      parameters: z.object({ thumbnail_product_retailer_id: id }).optional(),
    }),
  }),
  z.looseObject({
    type: z.literal('address_message'),
    body: z.object({ text: z.string().min(1).max(1024) }),
    action: z.object({
      name: z.literal('address_message'),
      parameters: z.looseObject({ country: z.enum(['IN', 'SG']) }),
    }),
  }),
  ...(['cta_url', 'flow', 'location_request_message', 'carousel', 'request_contact_info'] as const).map(type =>
    z.looseObject({ type: z.literal(type) }),
  ),
])

const parameter = z.looseObject({ type: id, parameter_name: z.string().optional() })
const template = z.looseObject({
  name: z.string().min(1).max(512),
  language: z.looseObject({ code: id }),
  components: z
    .array(
      z.looseObject({
        type: z.enum(['header', 'body', 'button', 'carousel', 'limited_time_offer', 'HEADER', 'BODY', 'BUTTON']),
        index: z.union([z.string(), z.number()]).optional(),
        parameters: z.array(parameter).optional(),
        cards: z.array(z.looseObject({ card_index: z.number().int(), components: z.array(z.unknown()) })).optional(),
      }),
    )
    .optional(),
})

const common = {
  messaging_product: z.literal('whatsapp'),
  recipient_type: z.enum(['individual', 'group']).optional(),
  to: z.string().min(1).optional(),
  recipient: z.string().min(1).optional(),
  context: z.looseObject({ message_id: id }).optional(),
  biz_opaque_callback_data: z.string().max(512).optional(),
}

const content = z.discriminatedUnion('type', [
  z.looseObject({
    ...common,
    type: z.literal('text'),
    text: z.object({ body: z.string().min(1).max(4096), preview_url: z.boolean().optional() }),
  }),
  z.looseObject({ ...common, type: z.literal('template'), template }),
  z.looseObject({
    ...common,
    type: z.literal('reaction'),
    reaction: z.object({ message_id: id, emoji: z.string().max(16) }),
  }),
  z.looseObject({ ...common, type: z.literal('image'), image: media }),
  z.looseObject({ ...common, type: z.literal('video'), video: media }),
  z.looseObject({ ...common, type: z.literal('audio'), audio: media }),
  z.looseObject({ ...common, type: z.literal('document'), document: media }),
  z.looseObject({ ...common, type: z.literal('sticker'), sticker: media }),
  z.looseObject({ ...common, type: z.literal('interactive'), interactive }),
  z.looseObject({
    ...common,
    type: z.literal('location'),
    location: z.looseObject({ latitude: z.coerce.number(), longitude: z.coerce.number() }),
  }),
  z.looseObject({
    ...common,
    type: z.literal('contacts'),
    contacts: z.array(z.looseObject({ name: z.looseObject({}) })).min(1),
  }),
])

/** Meta takes a message without `type` for a text. */
export const sendSchema = z.preprocess(
  value => (typeof value === 'object' && value !== null && !('type' in value) ? { ...value, type: 'text' } : value),
  content,
)

export const readSchema = z.object({
  messaging_product: z.literal('whatsapp'),
  status: z.literal('read'),
  message_id: id,
  typing_indicator: z.object({ type: z.literal('text') }).optional(),
})

export type SendBody = z.infer<typeof sendSchema>

/** What the simulated phone shows for a message we do not draw in full. */
export function textOf(body: SendBody): string {
  switch (body.type) {
    case 'text':
      return body.text.body
    case 'template':
      return templateText(body.template)
    case 'reaction':
      return body.reaction.emoji
    case 'interactive':
      return 'body' in body.interactive ? textOfBody(body.interactive.body) : `[${body.interactive.type}]`
    case 'image':
      return body.image.caption ?? '[image]'
    case 'video':
      return body.video.caption ?? '[video]'
    case 'document':
      return body.document.caption ?? '[document]'
    case 'audio':
    case 'sticker':
    case 'location':
    case 'contacts':
      return `[${body.type}]`
  }
}

function textOfBody(body: unknown): string {
  return typeof body === 'object' && body !== null && 'text' in body ? String(body.text) : ''
}

function templateText(value: z.infer<typeof template>): string {
  const values = (value.components ?? []).flatMap(component => component.parameters ?? []).map(entry => entry.text)
  const words = values.filter(entry => typeof entry === 'string')
  return words.length === 0 ? `[${value.name}]` : `[${value.name}] ${words.join(' · ')}`
}
