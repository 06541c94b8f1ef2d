import path from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPage, startBrowser, type TestBrowser } from '../support/browser.ts'
import { type Product, startProduct } from '../support/browser-product.ts'
import { waitFor } from '../support/wait-for.ts'

const PERSON = 'Ana Torres'

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

type Ticket = { id: string; state: string; subject: string; contact: { name: string | null }; owner: { name: string } }

describe('the page of the sandbox, in Spanish at 1280 × 800', () => {
  it('shows the phones with what was said, and their tickets in HubSpot', async () => {
    await page.goto(product.pageUrl)
    expect(await page.locator('html').getAttribute('lang')).toBe('es')
    await page.getByText('Simulación: nada sale de esta máquina').waitFor()
    await phone().getByText('Hola, ¿ya llegó mi pedido #2041?').waitFor()
    for (const person of [PERSON, 'Martín Díaz', 'Beatriz Souza']) await ticket(person).waitFor()
    await shoot('1-start')
    expect(await overflow()).toBe(0)
  })

  it('brings what a customer writes into HubSpot, with an owner and a priority', async () => {
    await say('Martín Díaz', 'Es urgente: quiero devolver el libro')
    const record = await openTicket('Martín Díaz')
    await record.locator('.entry', { hasText: 'Es urgente: quiero devolver el libro' }).waitFor()
    const owner = record.getByLabel('Propietario')
    expect(await owner.locator('option:checked').textContent()).toMatch(/Nuria Vidal|Andrés Molina/)
    await shoot('2-ticket')
  })

  it('brings an agent’s answer from HubSpot to the phone, with its ticks', async () => {
    const record = await openTicket(PERSON)
    await record.getByLabel('Tu respuesta').fill('¡Hola, Ana! Tu pedido llegó esta mañana 📚')
    await record.getByRole('button', { name: 'Responder desde HubSpot' }).click()
    const bubble = phone().locator('.bubble.theirs', { hasText: 'Tu pedido llegó esta mañana' })
    await bubble.waitFor()
    await phone().locator('.bubble.theirs[data-status="delivered"]').waitFor()
    await bubble.getByRole('img', { name: 'entregado' }).locator('svg').waitFor()
    await shoot('3-answer')
    await phone().getByRole('textbox').focus()
    await phone().locator('.bubble.theirs[data-status="read"]').waitFor()
    await record.locator('.entry.outgoing', { hasText: 'leído' }).waitFor()
  })

  it('sends a picture and a voice note from a phone, which shows and plays them', async () => {
    const clip = phone('Martín Díaz').locator('.clip-menu')
    await clip.locator('summary').click()
    await shoot('3-clip')
    await clip.getByRole('button', { name: 'Foto de muestra' }).click()
    const picture = phone('Martín Díaz').locator('.bubble.mine img.file')
    await picture.waitFor()
    await picture.evaluate(image => (image as HTMLImageElement).decode())
    await clip.locator('summary').click()
    await clip.getByRole('button', { name: 'Nota de voz de muestra' }).click()
    const voice = phone('Martín Díaz').locator('.bubble.mine audio.file')
    await voice.waitFor()
    const seconds = () => voice.evaluate(sound => (sound as HTMLAudioElement).duration)
    await waitFor('its length to be known', async () => ((await seconds()) > 1.9 ? true : undefined))
    await shoot('3-files')
    expect(await overflow()).toBe(0)
  })

  it('resolves our ticket when it is closed in HubSpot', async () => {
    const record = await openTicket(PERSON)
    await record.getByLabel('Estado').selectOption({ label: 'Cerrado' })
    const resolved = await waitFor('the ticket to be resolved', async () => {
      const { items } = await product.api<{ items: Ticket[] }>('/tickets')
      return items.find(({ contact, state }) => contact.name === PERSON && state === 'resolved')
    })
    expect(resolved.owner.name).toMatch(/Carmen Ruiz|Javier Ortega/)
    await record.locator('.badge', { hasText: 'Cerrado' }).waitFor()
    await shoot('4-closed')
  })

  it('has led through the first minute, step by step', async () => {
    const guide = page.getByRole('region', { name: 'Tu primer minuto' })
    await guide.locator('li.done', { hasText: 'Ciérralo en HubSpot' }).waitFor()
    // The one step that happens elsewhere is the one that is left.
    expect(await guide.locator('li.next').textContent()).toContain('Mira el ticket en la bandeja')
    expect(await guide.locator('.guide-count').textContent()).toBe('4 de 5')
    const [inbox] = await Promise.all([page.waitForEvent('popup'), guide.getByRole('link').click()])
    await inbox.getByRole('button', { name: /Carmen/ }).waitFor()
    await inbox.close()
    expect(await guide.locator('.guide-count').textContent()).toBe('5 de 5')
    await shoot('4-guide')
    await guide.getByRole('button', { name: 'Ocultar' }).click()
    await guide.waitFor({ state: 'hidden' })
  })

  it('lets people make a vendor fail, and stop it', async () => {
    const faults = page.locator('.faults')
    await faults.locator('summary').click()
    await faults.getByLabel('Proveedor').selectOption('HubSpot')
    await faults.getByLabel('Qué falla').selectOption('limit')
    await faults.getByRole('button', { name: 'Provocar' }).click()
    await faults.getByText('Llamadas que aún fallarán: 3').waitFor()
    await shoot('4-faults')
    await faults.getByRole('button', { name: 'Quitar todas' }).click()
    await faults.getByText('Ninguna falla pendiente').waitFor()
    await faults.locator('summary').click()
  })

  it('has asked for nothing beyond this machine and said nothing in the console', () => {
    expect(complaints).toEqual([])
    expect(product.errors).toEqual([])
  })
})

describe('the page at 390 px', () => {
  it('shows one side at a time, and nothing is wider than the screen', async () => {
    await page.setViewportSize({ width: 390, height: 844 })
    await page.reload()
    await phone().getByText('Tu pedido llegó esta mañana').waitFor()
    expect(await overflow()).toBe(0)
    await shoot('5-narrow-phones')
    await page.getByRole('tab', { name: 'HubSpot' }).click()
    await openTicket('Martín Díaz')
    expect(await overflow()).toBe(0)
    await shoot('6-narrow-hubspot')
  })
})

function phone(person = PERSON) {
  return page.getByRole('article', { name: `Teléfono de ${person}` })
}

async function say(person: string, text: string) {
  await phone(person).getByRole('textbox').fill(text)
  await phone(person).getByRole('button', { name: 'Enviar' }).click()
  await phone(person).locator('.bubble.mine', { hasText: text }).waitFor()
}

function ticket(text: string) {
  return page.locator('.record', { hasText: text }).first()
}

async function openTicket(text: string) {
  const record = ticket(text)
  await record.waitFor()
  const toggle = record.locator('.record-top')
  if ((await toggle.getAttribute('aria-expanded')) === 'false') await toggle.click()
  return record
}

/** Pixels by which the page is wider than the screen. */
function overflow(): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
}

async function shoot(name: string) {
  await page.screenshot({ path: path.join(chromium.folder, `${name}.png`) })
}
