/** Products, addresses, carousels and codes over the simulated WhatsApp; and the time in which answers go, and cost nothing. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { DEMO } from '../../src/node/demo.ts'
import { startHub, type TestHub } from '../support/hub.ts'

type Message = { id: string; text: string; status: string; failure: { sentence: string } | null }
type Ticket = {
  number: string
  contact: { name: string }
  window: { open: boolean; closesAt: string; freeUntil: string | null }
  messages: Message[]
}
type Answer = { status: number; body: { message: Message; errors?: { field: string; message: string }[] } }

let t: TestHub
const { phoneNumberId, wabaId } = DEMO
const MEXICAN = '5215544330001'
const INDIAN = '919812345678'
const HIDDEN = 'MX.13491208655302749999'

beforeAll(async () => {
  t = await startHub()
  const say = (from: string, name: string, raw: object = {}) =>
    t.sandbox.whatsapp.inbound({ phoneNumberId, messages: [{ from, name, text: 'Hola', raw: { ...raw } }] })
  say(MEXICAN, 'Ana')
  say(INDIAN, 'Ravi')
  say(HIDDEN, 'Oculta')
  const card = {
    components: [
      { type: 'HEADER', format: 'IMAGE' },
      { type: 'BODY', text: 'A {{1}} pesos' },
      { type: 'BUTTONS', buttons: [{ type: 'URL', text: 'Ver', url: 'https://example.com/{{1}}' }] },
    ],
  }
  const carousel = [
    { type: 'BODY', text: 'Hola {{1}}' },
    { type: 'CAROUSEL', cards: [card, card] },
  ]
  t.sandbox.whatsapp.templates({
    ...{ wabaId, name: 'ofertas', language: 'es' },
    category: 'MARKETING',
    components: carousel,
  })
  const clave = [
    { type: 'BODY', text: '*{{1}}* es tu código.' },
    {
      type: 'BUTTONS',
      buttons: [{ type: 'URL', text: 'Copiar', url: 'https://www.whatsapp.com/otp/code/?code=otp{{1}}' }],
    },
  ]
  t.sandbox.whatsapp.templates({
    ...{ wabaId, name: 'clave', language: 'es' },
    category: 'AUTHENTICATION',
    components: clave,
  })
  await t.pass(1)
  expect((await t.api('POST', '/templates/sync', {})).status).toBeLessThan(300)
})
afterAll(() => t.close())

const tickets = async () => (await t.api<{ items: Ticket[] }>('GET', '/tickets')).body.items
const of = async (name: string) => (await tickets()).find(({ contact }) => contact.name === name)?.number ?? ''
const reply = async (name: string, content: object) =>
  (await t.api('POST', `/tickets/${await of(name)}/reply`, { content })) as unknown as Answer
const whole = async (name: string) => (await t.api<Ticket>('GET', `/tickets/${await of(name)}`)).body

it('products, lists of them and the catalogue arrive', async () => {
  const header = { type: 'text', text: 'Novedades' }
  const sections = [{ title: 'Novela', productIds: ['LIB-1', 'LIB-2'] }]
  for (const content of [
    { type: 'product', catalogId: '9', productId: 'LIB-1' },
    { type: 'product_list', header, body: 'Elige', catalogId: '9', sections },
    { type: 'catalog', body: 'Todo lo que hay' },
  ]) {
    expect((await reply('Ana', content)).status).toBe(202)
  }
  await t.pass(3)
  const sent = (await whole('Ana')).messages.slice(1)
  expect(sent.map(({ status }) => status)).toEqual(['delivered', 'delivered', 'delivered'])
  expect(sent[1]?.text).toBe('Novedades\nElige\nNovela\n• LIB-1\n• LIB-2')
})

it('the form for an address goes to numbers of its country only', async () => {
  const content = { type: 'address_request', body: 'Where to?', country: 'IN' }
  expect(await reply('Ravi', content)).toMatchObject({ status: 202 })
  const refused = await reply('Ana', content)
  expect(refused).toMatchObject({ status: 422, body: { errors: [{ field: 'country' }] } })
  await t.pass(1)
  expect((await whole('Ravi')).messages.at(-1)?.status).toBe('delivered')
})

it('a carousel goes with a card for each of its own', async () => {
  const card = (price: string) => ({
    ...{ header: { type: 'image', media: { link: 'https://example.com/a.jpg' } }, body: [price] },
    buttons: [{ index: 0, type: 'url', value: price }],
  })
  const content = { type: 'template', name: 'ofertas', language: 'es', body: ['Ana'] }
  const short = await reply('Ana', { ...content, cards: [card('10')] })
  expect(short).toMatchObject({ status: 422, body: { errors: [{ field: 'cards' }] } })
  expect(await reply('Ana', { ...content, cards: [card('10'), card('20')] })).toMatchObject({ status: 202 })
  await t.pass(1)
  expect((await whole('Ana')).messages.at(-1)).toMatchObject({
    ...{ status: 'delivered', text: 'Hola Ana\n1. A 10 pesos\n2. A 20 pesos' },
  })
})

it('a code is sent to a number, and nobody but the customer reads it', async () => {
  const content = { type: 'template', name: 'clave', language: 'es', code: '482915' }
  expect(await reply('Ana', content)).toMatchObject({ status: 202 })
  await t.pass(1)
  const { messages } = await whole('Ana')
  expect(messages.at(-1)).toMatchObject({ status: 'delivered' })
  expect(messages.at(-1)?.text).not.toContain('482915')
  const phone = t.sandbox.state().whatsapp.chats.flatMap(chat => chat.messages)
  expect(phone.some(({ text }) => text.includes('482915'))).toBe(true)
  const hidden = await reply('Oculta', content)
  expect(hidden).toMatchObject({ status: 422, body: { errors: [{ field: 'code' }] } })
})

it('tells until when answers go and, after an advertisement, until when they cost nothing', async () => {
  const referral = {
    source_type: 'ad',
    source_id: '1',
    source_url: 'https://fb.me/1',
    headline: 'Oferta',
    ctwa_clid: 'c',
  }
  t.sandbox.whatsapp.inbound({
    ...{ phoneNumberId, messages: [{ from: '5215544330077', name: 'Clic', text: 'Vi su anuncio', raw: { referral } }] },
  })
  await t.pass(1)
  const arrived = t.now()
  const before = (await whole('Clic')).window
  expect(before).toMatchObject({ open: true, freeUntil: null })
  expect(Date.parse(before.closesAt) - arrived.getTime()).toBeGreaterThan(23.9 * 3_600_000)
  await t.pass(3600)
  await reply('Clic', { type: 'text', text: '¡Hola!' })
  await t.pass(1)
  const hours = (Date.parse((await whole('Clic')).window.freeUntil ?? '') - arrived.getTime()) / 3_600_000
  expect(hours).toBeGreaterThan(72.9)
  expect(hours).toBeLessThan(73.1)
  const [listed] = (await tickets()).filter(({ contact }) => contact.name === 'Clic')
  expect(listed?.window.freeUntil).toEqual((await whole('Clic')).window.freeUntil)
  expect((await whole('Ana')).window.freeUntil).toBeNull()
  await t.pass(30 * 3600)
  expect((await whole('Clic')).window).toMatchObject({ open: false, freeUntil: expect.any(String) })
  await t.pass(45 * 3600)
  expect((await whole('Clic')).window).toMatchObject({ open: false, freeUntil: null })
})
