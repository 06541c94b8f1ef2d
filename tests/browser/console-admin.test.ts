/** The admin area in Spanish: the mapping of a field by somebody who never saw it, and every page judged and photographed. */
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SANDBOX } from '../../src/config.ts'
import { openPage, startBrowser, type TestBrowser } from '../support/browser.ts'
import { type Product, startProduct } from '../support/browser-product.ts'
import { DESK, isThere, judged, PHONE, right, shoot, signIn } from '../support/console-page.ts'
import { totp } from '../support/totp.ts'
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

/** 1 × 1. */
const PICTURE = {
  ...{ name: 'portada.png', mimeType: 'image/png' },
  buffer: Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  ),
}

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

/** Every page, by its address, with the name that stands over it. */
const pages: [at: string, title: string][] = [
  ['/board', 'Tablero'],
  ['/contacts', 'Contactos'],
  ['/account', 'Acceso'],
  ['/account/notices', 'Avisos'],
  ['/account/views', 'Vistas'],
  ['/supervisor', 'En vivo'],
  ['/supervisor/workload', 'Carga'],
  ['/supervisor/reports', 'Informes'],
  ['/supervisor/breaches', 'Incumplidos'],
  ['/settings', 'Ajustes'],
  ['/settings/channels', 'Números de WhatsApp'],
  ['/settings/templates', 'Plantillas'],
  ['/settings/quick-replies', 'Respuestas rápidas'],
  ['/settings/connections', 'Conexiones'],
  ['/settings/mapping', 'Campos'],
  ['/settings/mapping?view=code', 'Campos'],
  ['/settings/mapping?view=history', 'Campos'],
  ['/settings/conflicts', 'Conflictos'],
  ['/settings/log', 'Registro de llamadas'],
  ['/settings/dead-letters', 'No procesados'],
  ['/settings/routing', 'Reglas de reparto'],
  ['/settings/sla', 'Plazos'],
  ['/settings/calendars', 'Horarios'],
  ['/settings/on-call', 'Guardias'],
  ['/settings/people', 'Personas'],
  ['/settings/teams', 'Equipos'],
  ['/settings/roles', 'Roles'],
  ['/settings/fields', 'Campos propios'],
  ['/settings/webhooks', 'Webhooks de salida'],
  ['/settings/keys', 'Claves de API'],
  ['/settings/audit', 'Auditoría'],
  ['/settings/workspace', 'General'],
]

/** Within the page, as a link would: what is loaded stays loaded. */
async function go(at: string) {
  await page.evaluate(to => {
    history.pushState({}, '', to)
    dispatchEvent(new PopStateEvent('popstate'))
  }, at)
}

async function look(at: string, title: string) {
  await page.setViewportSize(DESK)
  await go(at)
  await page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor()
  await isThere(page)
  const name = at.slice(1).replace(/[^a-z]+/g, '-')
  await shoot(page, chromium, `page-${name}`)
  const desk = await judged(page)
  await page.setViewportSize(PHONE)
  await shoot(page, chromium, `page-${name}-phone`)
  return { desk, phone: await judged(page) }
}

const fits = { desk: right, phone: right }

describe('every page', () => {
  it.each(pages)('%s stands within a desk and a phone, and axe has nothing against it', async (at, title) => {
    expect(await look(at, title)).toEqual(fits)
  })

  it('of one contact and of one connection too', async () => {
    const [contact] = (await product.api<Items<Contact>>('/contacts')).items
    const [connection] = (await product.api<Items<Contact>>('/connections')).items
    expect(await look(`/contacts/${contact?.id}`, contact?.name ?? '')).toEqual(fits)
    expect(await look(`/settings/connections/${connection?.id}`, connection?.name ?? '')).toEqual(fits)
  })

  it('of the doors too', async () => {
    const door = await openPage(chromium)
    for (const [name, at, title] of [
      ['sign-in', '/sign-in', 'Entra en Buzón'],
      ['setup', '/setup', 'Empieza con Buzón'],
      ['reset-password', '/reset-password', 'Recupera tu contraseña'],
      ['new-password', '/reset-password?token=x', 'Elige otra contraseña'],
      ['gone', '/join?invitation=x', 'Esta invitación ya no vale'],
      ['nowhere', '/tickets/BZ-1001', 'Aquí no hay nada'],
    ] as const) {
      await door.page.setViewportSize(DESK)
      await door.page.goto(product.config.appUrl + at)
      await door.page.getByRole('heading', { name: title }).waitFor()
      await shoot(door.page, chromium, `page-${name}`)
      const desk = await judged(door.page)
      await door.page.setViewportSize(PHONE)
      await shoot(door.page, chromium, `page-${name}-phone`)
      expect({ desk, phone: await judged(door.page) }, at).toEqual(fits)
    }
    await door.page.context().close()
  })

  it('by night', async () => {
    await page.evaluate(() => {
      document.documentElement.dataset.theme = 'dark'
    })
    const dark = ['/supervisor/workload', '/settings/connections', '/settings/log', '/account']
    for (const [at, title] of pages.filter(([at]) => dark.includes(at))) {
      expect(await look(at, title)).toEqual(fits)
    }
  })
})

describe('what admins do', () => {
  beforeAll(async () => {
    await page.setViewportSize(DESK)
    await page.evaluate(() => {
      document.documentElement.dataset.theme = 'light'
    })
  })

  it('they try a rule on past tickets before they keep it, and it is at the end', async () => {
    await go('/settings/routing')
    await page.getByRole('button', { name: 'Nueva regla' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Nombre').fill('Pedidos')
    await dialog.getByLabel('Dice alguna de estas palabras').fill('pedido, envío')
    await dialog.getByLabel('Con prioridad').selectOption({ label: 'Alta' })
    await dialog.getByRole('button', { name: 'Probar con tickets pasados' }).click()
    await dialog.getByText('Habría acertado en 1 de 3 tickets').waitFor()
    await dialog.getByRole('button', { name: 'Excepto si…' }).click()
    const except = dialog.getByRole('group', { name: 'Grupo 1' })
    await except.getByLabel('Dice alguna de estas palabras').fill('hola')
    await except.getByRole('button', { name: 'O bien…' }).click()
    expect(await judged(page)).toEqual(right)
    await shoot(page, chromium, 'rule-groups')
    await dialog.getByRole('button', { name: 'Probar con tickets pasados' }).click()
    await dialog.getByText('Habría acertado en 0 de 3 tickets').waitFor()
    await dialog.getByRole('button', { name: 'Quitar el grupo 1' }).first().click()
    await dialog.getByRole('button', { name: 'Probar con tickets pasados' }).click()
    await dialog.getByText('Habría acertado en 1 de 3 tickets').waitFor()
    await shoot(page, chromium, 'rule')
    await dialog.getByRole('button', { name: 'Guardar' }).click()
    const rules = page.getByRole('list', { name: 'Reglas de reparto' })
    await rules.getByRole('listitem').nth(2).getByText('Pedidos').waitFor()
    await page.getByRole('button', { name: 'Subir Pedidos' }).click()
    await rules.getByRole('listitem').nth(1).getByText('Pedidos').waitFor()
  })

  it('they see which tickets a deadline would move', async () => {
    await go('/settings/sla')
    await page.getByRole('button', { name: 'General' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Primera respuesta (min)').fill('5')
    await dialog.getByRole('button', { name: 'Ver a qué tickets afecta' }).click()
    await dialog.getByText('de 3 tickets abiertos').waitFor()
    expect(await judged(page)).toEqual(right)
    await dialog.getByRole('button', { name: 'Cancelar' }).click()
  })

  it('they put somebody on call, and take it back', async () => {
    await go('/settings/on-call')
    await page.getByRole('button', { name: 'Nueva guardia' }).first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Equipo').selectOption({ index: 1 })
    await dialog.getByLabel('Persona').selectOption({ label: 'Carmen Ruiz' })
    expect(await judged(page)).toEqual(right)
    await dialog.getByRole('button', { name: 'Guardar' }).click()
    await page.getByRole('cell', { name: 'Carmen Ruiz' }).waitFor()
    await page.getByRole('button', { name: 'Eliminar' }).click()
    await dialog.getByRole('button', { name: 'Eliminar' }).click()
    await page.getByRole('heading', { name: 'No hay guardias' }).waitFor()
  })

  it('they keep a list as a view, share it, put it first, and take it away', async () => {
    await go('/inbox?show=unassigned')
    await page.getByRole('button', { name: 'Sin asignar' }).click()
    await page.getByRole('menuitem', { name: 'Guardar como vista…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Nombre').fill('Nadie los tiene')
    await dialog.getByLabel('Quién la ve').selectOption({ label: 'Todos' })
    expect(await judged(page)).toEqual(right)
    await shoot(page, chromium, 'view')
    await dialog.getByRole('button', { name: 'Guardar' }).click()
    const list = page.getByRole('list', { name: 'Vistas' })
    await list.getByText('Nadie los tiene').waitFor()
    await page.getByRole('button', { name: 'Nueva vista' }).click()
    await dialog.getByLabel('Nombre').fill('Urgentes')
    await dialog.getByLabel('Urgente').check()
    await dialog.getByRole('button', { name: 'Guardar' }).click()
    await page.getByRole('button', { name: 'Subir Urgentes' }).click()
    await list.getByRole('listitem').first().getByText('Urgentes').waitFor()
    expect((await product.api<Items<Contact>>('/views')).items.map(({ name }) => name)).toEqual(['Nadie los tiene'])
    for (const name of ['Urgentes', 'Nadie los tiene']) {
      await page.getByRole('button', { name: `Editar ${name}` }).click()
      await dialog.getByRole('button', { name: 'Eliminar' }).click()
      await dialog.getByRole('button', { name: 'Eliminar' }).last().click()
      await list.getByText(name).waitFor({ state: 'detached' })
    }
  })

  it('they make a template with a picture over its text', async () => {
    await go('/settings/templates')
    await page.getByRole('button', { name: 'Nueva plantilla' }).first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Nombre').fill('novedad')
    await dialog.getByLabel('Cabecera').selectOption({ label: 'Imagen' })
    await dialog.locator('input[type=file]').setInputFiles(PICTURE)
    await dialog.getByRole('img', { name: 'portada.png' }).waitFor()
    await dialog.getByLabel('Texto', { exact: true }).fill('Llegó el libro que esperabas')
    expect(await judged(page)).toEqual(right)
    await shoot(page, chromium, 'template')
    await dialog.getByRole('button', { name: 'Enviar a revisión' }).click()
    await page.getByRole('cell', { name: 'novedad' }).waitFor()
  })

  it('they ask the log what somebody did, and of what', async () => {
    await go('/settings/audit')
    const deed = page.getByRole('cell', { name: 'Campo propio: crear' })
    const others = page.getByRole('cell', { name: /^Plantilla: / })
    await others.first().waitFor()
    await page.getByLabel('Sobre').selectOption({ label: 'Campo propio' })
    await others.first().waitFor({ state: 'detached' })
    await page.getByLabel('Quién').selectOption({ label: 'Carmen Ruiz' })
    await deed.waitFor()
    expect(await judged(page)).toEqual(right)
    await page.getByLabel('Quién').selectOption({ label: 'Javier Ortega' })
    await page.getByText('Nada coincide').waitFor()
  })

  it('they protect their own way in by a second step, and come in with it', async () => {
    await go('/account')
    await page.getByRole('button', { name: 'Encender la verificación' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Contraseña').fill(SANDBOX.password)
    await dialog.getByRole('button', { name: 'Continuar' }).click()
    await dialog.getByRole('img', { name: /^Código QR/ }).waitFor()
    expect(await judged(page)).toEqual(right)
    await shoot(page, chromium, 'two-steps')
    await dialog.getByText('No puedo escanearlo').click()
    const secret = (await dialog.locator('code').textContent()) ?? ''
    await dialog.getByLabel('Código de seis cifras').fill(totp(secret))
    await dialog.getByRole('button', { name: 'Encender la verificación' }).click()
    const codes = dialog.getByRole('list', { name: 'Códigos de respaldo' }).getByRole('listitem')
    const code = (await codes.first().textContent()) ?? ''
    await dialog.getByRole('button', { name: 'Ya los guardé' }).click()
    await page.getByText('Encendida', { exact: true }).waitFor()

    const other = await openPage(chromium)
    await other.page.goto(product.config.appUrl)
    await other.page.getByRole('button', { name: 'Carmen Ruiz' }).click()
    await other.page.getByLabel('Código').fill(code)
    expect(await judged(other.page)).toEqual(right)
    await shoot(other.page, chromium, 'second-step')
    await other.page.getByRole('button', { name: 'Entrar' }).click()
    await other.page.getByRole('list', { name: 'Tickets' }).waitFor()

    await go('/account/notices')
    await go('/account')
    await page.getByRole('button', { name: 'Cerrar todas las demás' }).click()
    await page.getByText('Solo queda esta sesión').first().waitFor()
    await other.page.goto(`${product.config.appUrl}/inbox`)
    await other.page.getByRole('heading', { name: 'Entra en Buzón' }).waitFor()
    await other.page.context().close()
  })

  it('they check a number', async () => {
    await go('/settings/channels')
    await page.getByRole('button', { name: 'Revisar' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Revisar' }).click()
    await dialog.getByRole('button', { name: 'Revisar otra vez', disabled: false }).waitFor()
    expect(await judged(page)).toEqual(right)
    await shoot(page, chromium, 'doctor')
    await page.keyboard.press('Escape')
  })

  it('they are told at the field what a CRM’s form wants', async () => {
    await go('/settings/connections')
    await page.getByRole('button', { name: 'Conectar un CRM' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('¿Qué sistema?').selectOption({ label: 'Zendesk' })
    const form = dialog.locator('form').first()
    await form.getByLabel('Subdomain').fill('no es un nombre')
    await form.getByLabel('E-mail').fill('integracion@example.com')
    await form.getByLabel('API token').fill('x')
    await dialog.getByRole('button', { name: 'Ver qué se creará' }).click()
    await form.getByText(/^debe ser la primera parte de la dirección, como acme$/).waitFor()
    expect(await form.getByLabel('Subdomain').getAttribute('aria-invalid')).toBe('true')
    expect(await judged(page)).toEqual(right)
    await shoot(page, chromium, 'connect-wrong')
    // The browser writes down the refusal, and nothing else was said until now but what the end allows.
    expect(complaints.splice(0).filter(text => !/status of 401/.test(text))).toEqual([expect.stringContaining('422')])
    await page.keyboard.press('Escape')
  })

  it.each([
    [
      'Zendesk',
      { Subdomain: SANDBOX.zendesk.subdomain, 'E-mail': 'integracion@example.com' },
      SANDBOX.zendesk.apiToken,
    ],
    ['Salesforce', { 'Consumer key': SANDBOX.salesforce.clientId }, SANDBOX.salesforce.clientSecret],
  ])('they connect %s, and see before what will be made there', async (name, known, secret) => {
    await go('/settings/connections')
    await page.getByRole('button', { name: 'Conectar un CRM' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('¿Qué sistema?').selectOption({ label: name })
    // Beneath it is consent, with fields of its own.
    const form = dialog.locator('form').first()
    for (const [label, value] of Object.entries(known)) await form.getByLabel(label).fill(value)
    await form.getByLabel(name === 'Zendesk' ? 'API token' : 'Consumer secret').fill(secret)
    if (name === 'Salesforce') await form.getByLabel('My Domain URL').fill(`${product.pageUrl}/salesforce`)
    expect(await judged(page)).toEqual(right)
    await dialog.getByRole('button', { name: 'Ver qué se creará' }).click()
    await dialog.getByText('WhatsApp').first().waitFor()
    await shoot(page, chromium, `connect-${name.toLowerCase()}`)
    await dialog.getByRole('button', { name: 'Conectar un CRM' }).click()
    await page.getByText(`${name} está conectado`).first().waitFor()
    await page.getByRole('heading', { name }).waitFor()
  })

  it('they invite somebody, who joins by the link', async () => {
    await go('/settings/people')
    await page.getByRole('button', { name: 'Invitar' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Invitar' }).click()
    const link = await page.getByRole('dialog').getByText('/join?invitation=').textContent()
    const other = await openPage(chromium)
    await other.page.goto(link ?? '')
    await other.page.getByLabel('Tu nombre').fill('Lía Paz')
    await other.page.getByLabel('Tu correo').fill('lia.paz@example.com')
    await other.page.getByLabel(/^Contraseña/).fill('una frase que recuerda')
    expect(await judged(other.page)).toEqual(right)
    await shoot(other.page, chromium, 'join')
    await other.page.getByRole('button', { name: 'Entrar al equipo' }).click()
    await other.page.getByRole('heading', { name: 'No hay tickets aquí' }).waitFor()
    await other.page.context().close()
  })

  it('complained of nothing', () => {
    expect(complaints.filter(text => !/status of 401/.test(text))).toEqual([])
    expect(product.errors).toEqual([])
  })
})
