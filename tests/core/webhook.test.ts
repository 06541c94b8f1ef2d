import { expect, it } from 'vitest'
import { nextTry, RETRIES_S, signWebhook, webhookEventOf, webhookUrlProblem } from '../../src/core/webhook.ts'

it.each([
  'http://example.com/',
  'https://user:pass@example.com/',
  'https://localhost/',
  'https://api.localhost/',
  'https://printer/',
  'https://db.internal/',
  'https://127.0.0.1/',
  'https://2130706433/',
  'https://0x7f.1/',
  'https://0177.0.0.1/',
  'https://10.1.2.3/',
  'https://172.16.0.1/',
  'https://192.168.1.1/',
  'https://169.254.169.254/latest/meta-data',
  'https://100.64.0.1/',
  'https://0.0.0.0/',
  'https://224.0.0.1/',
  'https://[::1]/',
  'https://[::ffff:10.0.0.1]/',
  'https://localhost./',
  'javascript:alert(1)',
  '',
])('refuses %s', url => {
  expect(webhookUrlProblem(url, false)).toMatch(/^must /)
})

it.each(['https://example.com/hook', 'https://8.8.8.8/', 'https://172.32.0.1/', 'https://hooks.example.mx:8443/a?b=c'])(
  'takes %s',
  url => expect(webhookUrlProblem(url, false)).toBeUndefined(),
)

it('takes this machine where the installation allows it', () => {
  expect(webhookUrlProblem('http://127.0.0.1:8080/', true)).toBeUndefined()
  expect(webhookUrlProblem('ftp://127.0.0.1/', true)).toBe('must begin with https://')
})

it('signs as the specification has it', async () => {
  // The example of standardwebhooks.com.
  const headers = await signWebhook(
    'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    'msg_p5jXN8AQM9LWM0D4loKWxJek',
    new Date(1_614_265_330_000),
    '{"test": 2432232314}',
  )
  expect(headers['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
})

it('tries again seven times, then no more', () => {
  const now = new Date('2026-11-02T10:00:00Z')
  expect(RETRIES_S.map((_, n) => (+(nextTry(n + 1, now) ?? 0) - +now) / 1000)).toEqual([...RETRIES_S])
  expect(nextTry(RETRIES_S.length + 1, now)).toBeNull()
})

it('names what is told, and tells nobody of the rest', () => {
  expect(webhookEventOf('ticket.opened', null)).toBe('ticket.created')
  expect(webhookEventOf('ticket.tagged', null)).toBe('ticket.updated')
  expect(webhookEventOf('ticket.breached', 'frt')).toBe('sla.breached')
  expect(webhookEventOf('message.status', 'failed')).toBe('message.failed')
  for (const [kind, detail] of [
    ['message.status', 'queued'],
    ['message.imported', null],
    ['ticket.presence', null],
    ['ticket.read', 'an agent'],
    ['message.created', null],
  ] as const) {
    expect(webhookEventOf(kind, detail)).toBeNull()
  }
})
