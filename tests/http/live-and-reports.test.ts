/** Live updates, search and reports, by the API. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { SANDBOX } from '../../src/config.ts'
import { DEMO } from '../../src/node/demo.ts'
import { startHub, type TestHub } from '../support/hub.ts'
import { settledFeed } from '../support/settled-feed.ts'
import { webhook } from '../support/whatsapp.ts'

let t: TestHub
beforeAll(async () => {
  t = await startHub()
})
afterAll(() => t.close())

const say = (text: string, from = '5215550001234') =>
  t.post(webhook(DEMO.phoneNumberId, [{ from, name: 'Ana Peña', text, at: t.now() }]))

type Event = { event: string; id: string; data: Record<string, string> }

/** Reads events until `enough` says so. */
async function listen(headers: Record<string, string>, enough: (events: Event[]) => boolean, act = async () => {}) {
  const stop = new AbortController()
  const auth = { authorization: `Bearer ${SANDBOX.apiKey}` }
  const answer = await fetch(`${t.url}/api/v1/live`, { headers: { ...auth, ...headers }, signal: stop.signal })
  expect(answer.headers.get('content-type')).toContain('text/event-stream')
  const events: Event[] = []
  let text = ''
  let isReady = false
  for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
    text += new TextDecoder().decode(chunk)
    const blocks = text.split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      const of = (name: string) => new RegExp(`^${name}: ?(.*)$`, 'm').exec(block)?.[1] ?? ''
      events.push({ event: of('event'), id: of('id'), data: JSON.parse(of('data')) })
    }
    if (!isReady && events.some(({ event }) => event === 'ready')) {
      isReady = true
      await act()
    }
    if (enough(events)) break
  }
  stop.abort()
  return events
}

it('tells what happens as it happens, and goes on where a reader stopped, missing and repeating nothing', async () => {
  const has = (kind: string) => (events: Event[]) => events.some(({ data }) => data.kind === kind)
  const first = await listen({}, has('message.received'), async () => void (await say('hola')))
  const seen = first.findIndex(({ data }) => data.kind === 'message.received')
  expect(JSON.stringify(first)).not.toMatch(/hola|Peña/)
  await t.pass(1)
  await t.api('POST', '/tickets/BZ-1001/notes', { text: 'ojo' })
  const rest = await listen({ 'last-event-id': first[seen]?.id ?? '' }, has('ticket.noted'))
  const ids = [...first.slice(0, seen + 1), ...rest].filter(({ event }) => event === 'change').map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  expect(rest.filter(({ event }) => event === 'change').length).toBeGreaterThan(0)
})

it('tells who was away for too long to load everything anew', async () => {
  const isReset = (events: Event[]) => events.some(({ event }) => event === 'reset')
  const long = Date.now() - 4 * 86_400_000
  for (const id of [`1.1.${long}`, `${2n ** 60n}.1.${Date.now()}`, 'nonsense']) {
    expect((await listen({ 'last-event-id': id }, isReset))[0]?.event).toBe('reset')
  }
})

it('finds tickets, people and messages by words', async () => {
  await say('¿dónde está mi devolución?')
  await settledFeed(t.database.owner)
  await t.pass(60)
  expect((await t.api('GET', '/search?q=devolucion')).body).toMatchObject({
    messages: [{ number: 'BZ-1001', snippet: '¿dónde está mi devolución?', contact: 'Ana Peña' }],
  })
  expect((await t.api('GET', '/search?q=pena')).body).toMatchObject({
    tickets: [{ number: 'BZ-1001' }],
    contacts: [{ name: 'Ana Peña' }],
  })
  expect((await t.api('GET', '/search?q=000-1234')).body).toMatchObject({ contacts: [{ name: 'Ana Peña' }] })
  expect((await t.api('GET', '/search?q=x')).status).toBe(422)
  expect((await t.api('GET', '/tickets?text=pena')).body).toMatchObject({ items: [{ number: 'BZ-1001' }] })
})

it('shows what each agent has on their desk, and what is nobody’s', async () => {
  type Desk = { name: string | null; open: number; waiting: number; oldestAt: string | null }
  const desks = async () => (await t.api<{ items: Desk[] }>('GET', '/reports/workload')).body.items
  const before = await desks()
  expect(before[0]).toMatchObject({ open: 1, waiting: 0, oldestAt: expect.any(String) })
  expect(before.slice(1).every(({ open, oldestAt }) => open === 0 && oldestAt === null)).toBe(true)
  const { body } = await t.api<{ owner: { id: string } }>('GET', '/tickets/BZ-1001')
  await t.api('POST', '/tickets/BZ-1001/assign', { agentId: null })
  expect((await desks()).find(({ name }) => name === null)).toMatchObject({ agentId: null, available: false, open: 1 })
  await t.api('POST', '/tickets/BZ-1001/assign', { agentId: body.owner.id })
})

it('reports on the tickets of a time, by day of the time zone, and writes them as CSV', async () => {
  await t.api('POST', '/tickets/BZ-1001/reply', { text: 'Va en camino' })
  await t.api('POST', '/tickets/BZ-1001/resolve')
  await settledFeed(t.database.owner)
  await t.pass(60)
  const query = 'from=2026-11-01T00:00:00Z&to=2026-12-01T00:00:00Z&timeZone=America/Mexico_City'
  const { body } = await t.api<{ rows: Record<string, unknown>[] }>('GET', `/reports/tickets?${query}&groupBy=day`)
  expect(body.rows).toMatchObject([
    { group: '2026-11-03', opened: 1, resolved: 1, resolutionRate: 1, frtMet: 1, messagesIn: 2, messagesOut: 1 },
  ])
  for (const group of ['none', 'week', 'month', 'agent', 'team', 'channel', 'category', 'priority']) {
    const { status, body } = await t.api<{ rows: unknown[] }>('GET', `/reports/tickets?${query}&groupBy=${group}`)
    expect([status, body.rows.length], group).toEqual([200, 1])
  }
  expect((await t.api('GET', `/reports/hours?${query}`)).body).toMatchObject({
    hours: [{ weekday: 2, hour: 10, received: 2 }],
  })
  expect((await t.api('GET', '/reports/waiting')).body).toEqual({ items: [] })
  expect((await t.api('GET', `/reports/tickets?from=x&to=y`)).status).toBe(422)
  expect((await t.api('GET', `/reports/tickets?${query.replace('America/Mexico_City', 'Mars/Base')}`)).status).toBe(422)
  const headers = { authorization: `Bearer ${SANDBOX.apiKey}` }
  const csv = await (await fetch(`${t.url}/api/v1/reports/tickets.csv?${query}`, { headers })).text()
  const [head, line, rest] = csv.split('\r\n')
  expect(head).toMatch(/^ticket,openedAt,resolvedAt/)
  expect([line, rest]).toEqual([expect.stringMatching(/^BZ-1001,2026-11-03T/), ''])
})
