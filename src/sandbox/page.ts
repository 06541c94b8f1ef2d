import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Hono } from 'hono'
import type { SandboxEnv } from './runtime.ts'
import { LANGUAGES, languageOf, STRINGS } from './strings.ts'

const FOLDER = path.join(import.meta.dirname, 'page')

const FILES: Record<string, string> = {
  'style.css': 'text/css; charset=utf-8',
  'phones.css': 'text/css; charset=utf-8',
  'crm.css': 'text/css; charset=utf-8',
  'guide.css': 'text/css; charset=utf-8',
  'sheet.css': 'text/css; charset=utf-8',
  'narrow.css': 'text/css; charset=utf-8',
  'app.js': 'text/javascript; charset=utf-8',
  'conversation.js': 'text/javascript; charset=utf-8',
  'crm.js': 'text/javascript; charset=utf-8',
  'dom.js': 'text/javascript; charset=utf-8',
  'faults.js': 'text/javascript; charset=utf-8',
  'files.js': 'text/javascript; charset=utf-8',
  'guide.js': 'text/javascript; charset=utf-8',
  'phones.js': 'text/javascript; charset=utf-8',
  'salesforce.js': 'text/javascript; charset=utf-8',
  'zendesk.js': 'text/javascript; charset=utf-8',
  'sheet.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
}

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; base-uri 'none'"

/** The page and its few files; everything on it comes from the control API. */
export function mountPage(app: Hono<SandboxEnv>, options: { hubUrl?: string; apiKeyHint?: string }) {
  app.get('/', c => {
    const language = languageOf(c.req.query('lang'))
    const html = read('index.html')
      .replace('lang="es"', `lang="${language}"`)
      .replaceAll('{{title}}', STRINGS[language].title)
    return c.html(html, 200, { 'content-security-policy': POLICY, 'cache-control': 'no-store' })
  })

  app.get('/page/boot.json', c => {
    const language = languageOf(c.req.query('lang'))
    const hub = { hubUrl: options.hubUrl ?? null, apiKeyHint: options.apiKeyHint ?? null }
    return c.json({ language, languages: LANGUAGES, strings: STRINGS[language], ...hub })
  })

  app.get('/page/:file', c => {
    const file = c.req.param('file')
    const type = Object.hasOwn(FILES, file) ? FILES[file] : undefined
    if (type === undefined) return c.notFound()
    return c.body(read(file), 200, { 'content-type': type, 'cache-control': 'no-store' })
  })
}

function read(file: string): string {
  return readFileSync(path.join(FOLDER, file), 'utf8')
}
