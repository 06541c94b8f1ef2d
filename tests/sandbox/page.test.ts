import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Sandbox } from '../../src/sandbox/index.ts'
import { LANGUAGES, STRINGS } from '../../src/sandbox/strings.ts'
import { openSandbox, PORTAL } from './support.ts'

let sandbox: Sandbox
beforeEach(() => {
  sandbox = openSandbox({ hubUrl: 'http://127.0.0.1:3000', apiKeyHint: 'curl …' })
})
afterEach(() => sandbox.close())

describe('page', () => {
  it('is Spanish unless another language is asked for, and runs only its own scripts', async () => {
    const page = await sandbox.app.request('/?lang=xx')
    expect(await page.text()).toContain('<html lang="es">')
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'")
    expect(await (await sandbox.app.request('/?lang=pt')).text()).toContain('<html lang="pt">')
  })

  it('serves every file it refers to, and no other', async () => {
    const html = await (await sandbox.app.request('/')).text()
    const scripts = await (await sandbox.app.request('/page/app.js')).text()
    const files = [
      ...[...html.matchAll(/(?:src|href)="(\/page\/[^"]+)"/g)].map(match => match[1] as string),
      ...[...scripts.matchAll(/from '\.\/([^']+)'/g)].map(match => `/page/${match[1]}`),
    ]
    expect(files.length).toBeGreaterThan(5)
    for (const file of files) expect((await sandbox.app.request(file)).status).toBe(200)
    expect((await sandbox.app.request('/page/index.html')).status).toBe(404)
    expect((await sandbox.app.request('/page/..%2Findex.ts')).status).toBe(404)
  })

  it('knows where the hub is, in all languages', async () => {
    for (const language of LANGUAGES) {
      const boot = await sandbox.app.request(`/page/boot.json?lang=${language}`)
      expect(await boot.json()).toMatchObject({ language, hubUrl: 'http://127.0.0.1:3000', apiKeyHint: 'curl …' })
      expect(Object.values(STRINGS[language]).every(text => text.trim() !== '')).toBe(true)
    }
  })

  it('keeps the secrets of portals and numbers out of the state', () => {
    sandbox.hubspot.portals(PORTAL)
    expect(JSON.stringify(sandbox.state())).not.toContain(PORTAL.clientSecret)
  })
})
