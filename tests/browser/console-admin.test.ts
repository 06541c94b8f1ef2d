/** The admin area in Spanish: the mapping of a field by somebody who never saw it, and every page judged and photographed. */
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SANDBOX } from '../../src/config.ts'
import { openPage, startBrowser, type TestBrowser } from '../support/browser.ts'
import { type Product, startProduct } from '../support/browser-product.ts'
import { DESK, isThere, judged, PHONE, right, shoot, signIn } from '../support/console-page.ts'
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

type Items<T> = { items: T[] }
type Contact = { id: string; name: string }

/** As the admin’s own page asks. */
const send = (method: string, path: string, body: unknown) =>
  page.evaluate(
    async ([verb, at, given]) => {
      const headers = { 'content-type': 'application/json' }
      const answer = await fetch(`/api/v1${at}`, { method: verb as string, headers, body: JSON.stringify(given) })
      return answer.status
    },
    [method, path, body] as const,
  )

/** What HubSpot holds of somebody. */
async function city(firstname: string): Promise<string | null | undefined> {
  const headers = { authorization: `Bearer ${SANDBOX.hubspot.accessToken}` }
  const at = `${product.pageUrl}/hubspot/crm/objects/2026-09/contacts?limit=50&properties=city,firstname`
  const { results } = (await (await fetch(at, { headers })).json()) as {
    results: { properties: Record<string, string | null> }[]
  }
  return results.find(({ properties }) => properties.firstname === firstname)?.properties.city
}

/** Everything a hand does counts: a choice from a list is two, to open it and to choose. */
let clicks = 0
const click = (on: Locator) => {
  clicks += 1
  return on.click()
}
const choose = (from: Locator, label: string) => {
  clicks += 2
  return from.selectOption({ label })
}

describe('somebody who never saw it', () => {
  it('maps a field of their own to HubSpot, plans, applies and undoes it in at most twelve clicks', async () => {
    await signIn(page, product.config.appUrl, 'Carmen Ruiz')
    expect(
      await send('POST', '/custom-fields', { kind: 'contact', key: 'town', label: 'Localidad', type: 'string' }),
    ).toBe(201)
    const { items } = await product.api<Items<Contact>>('/contacts')
    const ana = items.find(({ name }) => name === 'Ana Torres')
    expect(await send('PATCH', `/contacts/${ana?.id}`, { custom: { town: 'Puebla' } })).toBe(200)

    await click(page.getByRole('link', { name: 'Ajustes' }))
    await click(page.getByRole('link', { name: 'Campos', exact: true }))
    await isThere(page)
    await click(page.getByRole('button', { name: 'Añadir campo' }))
    const dialog = page.getByRole('dialog')
    await choose(dialog.getByLabel('Campo de Buzón'), 'Localidad')
    await choose(dialog.getByLabel(/^Campo de HubSpot/), 'Ciudad (city)')
    expect(await judged(page)).toEqual(right)
    await shoot(page, chromium, 'mapping-1-add')
    await click(dialog.getByRole('button', { name: 'Añadir campo' }))

    await page.getByRole('article', { name: 'Localidad' }).getByText('Ciudad').waitFor()
    await click(page.getByRole('button', { name: 'Planear' }))
    await dialog.getByText('1 llamada que escribe').waitFor()
    const change = dialog.getByRole('listitem').filter({ hasText: 'Ana Torres' })
    await change.getByText('Puebla').waitFor()
    expect(await judged(page)).toEqual(right)
    await shoot(page, chromium, 'mapping-2-plan')
    expect((await city('Ana')) ?? null).toBe(null)

    await click(dialog.getByRole('button', { name: 'Aplicar' }))
    await page.getByText('Versión 1 activa').waitFor()
    await waitFor('HubSpot to have it', async () => (await city('Ana')) === 'Puebla' || undefined)
    expect(await judged(page)).toEqual(right)
    await shoot(page, chromium, 'mapping-3-applied')

    await click(page.getByRole('button', { name: 'Deshacer' }).last())
    await page.getByText('Versión 2 activa').waitFor()
    await page.getByRole('article', { name: 'Localidad' }).waitFor({ state: 'detached' })
    expect(clicks).toBeLessThanOrEqual(12)
  })
})
