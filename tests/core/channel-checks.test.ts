import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Check, checkIds, explainCheck, keptChecks, worstOf } from '../../src/core/channel-checks.ts'
import { explainObstacle, explainStep } from '../../src/core/channel-connection.ts'
import { diagnose, diagnoseAtHand } from '../../src/core/channel-diagnosis.ts'
import { checkTitles, type Finding, findings } from '../../src/core/channel-findings.ts'
import type { Observations, Told } from '../../src/core/channel-observations.ts'
import { languages } from '../../src/core/errors.ts'

const now = new Date('2026-11-02T16:00:00Z')
const refused: Told<never> = { kind: 'refused', code: '190', reason: 'Session has expired' }
const silent: Told<never> = { kind: 'no answer', reason: 'timeout' }

/** A number of which nothing could be learnt. */
const nothing: Observations = {
  now,
  channel: { state: 'unchecked', reason: null, phoneNumberId: '1', wabaId: '2' },
  app: { key: 'default', id: null },
  ...{ callbackUrl: 'https://inbox.example/hooks/whatsapp', simulated: false },
  ...{ token: silent, number: silent, account: silent, subscribed: silent, appWebhooks: null },
  ...{ handshake: { kind: 'not reached', reason: 'x' }, loop: { kind: 'not reached', reason: 'x' } },
  ...{ lastInboundAt: null, templates: { approved: 0, paused: 0, disabled: 0, rejected: 0 }, news: [] },
  ...{ skewMs: null, mediaHost: { host: 'h', trouble: 'x' } },
}

const addressed = { appId: '7', wabaId: '2', phoneNumberId: '1', appKey: 'a', callbackUrl: 'https://x.example' }

describe.each(Object.entries(findings))('%s', (finding, { state, fix, page }) => {
  it('says what was seen and, unless all is well, what to do, in each language', () => {
    expect(fix === undefined).toBe(state === 'ok')
    const facts = new Proxy<Record<string, string>>(addressed, { get: (known, name) => known[String(name)] ?? 'dato' })
    const said = languages.map(language => {
      const check = { id: 'token' as const, state, finding: finding as Finding, facts }
      return explainCheck(check, language)
    })
    for (const { seen, fix: mend, page: at } of said) {
      expect(`${seen}${mend}${at}`).not.toMatch(/\{(?!id\}|appKey\})/)
      expect(seen).not.toBe('')
    }
    if (finding !== 'fine') expect(new Set(said.map(({ seen }) => seen)).size).toBeGreaterThan(1)
    if (page) expect(said[0]?.page).toMatch(/^https:\/\//)
  })
})

it('a page whose id is not known is the page before it', () => {
  const check: Check = { id: 'app', state: 'unknown', finding: 'app id needed', facts: {} }
  expect(explainCheck(check, 'en').page).toBe('https://developers.facebook.com/apps/')
})

it('every check is there, whatever was told and whatever was not', () => {
  const answers = fc.constantFrom<Told<never>>(refused, silent, { kind: 'refused', code: '100', reason: 'no' })
  const told = fc.record({ token: answers, number: answers, account: answers, subscribed: answers })
  fc.assert(
    fc.property(told, seen => {
      const checks = diagnose({ ...nothing, ...seen })
      expect(checks.map(({ id }) => id)).toEqual(checkIds)
      for (const language of languages) {
        for (const check of checks) {
          const { seen: words, fix } = explainCheck(check, language)
          expect(`${words} ${fix}`).not.toMatch(/undefined|\{(?!id\})/)
          expect(fix === null).toBe(check.state === 'ok')
        }
      }
    }),
  )
  expect(Object.keys(checkTitles)).toHaveLength(30)
})

it('a refused token is the cause, and what hangs on it is unknown', () => {
  const checks = diagnose({ ...nothing, token: refused, number: refused, account: refused, subscribed: refused })
  const states = Object.fromEntries(checks.map(({ id, state }) => [id, state]))
  expect(states).toMatchObject({ token: 'failed', scopes: 'unknown', number: 'unknown', quality: 'unknown' })
})

it.each([
  ['connected', 'ok'],
  ['unchecked', 'warning'],
  ['paused', 'failed'],
  ['reconnect', 'failed'],
  ['disconnected', 'failed'],
] as const)('a number that is %s is %s at hand', (state, expected) => {
  const channel = { ...nothing.channel, state, reason: 'por algo' }
  const [check] = diagnoseAtHand({ channel, news: [], now })
  expect(check).toMatchObject({ id: 'state', state: expected })
})

it.each<[string, object, string]>([
  ['that has ended', { restriction_info: [{ restriction_type: 'X', expiration: now.getTime() / 1000 - 1 }] }, 'ok'],
  ['that lasts', { restriction_info: [{ restriction_type: 'X', expiration: now.getTime() / 1000 + 9 }] }, 'failed'],
  ['without an end', { restriction_info: [{ restriction_type: 'X' }] }, 'failed'],
  ['of a shape that is new', { restriction_info: 'x' }, 'ok'],
])('a restriction %s', (_name, data, state) => {
  const news = [{ event: 'ACCOUNT_RESTRICTION', at: now, data: data as Record<string, unknown> }]
  expect(diagnoseAtHand({ channel: nothing.channel, news, now })[1]).toMatchObject({ id: 'restrictions', state })
})

it('the worst state stands for all', () => {
  const of = (...states: Check['state'][]) => worstOf(states.map(state => ({ state })))
  expect([of(), of('ok', 'unknown'), of('unknown', 'warning'), of('ok', 'failed', 'warning')]).toEqual([
    ...['ok', 'unknown', 'warning', 'failed'],
  ])
})

it('reads back what was kept, and leaves out what it does not know', () => {
  const checks = diagnose(nothing)
  const stored: unknown = JSON.parse(JSON.stringify([...checks, { id: 'of later', state: 'ok' }, null]))
  expect(keptChecks.parse(stored)).toEqual(checks)
})

it('tells steps and obstacles in each language', () => {
  const step = { id: 'registration', outcome: 'failed', detail: '133005' } as const
  expect(languages.map(language => explainStep(step, language))).toEqual([
    ...['Registro en la Cloud API: falló (133005)', 'Registration with the Cloud API: failed (133005)'],
    'Registro na Cloud API: falhou (133005)',
  ])
  for (const language of languages) expect(explainObstacle('pin needed', language)).toContain('PIN')
})

it('an address of the account’s own is seen by the app of the token, where no app id is kept', () => {
  const token: Observations['token'] = {
    kind: 'told',
    value: { isValid: true, reason: null, appId: '7', expiresAt: null, scopes: [], targets: [] },
  }
  const of = (overrideUrl: string | null) => {
    const subscribed: Observations['subscribed'] = { kind: 'told', value: [{ appId: '7', name: null, overrideUrl }] }
    return diagnose({ ...nothing, token, subscribed }).find(({ id }) => id === 'callback')?.finding
  }
  expect(of('https://other.example/x')).toBe('overridden elsewhere')
  expect(of(`${nothing.callbackUrl}/`)).toBe('fine')
  expect(of(null)).toBe('not told')
})
