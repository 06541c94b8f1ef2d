import { expect, it } from 'vitest'
import type { Outbound } from '../../../src/core/outbound.ts'
import { toPayload } from '../../../src/inbox/whatsapp/payload.ts'

const link = 'https://example.com/a'
const media = { link }

it.each<[Outbound, object]>([
  [
    { type: 'text', text: 'Hola', previewUrl: false },
    { type: 'text', text: { body: 'Hola', preview_url: false } },
  ],
  [
    { type: 'image', media, caption: 'Así' },
    { type: 'image', image: { link, caption: 'Así' } },
  ],
  [
    { type: 'video', media: { mediaId: '7' } },
    { type: 'video', video: { id: '7' } },
  ],
  [
    { type: 'audio', media },
    { type: 'audio', audio: { link } },
  ],
  [
    { type: 'voice', media },
    { type: 'audio', audio: { link, voice: true } },
  ],
  [
    { type: 'document', media, filename: 'a.pdf' },
    { type: 'document', document: { link, filename: 'a.pdf' } },
  ],
  [
    { type: 'sticker', media },
    { type: 'sticker', sticker: { link } },
  ],
  [
    { type: 'location', latitude: 1, longitude: 2, name: 'Taller' },
    { type: 'location', location: { latitude: 1, longitude: 2, name: 'Taller' } },
  ],
  [
    { type: 'contacts', cards: [{ name: { formatted: 'Ana Luz' }, phones: [{ phone: '+1', waId: '1' }] }] },
    {
      type: 'contacts',
      contacts: [{ name: { formatted_name: 'Ana Luz', first_name: 'Ana Luz' }, phones: [{ phone: '+1', wa_id: '1' }] }],
    },
  ],
  [
    { type: 'reaction', messageId: 'm', targetWamid: 'wamid.1', emoji: '' },
    { type: 'reaction', reaction: { message_id: 'wamid.1', emoji: '' } },
  ],
  [
    {
      type: 'buttons',
      body: '¿Sí?',
      footer: 'Hoy',
      header: { type: 'image', media },
      buttons: [{ id: 'y', title: 'Sí' }],
    },
    {
      type: 'interactive',
      interactive: {
        type: 'button',
        header: { type: 'image', image: { link } },
        body: { text: '¿Sí?' },
        footer: { text: 'Hoy' },
        action: { buttons: [{ type: 'reply', reply: { id: 'y', title: 'Sí' } }] },
      },
    },
  ],
  [
    { type: 'list', body: 'Elige', button: 'Ver', sections: [{ rows: [{ id: 'a', title: 'A' }] }] },
    {
      type: 'interactive',
      interactive: {
        type: 'list',
        body: { text: 'Elige' },
        action: { button: 'Ver', sections: [{ rows: [{ id: 'a', title: 'A' }] }] },
      },
    },
  ],
  [
    { type: 'product', catalogId: '9', productId: 'R1', footer: 'Hoy' },
    {
      type: 'interactive',
      interactive: {
        type: 'product',
        footer: { text: 'Hoy' },
        action: { catalog_id: '9', product_retailer_id: 'R1' },
      },
    },
  ],
  [
    {
      type: 'product_list',
      ...{ header: { type: 'text', text: 'Rosas' }, body: 'Elige', catalogId: '9' },
      sections: [{ title: 'Docena', productIds: ['R1', 'R2'] }],
    },
    {
      type: 'interactive',
      interactive: {
        type: 'product_list',
        header: { type: 'text', text: 'Rosas' },
        body: { text: 'Elige' },
        action: {
          catalog_id: '9',
          sections: [
            { title: 'Docena', product_items: [{ product_retailer_id: 'R1' }, { product_retailer_id: 'R2' }] },
          ],
        },
      },
    },
  ],
  [
    { type: 'catalog', body: 'Todo', thumbnailProductId: 'R1' },
    {
      type: 'interactive',
      interactive: {
        type: 'catalog_message',
        body: { text: 'Todo' },
        action: { name: 'catalog_message', parameters: { thumbnail_product_retailer_id: 'R1' } },
      },
    },
  ],
  [
    {
      type: 'address_request',
      ...{ body: '¿Adónde?', country: 'IN', values: { city: 'Pune' }, mistakes: { in_pin_code: 'No' } },
      saved: [{ id: 'a1', values: { city: 'Goa' } }],
    },
    {
      type: 'interactive',
      interactive: {
        type: 'address_message',
        body: { text: '¿Adónde?' },
        action: {
          name: 'address_message',
          parameters: {
            country: 'IN',
            values: { city: 'Pune' },
            saved_addresses: [{ id: 'a1', value: { city: 'Goa' } }],
            validation_errors: { in_pin_code: 'No' },
          },
        },
      },
    },
  ],
  [
    { type: 'template', name: 'clave', language: 'es', code: '482915' },
    {
      type: 'template',
      template: {
        name: 'clave',
        language: { code: 'es' },
        components: [
          { type: 'body', parameters: [{ type: 'text', text: '482915' }] },
          { type: 'button', sub_type: 'url', index: '0', parameters: [{ type: 'text', text: '482915' }] },
        ],
      },
    },
  ],
  [
    {
      type: 'template',
      ...{ name: 'ofertas', language: 'es', body: ['Ana'] },
      cards: [
        { header: { type: 'image', media }, body: ['10'], buttons: [{ index: 0, type: 'quick_reply', value: 'q' }] },
        { header: { type: 'video', media: { mediaId: '7' } } },
      ],
    },
    {
      type: 'template',
      template: {
        name: 'ofertas',
        language: { code: 'es' },
        components: [
          { type: 'body', parameters: [{ type: 'text', text: 'Ana' }] },
          {
            type: 'carousel',
            cards: [
              {
                card_index: 0,
                components: [
                  { type: 'header', parameters: [{ type: 'image', image: { link } }] },
                  { type: 'body', parameters: [{ type: 'text', text: '10' }] },
                  {
                    type: 'button',
                    sub_type: 'quick_reply',
                    index: '0',
                    parameters: [{ type: 'payload', payload: 'q' }],
                  },
                ],
              },
              {
                card_index: 1,
                components: [{ type: 'header', parameters: [{ type: 'video', video: { id: '7' } }] }],
              },
            ],
          },
        ],
      },
    },
  ],
  [
    { type: 'cta_url', body: 'Paga', button: 'Pagar', url: link },
    {
      type: 'interactive',
      interactive: {
        type: 'cta_url',
        body: { text: 'Paga' },
        action: { name: 'cta_url', parameters: { display_text: 'Pagar', url: link } },
      },
    },
  ],
  [
    { type: 'flow', body: 'Rellena', button: 'Abrir', flowId: '9', flowToken: 't', screen: 'ONE', data: { a: 1 } },
    {
      type: 'interactive',
      interactive: {
        type: 'flow',
        body: { text: 'Rellena' },
        action: {
          name: 'flow',
          parameters: {
            ...{ flow_message_version: '3', flow_id: '9', flow_token: 't', flow_cta: 'Abrir', flow_action: 'navigate' },
            flow_action_payload: { screen: 'ONE', data: { a: 1 } },
          },
        },
      },
    },
  ],
  [
    { type: 'location_request', body: '¿Dónde?' },
    {
      type: 'interactive',
      interactive: { type: 'location_request_message', body: { text: '¿Dónde?' }, action: { name: 'send_location' } },
    },
  ],
  [
    { type: 'request_contact_info', body: '¿Número?' },
    {
      type: 'interactive',
      interactive: {
        ...{ type: 'request_contact_info', body: { text: '¿Número?' }, action: { name: 'request_contact_info' } },
      },
    },
  ],
  [
    {
      ...{ type: 'template', name: 'pedido', language: 'es_MX', body: ['Ana', '7'] },
      header: { type: 'document', media, filename: 'a.pdf' },
      buttons: [
        { index: 0, type: 'url', value: 'x7' },
        { index: 2, type: 'quick_reply', value: 'sí' },
      ],
    },
    {
      type: 'template',
      template: {
        name: 'pedido',
        language: { code: 'es_MX' },
        components: [
          { type: 'header', parameters: [{ type: 'document', document: { link, filename: 'a.pdf' } }] },
          {
            type: 'body',
            parameters: [
              { type: 'text', text: 'Ana' },
              { type: 'text', text: '7' },
            ],
          },
          { type: 'button', sub_type: 'url', index: '0', parameters: [{ type: 'text', text: 'x7' }] },
          { type: 'button', sub_type: 'quick_reply', index: '2', parameters: [{ type: 'payload', payload: 'sí' }] },
        ],
      },
    },
  ],
  [
    { type: 'template', name: 'hola', language: 'en', body: { first_name: 'Ana' } },
    {
      type: 'template',
      template: {
        ...{ name: 'hola', language: { code: 'en' } },
        components: [{ type: 'body', parameters: [{ type: 'text', parameter_name: 'first_name', text: 'Ana' }] }],
      },
    },
  ],
  [
    { type: 'template', name: 'hola', language: 'en' },
    { type: 'template', template: { name: 'hola', language: { code: 'en' } } },
  ],
])('%j in the words of the Cloud API', (message, payload) => {
  expect(toPayload(message)).toEqual(payload)
})
