/** Rules, teams, calendars, policies and what they do, as programs and supervisors see it. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { newId } from '../../src/inbox/context.ts'
import { DEMO } from '../../src/node/demo.ts'
import { startHub, type TestHub } from '../support/hub.ts'
import { webhook } from '../support/whatsapp.ts'

type Rule = { id: string; position: number; name: string; hits: number; lastHitAt: string | null; enabled: boolean }
type Ticket = { id: string; number: string; tags: string[]; assignmentReason: string; openedAt: string }
type Items<T> = { items: T[] }

let t: TestHub
beforeAll(async () => {
  t = await startHub()
})
afterAll(() => t.close())

async function say(from: string, text: string) {
  await t.post(webhook(DEMO.phoneNumberId, [{ from, text, at: t.now() }]))
  await t.pass(5)
  const { body } = await t.api<Items<Ticket>>('GET', '/tickets?limit=1')
  return body.items[0] as Ticket
}

const list = async <T>(path: string) => (await t.api<Items<T>>('GET', path)).body.items

it('tries a rule on past tickets, switches it on, counts its hits and keeps its reason', async () => {
  await say('5215550001001', 'hola, ¿dónde está mi envío?')
  await say('5215550001002', 'buenas tardes')
  const draft = { name: 'Envíos', conditions: { keywords: ['envio'] }, actions: { tags: ['envíos'], priority: 'high' } }
  const { body: trial } = await t.api<{ tickets: number; matched: number; changed: number; items: object[] }>(
    ...(['POST', '/routing-rules/try', { ...draft, position: 1 }] as const),
  )
  expect(trial).toMatchObject({ matched: 1, changed: 1, items: [{ keyword: 'envio', after: { priority: 'high' } }] })
  expect((await list<Rule>('/routing-rules')).some(rule => rule.name === 'Envíos')).toBe(false)

  const { status, body: rule } = await t.api<Rule>('POST', '/routing-rules', draft)
  expect(status).toBe(201)
  const others = (await list<Rule>('/routing-rules')).map(each => each.id).filter(id => id !== rule.id)
  const { body: ordered } = await t.api<Items<Rule>>('PUT', '/routing-rules/order', { ids: [rule.id, ...others] })
  expect(ordered.items.map(each => each.id)).toEqual([rule.id, ...others])

  const ticket = await say('5215550001003', 'ENVÍO perdido')
  expect(ticket.tags).toContain('envíos')
  expect(ticket.assignmentReason).toMatch(/1 «Envíos» \(envio\)/)
  const [hit] = await list<Rule>('/routing-rules')
  expect(hit).toMatchObject({ id: rule.id, hits: 1 })
  expect(hit?.lastHitAt).not.toBeNull()

  await t.api('PATCH', `/routing-rules/${rule.id}`, { enabled: false })
  expect((await say('5215550001004', 'otro envío')).tags).not.toContain('envíos')
  const { body: log } = await t.api<Items<{ action: string; before: object; after: object }>>(
    ...(['GET', `/audit?subjectId=${rule.id}`] as const),
  )
  expect(log.items.map(entry => entry.action)).toEqual(['rule changed', 'rule made'])
  expect(log.items[0]).toMatchObject({ before: { enabled: true }, after: { enabled: false } })
  expect((await t.api('DELETE', `/routing-rules/${rule.id}`)).status).toBe(200)
})

it.each<[string, string, string, object, number]>([
  ['a word that is none', 'POST', '/routing-rules', { name: 'x', conditions: { keyword: ['a'] }, actions: {} }, 422],
  ['a team of nobody', 'POST', '/routing-rules', { name: 'x', conditions: {}, actions: { teamId: newId() } }, 404],
  [
    ...(['a calendar of nobody', 'POST', '/routing-rules'] as const),
    { name: 'x', conditions: { any: [{ hours: { calendarId: newId(), open: true } }] }, actions: {} },
    404,
  ],
  ['half of the rules', 'PUT', '/routing-rules/order', { ids: [newId()] }, 422],
  ['a policy of nobody', 'PATCH', `/sla-policies/${newId()}`, { frtMinutes: 5 }, 404],
  ['no minutes', 'POST', '/sla-policies', { name: 'x', frtMinutes: 0 }, 422],
  ['a shift of nobody', 'DELETE', `/on-call-shifts/${newId()}`, {}, 404],
  ['a breach of nobody', 'PUT', `/sla/breaches/${newId()}/cause`, { cause: 'overlooked' }, 404],
  [
    ...(['hours that end before they begin', 'POST', '/calendars'] as const),
    { name: 'x', calendar: { timeZone: 'America/Lima', week: { 1: [['18:00', '09:00']] }, holidays: [] } },
    422,
  ],
])('refuses %s, and changes nothing', async (_, method, path, body, status) => {
  const before = await Promise.all([list('/routing-rules'), list('/sla-policies'), list('/calendars')])
  expect((await t.api(method, path, body)).status).toBe(status)
  expect(await Promise.all([list('/routing-rules'), list('/sla-policies'), list('/calendars')])).toEqual(before)
})

it('puts a country’s holidays in a calendar, beside days of one’s own', async () => {
  const week = {
    1: [
      ['09:00', '14:00'],
      ['16:00', '19:00'],
    ],
  }
  const calendar = { timeZone: 'America/Mexico_City', week, holidays: ['2026-12-24'] }
  const { body: made } = await t.api<{ id: string }>('POST', '/calendars', { name: 'Tienda', calendar })
  type Whole = { calendar: { holidays: (string | { date: string; name: string })[] } }
  const add = () =>
    t.api<Whole>('POST', `/calendars/${made.id}/holidays`, { country: 'MX', years: [2026, 2027], language: 'es' })
  const { body } = await add()
  expect(body.calendar.holidays).toContainEqual({ date: '2026-11-16', name: expect.any(String), country: 'MX' })
  expect(body.calendar.holidays).toContain('2026-12-24')
  expect((await add()).body).toEqual(body)
  expect((await t.api('POST', `/calendars/${made.id}/holidays`, { country: 'ZZ', years: [2026] })).status).toBe(422)
  expect((await t.api('DELETE', `/calendars/${made.id}`)).status).toBe(200)
})

it('shows what a policy would move, moves it, and tells of each deadline at any instant', async () => {
  const ticket = await say('5215550001010', 'hola')
  const { body: before } = await t.api<{ clocks: { kind: string; dueAt: string }[] }>(
    'GET',
    `/tickets/${ticket.id}/sla`,
  )
  const due = before.clocks.find(clock => clock.kind === 'frt')?.dueAt
  const [channel] = await list<{ id: string }>('/channels')
  const input = { name: 'Rápida', channelId: channel?.id, frtMinutes: 7, ttrMinutes: 60, targetPercent: 90 }
  const { body: preview } = await t.api<{ moved: number; deadlines: { ticketId: string; from: string; to: string }[] }>(
    ...(['POST', '/sla-policies/preview', input] as const),
  )
  const moved = preview.deadlines.find(each => each.ticketId === ticket.id && each.from === due)
  expect(preview.moved).toBeGreaterThan(0)
  const { body: policy } = await t.api<{ id: string }>('POST', '/sla-policies', input)
  await t.pass(61)
  const { body: after } = await t.api<{ policy: { id: string }; clocks: { kind: string; dueAt: string }[] }>(
    ...(['GET', `/tickets/${ticket.id}/sla`] as const),
  )
  expect(after.policy.id).toBe(policy.id)
  expect(after.clocks.find(clock => clock.kind === 'frt')?.dueAt).toBe(moved?.to)
  expect(moved?.to).toBe(new Date(Date.parse(ticket.openedAt) + 7 * 60_000).toISOString())

  const { body: early } = await t.api<{ clocks: { breachedAt: string | null }[] }>(
    ...(['GET', `/tickets/${ticket.id}/sla?at=${new Date(Date.parse(ticket.openedAt) - 1000).toISOString()}`] as const),
  )
  expect(early.clocks).toEqual([])
  await t.pass(10 * 60)
  const board = await list<{ ticket: { id: string }; kind: string; minutesLeft: number }>('/sla/board')
  expect(board.find(each => each.ticket.id === ticket.id && each.kind === 'frt')?.minutesLeft).toBeLessThan(0)
  expect(board.map(each => each.minutesLeft)).toEqual(board.map(each => each.minutesLeft).sort((a, b) => a - b))

  type Breach = { clockId: string; kind: string; ticket: { id: string }; cause: string | null; note: string | null }
  const breach = (await list<Breach>('/sla/breaches?cause=none')).find(each => each.ticket.id === ticket.id)
  const said = await t.api<Breach>('PUT', `/sla/breaches/${breach?.clockId}/cause`, {
    ...{ cause: 'too few people', note: 'Dos de vacaciones' },
  })
  expect(said.body).toMatchObject({ cause: 'too few people', note: 'Dos de vacaciones' })
  expect((await list<Breach>('/sla/breaches?cause=too%20few%20people')).map(each => each.clockId)).toEqual([
    breach?.clockId,
  ])
  const shares = await list<{ policy: string; kind: string; breached: number; targetPercent: number }>(
    '/sla/attainment',
  )
  expect(shares.find(each => each.policy === 'Rápida' && each.kind === 'frt')).toMatchObject({ targetPercent: 90 })
  expect((await t.api('DELETE', `/sla/breaches/${breach?.clockId}/cause`)).status).toBe(200)
  expect((await t.api('DELETE', `/sla-policies/${policy.id}`)).status).toBe(200)
})

it('sets how teams hand out, what agents can take, who is on call; and shows the queue', async () => {
  const [team] = await list<{ id: string; memberIds: string[] }>('/teams')
  const { body: settings } = await t.api('GET', `/teams/${team?.id}/assignment`)
  const { body: set } = await t.api('PUT', `/teams/${team?.id}/assignment`, { ...settings, strategy: 'least loaded' })
  expect(set).toMatchObject({ strategy: 'least loaded', sticky: 'none' })
  expect((await t.api('PUT', `/teams/${team?.id}/assignment`, { overflowTeamId: team?.id })).status).toBe(422)
  for (const id of team?.memberIds ?? []) await t.api('PATCH', `/agents/${id}/work`, { capacity: 0, skills: ['pt'] })
  const ticket = await say('5215550001020', 'hola')
  expect(ticket.assignmentReason).toMatch(/cola|fila|queue/)
  const queue = await list<{ ticketId: string; place: number }>('/queue')
  expect(queue.map(each => each.ticketId)).toContain(ticket.id)
  for (const id of team?.memberIds ?? []) await t.api('PATCH', `/agents/${id}/work`, { capacity: null })
  await t.pass(10)
  expect((await list<{ ticketId: string }>('/queue')).map(each => each.ticketId)).not.toContain(ticket.id)
  const shift = { teamId: team?.id, agentId: team?.memberIds[0] }
  const from = t.now().toISOString()
  const to = new Date(t.now().getTime() + 3_600_000).toISOString()
  expect((await t.api('POST', '/on-call-shifts', { ...shift, from: to, to: from })).status).toBe(422)
  const { status, body } = await t.api<{ id: string }>('POST', '/on-call-shifts', { ...shift, from, to })
  expect(status).toBe(201)
  expect((await list<{ id: string }>('/on-call-shifts')).map(each => each.id)).toEqual([body.id])
})

it('has notifications for agents, and none for keys', async () => {
  expect(await t.api('GET', '/notifications')).toMatchObject({ body: { code: 'agents_only' } })
})
