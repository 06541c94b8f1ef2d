/** A real Chromium that needs nothing of the machine: program, libraries and fonts come with the dependencies. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

export type TestBrowser = {
  browser: Browser
  /** For screenshots; gone with the browser, unless BUZON_SCREENSHOTS names a folder. */
  folder: string
  close(): Promise<void>
}

/**
 * Unpacked into a folder of its own: the package's default, `/tmp/chromium`, would be whatever another run or another
 * user has left there. It reads TMPDIR, so that a process of its own unpacks it.
 */
const UNPACK = `
  import chromium, { inflate } from '@sparticuz/chromium'
  import { fileURLToPath } from 'node:url'
  const libraries = new URL('../bin/al2023.tar.br', import.meta.resolve('@sparticuz/chromium'))
  const [file] = await Promise.all([chromium.executablePath(), inflate(fileURLToPath(libraries))])
  process.stdout.write(file)`

export async function startBrowser(): Promise<TestBrowser> {
  const folder = await mkdtemp(path.join(tmpdir(), 'buzon-browser-'))
  try {
    const env = { ...process.env, TMPDIR: folder, HOME: folder }
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', UNPACK], { env })
    await writeFile(path.join(folder, 'fonts.conf'), fontsOf(folder))
    const browser = await chromium.launch({
      executablePath: stdout,
      // Containers seldom let Chromium make its own sandbox; it opens nothing but the pages of the test.
      args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
      env: {
        ...env,
        FONTCONFIG_FILE: path.join(folder, 'fonts.conf'),
        LD_LIBRARY_PATH: path.join(folder, 'al2023', 'lib'),
      },
    })
    return {
      browser,
      folder: process.env.BUZON_SCREENSHOTS ?? folder,
      async close() {
        await browser.close()
        await rm(folder, { recursive: true, force: true, maxRetries: 5 })
      },
    }
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

/** The package's own list names folders of one cloud and `/tmp/fonts`: without a font Chromium ends itself. */
function fontsOf(folder: string): string {
  return `<?xml version="1.0"?><fontconfig>
    <dir>${folder}/fonts</dir><cachedir>${folder}/fonts-cache</cachedir>
  </fontconfig>`
}

/** A page at 1280 × 800 for somebody in Mexico, and what it complains of: errors that are thrown or written. */
export async function openPage(
  { browser }: TestBrowser,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.newContext({
    ...{ locale: 'es-MX', timezoneId: 'America/Mexico_City', viewport: { width: 1280, height: 800 } },
    ...{ reducedMotion: 'reduce', ...options },
  })
  const page = await context.newPage()
  const complaints: string[] = []
  page.setDefaultTimeout(15_000)
  page.on('pageerror', error => void complaints.push(error.message))
  page.on('console', message => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  return { page, complaints }
}
