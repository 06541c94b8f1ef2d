import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SANDBOX } from '../../src/config.ts'
import { startHub, type TestHub } from '../support/hub.ts'
import { browser, DEMO_PEOPLE, openDemoPeople, signIn } from '../support/sign-in.ts'
import { totp } from '../support/totp.ts'

let t: TestHub
beforeAll(async () => {
  t = await startHub()
  await openDemoPeople(t)
})
afterAll(() => t.close())

const { admin, supervisor, agent } = DEMO_PEOPLE
const me = '/api/v1/me'
const linkIn = (text = '') => /https?:\/\/\S+/.exec(text)?.[0].replace(/^https?:\/\/[^/]+/, '') ?? ''
const lastMail = () => t.sandbox.mail.sent()[0]

describe('by password', () => {
  it('a person is one agent of their workspace, with the permissions of their role', async () => {
    const answer = await (await signIn(t, agent)).api('GET', me)
    expect(answer).toMatchObject({
      ...{ status: 200, body: { kind: 'person', name: 'Nuria Vidal', visibility: 'team', person: { role: 'agent' } } },
    })
    expect(answer.body).toMatchObject({ permissions: expect.not.arrayContaining(['people.manage']) })
  })

  it('the cookie is for this site and for no script', async () => {
    const answer = await browser(t).api('POST', '/api/auth/sign-in/email', { email: agent, password: SANDBOX.password })
    const [cookie = ''] = answer.headers.getSetCookie()
    expect(cookie).toMatch(/^buzon\.session_token=.*HttpOnly.*SameSite=Lax/i)
  })

  it('a wrong one is refused in three languages, and so is an address that nobody has, by the same words', async () => {
    const words = new Set<unknown>()
    for (const [email, language] of [
      [agent, 'es'],
      [agent, 'en'],
      [agent, 'pt'],
      ['nadie@example.com', 'pt'],
    ] as const) {
      const given = { email, password: 'wrong-password' }
      const answer = await browser(t).api('POST', '/api/auth/sign-in/email', given, { 'accept-language': language })
      expect(answer).toMatchObject({ status: 401, body: { code: 'wrong_password' } })
      words.add((answer.body as { detail: string }).detail)
    }
    expect(words.size).toBe(3)
  })

  it('ten wrong ones close the account to the right one too; a link by mail still gets in', async () => {
    const [email, wrong] = ['andres.molina@example.com', 'wrong-password']
    for (let n = 0; n < 10; n++) await browser(t).api('POST', '/api/auth/sign-in/email', { email, password: wrong })
    const right = await browser(t).api('POST', '/api/auth/sign-in/email', { email, password: SANDBOX.password })
    expect(right).toMatchObject({ status: 429, body: { code: 'account_locked' } })
    const person = browser(t)
    await person.api('POST', '/api/auth/sign-in/magic-link', { email })
    await person.api('GET', linkIn(lastMail()?.text))
    expect((await person.api('GET', me)).status).toBe(200)
  })

  it('nobody signs up at that door', async () => {
    const given = { name: 'Eva', email: 'eva@example.com', password: 'a-long-password' }
    expect((await browser(t).api('POST', '/api/auth/sign-up/email', given)).status).toBe(404)
    const setup = { ...given, workspace: { name: 'Otra', language: 'es', timeZone: 'America/Lima' } }
    expect(await browser(t).api('POST', '/api/join/setup', setup)).toMatchObject({
      body: { code: 'not_by_invitation' },
    })
  })
})

describe('sessions', () => {
  it('are listed, and one is signed out from another', async () => {
    const [here, there] = [await signIn(t, supervisor), await signIn(t, supervisor)]
    expect((await there.api('GET', me)).status).toBe(200)
    const { body } = await here.api<string>('GET', '/api/auth/list-sessions')
    const sessions = JSON.parse(body) as { token: string; userAgent: string }[]
    expect(sessions.length).toBe(2)
    const token = decodeURIComponent(there.cookies.get('buzon.session_token') ?? '').split('.')[0]
    expect((await here.api('POST', '/api/auth/revoke-session', { token })).status).toBe(200)
    expect((await there.api('GET', me)).status).toBe(401)
    expect((await here.api('GET', me)).status).toBe(200)
    await here.api('POST', '/api/auth/sign-out', {})
    expect((await here.api('GET', me)).status).toBe(401)
  })

  it('end: one that is over opens nothing', async () => {
    const person = await signIn(t, supervisor)
    await t.database.owner`update auth.sessions set expires_at = now() - interval '1 second'`
    expect((await person.api('GET', me)).status).toBe(401)
  })

  it('are one for each person where the workspace wants it: the newest', async () => {
    const [older, boss] = [await signIn(t, agent), await signIn(t, admin)]
    expect((await boss.api('PATCH', '/api/v1/workspace', { singleSession: true })).status).toBe(200)
    const newer = await signIn(t, agent)
    expect([(await older.api('GET', me)).status, (await newer.api('GET', me)).status]).toEqual([403, 200])
    await boss.api('PATCH', '/api/v1/workspace', { singleSession: false })
    expect((await older.api('GET', me)).status).toBe(200)
  })

  it('a request that another site makes the browser send is not carried out', async () => {
    const person = await signIn(t, admin)
    for (const headers of [{ origin: 'https://evil.example.com' }, { 'sec-fetch-site': 'cross-site' }] as Record<
      string,
      string
    >[]) {
      const answer = await person.api('PATCH', '/api/v1/workspace', { name: 'Robada' }, headers)
      expect(answer).toMatchObject({ status: 403, body: { code: 'cross_site' } })
    }
    const out = await person.api('POST', '/api/auth/sign-out', {}, { origin: 'https://evil.example.com' })
    expect(out).toMatchObject({ status: 403, body: { code: 'cross_site' } })
  })
})

describe('by a link', () => {
  it('it works once', async () => {
    const person = browser(t)
    await person.api('POST', '/api/auth/sign-in/magic-link', { email: supervisor }, { 'accept-language': 'pt' })
    expect(lastMail()).toMatchObject({ to: [supervisor], subject: 'Seu link para entrar no Buzón' })
    const link = linkIn(lastMail()?.text)
    await person.api('GET', link)
    expect((await person.api('GET', me)).body).toMatchObject({ name: 'Javier Ortega' })
    const again = browser(t)
    await again.api('GET', link)
    expect((await again.api('GET', me)).status).toBe(401)
  })

  it('to strangers nothing is sent, and the answer is the same', async () => {
    const before = t.sandbox.mail.sent().length
    const answer = await browser(t).api('POST', '/api/auth/sign-in/magic-link', { email: 'nadie@example.com' })
    expect([answer.status, t.sandbox.mail.sent().length]).toEqual([200, before])
  })

  it('a mail that does not go is said', async () => {
    t.sandbox.mail.fail(true)
    const answer = await browser(t).api('POST', '/api/auth/sign-in/magic-link', { email: supervisor })
    t.sandbox.mail.fail(false)
    expect(answer).toMatchObject({ status: 502, body: { code: 'mail_failed' } })
    // Whoever operates the hub hears of it as well; in workerd, on its console.
    await t.pass(0).catch(error => expect(String(error)).toContain('The hub reported errors'))
  })

  it('another password is chosen by one, and all sessions end', async () => {
    const [email, password] = [agent, 'another-long-password']
    const before = await signIn(t, email)
    await browser(t).api('POST', '/api/auth/request-password-reset', { email })
    const token = /reset-password\/([^?]+)/.exec(lastMail()?.text ?? '')?.[1]
    expect((await browser(t).api('POST', '/api/auth/reset-password', { token, newPassword: password })).status).toBe(
      200,
    )
    expect((await before.api('GET', me)).status).toBe(401)
    expect((await (await signIn(t, email, password)).api('GET', me)).status).toBe(200)
  })
})

describe('in two steps', () => {
  it('the password alone opens nothing; a code does, a wrong one does not, and a backup code does once', async () => {
    const email = admin
    const person = await signIn(t, email)
    const { body } = await person.api<{ totpURI: string; backupCodes: string[] }>(
      'POST',
      '/api/auth/two-factor/enable',
      {
        password: SANDBOX.password,
      },
    )
    const secret = new URL(body.totpURI).searchParams.get('secret') ?? ''
    expect((await person.api('POST', '/api/auth/two-factor/verify-totp', { code: totp(secret) })).status).toBe(200)

    const half = await browser(t)
    const first = await half.api('POST', '/api/auth/sign-in/email', { email, password: SANDBOX.password })
    expect(first).toMatchObject({ status: 200, body: { twoFactorRedirect: true } })
    expect((await half.api('GET', me)).status).toBe(401)
    const wrong = await half.api('POST', '/api/auth/two-factor/verify-totp', { code: '000000' })
    expect(wrong).toMatchObject({ status: 401, body: { code: 'wrong_code' } })
    expect((await half.api('POST', '/api/auth/two-factor/verify-totp', { code: totp(secret) })).status).toBe(200)
    expect((await half.api('GET', me)).body).toMatchObject({ name: 'Carmen Ruiz' })

    for (const status of [200, 401]) {
      const other = browser(t)
      await other.api('POST', '/api/auth/sign-in/email', { email, password: SANDBOX.password })
      const code = { code: body.backupCodes[0] }
      expect((await other.api('POST', '/api/auth/two-factor/verify-backup-code', code)).status).toBe(status)
    }

    // A link would be one step.
    await browser(t).api('POST', '/api/auth/sign-in/magic-link', { email })
    expect(lastMail()).toMatchObject({ to: [email], subject: 'Sign in to Buzón with your password' })
    expect(lastMail()?.text).not.toContain('magic-link')
  })
})

it('keeps neither passwords nor codes as they are', async () => {
  const [kept] = await t.database.owner<{ all: string }[]>`
    select concat((select string_agg(password, ' ') from auth.accounts), (select string_agg(secret || backup_codes, ' ')
      from auth.two_factors), (select string_agg(value || identifier, ' ') from auth.verifications)) as all`
  expect(kept?.all.length).toBeGreaterThan(100)
  expect(kept?.all).not.toContain(SANDBOX.password)
})

it('the hub’s role reads nothing of it', async () => {
  for (const table of ['users', 'sessions', 'accounts', 'verifications', 'two_factors', 'rate_limits']) {
    await expect(t.database.db.unsafe(`select * from auth.${table}`)).rejects.toThrow(
      /permission denied for schema auth/,
    )
  }
})
