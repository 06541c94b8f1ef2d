import path from 'node:path'
import { NonRetriableError } from 'inngest'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SANDBOX } from '../../src/config.ts'
import { type App, type Functions, startApp } from '../engine/harness.ts'
import { openPage, startBrowser, type TestBrowser } from '../support/browser.ts'
import { type Product, startProduct } from '../support/browser-product.ts'

let product: Product
let chromium: TestBrowser
let shop: App
let page: Page
let isBroken = true
let complaints: string[]

/** Of another app on the same tables, which moves when the test says so. */
const functions: Functions = inngest => [
  inngest.createFunction({ id: 'sync-orders', triggers: { event: 'shop/orders.changed' } }, async ({ step }) => {
    await step.run('read-orders', () => ({ orders: 40, cursor: 'b2Zmc2V0PTQw' }))
    await step.run('write-orders', () => {
      if (isBroken) throw new Error('HubSpot no responde: 503 Service Unavailable, después de 10 s')
      return { written: 40 }
    })
  }),
  inngest.createFunction({ id: 'bill-order', triggers: { event: 'shop/order.paid' } }, async ({ step }) => {
    await step.run('make-invoice', () => ({ invoice: 'F-2026-0412', lines: 3 }))
    await step.run('send-invoice', () => {
      if (isBroken) throw new NonRetriableError('El servicio de facturas rechazó el RFC del cliente')
    })
  }),
  inngest.createFunction({ id: 'remind-cart', triggers: { event: 'shop/cart.left' } }, async ({ step }) => {
    await step.run('note-cart', () => ({ items: 2 }))
    await Promise.all([
      step.sleep('a-day-later', '1d'),
      step.waitForEvent('bought-after-all', { event: 'shop/order.paid', match: 'data.orderId', timeout: '3d' }),
    ])
  }),
]

beforeAll(async () => {
  product = await startProduct()
  chromium = await startBrowser()
  // Retries wait longer than the test takes.
  shop = await startApp(product.database.db, functions, { appId: 'shop', clock: realTime, random: () => 0.99 })
  const orderId = crypto.randomUUID()
  await shop.inngest.send({ name: 'shop/cart.left', data: { orderId } })
  await shop.inngest.send({ name: 'shop/order.paid', data: { orderId: crypto.randomUUID() } })
  await shop.inngest.send({ name: 'shop/orders.changed', data: { workspaceId: crypto.randomUUID(), orderId } })
  await shop.engine.settle()
  ;({ page, complaints } = await openPage(chromium, {
    httpCredentials: { username: 'operator', password: SANDBOX.operatorToken },
  }))
})

afterAll(async () => {
  await chromium?.close()
  await product?.close()
})

const realTime = { now: () => new Date(), advance() {}, set() {} }

describe('the runs, in Spanish at 1280 × 800', () => {
  it('are a list with what each is about', async () => {
    await page.goto(`${product.config.appUrl}/operator`)
    expect(await page.locator('html').getAttribute('lang')).toBe('es')
    expect(page.url()).toMatch(/\/operator\/runs$/)
    await row('shop-sync-orders', 'Espera un reintento').getByText('HubSpot no responde').waitFor()
    await row('shop-bill-order', 'Fallida').getByText('rechazó el RFC').waitFor()
    await row('shop-remind-cart', 'En espera').getByText('dentro de 24 horas').waitFor()
    expect(await overflow()).toBe(0)
    await shoot('operator-1-list')
  })

  it('are filtered by state and function', async () => {
    await page.getByRole('link', { name: 'Fallidas' }).click()
    expect(await page.locator('tbody tr').count()).toBe(1)
    await page.getByLabel('Función').selectOption('shop-sync-orders')
    await page.getByRole('button', { name: 'Mostrar' }).click()
    await page.getByText('Ninguna ejecución coincide').waitFor()
    await shoot('operator-2-nothing')
    await page.getByRole('link', { name: 'Ver todas' }).click()
  })

  it('each have a page with steps, errors, and what they wait for', async () => {
    await open('shop-remind-cart')
    await page.getByText('Duerme hasta').waitFor()
    await page.getByText('Espera el evento').getByText('shop/order.paid').waitFor()
    await shoot('operator-3-waiting')
    await page.getByRole('link', { name: 'Todas las ejecuciones' }).click()
    await open('shop-bill-order')
    await page.getByText('Resultado').click()
    await page.getByText('F-2026-0412').waitFor()
    await shoot('operator-4-failed')
  })

  it('ask before they are retried, keep the place of whoever reads, and tell what came of it', async () => {
    await page.getByRole('button', { name: 'Reintentar ahora' }).click()
    const question = page.getByRole('dialog', { name: '¿Reintentar ahora?' })
    await question.waitFor()
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('No, volver')
    await shoot('operator-5-asks')
    await page.keyboard.press('Escape')
    await question.waitFor({ state: 'hidden' })
    isBroken = false
    await page.getByRole('button', { name: 'Reintentar ahora' }).click()
    await question.getByRole('button', { name: 'Reintentar ahora' }).click()
    await page.getByText('La ejecución se reabrió en el paso que falló').waitFor()
    await page.getByText('Resultado').first().click()
    await shop.engine.settle()
    await page.locator('#main .chip.completed').waitFor()
    expect(await page.locator('#news').textContent()).toBe('La ejecución cambió de estado: Terminada')
    expect(await page.locator('details[open]').getByText('F-2026-0412').isVisible()).toBe(true)
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('SUMMARY')
  })

  it('are cancelled by the keyboard alone', async () => {
    await page.getByRole('link', { name: 'Todas las ejecuciones' }).click()
    await open('shop-remind-cart')
    await page.getByRole('button', { name: 'Cancelar ejecución' }).focus()
    for (const key of ['Enter', 'Tab', 'Enter']) await page.keyboard.press(key)
    await page.getByText('La ejecución se canceló.').waitFor()
    await page.locator('#main .chip.cancelled').waitFor()
  })

  it('stand still when they are told to', async () => {
    await page.getByRole('link', { name: 'Todas las ejecuciones' }).click()
    await page.getByRole('button', { name: 'Pausar la actualización' }).click()
    await page.reload()
    await page.getByRole('button', { name: 'Reanudar la actualización' }).click()
    await page.getByRole('button', { name: 'Pausar la actualización' }).waitFor()
  })
})

describe('the runs on a phone', () => {
  it('fit, by day and by night', async () => {
    isBroken = true
    await shop.inngest.send({ name: 'shop/orders.changed', data: { workspaceId: crypto.randomUUID() } })
    await shop.engine.settle()
    await page.setViewportSize({ width: 390, height: 844 })
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await page.goto(`${product.config.appUrl}/operator/runs`)
      expect(await overflow()).toBe(0)
      await shoot(`operator-6-narrow-list-${colorScheme}`)
      await open('shop-sync-orders')
      await page.getByText('Intento 2').waitFor()
      expect(await overflow()).toBe(0)
      await shoot(`operator-7-narrow-run-${colorScheme}`)
    }
    await page.setViewportSize({ width: 1280, height: 800 })
    await page.goBack()
    await shoot('operator-8-list-dark')
  })
})

it('asked for nothing beyond this machine, and said nothing in the console', () => {
  expect(complaints).toEqual([])
  expect(product.errors).toEqual([])
})

function row(functionId: string, state: string) {
  return page.getByRole('row').filter({ hasText: functionId }).filter({ hasText: state })
}

async function open(functionId: string) {
  await page.getByRole('link', { name: functionId }).first().click()
  await page.getByRole('heading', { level: 1, name: functionId }).waitFor()
}

/** Pixels by which the page is wider than the screen. */
function overflow(): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
}

async function shoot(name: string) {
  await page.screenshot({ path: path.join(chromium.folder, `${name}.png`), fullPage: true })
}
