/** The doctor through public addresses that go wrong, clocks that differ, and news that came by webhook. */
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { CheckId } from '../../src/core/channel-checks.ts'
import { explainCheck } from '../../src/core/channel-checks.ts'
import { type CheckContext, checkChannel } from '../../src/inbox/check-channel.ts'
import { DEMO } from '../../src/node/demo.ts'
import { startHub, type TestHub } from '../support/hub.ts'

let t: TestHub
let channelId: string
beforeAll(async () => {
  t = await startHub()
  channelId = (await t.api<{ items: { id: string }[] }>('GET', '/channels')).body.items[0]?.id ?? ''
})
afterAll(() => t.close())

function context(change: Partial<CheckContext> = {}): CheckContext {
  const { db, sealing, whatsapp, metaApp, fetch } = t.hub.services
  return { db, sealing, whatsapp, metaApp, fetch, appUrl: t.url, workspaceId: t.workspaceId, now: t.now(), ...change }
}

async function found(change: Partial<CheckContext>, ...ids: CheckId[]) {
  const { checks } = await checkChannel(context(change), channelId)
  return ids.map(id => checks.find(check => check.id === id)).map(check => check && explainCheck(check, 'en'))
}

/** Between Meta and us: `meddle` says what becomes of a body, or answers itself. */
async function throughProxy<T>(
  meddle: (body: string, incoming: IncomingMessage, answer: ServerResponse) => string | null,
  act: (url: string) => Promise<T>,
): Promise<T> {
  const server = createServer((incoming, answer) => {
    const parts: Buffer[] = []
    incoming.on('data', part => parts.push(part))
    incoming.on('end', () => {
      const body = meddle(Buffer.concat(parts).toString('utf8'), incoming, answer)
      if (body === null) return
      const { 'content-length': _, ...headers } = incoming.headers
      const onward = request(`${t.url}${incoming.url}`, { method: incoming.method, headers }, reply => {
        answer.writeHead(reply.statusCode ?? 502, reply.headers)
        reply.pipe(answer)
      })
      onward.end(body)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  try {
    return await act(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  } finally {
    server.closeAllConnections()
    await new Promise(done => server.close(done))
  }
}

describe('the loop test', () => {
  it('goes through a proxy that changes nothing', async () => {
    const [handshake, loop] = await throughProxy(
      body => body,
      appUrl => found({ appUrl }, 'handshake', 'loop'),
    )
    expect([handshake?.state, loop?.state]).toEqual(['ok', 'ok'])
  })

  it.each<[string, Parameters<typeof throughProxy>[0], RegExp]>([
    ['writes JSON anew', body => (body ? JSON.stringify(JSON.parse(body)) : body), /without touching the body/],
    ['adds a line at the end', body => (body ? `${body}\n` : body), /without touching the body/],
    [
      'takes the signature away',
      (body, incoming) => {
        delete incoming.headers['x-hub-signature-256']
        return body
      },
      /with all headers/,
    ],
    [
      'leads to a login',
      (_body, _incoming, answer) => {
        answer.writeHead(302, { location: 'https://login.example/' }).end()
        return null
      },
      /take the redirect/,
    ],
    [
      'is another system that takes everything',
      (_body, _incoming, answer) => {
        answer.writeHead(200).end('ok')
        return null
      },
      /lead to this installation/,
    ],
    [
      'is a firewall that asks for a browser',
      (_body, _incoming, answer) => {
        answer.writeHead(403).end('<html>')
        return null
      },
      /no firewall or browser check/,
    ],
  ])('catches a proxy that %s', async (_name, meddle, fix) => {
    const [loop, token] = await throughProxy(meddle, appUrl => found({ appUrl }, 'loop', 'token'))
    expect(loop).toMatchObject({ state: 'failed', fix: expect.stringMatching(fix) })
    expect(token?.state).toBe('ok')
  })

  it('catches a proxy that drops the question of the handshake', async () => {
    const [handshake, loop] = await throughProxy(
      (body, incoming) => {
        incoming.url = incoming.url?.replace(/\?.*/, '')
        return body
      },
      appUrl => found({ appUrl }, 'handshake', 'loop'),
    )
    expect(handshake).toMatchObject({ state: 'failed', fix: expect.stringContaining('with its query') })
    expect(loop?.state).toBe('ok')
  })

  it('catches an address where nobody answers', async () => {
    const closed = await throughProxy(
      body => body,
      async url => url,
    )
    const [loop] = await found({ appUrl: closed }, 'loop')
    expect(loop).toMatchObject({ state: 'failed', seen: expect.stringContaining('ECONNREFUSED') })
  })

  it('writes one body in the ledger, and nothing in the inbox', async () => {
    const count = async () => {
      const [row] = await t.database.owner`
        select (select count(*) from deliveries)::int as bodies, (select count(*) from channel_events)::int as events,
          (select count(*) from messages)::int as messages, (select count(*) from dead_letters)::int as letters`
      return row
    }
    await found({}, 'loop')
    await t.pass(0)
    const before = await count()
    await found({}, 'loop')
    await t.pass(0)
    expect(await count()).toEqual({ ...before, bodies: Number(before?.bodies) + 1 })
  })
})

it('gives up whoever hangs after eight seconds, and keeps what the others said', async () => {
  const timeout = AbortSignal.timeout.bind(AbortSignal)
  const deadlines = vi.spyOn(AbortSignal, 'timeout').mockImplementation(ms => timeout(ms / 20))
  t.sandbox.faults.add({ vendor: 'whatsapp', path: 'debug_token', kind: 'hang', times: 2 })
  const [token, number] = await found({}, 'token', 'number')
  expect([token?.state, number?.state]).toEqual(['unknown', 'ok'])
  expect(deadlines.mock.calls).toContainEqual([8_000])
  deadlines.mockRestore()
  t.sandbox.faults.clear()
})

it.each([
  [20_000, 'ok'],
  [90_000, 'warning'],
  [-3_600_000, 'failed'],
])('a clock that is %d ms away from Meta’s is %s', async (ms, state) => {
  const [clock] = await found({ now: new Date(t.now().getTime() + ms) }, 'clock')
  expect(clock?.state).toBe(state)
})

it('says that an address of a private network, or without https, cannot be called by Meta', async () => {
  const { whatsapp } = context()
  const real = { ...whatsapp, baseUrl: 'https://graph.facebook.com', fetch: () => Promise.reject(new Error('no net')) }
  const fetch = () => Promise.reject(new Error('no net'))
  const judge = async (appUrl: string) => (await found({ whatsapp: real, fetch, appUrl }, 'address'))[0]?.fix
  expect(await judge('http://192.168.1.5')).toContain('public address')
  expect(await judge('http://buzon.example')).toContain('certificate')
  expect(await judge('https://buzon.example')).toBeNull()
  const [media] = await found({ whatsapp: real, fetch }, 'media')
  expect(media).toMatchObject({ state: 'failed', fix: expect.stringContaining('lookaside.fbsbx.com') })
})

describe('what Meta told by webhook', () => {
  type Listed = {
    items: {
      health: {
        state: string
        causes: { id: string; seen: string; fix: string }[]
        quality: { value: string; at: string } | null
        messagingLimit: { value: string; at: string } | null
      }
    }[]
  }
  const list = async () => (await t.api<Listed>('GET', '/channels')).body.items[0]?.health
  const tell = async (field: string, value: object, at = t.now()) => {
    const time = Math.floor(at.getTime() / 1000)
    const body = JSON.stringify({ entry: [{ id: DEMO.wabaId, time, changes: [{ field, value }] }] })
    expect((await t.post(body)).status).toBe(200)
    await t.pass(1)
  }

  it('is seen in the list with its date, cause and fix, until it ends', async () => {
    const until = Math.floor(t.now().getTime() / 1000) + 3600
    const info = [{ restriction_type: 'RESTRICTED_BIZ_INITIATED_MESSAGING', expiration: until }]
    await tell('account_update', { event: 'ACCOUNT_RESTRICTION', restriction_info: info })
    expect(await list()).toMatchObject({
      state: 'failed',
      causes: expect.arrayContaining([
        expect.objectContaining({
          id: 'restrictions',
          seen: expect.stringContaining('RESTRICTED_BIZ_INITIATED_MESSAGING'),
          fix: expect.stringContaining('Asistencia'),
        }),
      ]),
    })
    await t.pass(3601)
    expect((await list())?.causes.map(({ id }) => id)).not.toContain('restrictions')
  })

  it('is the newest of quality and limit, in any order, and what the doctor reads is news like any other', async () => {
    const at = (minutes: number) => new Date(t.now().getTime() - minutes * 60_000)
    const limit = (tier: string) => ({ event: 'ONBOARDING', max_daily_conversations_per_business: tier })
    await tell('phone_number_quality_update', limit('TIER_10K'), at(5))
    await tell('phone_number_quality_update', limit('TIER_250'), at(60))
    expect((await list())?.messagingLimit).toMatchObject({ value: '10K' })
    await found({}, 'quality')
    expect(await list()).toMatchObject({ quality: { value: 'GREEN' }, messagingLimit: { value: '2K' } })
  })

  it('a ban outlasts a warning that came after it', async () => {
    await tell('account_update', { event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: 'SCHEDULE_FOR_DISABLE' } })
    await tell('account_update', { event: 'ACCOUNT_VIOLATION', violation_info: { violation_type: 'SPAM' } })
    const [restrictions] = await found({}, 'restrictions')
    expect(restrictions?.seen).toContain('SCHEDULE_FOR_DISABLE')
    await tell('account_update', { event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: 'REINSTATE' } })
    const [after] = await found({}, 'restrictions')
    expect(after?.seen).toContain('SPAM')
  })
})

it('a number that was kept unchecked is connected once Meta confirms it', async () => {
  await t.database.owner`update channels set state = 'unchecked', state_reason = 'no answer' where id = ${channelId}`
  const [state] = await found({}, 'state')
  expect(state?.state).toBe('ok')
  const [row] = await t.database.owner`select state, state_reason from channels where id = ${channelId}`
  expect(row).toMatchObject({ state: 'connected', stateReason: null })
})

it('every number is checked each night', async () => {
  await t.database.owner`delete from channel_checks`
  await t.pass(24 * 3600)
  const rows = await t.database.owner`select channel_id from channel_checks`
  expect(rows.map(row => row.channelId)).toEqual([channelId])
})

it('is of the workspace alone', async () => {
  const other = context({ workspaceId: '0192f3a0-7c00-7000-8000-00000000000f' })
  await expect(checkChannel(other, channelId)).rejects.toMatchObject({ code: 'not found' })
})
