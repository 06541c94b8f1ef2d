/** The console as its browser tests use it: in, judged by axe, and photographed at a desk and on a phone. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import type { Page } from 'playwright-core'
import type { TestBrowser } from './browser.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

export const DESK = { width: 1280, height: 800 }
export const PHONE = { width: 390, height: 844 }

export async function signIn(page: Page, url: string, name: string) {
  await page.goto(url)
  await page.getByRole('button', { name }).click()
  await page.getByRole('list', { name: 'Tickets' }).waitFor()
}

/** What WCAG 2.2 A and AA say against it, and whether anything stands out of the page. Under a dialog nothing is read. */
export async function judged(page: Page) {
  // Its half megabyte is read once for each document.
  if (!(await page.evaluate('typeof axe === "object"'))) await page.evaluate(AXE)
  const result = await page.evaluate(`
    axe.run({ exclude: ['#root[aria-hidden=true]'] }, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })
      .then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(node => node.html).join(' ')))`)
  return { violations: result, beyond: await beyond(page) }
}

/** Pixels by which the page is wider than the screen. */
const beyond = (page: Page) => page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
export const right = { violations: [], beyond: 0 }

export const shoot = (page: Page, { folder }: TestBrowser, name: string) =>
  page.screenshot({ path: path.join(folder, `console-${name}.png`) })

/** Nothing on the page says that it is still being fetched. */
export async function isThere(page: Page) {
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  await page.getByRole('status', { name: 'Cargando…' }).first().waitFor({ state: 'detached' })
}
