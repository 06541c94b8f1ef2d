/** A message of ours in the words of the Cloud API (Meta, "Messages" reference). */
import type { MediaSource, Outbound, OutboundTemplate } from '../../core/outbound.ts'
import type { TemplateValues } from '../../core/template.ts'

/** `type` and what belongs to it. */
export function toPayload(message: Outbound): { type: string } & Record<string, unknown> {
  switch (message.type) {
    case 'text':
      return { type: 'text', text: { body: message.text, preview_url: message.previewUrl ?? true } }
    case 'image':
    case 'video':
      return { type: message.type, [message.type]: { ...toMedia(message.media), ...given('caption', message.caption) } }
    case 'document':
      return {
        type: 'document',
        document: {
          ...toMedia(message.media),
          ...given('caption', message.caption),
          ...given('filename', message.filename),
        },
      }
    case 'audio':
      return { type: 'audio', audio: toMedia(message.media) }
    case 'voice':
      return { type: 'audio', audio: { ...toMedia(message.media), voice: true } }
    case 'sticker':
      return { type: 'sticker', sticker: toMedia(message.media) }
    case 'location': {
      const { type, ...location } = message
      return { type, location }
    }
    case 'contacts':
      return { type: 'contacts', contacts: message.cards.map(toCard) }
    case 'reaction':
      return { type: 'reaction', reaction: { message_id: message.targetWamid, emoji: message.emoji } }
    case 'template':
      return { type: 'template', template: toTemplate(message) }
    case 'buttons':
      return interactive('button', message, {
        buttons: message.buttons.map(({ id, title }) => ({ type: 'reply', reply: { id, title } })),
      })
    case 'list':
      return interactive('list', message, { button: message.button, sections: message.sections })
    case 'cta_url':
      return interactive('cta_url', message, {
        name: 'cta_url',
        parameters: { display_text: message.button, url: message.url },
      })
    case 'flow':
      return interactive('flow', message, { name: 'flow', parameters: toFlow(message) })
    case 'location_request':
      return interactive('location_request_message', message, { name: 'send_location' })
    case 'request_contact_info':
      return interactive('request_contact_info', message, { name: 'request_contact_info' })
    case 'product':
      return interactive('product', message, { catalog_id: message.catalogId, product_retailer_id: message.productId })
    case 'product_list':
      return interactive('product_list', message, {
        catalog_id: message.catalogId,
        sections: message.sections.map(({ title, productIds }) => ({
          ...given('title', title),
          product_items: productIds.map(id => ({ product_retailer_id: id })),
        })),
      })
    case 'catalog':
      return interactive('catalog_message', message, {
        name: 'catalog_message',
        ...(message.thumbnailProductId
          ? { parameters: { thumbnail_product_retailer_id: message.thumbnailProductId } }
          : {}),
      })
    case 'address_request':
      return interactive('address_message', message, {
        name: 'address_message',
        parameters: {
          country: message.country,
          ...given('values', message.values),
          ...(message.saved ? { saved_addresses: message.saved.map(({ id, values }) => ({ id, value: values })) } : {}),
          ...given('validation_errors', message.mistakes),
        },
      })
  }
}

type Interactive = Extract<Outbound, { body: string } | { type: 'product' }>

function interactive(type: string, message: Interactive, action: object) {
  const header = 'header' in message ? message.header : undefined
  const footer = 'footer' in message ? message.footer : undefined
  return {
    type: 'interactive',
    interactive: {
      type,
      ...(header ? { header: toHeader(header) } : {}),
      ...(message.body ? { body: { text: message.body } } : {}),
      ...(footer ? { footer: { text: footer } } : {}),
      action,
    },
  }
}

type Header = NonNullable<Extract<Outbound, { type: 'buttons' }>['header']>

function toHeader(header: Header) {
  if (header.type === 'text') return header
  const filename = header.type === 'document' ? given('filename', header.filename) : {}
  return { type: header.type, [header.type]: { ...toMedia(header.media), ...filename } }
}

function toFlow({ button, flowId, flowToken, screen, data }: Extract<Outbound, { type: 'flow' }>) {
  return {
    flow_message_version: '3',
    flow_id: flowId,
    ...given('flow_token', flowToken),
    flow_cta: button,
    flow_action: screen ? 'navigate' : 'data_exchange',
    ...(screen ? { flow_action_payload: { screen, ...given('data', data) } } : {}),
  }
}

function toMedia(media: MediaSource) {
  if ('id' in media) throw new Error('A file of ours has to be put at WhatsApp first')
  return 'mediaId' in media ? { id: media.mediaId } : { link: media.link }
}

type Card = Extract<Outbound, { type: 'contacts' }>['cards'][number]

/** Meta wants one part of the name beside the whole. */
function toCard({ name, phones, emails, organization }: Card) {
  return {
    name: {
      formatted_name: name.formatted,
      first_name: name.first ?? name.formatted,
      ...given('last_name', name.last),
    },
    ...(phones
      ? { phones: phones.map(({ phone, type, waId }) => ({ phone, ...given('type', type), ...given('wa_id', waId) })) }
      : {}),
    ...given('emails', emails),
    ...given('org', organization),
  }
}

function toTemplate({ name, language, cards, code, ...part }: OutboundTemplate) {
  const components = [
    ...toComponents(code === undefined ? part : codeParts(code)),
    ...(cards
      ? [{ type: 'carousel', cards: cards.map((card, n) => ({ card_index: n, components: toComponents(card) })) }]
      : []),
  ]
  return { name, language: { code: language }, ...(components.length > 0 ? { components } : {}) }
}

type TemplatePart = Pick<OutboundTemplate, 'header' | 'body' | 'buttons'>

/** The same for every kind of button: it is the template that says what becomes of the code. */
function codeParts(code: string): TemplatePart {
  return { body: [code], buttons: [{ index: 0, type: 'url', value: code }] }
}

function toComponents({ header, body, buttons }: TemplatePart): object[] {
  return [
    ...(header ? [{ type: 'header', parameters: toHeaderParameters(header) }] : []),
    ...(body && Object.keys(body).length > 0 ? [{ type: 'body', parameters: toParameters(body) }] : []),
    ...(buttons ?? []).map(({ index, type, value }) => ({
      ...{ type: 'button', sub_type: type, index: String(index) },
      parameters: [buttonParameters[type](value)],
    })),
  ]
}

function toHeaderParameters(header: NonNullable<OutboundTemplate['header']>): object[] {
  switch (header.type) {
    case 'text':
      return toParameters(header.values)
    case 'image':
    case 'video':
      return [{ type: header.type, [header.type]: toMedia(header.media) }]
    case 'document':
      return [{ type: 'document', document: { ...toMedia(header.media), ...given('filename', header.filename) } }]
    case 'location': {
      const { type, ...location } = header
      return [{ type, location }]
    }
  }
}

function toParameters(values: TemplateValues): object[] {
  if (Array.isArray(values)) return values.map(text => ({ type: 'text', text }))
  return Object.entries(values).map(([name, text]) => ({ type: 'text', parameter_name: name, text }))
}

const buttonParameters = {
  url: (text: string) => ({ type: 'text', text }),
  quick_reply: (payload: string) => ({ type: 'payload', payload }),
  copy_code: (code: string) => ({ type: 'coupon_code', coupon_code: code }),
  flow: (token: string) => ({ type: 'action', action: { flow_token: token } }),
} as const satisfies Record<NonNullable<OutboundTemplate['buttons']>[number]['type'], (value: string) => object>

function given<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: V }
}
