/** The console as its people use it: in Spanish, at a desk and on a phone. */
import { createHmac } from 'node:crypto'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SANDBOX } from '../../src/config.ts'
import { DEMO } from '../../src/node/demo.ts'
import { openPage, startBrowser, type TestBrowser } from '../support/browser.ts'
import { type Product, startProduct } from '../support/browser-product.ts'
import { signIn as enter, judged, right, shoot as shootPage } from '../support/console-page.ts'
import { waitFor } from '../support/wait-for.ts'

let product: Product
let chromium: TestBrowser
let page: Page
let complaints: string[]

beforeAll(async () => {
  product = await startProduct()
  chromium = await startBrowser()
  ;({ page, complaints } = await openPage(chromium))
})

afterAll(async () => {
  await chromium?.close()
  await product?.close()
})

const say = (from: string, name: string, text: string) =>
  product.sandbox.whatsapp.inbound({ phoneNumberId: DEMO.phoneNumberId, messages: [{ from, name, text }] })
const row = (of: Page, name: string) => of.getByRole('list', { name: 'Tickets' }).getByRole('link', { name })
const log = (of: Page) => of.getByRole('log')
const answerField = (of: Page) => of.getByRole('textbox', { name: 'Respuesta' })
const shoot = (name: string, of = page) => shootPage(of, chromium, name)
const signIn = (of: Page, name: string) => enter(of, product.config.appUrl, name)

describe('at a desk', () => {
  it('lets somebody in, and shows whose turn it is', async () => {
    await page.goto(product.config.appUrl)
    await page.getByRole('heading', { name: 'Entra en Buzón' }).waitFor()
    expect(await page.locator('html').getAttribute('lang')).toBe('es')
    expect(await judged(page)).toEqual(right)
    await shoot('1-sign-in')
    await page.getByLabel('Correo').fill('carmen.ruiz@example.com')
    await page.getByLabel('Contraseña').fill('not her password')
    await page.getByRole('button', { name: 'Entrar' }).click()
    await page.getByRole('alert').waitFor()
    await page.getByRole('button', { name: 'Carmen Ruiz' }).click()
    for (const name of ['Ana Torres', 'Martín Díaz', 'Beatriz Souza']) await row(page, name).waitFor()
    expect(await judged(page)).toEqual(right)
    await shoot('2-inbox')
  })

  it('shows a customer who writes, without being asked', async () => {
    say('5215577778888', 'Lupita Vega', '¿Abren el domingo?')
    await row(page, 'Lupita Vega').getByText('1 mensaje sin leer').waitFor()
    await row(page, 'Lupita Vega').click()
    await log(page).getByText('¿Abren el domingo?').waitFor()
    expect(await judged(page)).toEqual(right)
  })

  it('knows what one has read, and lets one mark it as unread', async () => {
    const isRead = () =>
      page.evaluate(async () => {
        const { items } = (await (await fetch('/api/v1/tickets')).json()) as {
          items: { unread: number; contact: { name: string } }[]
        }
        return items.find(({ contact }) => contact.name === 'Lupita Vega')?.unread === 0 || undefined
      })
    await waitFor('the hub to know', isRead)
    const window = await page.context().newPage()
    await window.goto(`${product.config.appUrl}/inbox`)
    await row(window, 'Lupita Vega').waitFor()
    await page.keyboard.press('m')
    await row(page, 'Lupita Vega').getByText('1 mensaje sin leer').waitFor()
    await row(window, 'Lupita Vega').getByText('1 mensaje sin leer').waitFor()
    await page.getByRole('heading', { name: 'Elige una conversación' }).waitFor()
    await row(page, 'Lupita Vega').click()
    await waitFor('the hub to know', isRead)
    await row(window, 'Lupita Vega').getByText('sin leer').waitFor({ state: 'detached' })
    await window.close()
  })

  it('sends an answer, and shows what became of it', async () => {
    await page.keyboard.press('r')
    await answerField(page).fill('Sí, de 10 a 14 h')
    await page.keyboard.press('Control+Enter')
    const bubble = log(page).getByRole('article').filter({ hasText: 'Sí, de 10 a 14 h' })
    await bubble.getByRole('img', { name: 'Entregado' }).waitFor()
    expect(await answerField(page).inputValue()).toBe('')
    say('5215577778888', 'Lupita Vega', 'Perfecto, gracias')
    await log(page).getByText('Perfecto, gracias').waitFor()
    await shoot('3-conversation')
  })

  it('keeps a note to the team, and mentions a colleague', async () => {
    await page.keyboard.press('Escape')
    await page.keyboard.press('n')
    await page.getByRole('textbox', { name: 'Nota interna' }).fill('Ojo @')
    await page.getByRole('button', { name: '@Javier Ortega' }).click()
    await page.keyboard.press('Control+Enter')
    await log(page).getByText('Ojo @Javier Ortega').waitFor()
    const [told] = await product.database.owner`select kind from notifications where kind = 'mentioned'`
    expect(told).toBeDefined()
  })

  it('resolves by a key, and takes it back', async () => {
    await page.keyboard.press('Escape')
    await page.keyboard.press('e')
    await log(page)
      .getByText(/^Resuelto/)
      .waitFor()
    await page.getByRole('button', { name: 'Deshacer' }).click()
    await page.getByRole('button', { name: 'Resolver' }).waitFor()
    await log(page)
      .getByText(/^Reabierto/)
      .waitFor()
  })

  it('asks before it sends what did not see the last message', async () => {
    await answerFieldOpen(page)
    await answerField(page).fill('¿Algo más?')
    const other = await openPage(chromium)
    await signIn(other.page, 'Javier Ortega')
    await row(other.page, 'Lupita Vega').click()
    await answerField(other.page).fill('Yo le respondo')
    await page.getByText(/Javier está respondiendo/).waitFor()
    await page.getByRole('button', { name: 'Enviar', exact: true }).click()
    await page.getByRole('dialog', { name: 'Otra persona está respondiendo' }).waitFor()
    expect(await judged(page)).toEqual(right)
    await shoot('4-asked')
    await page.getByRole('button', { name: 'Cancelar' }).click()
    expect(await answerField(page).inputValue()).toBe('¿Algo más?')
    await other.page.context().close()
  })

  it('finds by a word, and goes there', async () => {
    await page.keyboard.press('Control+k')
    await page.keyboard.type('Martín')
    await page
      .getByRole('option', { name: /Martín Díaz/ })
      .first()
      .click()
    await log(page).getByText('necesito la factura').waitFor()
  })

  it('moves a card on the board', async () => {
    await page.getByRole('link', { name: 'Tablero' }).click()
    const waiting = page.getByRole('region', { name: 'En espera del cliente' })
    await page
      .getByRole('region', { name: 'Asignados' })
      .getByRole('link', { name: /Beatriz Souza/ })
      .dragTo(waiting)
    await waiting.getByRole('link', { name: /Beatriz Souza/ }).waitFor()
    await waitFor('the hub to know', async () => {
      const { items } = await product.api<{ items: { contact: { name: string } }[] }>('/tickets?state=waiting')
      return items.some(({ contact }) => contact.name === 'Beatriz Souza') || undefined
    })
    expect(await judged(page)).toEqual(right)
    await shoot('5-board')
  })

  it('complained of nothing', () => {
    // A question for who is here, before anybody is, and a wrong password are refusals that the browser writes down too.
    expect(complaints.filter(text => !/status of (401|409)/.test(text))).toEqual([])
    expect(product.errors).toEqual([])
  })
})

async function answerFieldOpen(of: Page) {
  await of.getByRole('tab', { name: 'Respuesta' }).click()
}

/** As HubSpot asks for the card: it says who looks, and signs the whole. */
async function linkOfCard(body: object): Promise<string> {
  const who = { portalId: String(DEMO.portalId), userEmail: 'carmen.ruiz@example.com' }
  const url = `${product.config.appUrl}/embed/hubspot/link?${new URLSearchParams(who)}`
  const [text, at] = [JSON.stringify(body), String(Date.now())]
  const signature = createHmac('sha256', SANDBOX.hubspot.clientSecret)
    .update(`POST${decodeURIComponent(url)}${text}${at}`)
    .digest('base64')
  const headers = { 'x-hubspot-signature-v3': signature, 'x-hubspot-request-timestamp': at }
  return ((await (await fetch(url, { method: 'POST', headers, body: text })).json()) as { url: string }).url
}

describe('inside a CRM', () => {
  it('shows the same conversation, answers as whoever looks, and says what became of it', async () => {
    const objectId = await waitFor('HubSpot to have her', async () => {
      const { items } = await product.api<{ items: { id: string; name: string }[] }>('/contacts?q=Ana')
      const { links } = await product.api<{ links: { remoteId: string | null }[] }>(`/contacts/${items[0]?.id}`)
      return links.find(({ remoteId }) => remoteId)?.remoteId ?? undefined
    })
    const frame = await openPage(chromium, { viewport: { width: 390, height: 700 } })
    await frame.page.goto(await linkOfCard({ objectType: 'contact', objectId }))
    await log(frame.page).getByText('¿ya llegó mi pedido #2041?').waitFor()
    await answerField(frame.page).fill('Desde HubSpot')
    await frame.page.keyboard.press('Control+Enter')
    const bubble = log(frame.page).getByRole('article').filter({ hasText: 'Desde HubSpot' })
    await bubble.getByText('Carmen Ruiz').waitFor()
    expect(await judged(frame.page)).toEqual(right)
    await shoot('8-inside-hubspot', frame.page)
    await frame.page.getByRole('button', { name: 'Plantilla' }).click()
    await frame.page.getByRole('dialog', { name: 'Elegir plantilla' }).waitFor()
    expect(frame.complaints).toEqual([])
    await frame.page.context().close()
  })

  it('asks Zendesk’s library which ticket it is of, and looks again when Zendesk says so', async () => {
    type Row = { number: string; contact: { name: string } }
    const { items } = await product.api<{ items: Row[] }>('/tickets')
    const ana = items.find(({ contact }) => contact.name === 'Ana Torres')
    type Links = { links: { remoteId: string | null }[] }
    const { links } = await product.api<Links>(`/tickets/${ana?.number}`)
    const ticketId = links[0]?.remoteId ?? ''
    const { page: frame } = await openPage(chromium, { viewport: { width: 340, height: 560 } })
    // As Zendesk's page: its library stands in, and nothing in the page says which record it is of.
    await frame.route('**/library.js', route =>
      route.fulfill({ contentType: 'text/javascript', body: library(ticketId) }),
    )
    await frame.route('**/open?**', async route => {
      const answer = await route.fetch()
      const body = (await answer.text()).replace(/<meta name="object-[^>]+>/g, '')
      await route.fulfill({
        response: answer,
        body: body.replace('<script', '<script src="/library.js"></script><script'),
      })
    })
    await frame.goto(await linkOfCard({ objectType: 'ticket', objectId: ticketId }))
    await log(frame).getByText('Desde HubSpot').waitFor()
    const asked = frame.waitForRequest(/\/conversation\?/)
    await frame.evaluate('shown()')
    await asked
    expect(await frame.evaluate('resized')).toEqual({ width: '100%', height: '560px' })
    await frame.context().close()
  })
})

/** https://developer.zendesk.com/api-reference/apps/apps-core-api/client_api/ */
const library = (ticketId: string) => `
  var shown, resized
  window.ZAFClient = { init: () => ({
    get: async () => ({ 'ticket.id': ${ticketId} }),
    invoke: async (name, size) => { resized = size },
    on: (event, act) => { if (event === 'ticket.conversation.changed') shown = act },
    off() {},
  }) }`

describe('on a phone', () => {
  it('shows one thing at a time, all of it reachable', async () => {
    const phone = await openPage(chromium, { viewport: { width: 390, height: 844 }, hasTouch: true })
    await signIn(phone.page, 'Carmen Ruiz')
    expect(await judged(phone.page)).toEqual(right)
    await shoot('6-phone-list', phone.page)
    await row(phone.page, 'Martín Díaz').tap()
    await log(phone.page).getByText('necesito la factura').waitFor()
    expect(await row(phone.page, 'Martín Díaz').isVisible()).toBe(false)
    expect(await judged(phone.page)).toEqual(right)
    await shoot('7-phone-conversation', phone.page)
    await phone.page.getByRole('link', { name: 'Volver' }).tap()
    await row(phone.page, 'Martín Díaz').waitFor()
    await phone.page.context().close()
  })
})
