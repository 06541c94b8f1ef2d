import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { InboundMessage, StatusReport } from '../../../src/core/inbound.ts'
import { type MessageKind, messageKinds, providerStatuses } from '../../../src/core/message.ts'
import { type NormalizedItem, normalize } from '../../../src/inbox/whatsapp/normalize.ts'

const receivedAt = new Date('2026-05-04T10:00:05Z')
const arrived = { receivedAt }
const metadata = { display_phone_number: '525510002000', phone_number_id: '700500300' }
const callback = '0192f3a0-7c00-7000-8000-000000000001'

const ana = { profile: { name: 'Ana Torres' }, wa_id: '525544332211' }
const head = { from: '525544332211', id: 'wamid.A1', timestamp: '1777888800' }
const at = new Date('2026-05-04T10:00:00Z')

const read = (body: unknown): NormalizedItem[] => normalize(JSON.stringify(body), arrived)
const envelope = (...changes: unknown[]) => ({
  object: 'whatsapp_business_account',
  entry: [{ id: '900100', changes }],
})
const change = (value: object) => ({ field: 'messages', value: { messaging_product: 'whatsapp', metadata, ...value } })
const body = (value: object) => envelope(change(value))

/** The one message of a body with this message in it. */
function readMessage(message: object, value: object = { contacts: [ana] }): InboundMessage {
  const items = read(body({ ...value, messages: [{ ...head, ...message }] }))
  const [item] = items
  if (items.length !== 1 || item?.kind !== 'message') throw new Error(`no message: ${JSON.stringify(items)}`)
  return item.message
}

function readStatus(status: object): StatusReport {
  const items = read(body({ statuses: [{ id: 'wamid.S1', status: 'sent', timestamp: '1777888800', ...status }] }))
  const [item] = items
  if (items.length !== 1 || item?.kind !== 'status') throw new Error(`no status: ${JSON.stringify(items)}`)
  return item.status
}

const summary = (items: NormalizedItem[]) =>
  items.map(item => (item.kind === 'message' ? `message ${item.message.wamid}` : `${item.kind} ${item.place}`))

it('reads a text whole', () => {
  expect(
    read(body({ contacts: [ana], messages: [{ ...head, type: 'text', text: { body: '¿Tienen envío a Mérida?' } }] })),
  ).toEqual([
    {
      kind: 'message',
      place: 'entry.0.changes.0.value.messages.0',
      channel: { phoneNumberId: '700500300' },
      message: {
        wamid: 'wamid.A1',
        ...{ via: 'live', direction: 'in', origin: 'customer', status: 'received' },
        ...{ targetWamid: null, groupId: null, alsoKnownAs: null, username: null },
        sender: { waId: '525544332211', userId: null, parentUserId: null },
        name: 'Ana Torres',
        at,
        replyToWamid: null,
        kind: 'text',
        text: '¿Tienen envío a Mérida?',
        content: null,
        raw: null,
      },
    },
  ])
})

describe('what a message says', () => {
  const file = { id: '4001', mime_type: 'image/jpeg', sha256: 'q+5/8g=' }
  it.each<[string, object, MessageKind, string, Record<string, unknown> | null]>([
    [
      'an image with its caption',
      { type: 'image', image: { ...file, caption: 'Así llegó 📦', url: 'https://lookaside.example/4001' } },
      'image',
      'Así llegó 📦',
      { mediaId: '4001', mimeType: 'image/jpeg', sha256: 'q+5/8g=' },
    ],
    [
      'a video without one',
      { type: 'video', video: { id: '4002', mime_type: 'video/mp4' } },
      'video',
      '',
      { mediaId: '4002', mimeType: 'video/mp4' },
    ],
    [
      'a document, its name as it is written',
      {
        type: 'document',
        document: { id: '4003', mime_type: 'application/pdf', filename: 'Cotización año 2026 – ñandú.pdf' },
      },
      'document',
      '',
      { mediaId: '4003', mimeType: 'application/pdf', filename: 'Cotización año 2026 – ñandú.pdf' },
    ],
    ['audio', { type: 'audio', audio: { id: '4004', voice: false } }, 'audio', '', { mediaId: '4004' }],
    [
      'a voice note',
      { type: 'audio', audio: { id: '4005', mime_type: 'audio/ogg; codecs=opus', voice: true } },
      'voice',
      '',
      { mediaId: '4005', mimeType: 'audio/ogg; codecs=opus' },
    ],
    ['a voice note of old', { type: 'voice', voice: { id: '4006' } }, 'voice', '', { mediaId: '4006' }],
    [
      'a sticker',
      { type: 'sticker', sticker: { id: '4007', mime_type: 'image/webp', animated: false } },
      'sticker',
      '',
      { mediaId: '4007', mimeType: 'image/webp', animated: false },
    ],
    [
      'a moving sticker',
      { type: 'sticker', sticker: { id: '4008', animated: true } },
      'sticker',
      '',
      { mediaId: '4008', animated: true },
    ],
    ['media without its object', { type: 'image' }, 'image', '', null],
    [
      'media that Meta could not fetch',
      {
        type: 'image',
        image: { ...file, caption: 'la etiqueta' },
        errors: [{ code: 400, title: 'Media download failed', details: 'throttled' }],
      },
      'image',
      'la etiqueta',
      {
        mediaId: '4001',
        mimeType: 'image/jpeg',
        sha256: 'q+5/8g=',
        errors: [{ code: '400', title: 'Media download failed', details: 'throttled' }],
      },
    ],
    [
      'where somebody is',
      { type: 'location', location: { latitude: 19.4326, longitude: -99.1332 } },
      'location',
      '',
      { latitude: 19.4326, longitude: -99.1332 },
    ],
    [
      'a place',
      {
        type: 'location',
        location: {
          latitude: 0,
          longitude: 0,
          name: 'Mercado Central',
          address: 'Av. Juárez 5',
          url: 'https://mapa.example/1',
        },
      },
      'location',
      'Mercado Central, Av. Juárez 5',
      { latitude: 0, longitude: 0, name: 'Mercado Central', address: 'Av. Juárez 5', url: 'https://mapa.example/1' },
    ],
    [
      'an answer from a list',
      {
        type: 'interactive',
        interactive: { type: 'list_reply', list_reply: { id: 'expres', title: 'Envío exprés', description: 'Mañana' } },
      },
      'interactive',
      'Envío exprés',
      { type: 'list_reply', id: 'expres', description: 'Mañana' },
    ],
    [
      'an answer from a button',
      { type: 'interactive', interactive: { type: 'button_reply', button_reply: { id: 'si', title: 'Sí' } } },
      'interactive',
      'Sí',
      { type: 'button_reply', id: 'si' },
    ],
    [
      "a template's button",
      { type: 'button', button: { text: 'Confirmar cita', payload: 'cita-ok' } },
      'button',
      'Confirmar cita',
      { payload: 'cita-ok' },
    ],
    ["a template's button without a payload", { type: 'button', button: { text: 'Sí' } }, 'button', 'Sí', null],
    [
      'a reaction',
      { type: 'reaction', reaction: { message_id: 'wamid.S9', emoji: '👍🏽' } },
      'reaction',
      '👍🏽',
      { targetWamid: 'wamid.S9' },
    ],
    [
      'a reaction taken back, said with an empty emoji',
      { type: 'reaction', reaction: { message_id: 'wamid.S9', emoji: '' } },
      'reaction',
      '',
      { targetWamid: 'wamid.S9' },
    ],
    [
      'a reaction taken back, said with none',
      { type: 'reaction', reaction: { message_id: 'wamid.S9' } },
      'reaction',
      '',
      { targetWamid: 'wamid.S9' },
    ],
    [
      'an order, a quantity written as text',
      {
        type: 'order',
        order: {
          catalog_id: 'C7',
          text: 'para hoy',
          product_items: [{ product_retailer_id: 'ROSA-12', quantity: '2' }],
        },
      },
      'order',
      'para hoy',
      { catalogId: 'C7', items: [{ productId: 'ROSA-12', quantity: 2 }] },
    ],
    ['a chat opened', { type: 'request_welcome' }, 'system', '', { event: 'request_welcome' }],
    ['a text that is a number', { type: 'text', text: { body: 42 } }, 'text', '42', null],
    ['a text without its object', { type: 'text' }, 'text', '', null],
    [
      'a text forwarded',
      { type: 'text', text: { body: 'x' }, context: { forwarded: true } },
      'text',
      'x',
      { forwarded: true },
    ],
    [
      'a text forwarded by many',
      { type: 'text', text: { body: 'x' }, context: { frequently_forwarded: true } },
      'text',
      'x',
      { forwarded: true, frequentlyForwarded: true },
    ],
    [
      'a question about a product',
      {
        type: 'text',
        text: { body: '¿Hay?' },
        context: { id: 'wamid.P1', referred_product: { catalog_id: 'C7', product_retailer_id: 'ROSA-12' } },
      },
      'text',
      '¿Hay?',
      { referredProduct: { catalog_id: 'C7', product_retailer_id: 'ROSA-12' } },
    ],
    [
      'an answer to an advertisement',
      {
        type: 'text',
        text: { body: 'Info' },
        referral: { source_type: 'ad', source_id: '120', headline: 'Rosas', ctwa_clid: 'AB-1' },
      },
      'text',
      'Info',
      { referral: { source_type: 'ad', source_id: '120', headline: 'Rosas', ctwa_clid: 'AB-1' } },
    ],
    [
      'a word in a group',
      { type: 'text', text: { body: 'Hola a todos' }, group_id: 'G1' },
      'text',
      'Hola a todos',
      null,
    ],
  ])('%s', (_, message, kind, text, content) => {
    expect(readMessage(message)).toMatchObject({ kind, text, content, raw: null, wamid: 'wamid.A1', at })
  })

  it('three contacts, with and without their names', () => {
    const cards = [
      {
        name: { formatted_name: 'Luis Peña', first_name: 'Luis' },
        phones: [{ phone: '+52 55 1111 2222', wa_id: '525511112222', type: 'CELL' }],
      },
      { name: { first_name: 'Marta' } },
      { origin: 'contact_request', phones: [{ phone: '+52 55 3333 4444' }] },
    ]
    expect(readMessage({ type: 'contacts', contacts: cards })).toMatchObject({
      kind: 'contacts',
      text: 'Luis Peña, Marta',
      content: { cards },
    })
  })
})

describe('what is not wholly understood is kept as it came', () => {
  it.each<[string, object, MessageKind, string, object]>([
    ['a type nobody knows', { type: 'hologram', hologram: { depth: 3 } }, 'unknown', '', { type: 'hologram' }],
    ['no type, and no key that tells', { mystery: true }, 'unknown', '', { type: null }],
    [
      'a type nobody knows that holds a text',
      { type: 'hologram', text: { body: 'corregido' } },
      'unknown',
      'corregido',
      { type: 'hologram' },
    ],
    ['a type named like a part of the language', { type: 'constructor' }, 'unknown', '', { type: 'constructor' }],
    ['another such type', { type: 'hasOwnProperty' }, 'unknown', '', { type: 'hasOwnProperty' }],
    ['and another', { type: '__proto__' }, 'unknown', '', { type: '__proto__' }],
    [
      'what Meta cannot hand over',
      { type: 'unsupported', errors: [{ code: 131051, title: 'Message type unknown' }], unsupported: { type: 'poll' } },
      'unsupported',
      '',
      { type: 'poll', errors: [{ code: '131051', title: 'Message type unknown' }] },
    ],
    [
      'the same by its name of old',
      { type: 'unknown', errors: [{ code: 131051 }] },
      'unsupported',
      '',
      { errors: [{ code: '131051' }] },
    ],
    ['what disappears', { type: 'ephemeral' }, 'unsupported', '', {}],
    [
      "a form's answer, though its JSON is broken",
      {
        type: 'interactive',
        interactive: { type: 'nfm_reply', nfm_reply: { name: 'flow', body: 'Enviado', response_json: '{roto' } },
      },
      'interactive',
      'Enviado',
      { type: 'nfm_reply', name: 'flow', response_json: '{roto' },
    ],
    [
      'an interactive answer nobody knows',
      { type: 'interactive', interactive: { type: 'payment_method', payment_method: { kind: 'pix' } } },
      'interactive',
      '',
      { type: 'payment_method' },
    ],
    ['an interactive answer without its object', { type: 'interactive' }, 'interactive', '', { type: null }],
    [
      'news of a changed number',
      {
        type: 'system',
        system: { type: 'user_changed_number', body: 'Ana cambió de número', new_wa_id: '525599998888' },
      },
      'system',
      'Ana cambió de número',
      { event: 'user_changed_number' },
    ],
  ])('%s', (_, message, kind, text, content) => {
    const found = readMessage(message)
    expect(found).toMatchObject({ kind, text })
    if (Object.keys(content).length > 0) expect(found.content).toEqual(content)
    expect(found.raw).toEqual({ ...head, ...message })
  })
})

it.each<[string, object, MessageKind]>([
  ['text', { text: { body: 'hola' } }, 'text'],
  ['image', { image: { id: '1' } }, 'image'],
  ['location', { location: { latitude: 1, longitude: 2 } }, 'location'],
  ['contacts', { contacts: [{ name: { first_name: 'Luis' } }] }, 'contacts'],
  ['an empty type', { type: '', text: { body: 'hola' } }, 'text'],
])('tells a message without a type by its key: %s', (_, message, kind) => {
  expect(readMessage(message)).toMatchObject({ kind, raw: null })
})

it('names the message it answers, where it names one', () => {
  const text = { type: 'text', text: { body: 'sí' } }
  expect(readMessage({ ...text, context: { from: '525510002000', id: 'wamid.S9' } }).replyToWamid).toBe('wamid.S9')
  expect(readMessage({ ...text, context: { forwarded: true } }).replyToWamid).toBeNull()
  expect(readMessage({ ...text, context: { id: '' } }).replyToWamid).toBeNull()
  expect(readMessage({ ...text, context: 'wamid.S9' }).replyToWamid).toBeNull()
})

it.each(['edit', 'revoke'])('a message of type %s is news about another, not one to answer', type => {
  const message = readMessage({ type, [type]: { original_message_id: 'wamid.OLD' } })
  expect(message).toMatchObject({ kind: 'system', content: { event: type, target: 'wamid.OLD' } })
})

describe('who it is from', () => {
  const text = { type: 'text', text: { body: 'hola' } }
  const nobody = { waId: null, userId: null, parentUserId: null }
  it.each<[string, object, object]>([
    ['a number', { from: '5215544332211' }, { waId: '5215544332211' }],
    ['a number with a plus', { from: '+525544332211' }, { waId: '525544332211' }],
    ['a number that is a number', { from: 525544332211 }, { waId: '525544332211' }],
    [
      'number and business-scoped ids',
      { from_user_id: 'MX.K7', from_parent_user_id: 'MX.ENT.P9' },
      { waId: '525544332211', userId: 'MX.K7', parentUserId: 'MX.ENT.P9' },
    ],
    ['a business-scoped id alone', { from: undefined, from_user_id: 'MX.K7' }, { userId: 'MX.K7' }],
    ['an empty number is none', { from: '', from_user_id: 'MX.K7' }, { userId: 'MX.K7' }],
    ['a null number is none', { from: null, from_user_id: 'MX.K7' }, { userId: 'MX.K7' }],
    ['a business-scoped id in the place of the number', { from: 'MX.K7' }, { userId: 'MX.K7' }],
    ['in both places', { from: 'MX.K7', from_user_id: 'MX.K7' }, { userId: 'MX.K7' }],
    ['a parent alone', { from: undefined, from_parent_user_id: 'MX.ENT.P9' }, { parentUserId: 'MX.ENT.P9' }],
    ['empty ids are none', { from_user_id: '', from_parent_user_id: '' }, { waId: '525544332211' }],
  ])('%s', (_, message, sender) => {
    expect(readMessage({ ...text, ...message }).sender).toEqual({ ...nobody, ...sender })
  })

  it('is broken when nobody sent it', () => {
    const items = read(body({ messages: [{ id: 'wamid.A1', ...text }] }))
    expect(items).toMatchObject([
      { kind: 'broken', cause: expect.stringContaining('No sender'), item: { id: 'wamid.A1' } },
    ])
  })

  it('is no message when it is news about a person named inside only', () => {
    const system = { type: 'user_changed_user_id', user_id: 'MX.K8' }
    expect(read(body({ messages: [{ id: 'wamid.A1', type: 'system', system }] }))).toMatchObject([{ kind: 'other' }])
  })

  const luis = { profile: { name: 'Luis' }, wa_id: '525511112222', user_id: 'MX.L2' }
  it.each<[string, unknown, object, string | null]>([
    ['their own profile', [luis, ana], {}, 'Ana Torres'],
    ['their profile by the business-scoped id', [ana, luis], { from: undefined, from_user_id: 'MX.L2' }, 'Luis'],
    ['the only profile, though it names another number', [luis], {}, 'Luis'],
    ['none of several strangers', [luis, { profile: { name: 'Eva' }, wa_id: '1' }], {}, null],
    ['none for a user name alone', [{ wa_id: '525544332211', profile: { username: '@ana' } }], {}, null],
    ['none without a profile', [{ wa_id: '525544332211' }], {}, null],
    ['none for an empty name', [{ wa_id: '525544332211', profile: { name: '' } }], {}, null],
    ['none without contacts', undefined, {}, null],
    ['none where contacts are no list', { wa_id: '525544332211' }, {}, null],
    ['their own, past entries of another shape', [null, 'x', { profile: 7 }, ana], {}, 'Ana Torres'],
  ])('is called by %s', (_, contacts, message, name) => {
    expect(readMessage({ ...text, ...message }, { contacts }).name).toBe(name)
  })

  it.each(['@ana', 'ana'])('has the user name %s apart, without the @', username => {
    const contacts = [{ wa_id: '525544332211', profile: { name: 'Ana Torres', username } }]
    expect(readMessage(text, { contacts })).toMatchObject({ name: 'Ana Torres', username: 'ana' })
  })
})

describe('when it was written', () => {
  const text = { type: 'text', text: { body: 'hola' } }
  it.each<[string, unknown, Date]>([
    ['seconds as text', '1777888800', at],
    ['seconds as a number', 1777888800, at],
    ['long ago', '1000000000', new Date('2001-09-09T01:46:40Z')],
    ['a machine whose clock runs ahead, by less than a day', '1777892400', new Date('2026-05-04T11:00:00Z')],
    ['absent', undefined, receivedAt],
    ['empty', '', receivedAt],
    ['null', null, receivedAt],
    ['zero', '0', receivedAt],
    ['negative', '-5', receivedAt],
    ['no number', 'ayer', receivedAt],
    ['milliseconds, which no second can be', '1777888800000', receivedAt],
    ['an object', {}, receivedAt],
  ])('%s', (_, timestamp, expected) => {
    expect(readMessage({ ...text, timestamp }).at).toEqual(expected)
  })
})

it('names a message without an id by what it says, the same in whatever body', () => {
  const given = body({ contacts: [ana], messages: [{ from: '525544332211', text: { body: 'hola' } }] })
  const [wamid, again] = [read(given), read(given)].map(([item]) => item?.kind === 'message' && item.message.wamid)
  expect(wamid).toMatch(/^noid\.[0-9a-f]{16}$/)
  expect(again).toBe(wamid)
})

it('takes out what Postgres cannot store, and nothing else', () => {
  const text = '{"body":"a\\u0000b\\ud800 c\\udc00 😀 d\\ud83d"}'
  const given = `{"entry":[{"changes":[{"field":"messages","value":{"metadata":{"phone_number_id":"700500300"},
    "messages":[{"from":"52554433\\u00002211","id":"wamid.\\u0000A1","type":"text","text":${text}}]}}]}]}`
  const [item] = normalize(given, arrived)
  expect(item).toMatchObject({
    message: { text: 'ab\uFFFD c\uFFFD 😀 d\uFFFD', wamid: 'wamid.A1', sender: { waId: '525544332211' } },
  })
})

describe('statuses', () => {
  it.each(providerStatuses)('reads %s', status => {
    expect(readStatus({ status, recipient_id: '525544332211' })).toEqual({
      wamid: 'wamid.S1',
      status,
      at,
      callbackMessageId: null,
      participant: '',
      errorCode: null,
      errorText: null,
      detail: { recipient_id: '525544332211' },
    })
  })

  it.each<[string, object, Partial<StatusReport>]>([
    ['our id', { biz_opaque_callback_data: callback }, { callbackMessageId: callback }],
    ['a callback that is not ours', { biz_opaque_callback_data: 'pedido-7' }, { callbackMessageId: null }],
    ['the member of a group', { recipient_participant_id: '525511112222' }, { participant: '525511112222' }],
    [
      'the member of a group, spelt the other way',
      { participant_recipient_id: '525511112222' },
      { participant: '525511112222' },
    ],
    ['no recipient', { recipient_id: undefined, recipient_user_id: 'MX.K7' }, { participant: '' }],
    ['a number as the time', { timestamp: 1777888800 }, { at }],
    [
      'why it failed, in the most exact words',
      {
        status: 'failed',
        errors: [
          {
            code: 131047,
            title: 'Re-engagement',
            message: 'Re-engagement message',
            error_data: { details: 'Más de 24 horas' },
          },
        ],
      },
      { errorCode: '131047', errorText: 'Más de 24 horas' },
    ],
    [
      'details beside the code',
      { status: 'failed', errors: [{ code: 131053, title: 'Media', details: 'text/html no es un video' }] },
      { errorCode: '131053', errorText: 'text/html no es un video' },
    ],
    [
      'a title only',
      { status: 'failed', errors: [{ code: 131049, title: 'Ecosistema' }] },
      { errorCode: '131049', errorText: 'Ecosistema' },
    ],
    ['a failure without a reason', { status: 'failed' }, { errorCode: null, errorText: null }],
    ['errors of another shape', { status: 'failed', errors: ['no', { code: 1 }] }, { errorCode: '1', errorText: null }],
    ['errors that are no list', { status: 'failed', errors: { code: 1 } }, { errorCode: null, errorText: null }],
  ])('with %s', (_, status, expected) => {
    expect(readStatus(status)).toMatchObject(expected)
  })

  it('that are no state of a message are left to the ledger', () => {
    for (const status of ['RINGING', 'deleted', 'toString', 'warned']) {
      expect(read(body({ statuses: [{ id: 'wacid.1', status }] }))).toMatchObject([
        { kind: 'other', field: `status ${status}` },
      ])
    }
  })

  it('without id or state are broken', () => {
    expect(read(body({ statuses: [{ status: 'sent' }, { id: 'wamid.S1' }, null] }))).toMatchObject([
      { kind: 'broken', cause: 'A status without id or state' },
      { kind: 'broken', cause: 'A status without id or state' },
      { kind: 'broken', cause: 'Not a status: an object expected', item: null },
    ])
  })
})

describe('many at once', () => {
  const text = (id: string) => ({ ...head, id, type: 'text', text: { body: id } })
  const sent = { id: 'wamid.S1', status: 'sent', timestamp: '1777888800' }

  it('are each read, in their order, with their own channel', () => {
    const other = { ...metadata, phone_number_id: '700500301' }
    const given = {
      object: 'whatsapp_business_account',
      entry: [
        { id: '1', changes: [change({ messages: [text('a'), text('b')], statuses: [sent] })] },
        {
          id: '2',
          changes: [change({ metadata: other, messages: [text('c')] }), { field: 'user_preferences', value: {} }],
        },
      ],
    }
    expect(summary(read(given))).toEqual([
      'message a',
      'message b',
      'status entry.0.changes.0.value.statuses.0',
      'message c',
      'other entry.1.changes.1',
    ])
    expect(read(given)[3]).toMatchObject({ channel: { phoneNumberId: '700500301' } })
  })

  it('are not held back by one that is broken', () => {
    const given = {
      entry: [
        null,
        {
          id: '1',
          changes: ['x', change({ messages: [text('a'), 7, text('b'), { id: 'wamid.N' }], statuses: [[], sent] })],
        },
        { id: '2', changes: {} },
        { changes: [change({ metadata: undefined, messages: [text('c')] }), change({ messages: [text('d')] })] },
      ],
    }
    expect(summary(read(given))).toEqual([
      'broken entry.0',
      'broken entry.1.changes.0',
      'message a',
      'broken entry.1.changes.1.value.messages.1',
      'message b',
      'broken entry.1.changes.1.value.messages.3',
      'broken entry.1.changes.1.value.statuses.0',
      'status entry.1.changes.1.value.statuses.1',
      'broken entry.3.changes.0.value',
      'message d',
    ])
  })
})

describe('bodies with nothing for the inbox', () => {
  it.each<[string, unknown, object[]]>([
    ['no entries', { object: 'whatsapp_business_account', entry: [] }, []],
    ['no entry key', { object: 'whatsapp_business_account' }, []],
    ['entries that are no list', { entry: 'x' }, []],
    ['an entry without changes', { entry: [{ id: '1' }] }, []],
    ['a field nobody knows', envelope({ field: 'holograms', value: {} }), [{ kind: 'other', field: 'holograms' }]],
    ['a field without a value', envelope({ field: 'flows' }), [{ kind: 'other', field: 'flows' }]],
    ['a field whose value is no object', envelope({ field: 'flows', value: 7 }), [{ kind: 'other', field: 'flows' }]],
    [
      'an error of the account',
      body({ errors: [{ code: 130429 }] }),
      [{ kind: 'event', event: { event: 'error 130429' } }],
    ],
    ['messages that are no list', body({ messages: { id: 'x' } }), [{ kind: 'other', field: 'messages' }]],
    [
      'messages under another field',
      envelope({ field: 'smb_message_echoes', value: { metadata, messages: [{ ...head, text: { body: 'x' } }] } }),
      [{ kind: 'message', message: { via: 'echo', direction: 'in' } }],
    ],
    ['a list', [], [{ kind: 'broken', cause: 'Not a webhook body: an object expected', item: [] }]],
    ['null', null, [{ kind: 'broken', item: null }]],
    ['a text', 'hola', [{ kind: 'broken', item: 'hola' }]],
  ])('%s', (_, given, expected) => {
    const items = read(given)
    expect(items).toHaveLength(expected.length)
    expect(items).toMatchObject(expected)
  })

  it('that are no JSON are one broken item', () => {
    for (const text of ['', '{', 'hub.mode=subscribe', '\uFEFF{}', '['.repeat(200_000)]) {
      expect(normalize(text, arrived)).toMatchObject([{ kind: 'broken', place: '', item: null }])
    }
    // JSON, but deeper than anything can bear: cut, and no body of Meta's.
    expect(normalize('['.repeat(200_000) + ']'.repeat(200_000), arrived)).toMatchObject([{ kind: 'broken', place: '' }])
    expect(normalize('\0', arrived)).toMatchObject([{ cause: expect.not.stringContaining('\0') }])
  })

  it('of messages may leave the field out', () => {
    const { value } = change({ messages: [{ ...head, text: { body: 'hola' } }] })
    expect(read(envelope({ value }))).toMatchObject([{ kind: 'message' }])
  })
})

describe('properties', () => {
  const kinds: ReadonlySet<string> = new Set(messageKinds)
  /** What the rest of the inbox relies on. */
  function expectSound(items: NormalizedItem[]) {
    for (const item of items) {
      if (item.kind === 'message') {
        const { message } = item
        expect(item.channel).not.toEqual({ phoneNumberId: '' })
        expect(message.wamid).not.toBe('')
        expect(kinds.has(message.kind)).toBe(true)
        expect(typeof message.text).toBe('string')
        expect(Number.isNaN(message.at.getTime())).toBe(false)
        expect(message.sender.waId ?? message.sender.userId ?? message.sender.parentUserId).toBeTruthy()
      }
      if (item.kind === 'status') expect(Number.isNaN(item.status.at.getTime())).toBe(false)
      expect(JSON.stringify(item)).not.toMatch(/\\u0000|\\ud[89a-f]/)
    }
  }

  const key = fc.constantFrom(
    ...['from', 'from_user_id', 'id', 'type', 'timestamp', 'text', 'body', 'image', 'caption', 'interactive'],
    ...['list_reply', 'contacts', 'name', 'context', 'errors', 'code', 'error_data', 'details', 'status', 'system'],
    ...['order', 'location', 'latitude', 'reaction', 'referral', 'constructor', 'toString', '__proto__', 'prototype'],
  )
  const leaf = fc.oneof(
    fc.constantFrom(
      'text',
      'image',
      'interactive',
      'list_reply',
      'constructor',
      'valueOf',
      '__proto__',
      '',
      '\0',
      '\ud800',
    ),
    fc.constantFrom<unknown>(null, true, 0, -1, 1e308, 525544332211, '525544332211', '1777888800', 'sent', 'failed'),
    fc.string({ unit: 'binary' }),
  )
  const { anything } = fc.letrec<{ anything: unknown }>(tie => ({
    anything: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.array(tie('anything'), { maxLength: 3 }),
      fc.dictionary(key, tie('anything'), { maxKeys: 6 }),
    ),
  }))

  it('never throws for any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), text => expectSound(normalize(text, arrived))))
  })

  it('never throws for any JSON', () => {
    fc.assert(fc.property(fc.json(), text => expectSound(normalize(text, arrived))))
  })

  it('never throws for any message, status or profile, and makes one item of each', () => {
    const list = fc.array(anything, { maxLength: 4 })
    fc.assert(
      fc.property(list, list, anything, (messages, statuses, contacts) => {
        fc.pre(messages.length + statuses.length > 0)
        const items = read(body({ messages, statuses, contacts }))
        expectSound(items)
        expect(items).toHaveLength(messages.length + statuses.length)
      }),
      { numRuns: 2_000 },
    )
  })

  it('reads any message of a known sender as one', () => {
    const message = fc.dictionary(key, anything, { maxKeys: 8 })
    fc.assert(
      fc.property(message, given => {
        const items = read(body({ messages: [{ ...given, from: '525544332211' }] }))
        expectSound(items)
        expect(items).toMatchObject([{ kind: 'message', message: { sender: { waId: '525544332211' } } }])
      }),
      { numRuns: 2_000 },
    )
  })

  it('never throws for any shape of the envelope', () => {
    fc.assert(
      fc.property(anything, anything, anything, (entry, changes, value) => {
        expectSound(read({ entry }))
        expectSound(read({ entry: [{ changes }] }))
        expectSound(read({ entry: [{ changes: [{ field: 'messages', value }] }] }))
      }),
    )
  })
})
