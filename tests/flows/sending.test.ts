/** Sending in full over the simulated WhatsApp: templates, other types, read marks, failures and decisions. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { DEMO } from '../../src/node/demo.ts'
import { startHub, type TestHub } from '../support/hub.ts'

let t: TestHub
const FROM = '34655000111'
const body = 'Hola {{1}}: tu pedido {{2}} salió.'
const components = [{ type: 'BODY', text: body, example: { body_text: [['Ana', '7']] } }]

type Message = {
  id: string
  kind: string
  text: string
  status: string
  decision: string | null
  failure: object | null
}
type Problem = { code: string; detail: string; templates?: { name: string }[]; errors?: { field: string }[] }
type Whole = { messages: Message[]; window: { open: boolean } }

beforeAll(async () => {
  t = await startHub()
  write('Hola, ¿y mi pedido?')
  await t.pass(1)
})
afterAll(() => t.close())

const number = 'BZ-1001'
const { phoneNumberId } = DEMO
const write = (text: string) =>
  t.sandbox.whatsapp.inbound({ phoneNumberId, messages: [{ from: FROM, name: 'Ana', text }] })
const reply = (input: object) => t.api<{ message: Message } & Problem>('POST', `/tickets/${number}/reply`, input)
const whole = async () => (await t.api<Whole>('GET', `/tickets/${number}`)).body
const last = async () => (await whole()).messages.at(-1)
const onPhone = () => t.sandbox.state().whatsapp.chats.find(chat => chat.person === FROM)?.messages ?? []

it('sends every type, and the phone shows it', async () => {
  const media = { link: 'https://example.com/a.jpg' }
  const there = t.sandbox.whatsapp.files({ phoneNumberId, mimeType: 'audio/ogg; codecs=opus', data: 'T2dnUw==' })
  const [first] = (await whole()).messages
  const contents = [
    { type: 'image', media, caption: 'Así salió' },
    { type: 'voice', media: { mediaId: there.id } },
    { type: 'document', media, filename: 'factura.pdf' },
    { type: 'location', latitude: 40.4, longitude: -3.7, name: 'Tienda' },
    { type: 'contacts', cards: [{ name: { formatted: 'Taller' }, phones: [{ phone: '+34600' }] }] },
    { type: 'buttons', body: '¿Llegó?', buttons: [{ id: 'y', title: 'Sí' }] },
    { type: 'list', body: 'Elige', button: 'Ver', sections: [{ rows: [{ id: 'a', title: 'A' }] }] },
    { type: 'cta_url', body: 'Sigue tu pedido', button: 'Seguir', url: 'https://example.com/7' },
    { type: 'location_request', body: '¿Dónde estás?' },
    { type: 'request_contact_info', body: '¿Nos das tu número?' },
    { type: 'reaction', messageId: first?.id, emoji: '👍' },
  ]
  for (const content of contents) expect(await reply({ content })).toMatchObject({ status: 202 })
  const quoted = await reply({ content: { type: 'text', text: 'Esto' }, replyTo: first?.id })
  expect(quoted).toMatchObject({ status: 202, body: { message: { kind: 'text' } } })
  await t.pass(5)
  const sent = (await whole()).messages.slice(1)
  expect(sent.map(message => message.status)).toEqual(contents.concat({} as never).map(() => 'delivered'))
  expect(sent.map(message => message.text)).toEqual(
    expect.arrayContaining(['[Imagen] Así salió', '[Nota de voz]', '¿Llegó?\n• Sí', 'Esto']),
  )
  const shown = onPhone().filter(message => message.direction === 'out')
  expect(shown.map(message => message.type)).toEqual(
    expect.arrayContaining(['image', 'audio', 'document', 'location', 'contacts', 'interactive', 'text']),
  )
  expect(onPhone()[0]?.reactions).toEqual([{ from: 'business', emoji: '👍' }])
  expect(shown.at(-1)?.replyTo).toBe(onPhone()[0]?.id)
})

it('refuses what WhatsApp would refuse, naming the field, before anything is queued', async () => {
  const before = (await whole()).messages.length
  const buttons = Array.from({ length: 4 }, (_, n) => ({ id: `${n}`, title: 'Una opción demasiado larga' }))
  const answer = await reply({ content: { type: 'buttons', body: '¿Cuál?', buttons } })
  expect(answer).toMatchObject({ status: 422, body: { code: 'invalid_input' } })
  expect(answer.body.errors?.map(error => error.field)).toEqual(expect.arrayContaining(['buttons', 'buttons.0.title']))
  expect(await reply({ text: 'a', content: { type: 'text', text: 'b' } })).toMatchObject({ status: 422 })
  expect((await whole()).messages).toHaveLength(before)
})

it('marks as read, and shows that somebody writes', async () => {
  expect(await t.api('POST', `/tickets/${number}/read`)).toMatchObject({ status: 200 })
  expect(onPhone()[0]?.readByBusiness).toBe(true)
  expect(await t.api('POST', `/tickets/${number}/typing`)).toMatchObject({ status: 200 })
  expect(t.sandbox.state().whatsapp.chats.find(chat => chat.person === FROM)?.typing).toBe(true)
})

it('makes a template, hears of its review, and previews it', async () => {
  const { body: channels } = await t.api<{ items: { id: string; wabaId: string }[] }>('GET', '/channels')
  const channel = channels.items[0]
  const wabaId = channel?.wabaId ?? ''
  const template = { channelId: channel?.id, name: 'pedido', language: 'es', category: 'utility', components }
  const made = await t.api<{ id: string }>('POST', '/templates', template)
  expect(made).toMatchObject({ status: 201, body: { status: 'pending', needs: { body: ['1', '2'] } } })
  expect(await t.api('POST', '/templates', template)).toMatchObject({ status: 502, body: { code: 'whatsapp_refused' } })
  const early = await reply({ content: { type: 'template', name: 'pedido', language: 'es', body: ['Ana', '7'] } })
  expect(early).toMatchObject({ status: 422 })
  t.sandbox.whatsapp.review({ wabaId, name: 'pedido', language: 'es', event: 'APPROVED' })
  // Made in Meta's own manager: not known here until it is read.
  t.sandbox.whatsapp.templates({ wabaId, name: 'hello', language: 'en', components: [{ type: 'BODY', text: 'Hi' }] })
  t.sandbox.whatsapp.review({ wabaId, name: 'hello', language: 'en', quality: 'GREEN' })
  await t.pass(10)
  await t.pass(10)
  const { body: list } = await t.api<{ items: object[] }>('GET', '/templates')
  expect(list.items).toMatchObject([
    { name: 'pedido', status: 'approved' },
    { name: 'hello', status: 'approved', quality: 'green' },
  ])
  const preview = await t.api('POST', `/templates/${made.body.id}/preview`, { body: ['Ana'] })
  expect(preview).toMatchObject({ body: { text: 'Hola Ana: tu pedido {{2}} salió.', problems: [{ field: 'body' }] } })
})

it('answers with a template when the window has closed, and says which there are', async () => {
  await t.pass(25 * 3600)
  expect((await whole()).window.open).toBe(false)
  const late = await reply({ text: '¿Sigues ahí?' })
  expect(late).toMatchObject({ status: 409, body: { code: 'window_closed' } })
  expect(late.body.templates?.map(template => template.name)).toEqual(['pedido', 'hello'])
  const template = { type: 'template', name: 'pedido', language: 'es', body: ['Ana', '7'] }
  expect(await reply({ content: template })).toMatchObject({ status: 202 })
  await t.pass(5)
  expect(await last()).toMatchObject({ kind: 'template', text: 'Hola Ana: tu pedido 7 salió.', status: 'delivered' })
})

it('says what a failure means and what to do, and lets a person send it again or let it be', async () => {
  write('Aquí estoy')
  await t.pass(1)
  t.sandbox.whatsapp.fail({ phoneNumberId, code: 131049, as: 'status', title: 'Cap', details: 'ecosystem' })
  await reply({ text: 'Oferta' })
  await t.pass(5)
  const failed = await last()
  expect(failed).toMatchObject({
    status: 'failed',
    failure: {
      code: '131049',
      sentence: expect.stringContaining('marketing'),
      fix: expect.stringContaining('24 horas'),
    },
  })
  const again = await t.api<{ message: Message }>('POST', `/messages/${failed?.id}/resend`)
  expect(again).toMatchObject({ status: 202, body: { message: { text: 'Oferta' }, repeated: false } })
  expect(await t.api('POST', `/messages/${failed?.id}/resend`)).toMatchObject({ body: { repeated: true } })
  expect(await t.api('POST', `/messages/${failed?.id}/dismiss`)).toMatchObject({ status: 409 })
  await t.pass(5)
  expect(onPhone().filter(message => message.text === 'Oferta' && message.status !== 'failed')).toHaveLength(1)
  expect((await whole()).messages.find(message => message.id === failed?.id)?.decision).toBe('resent')
})

it('stops a number that Meta holds back, says why, and goes on when somebody resumes it', async () => {
  t.sandbox.whatsapp.fail({ phoneNumberId, code: 131048, details: 'Spam rate limit hit' })
  await reply({ text: 'Espera' })
  await t.pass(1)
  const { body } = await t.api<{ items: { id: string; state: string; stateReason: string }[] }>('GET', '/channels')
  expect(body.items[0]).toMatchObject({ state: 'paused', stateReason: expect.stringContaining('131048: Spam') })
  expect(await last()).toMatchObject({ status: 'queued' })
  expect(await reply({ text: 'Otra' })).toMatchObject({ status: 409, body: { code: 'channel_paused' } })
  const resumed = await t.api('POST', `/channels/${body.items[0]?.id}/resume`)
  expect(resumed).toMatchObject({ status: 200, body: { state: 'connected', stateReason: null } })
  await t.pass(5)
  expect(await last()).toMatchObject({ text: 'Espera', status: 'delivered' })
})

it('stops a number too when a message fails later for a reason that is the number’s', async () => {
  t.sandbox.whatsapp.fail({ phoneNumberId, code: 131042, as: 'status', details: 'Business eligibility payment issue' })
  await reply({ text: 'La primera' })
  await t.pass(5)
  expect(await last()).toMatchObject({ status: 'failed', failure: { code: '131042' } })
  const channel = async () =>
    (await t.api<{ items: { id: string; state: string }[] }>('GET', '/channels')).body.items[0]
  expect(await channel()).toMatchObject({ state: 'paused', stateReason: expect.stringMatching(/pago.*131042/) })
  await t.api('POST', `/channels/${(await channel())?.id}/resume`)
  expect(await channel()).toMatchObject({ state: 'connected' })
})

it('waits longer and longer after 131056, and then sends what waited, in order', async () => {
  t.sandbox.whatsapp.fail({ phoneNumberId, code: 131056, times: 3 })
  for (const text of ['antes', 'después']) await reply({ text })
  const waiting = async () => (await whole()).messages.filter(({ status }) => status === 'queued').length
  await t.pass(3)
  expect(await waiting()).toBe(2)
  await t.pass(4)
  await t.pass(15)
  expect(await waiting()).toBe(2)
  // More than a minute: left to the sweep.
  await t.pass(64)
  await t.pass(60)
  await t.pass(60)
  expect(await waiting()).toBe(0)
  expect(onPhone().slice(-2)).toMatchObject([{ text: 'antes' }, { text: 'después' }])
})
