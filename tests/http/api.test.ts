import { afterAll, beforeAll, expect, it } from 'vitest'
import { SANDBOX } from '../../src/config.ts'
import { inWorkspace } from '../../src/db/tenancy.ts'
import { hashKey } from '../../src/http/auth.ts'
import { newId } from '../../src/inbox/context.ts'
import { DEMO } from '../../src/node/demo.ts'
import { startHub, type TestHub } from '../support/hub.ts'
import { webhook } from '../support/whatsapp.ts'
import { testWorkspace } from '../support/workspace.ts'

let t: TestHub
beforeAll(async () => {
  t = await startHub()
  for (let n = 0; n < 7; n++) {
    const at = new Date(t.now().getTime() + n * 1000)
    await t.post(webhook(DEMO.phoneNumberId, [{ from: `3461000000${n}`, name: `Persona ${n}`, text: `hola ${n}`, at }]))
    await t.pass(0)
  }
  await t.pass(60)
})
afterAll(() => t.close())

const raw = (path: string, init: RequestInit = {}) => fetch(`${t.url}${path}`, init)
const auth = { authorization: `Bearer ${SANDBOX.apiKey}` }

it('says that it lives, and that its database does', async () => {
  expect((await raw('/healthz')).status).toBe(200)
  expect(await (await raw('/readyz')).json()).toEqual({ status: 'ok', database: 'ok' })
})

it('refuses to speak without a key, in the language asked for', async () => {
  const wrong: Record<string, string>[] = [{}, { authorization: 'Bearer wrong' }, { authorization: SANDBOX.apiKey }]
  for (const headers of wrong) {
    const answer = await raw('/api/v1/tickets', { headers: { ...headers, 'accept-language': 'es-MX,es;q=0.9' } })
    expect(answer.status).toBe(401)
    expect(answer.headers.get('content-type')).toContain('application/problem+json')
    expect(await answer.json()).toMatchObject({ status: 401, code: 'unauthorized', detail: /clave de API/ })
  }
})

it('pages through tickets, newest first, each once', async () => {
  const seen: string[] = []
  let cursor: string | null = null
  do {
    const query: string = cursor ? `&cursor=${cursor}` : ''
    const page = await t.api<{ items: { number: string }[]; nextCursor: string | null }>(
      'GET',
      `/tickets?limit=3${query}`,
    )
    seen.push(...page.body.items.map(ticket => ticket.number))
    cursor = page.body.nextCursor
  } while (cursor)
  expect(seen).toEqual([7, 6, 5, 4, 3, 2, 1].map(n => `BZ-100${n}`))
})

it('filters tickets by state, owner and priority', async () => {
  const list = async (query: string) =>
    (await t.api<{ items: { owner: { id: string } }[] }>('GET', `/tickets?${query}`)).body.items
  const [first] = await list('limit=1')
  expect((await list('state=open,waiting')).length).toBe(7)
  expect(await list('state=resolved')).toEqual([])
  expect(await list('priority=urgent')).toEqual([])
  expect(await list('unassigned=true')).toEqual([])
  const own = await list(`ownerId=${first?.owner.id}`)
  expect(own.length).toBeGreaterThan(0)
  expect(own.every(ticket => ticket.owner.id === first?.owner.id)).toBe(true)
})

it('shows what was said last, and how much of it nobody has answered', async () => {
  type Row = { last: { text: string; direction: string; author: string | null } | null; unanswered: number }
  const ticket = async () => (await t.api<Row>('GET', '/tickets/BZ-1003')).body
  const write = async (text: string) => {
    await t.pass(5)
    await t.post(webhook(DEMO.phoneNumberId, [{ from: '34610000002', name: 'Persona 2', text, at: t.now() }]))
    await t.pass(5)
  }
  expect(await ticket()).toMatchObject({ last: { text: 'hola 2', direction: 'in' }, unanswered: 1 })
  await write('¿siguen ahí?\nes por mi pedido')
  expect(await ticket()).toMatchObject({ last: { text: '¿siguen ahí?' }, unanswered: 2 })
  await t.api('POST', '/tickets/BZ-1003/reply', { text: 'Aquí estamos' })
  expect(await ticket()).toMatchObject({ last: { text: 'Aquí estamos', direction: 'out' }, unanswered: 0 })
  await write('gracias')
  expect(await ticket()).toMatchObject({ last: { text: 'gracias', direction: 'in' }, unanswered: 1 })
})

it('assigns and resolves, and tells what it did', async () => {
  const { body: agents } = await t.api<{ items: { id: string; name: string }[] }>('GET', '/agents')
  const nuria = agents.items.find(agent => agent.name === 'Nuria Vidal')
  const assigned = await t.api('POST', '/tickets/BZ-1001/assign', { agentId: nuria?.id })
  expect(assigned).toMatchObject({ status: 200, body: { owner: { name: 'Nuria Vidal' }, state: 'in_progress' } })
  expect(assigned.body).toMatchObject({ assignmentReason: 'a mano, por Librería Arrayán' })
  const nobody = await t.api('POST', '/tickets/BZ-1001/assign', { agentId: newId() })
  expect(nobody).toMatchObject({ status: 404, body: { code: 'not_found' } })
  expect(await t.api('POST', '/tickets/BZ-1001/resolve')).toMatchObject({ body: { state: 'resolved' } })
  expect(await t.api('POST', '/tickets/BZ-1001/resolve')).toMatchObject({ status: 200, body: { state: 'resolved' } })
})

it.each([
  ['POST', '/tickets/BZ-1002/reply', { text: '  ' }, 'text'],
  ['POST', '/tickets/BZ-1002/reply', { text: 'x'.repeat(4097) }, 'text'],
  ['POST', '/tickets/BZ-1002/assign', {}, 'agentId'],
  ['PATCH', '/tickets/BZ-1002', { state: 'closed' }, 'state'],
  ['GET', '/tickets?limit=1000', undefined, 'limit'],
  ['GET', '/tickets?state=happy', undefined, 'state'],
  ['GET', '/tickets?cursor=nonsense', undefined, 'cursor'],
  ['GET', '/tickets/42', undefined, 'id'],
  ['POST', '/channels', { phoneNumberId: '+52 55', wabaId: '1', token: 'x' }, 'phoneNumberId'],
  ['POST', '/connections', { connector: 'hubspot', credentials: {} }, 'accessToken'],
])('%s %s with bad input is refused, naming what to mend', async (method, path, body, field) => {
  const before = (await t.api('GET', '/tickets/BZ-1002')).body
  const answer = await t.api<{ detail: string }>(method, path, body)
  expect(answer).toMatchObject({ status: 422, body: { code: 'invalid_input' } })
  expect(answer.body.detail).toContain(field)
  expect((await t.api('GET', '/tickets/BZ-1002')).body).toEqual(before)
})

it.each([
  ['GET', '/tickets?limit=1000', 'Demasiado grande'],
  ['GET', '/tickets?cursor=nonsense', 'empieza sin él'],
  ['POST', '/tickets/BZ-1002/assign', 'agentId: falta'],
  ['POST', '/connections', 'credentials.accessToken: falta'],
  ['GET', '/connections/019a0000-0000-7000-8000-000000000000/health', 'No se encontró la conexión'],
])('%s %s: what is wrong is said in Spanish to whom speaks it', async (method, path, sentence) => {
  const body = path === '/connections' ? { connector: 'hubspot', credentials: {} } : {}
  const answer = await raw(`/api/v1${path}`, {
    ...{ method, ...(method === 'POST' ? { body: JSON.stringify(body) } : {}) },
    headers: { ...auth, 'content-type': 'application/json', 'accept-language': 'es' },
  })
  expect(((await answer.json()) as { detail: string }).detail).toContain(sentence)
})

it('answers malformed JSON with a problem, not with a crash', async () => {
  const answer = await raw('/api/v1/tickets/BZ-1002/reply', {
    method: 'POST',
    headers: { ...auth, 'content-type': 'application/json' },
    body: '{',
  })
  expect(answer.status).toBe(400)
  expect(answer.headers.get('content-type')).toContain('application/problem+json')
})

it('finds contacts by name and by part of a number, and gives their timeline', async () => {
  const find = async (q: string) =>
    (await t.api<{ items: { id: string; name: string }[] }>('GET', `/contacts?q=${encodeURIComponent(q)}`)).body.items
  expect((await find('persona 3')).map(contact => contact.name)).toEqual(['Persona 3'])
  expect((await find('610 000 004')).map(contact => contact.name)).toEqual(['Persona 4'])
  expect(await find('%')).toEqual([])
  const [contact] = await find('persona 3')
  const whole = await t.api('GET', `/contacts/${contact?.id}`)
  expect(whole.body).toMatchObject({
    identities: [{ kind: 'wa_id', value: '34610000003' }],
    links: [{ remoteType: 'contacts' }],
  })
  const timeline = await t.api<{ items: { text: string }[] }>('GET', `/contacts/${contact?.id}/timeline`)
  expect(timeline.body.items.map(message => message.text)).toEqual(['hola 3'])
})

it('shows connections, attempts, deliveries and one body', async () => {
  await t.pass(10)
  expect((await t.api('GET', '/connections')).body).toMatchObject({
    items: [{ connector: 'hubspot', state: 'active', waiting: 0 }],
  })
  const attempts = await t.api<{ items: { status: number }[] }>('GET', `/attempts?connectionId=${t.connectionId}`)
  expect(attempts.body.items.length).toBeGreaterThan(3)
  const deliveries = await t.api<{ items: { id: string; processedAt: string }[] }>('GET', '/deliveries?pending=false')
  const [delivery] = deliveries.body.items
  const one = await t.api<{ body: string }>('GET', `/deliveries/${delivery?.id}`)
  expect(() => JSON.parse(one.body.body)).not.toThrow()
})

it('does not connect an account that refuses the token, and says what it said', async () => {
  const credentials = { accessToken: 'wrong', clientSecret: 'x', appId: '1' }
  const answer = await t.api<{ detail: string }>('POST', '/connections', { connector: 'hubspot', credentials })
  expect(answer).toMatchObject({ status: 422, body: { code: 'connection_failed' } })
  expect((await t.api<{ items: unknown[] }>('GET', '/connections')).body.items).toHaveLength(1)
})

it('refuses a number twice', async () => {
  const again = { phoneNumberId: DEMO.phoneNumberId, wabaId: '1', token: 'x' }
  expect(await t.api('POST', '/channels', again)).toMatchObject({ status: 409, body: { code: 'already_exists' } })
})

it('never shows a workspace what is another’s, nor lets it act on it', async () => {
  const other = await testWorkspace(t.database.db)
  const key = 'bz_other_key'
  const hash = await hashKey(key)
  await inWorkspace(t.database.db, other.workspaceId, tx => {
    return tx`insert into api_keys values (${newId()}, ${other.workspaceId}, 'Otra', ${hash}, ${t.now()}, null)`
  })
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const as = async (method: string, path: string, body?: object) => {
    const answer = await raw(`/api/v1${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) })
    return { status: answer.status, body: (await answer.json()) as { items?: unknown[] } }
  }
  for (const path of [
    '/tickets',
    '/templates',
    '/contacts',
    '/connections',
    '/attempts',
    '/deliveries',
    '/dead-letters',
  ]) {
    expect((await as('GET', path)).body.items, path).toEqual([])
  }
  const { body } = await t.api<{ items: { id: string; contact: { id: string } }[] }>('GET', '/tickets')
  const [ticket] = body.items
  await inWorkspace(t.database.db, t.workspaceId, async tx => {
    await tx`update messages set direction = 'out', status = 'failed' where ticket_id = ${ticket?.id ?? ''}`
  })
  const [message] = (await t.api<{ messages: { id: string }[] }>('GET', `/tickets/${ticket?.id}`)).body.messages
  const [channel] = (await t.api<{ items: { id: string }[] }>('GET', '/channels')).body.items
  for (const [method, path, input] of [
    ['GET', `/tickets/${ticket?.id}`],
    ['POST', `/tickets/${ticket?.id}/read`],
    ['POST', `/messages/${message?.id}/resend`],
    ['POST', `/messages/${message?.id}/dismiss`],
    ['POST', `/channels/${channel?.id}/resume`],
    ['GET', `/channels/${channel?.id}/doctor`],
    ['POST', `/channels/${channel?.id}/doctor`],
    ['GET', '/tickets/BZ-1001'],
    ['POST', `/tickets/${ticket?.id}/reply`, { text: 'hola' }],
    ['POST', `/tickets/${ticket?.id}/assign`, { agentId: null }],
    ['POST', `/tickets/${ticket?.id}/resolve`],
    ['PATCH', `/tickets/${ticket?.id}`, { subject: 'x' }],
    ['GET', `/contacts/${ticket?.contact.id}`],
    ['POST', `/connections/${t.connectionId}/resume`],
  ] as const) {
    expect((await as(method, path, input)).status, `${method} ${path}`).toBe(404)
  }
})

it('describes itself: every route, with the key it needs', async () => {
  type Document = { openapi: string; paths: Record<string, Record<string, { security?: unknown[] }>> }
  const document = (await (await raw('/openapi.json')).json()) as Document
  expect(document.openapi).toBe('3.1.0')
  expect(Object.keys(document.paths)).toEqual(
    expect.arrayContaining(['/api/v1/tickets', '/api/v1/tickets/{id}/reply', '/api/v1/dead-letters/{id}/replay']),
  )
  for (const [path, methods] of Object.entries(document.paths)) {
    const security = path.startsWith('/api/join') ? [] : [{ apiKey: [] }, { session: [] }]
    for (const operation of Object.values(methods)) expect(operation.security, path).toEqual(security)
  }
})

it('answers an unknown address with a problem', async () => {
  expect(await (await raw('/nowhere')).json()).toMatchObject({ status: 404, code: 'no_such_route' })
})
