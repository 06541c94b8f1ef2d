/** The simulated Zendesk, by its own words: jobs, limits, exports, what may be written when, and the mail trap. */
import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts'
import { type Json, listOf, startReceiver } from './support.ts'

const ACCOUNT = 'arrayan'
let sandbox: Sandbox
beforeEach(() => {
  sandbox = createSandbox()
  sandbox.zendesk.accounts({ subdomain: ACCOUNT, token: 'good', rateLimit: false })
})
afterEach(() => sandbox.close())

async function call(method: string, path: string, body?: unknown, token = 'good') {
  const answer = await sandbox.app.request(`/zendesk/api/v2/${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, json: (text ? JSON.parse(text) : {}) as Json }
}

async function jobOf(method: string, path: string, body: unknown): Promise<Json[]> {
  const { json } = await call(method, path, body)
  expect(json.job_status?.status).toBe('queued')
  const { json: seen } = await call('GET', `job_statuses/show_many.json?ids=${json.job_status?.id}`)
  return listOf(listOf(seen.job_statuses)[0]?.results)
}

const person = () => sandbox.zendesk.makeUser(ACCOUNT, { name: 'Ana', email: 'ana@example.com' })
const ticketFor = (id: number) =>
  sandbox.zendesk.makeTicket(ACCOUNT, { subject: 'Pedido', requester_id: id, comment: { body: 'Hola', author_id: id } })

it('refuses unknown tokens, and answers both spellings of a path', async () => {
  expect((await call('GET', 'users/me', undefined, 'bad')).status).toBe(401)
  for (const path of ['users/me', 'users/me.json']) expect((await call('GET', path)).status).toBe(200)
  expect((await call('GET', 'nothing')).status).toBe(404)
})

describe('jobs', () => {
  it('tell of each item in the order it was given, and are done when their time has come', async () => {
    sandbox.zendesk.configure(ACCOUNT, { jobMs: 5_000 })
    const users = [
      { name: 'Ana', external_id: 'a' },
      { name: '', external_id: 'b' },
      { name: 'Luz', email: 'no' },
    ]
    const { json } = await call('POST', 'users/create_or_update_many', { users })
    const seen = () => call('GET', `job_statuses/${json.job_status?.id}`)
    expect((await seen()).json).toMatchObject({ job_status: { status: 'queued', results: null } })
    sandbox.time({ advanceMs: 5_000 })
    expect((await seen()).json).toMatchObject({
      job_status: { status: 'completed', results: [{ status: 'Created' }, { status: 'Failed' }, { status: 'Failed' }] },
    })
  })

  it('take a hundred at most', async () => {
    const users = Array.from({ length: 101 }, (_, nth) => ({ name: `N${nth}` }))
    expect((await call('POST', 'users/create_or_update_many', { users })).status).toBe(422)
  })
})

describe('tickets', () => {
  it('that are closed take nothing; a follow-up goes on, with the tags', async () => {
    const { id } = ticketFor(person().id)
    sandbox.zendesk.editTicket(ACCOUNT, id, { tags: ['whatsapp'], status: 'closed' })
    const [refused] = await jobOf('PUT', 'tickets/update_many', { tickets: [{ id, comment: { body: 'x' } }] })
    expect(refused).toMatchObject({ status: 'Failed', details: 'Status: closed prevents ticket update' })
    const next = { via_followup_source_id: id, subject: 'Sigue', comment: { body: 'x' } }
    const { status, json } = await call('POST', 'tickets', { ticket: next })
    expect([status, json.ticket?.tags]).toEqual([201, ['whatsapp']])
    expect((await call('GET', `tickets/${id}`)).json.ticket?.followup_ids).toEqual([json.ticket?.id])
  })

  it('are never new again, and one with an agent is open', async () => {
    const { id } = ticketFor(person().id)
    const status = async (ticket: object) => (await call('PUT', `tickets/${id}`, { ticket })).json.ticket?.status
    expect(await status({ assignee_id: 9_000_011 })).toBe('open')
    expect(await status({ assignee_id: null, status: 'new' })).toBe('open')
    expect(await status({ custom_status_id: 702 })).toBe('pending')
  })

  it('keep the metadata of an update with its comment, and refuse one that is out of date', async () => {
    const { id, updated_at } = ticketFor(person().id)
    sandbox.time({ advanceMs: 1_000 })
    await call('PUT', `tickets/${id}`, { ticket: { comment: { body: 'a' }, metadata: { mine: 1 } } })
    const { json } = await call('GET', `tickets/${id}/comments?sort=-created_at`)
    expect(listOf(json.comments)[0]).toMatchObject({ body: 'a', metadata: { custom: { mine: 1 } } })
    const stale = { priority: 'low', safe_update: true, updated_stamp: updated_at }
    expect((await call('PUT', `tickets/${id}`, { ticket: stale })).status).toBe(409)
  })
})

it('triggers mail whoever asked, where an address is known and the trigger does not spare the ticket', async () => {
  const { id } = ticketFor(person().id)
  sandbox.zendesk.reply(ACCOUNT, { ticketId: id, text: 'Ya sale' })
  sandbox.zendesk.reply(ACCOUNT, { ticketId: id, text: 'nota', public: false })
  expect(sandbox.zendesk.view(ACCOUNT).mails).toMatchObject([{ to: 'ana@example.com', body: 'Ya sale' }])
  const spares = { field: 'current_tags', operator: 'not_includes', value: 'whatsapp' }
  const actions = [{ field: 'notification_user', value: ['requester_id', 'a', 'b'] }]
  sandbox.zendesk.configure(ACCOUNT, { triggers: [{ title: 'x', conditions: [spares], actions }] })
  sandbox.zendesk.editTicket(ACCOUNT, id, { tags: ['whatsapp'] })
  sandbox.zendesk.reply(ACCOUNT, { ticketId: id, text: 'Otra' })
  expect(sandbox.zendesk.view(ACCOUNT).mails).toHaveLength(1)
})

it('limits the minute with Retry-After, and exports by themselves', async () => {
  sandbox.zendesk.configure(ACCOUNT, { rateLimit: { perMinute: 4, exportsPerMinute: 1 } })
  const exported = () => call('GET', 'incremental/users/cursor?start_time=1')
  expect((await exported()).status).toBe(200)
  expect(await exported()).toMatchObject({ status: 429 })
  expect((await call('GET', 'users/me')).headers.get('x-rate-limit-remaining')).toBe('1')
  await call('GET', 'users/me')
  const refused = await call('GET', 'users/me')
  expect(refused.status).toBe(429)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50)
  sandbox.time({ advanceMs: 61_000 })
  expect((await call('GET', 'users/me')).status).toBe(200)
})

it('exports begin a minute ago at the latest, go on from a cursor, and are as far behind as they are told', async () => {
  const start = Math.floor(sandbox.now().getTime() / 1_000)
  person()
  expect((await call('GET', `incremental/users/cursor?start_time=${start}`)).status).toBe(422)
  sandbox.time({ advanceMs: 61_000 })
  const first = await call('GET', `incremental/users/cursor?start_time=${start - 1}`)
  expect(first.json).toMatchObject({ users: [{ name: 'Ana' }], end_of_stream: true })
  sandbox.zendesk.configure(ACCOUNT, { lagMs: 10_000 })
  sandbox.zendesk.makeUser(ACCOUNT, { name: 'Luz' })
  const next = () => call('GET', `incremental/users/cursor?cursor=${first.json.after_cursor}`)
  expect((await next()).json.users).toEqual([])
  sandbox.time({ advanceMs: 10_000 })
  expect((await next()).json).toMatchObject({ users: [{ name: 'Luz' }] })
})

it('signs events over the moment and the body, tries four times, and breaks the circuit', async () => {
  const receiver = await startReceiver()
  const subscriptions = ['zen:event-type:user.name_changed']
  const webhook = { name: 'x', endpoint: receiver.url, status: 'active', subscriptions }
  const { json } = await call('POST', 'webhooks', { webhook })
  const secret = (await call('GET', `webhooks/${json.webhook?.id}/signing_secret`)).json.signing_secret?.secret
  const ana = person()
  sandbox.zendesk.editUser(ACCOUNT, ana.id, { name: 'Ana P.' })
  await sandbox.idle()
  const [{ headers, body }] = receiver.received as [(typeof receiver.received)[number]]
  const signed = createHmac('sha256', String(secret))
    .update(`${headers['x-zendesk-webhook-signature-timestamp']}${body}`)
    .digest('base64')
  expect(headers['x-zendesk-webhook-signature']).toBe(signed)
  receiver.answer(() => 500)
  for (const name of ['1', '2', '3']) sandbox.zendesk.editUser(ACCOUNT, ana.id, { name })
  await sandbox.idle()
  expect(receiver.received).toHaveLength(1 + 3 * 4)
  // While it is broken nothing is sent, and what happened then is not told later.
  receiver.answer(() => 200)
  sandbox.zendesk.editUser(ACCOUNT, ana.id, { name: '4' })
  await sandbox.idle()
  sandbox.time({ advanceMs: 600_000 })
  sandbox.zendesk.editUser(ACCOUNT, ana.id, { name: '5' })
  await sandbox.idle()
  expect(receiver.received.slice(13).map(({ json }) => json.event?.current)).toEqual(['5'])
  await receiver.close()
})
