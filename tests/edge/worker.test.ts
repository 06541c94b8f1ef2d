import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDb, type Queryable } from '../../src/db/client.ts'
import { storeDeliveries } from '../../src/db/deliveries.ts'
import { inWorkspace } from '../../src/db/tenancy.ts'
import { canonical } from '../../src/engine/json.ts'
import { SERVE_PATH } from '../../src/functions/index.ts'
import { register } from '../../src/functions/register.ts'
import { hashKey } from '../../src/http/auth.ts'
import { newId } from '../../src/inbox/context.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { EDGE, type Edge, memberUrl, startEdge } from '../support/edge.ts'
import { askEveryWay, callAsServer, forgeries, signature } from '../support/function-calls.ts'
import { type InngestServer, startInngestServer } from '../support/inngest-server.ts'
import { waitFor } from '../support/wait-for.ts'
import { sign, webhook } from '../support/whatsapp.ts'
import { type TestWorkspace, testWorkspace } from '../support/workspace.ts'

const SECRET = 'edge-app-secret'
const API_KEY = 'bz_edge_test_key'
const LOGIN = 'edge_test_login'

let database: TestDatabase
let inngest: InngestServer
let edge: Edge
/** Stands where a sandbox of this Worker would: on the port after its own. */
let simulation: Server
let asked = 0
let workspace: TestWorkspace
const connectionId = newId()

beforeAll(async () => {
  database = await testDatabase()
  inngest = await startInngestServer({ signingKey: EDGE.INNGEST_SIGNING_KEY, eventKey: EDGE.INNGEST_EVENT_KEY })
  workspace = await testWorkspace(database.db)
  const hash = await hashKey(API_KEY)
  await inWorkspace(database.db, workspace.workspaceId, async tx => {
    await tx`
      insert into api_keys (id, workspace_id, name, key_hash, created_at)
      values (${newId()}, ${workspace.workspaceId}, 'Edge', ${hash}, now())`
    await tx`
      insert into connections (id, workspace_id, connector, name, credentials, settings, state, near_misses, created_at)
      values (${connectionId}, ${workspace.workspaceId}, 'hubspot', 'HubSpot', 'sealed', '{}', 'active', 0, now())`
  })
  simulation = createServer((_request, response) => {
    asked++
    response.end('{"now":"2030-01-01T00:00:00.000Z"}')
  })
  await new Promise<void>(resolve => simulation.listen(0, '127.0.0.1', resolve))
  const PORT = String((simulation.address() as AddressInfo).port - 1)
  edge = await startEdge(await memberUrl(database, LOGIN), { ...EDGE, PORT, INNGEST_BASE_URL: inngest.url })
})

afterAll(async () => {
  await edge?.stop()
  await inngest?.close()
  simulation?.close()
  await database?.close()
})

describe('webhooks', () => {
  it('answers the handshake with the challenge, and 403 to another token', async () => {
    const ask = (token: string) =>
      edge.fetch(`/hooks/whatsapp?hub.mode=subscribe&hub.verify_token=${token}&hub.challenge=1158201444`)
    const answer = await ask(EDGE.WHATSAPP_VERIFY_TOKEN)
    expect([answer.status, await answer.text()]).toEqual([200, '1158201444'])
    expect((await ask('another')).status).toBe(403)
  })

  it('answers 200, then makes the contact, the ticket and the message, and wakes the connection', async () => {
    const said = { from: '525512345678', name: 'Ana Torres', text: 'Hola, necesito la factura de ayer' }
    expect((await post(webhook(workspace.phoneNumberId, [said]))).status).toBe(200)
    const found = await waitFor('the ticket', async () => (await tickets()).find(row => row.contact === 'Ana Torres'))
    expect(found).toMatchObject({ state: 'open', priority: 'high', messages: 1, agent: 'Sofía' })
    const event = await waitFor('the event', async () =>
      inngest.events.find(({ name }) => name === 'sync/outbox.dirty'),
    )
    expect(event.data).toEqual({ workspaceId: workspace.workspaceId, connectionId })
  })

  it('accepts the secret before, while secrets are being changed', async () => {
    const body = webhook(workspace.phoneNumberId, [])
    expect((await post(body, sign(body, 'edge-app-secret-before'))).status).toBe(200)
  })

  it.each([
    ['forged', (body: string) => sign(body, 'not the secret')],
    ['of another body', () => sign('{}', SECRET)],
    ['malformed', () => 'sha256=zz'],
    ['missing', () => null],
  ])('refuses a signature that is %s, and stores nothing', async (_what, signature) => {
    const before = await deliveries()
    const body = webhook(workspace.phoneNumberId, [{ from: '34600000001' }])
    const answer = await post(body, signature(body))
    expect(answer.status).toBe(401)
    expect(answer.headers.get('content-type')).toContain('application/problem+json')
    expect(await deliveries()).toBe(before)
  })

  it('keeps a signed body that is no JSON as a dead letter', async () => {
    expect((await post('{"object": "whatsapp_business_account", "entry": [')).status).toBe(200)
    const letter = await waitFor('the dead letter', async () => {
      const rows = await database.owner<{ cause: string }[]>`select cause from dead_letters`
      return rows[0]
    })
    expect(letter.cause).toMatch(/JSON/)
  })

  it('makes one message of the same body, five times at once', async () => {
    const body = webhook(workspace.phoneNumberId, [{ from: '34600000002', name: 'Beto', text: 'Una sola vez' }])
    const answers = await Promise.all(Array.from({ length: 5 }, () => post(body)))
    expect(answers.map(answer => answer.status)).toEqual([200, 200, 200, 200, 200])
    await waitFor('the ticket', async () => (await tickets()).find(row => row.contact === 'Beto'))
    await processed()
    expect((await tickets()).filter(row => row.contact === 'Beto')).toMatchObject([{ messages: 1 }])
  })

  it('receives forty people at once, each request on connections of its own', async () => {
    const people = Array.from({ length: 40 }, (_, n) => `3461000${String(n).padStart(4, '0')}`)
    const answers = await Promise.all(
      people.map(from => post(webhook(workspace.phoneNumberId, [{ from, name: `Persona ${from}` }]))),
    )
    expect(new Set(answers.map(answer => answer.status))).toEqual(new Set([200]))
    await processed()
    expect((await tickets()).filter(row => row.contact.startsWith('Persona'))).toHaveLength(people.length)
  })
})

describe('the API', () => {
  it('says that it lives and that its database answers', async () => {
    expect(await (await edge.fetch('/healthz')).json()).toEqual({ status: 'ok' })
    expect(await (await edge.fetch('/readyz')).json()).toEqual({ status: 'ok', database: 'ok' })
  })

  it('lists the tickets of the workspace of the key, and of no other', async () => {
    const other = await testWorkspace(database.db)
    await post(webhook(other.phoneNumberId, [{ from: '34600000003', name: 'De otra empresa' }]))
    await post(webhook(workspace.phoneNumberId, [{ from: '34600000004', name: 'Celia Ramos' }]))
    await processed()
    const answer = await edge.fetch('/api/v1/tickets?limit=200', { headers: { authorization: `Bearer ${API_KEY}` } })
    const { items } = (await answer.json()) as { items: { contact: { name: string } }[] }
    expect(items.map(({ contact }) => contact.name)).toContain('Celia Ramos')
    expect(items.map(({ contact }) => contact.name)).not.toContain('De otra empresa')
    expect((await edge.fetch('/api/v1/tickets')).status).toBe(401)
  })

  it('takes its role in each transaction, so that even the owner’s login sees one workspace', async () => {
    const other = await testWorkspace(database.db)
    await post(webhook(other.phoneNumberId, [{ from: '34600000006', name: 'Tampoco' }]))
    await processed()
    const owned = await startEdge(database.url, { ...EDGE, INNGEST_BASE_URL: inngest.url })
    try {
      const headers = { authorization: `Bearer ${API_KEY}` }
      const answer = await owned.fetch('/api/v1/contacts?limit=200', { headers })
      const { items } = (await answer.json()) as { items: { name: string }[] }
      expect(items.length).toBeGreaterThan(0)
      expect(items.map(({ name }) => name)).not.toContain('Tampoco')
    } finally {
      await owned.stop()
    }
  })

  it('has a login that sees nothing outside of a workspace, and owns nothing', async () => {
    const login = openDb(await memberUrl(database, LOGIN), { max: 1, pooled: true })
    try {
      expect(await login`select id from contacts`).toHaveLength(0)
      const read = (tx: Queryable) => tx`select distinct workspace_id from contacts`
      const own = await inWorkspace(login, workspace.workspaceId, read)
      expect(own.map(row => row.workspaceId)).toEqual([workspace.workspaceId])
      await expect(login`alter table contacts disable row level security`).rejects.toThrow(/owner/)
    } finally {
      await login.end()
    }
  })

  it('leaves no connection behind', async () => {
    await waitFor('the connections to close', async () => {
      const rows = await database.owner`select pid from pg_stat_activity where usename = ${LOGIN}`
      return rows.length === 0
    })
  })

  it('has its document, and problems in Spanish', async () => {
    expect(((await (await edge.fetch('/openapi.json')).json()) as { openapi: string }).openapi).toMatch(/^3\.1/)
    const nothing = await edge.fetch('/nada', { headers: { 'accept-language': 'es-MX' } })
    expect([nothing.status, ((await nothing.json()) as { detail: string }).detail]).toEqual([
      404,
      'Esta dirección no existe. La lista está en /openapi.json.',
    ])
  })
})

describe('the console', () => {
  it('is a page at any address of its own, with its files and a policy; below the API nothing is a page', async () => {
    const page = { headers: { accept: 'text/html' } }
    for (const path of ['/inbox', '/inbox/BZ-1001', '/board']) {
      const answer = await edge.fetch(path, page)
      const text = await answer.text()
      expect([answer.status, text.includes('<div id="root">')], path).toEqual([200, true])
      expect(answer.headers.get('content-security-policy'), path).toContain("default-src 'self'")
      const script = /src="(\/assets\/[^"]+\.js)"/.exec(text)?.[1] ?? ''
      expect((await edge.fetch(script)).headers.get('content-type')).toContain('javascript')
    }
    expect((await edge.fetch('/', { ...page, redirect: 'manual' })).headers.get('location')).toBe('/inbox')
    expect(await (await edge.fetch('/')).json()).toMatchObject({ name: 'Buzón' })
    expect((await edge.fetch('/api/v1/nada', page)).headers.get('content-type')).toContain('json')
  })
})

describe('/api/inngest', () => {
  it.each(forgeries(EDGE.INNGEST_SIGNING_KEY))('refuses a signature that is $name, and runs nothing', async forgery => {
    const waiting = newId()
    const delivery = {
      id: waiting,
      source: 'whatsapp:default',
      body: `{"entry": [], "of": "${waiting}"}`,
      workspaceId: null,
    }
    await storeDeliveries(database.db, [delivery], new Date(Date.now() - 300_000))
    for (const { asked, status, text } of await askEveryWay(edge.fetch, forgery)) {
      expect(status, asked).toBe(401)
      expect(text, asked).not.toMatch(/recover|signkey|Error|stack/i)
    }
    const [row] = await database.owner`select processed_at from deliveries where id = ${waiting}`
    expect(row?.processedAt).toBeNull()
  })

  it('runs a function for the server that has the key', async () => {
    expect((await callAsServer(edge.fetch, EDGE.INNGEST_SIGNING_KEY)).status).toBe(206)
    await processed()
  })

  it('registers its functions at the configured address, by whatever name it is asked', async () => {
    const configured = EDGE.APP_URL + SERVE_PATH
    expect(await register(edge.url + SERVE_PATH, EDGE.INNGEST_SIGNING_KEY)).toMatchObject({
      ...{ kind: 'registered', url: configured },
      functions: expect.arrayContaining([{ id: 'buzon-recover-deliveries', triggers: ['cron * * * * *'] }]),
    })
    const body = '{"url":"https://forged.example/api/inngest"}'
    const headers = {
      ...{ 'content-type': 'application/json', 'x-forwarded-host': 'forged.example' },
      'x-inngest-signature': signature(body, EDGE.INNGEST_SIGNING_KEY),
    }
    const forged = await edge.fetchAs(`https://forged.example${SERVE_PATH}`, { method: 'PUT', body, headers })
    expect(forged.status).toBe(200)
    expect(inngest.registered.map(({ url }) => url)).toEqual([configured, configured])
    expect(JSON.stringify(inngest.registered)).not.toContain('forged')
  })

  it('runs a function against the database of the request: a delivery that a crash left is processed', async () => {
    const [id, body] = [newId(), webhook(workspace.phoneNumberId, [{ from: '34600000005', name: 'Olvidada' }])]
    const delivery = { id, source: 'whatsapp:default', body, workspaceId: null }
    await storeDeliveries(database.db, [delivery], new Date(Date.now() - 300_000))
    const [first, second] = await Promise.all([run('recover-deliveries'), run('sweep-sla')])
    expect([first.status, second.status]).toEqual([206, 206])
    expect(await first.json()).toMatchObject([{ op: 'StepRun', data: expect.anything() }])
    expect((await tickets()).map(row => row.contact)).toContain('Olvidada')
  })
})

it('lives at the true time, and asks no simulation for another', async () => {
  const rows = await database.owner<{ at: Date }[]>`select max(received_at) as at from deliveries`
  expect(Math.abs((rows[0]?.at.getTime() ?? 0) - Date.now())).toBeLessThan(300_000)
  expect((await edge.fetch('/readyz')).status).toBe(200)
  expect(asked).toBe(0)
})

describe('a Worker without its settings', () => {
  it('refuses every request with a sentence for each', async () => {
    const bare = await startEdge(database.url, { SANDBOX: 'off' }, 'none')
    try {
      const answer = await bare.fetch('/healthz')
      expect(answer.status).toBe(503)
      const { detail } = (await answer.json()) as { detail: string }
      for (const name of ['APP_URL', 'WHATSAPP_APP_SECRET', 'WHATSAPP_VERIFY_TOKEN', 'SEALING_KEY']) {
        expect(detail).toContain(`${name} is missing`)
      }
    } finally {
      await bare.stop()
    }
  })

  it('refuses to run without Inngest', async () => {
    const { INNGEST_SIGNING_KEY: _signing, INNGEST_EVENT_KEY: _event, ...rest } = EDGE
    const bare = await startEdge(database.url, rest, 'none')
    try {
      const answer = await bare.fetch('/hooks/whatsapp', { method: 'POST', body: '{}' })
      expect([answer.status, ((await answer.json()) as { detail: string }).detail]).toEqual([
        503,
        expect.stringContaining('INNGEST_SIGNING_KEY is missing: on Workers, Inngest'),
      ])
    } finally {
      await bare.stop()
    }
  })

  it('is a sandbox for this machine only', async () => {
    const sandbox = await startEdge(database.url, {}, 'none')
    try {
      expect((await sandbox.fetch('/readyz')).status).toBe(200)
      expect((await sandbox.fetch(SERVE_PATH, { method: 'PUT' })).status).toBe(401)
      const outside = await sandbox.fetchAs('https://buzon.example.com/readyz')
      expect([outside.status, await outside.text()]).toEqual([503, expect.stringContaining('SEALING_KEY is missing')])
    } finally {
      await sandbox.stop()
    }
  })
})

function post(body: string, signature: string | null = sign(body, SECRET)): Promise<Response> {
  const headers = new Headers(signature === null ? undefined : { 'x-hub-signature-256': signature })
  return edge.fetch('/hooks/whatsapp', { method: 'POST', body, headers })
}

async function call(method: string, path: string, body: unknown, headers: Record<string, string> = {}) {
  const text = canonical(body)
  const signed = signature(text, EDGE.INNGEST_SIGNING_KEY)
  return edge.fetch(path, {
    ...{ method, body: text },
    headers: { ...headers, 'content-type': 'application/json', 'x-inngest-signature': signed },
  })
}

/** As a server calls a function for the first time. */
function run(functionId: string): Promise<Response> {
  const event = { data: {}, id: newId(), name: 'inngest/scheduled.timer', ts: 0 }
  const ctx = {
    ...{ attempt: 0, disable_immediate_execution: false, max_attempts: 2, run_id: newId() },
    ...{ stack: { current: 0, stack: [] }, use_api: false },
  }
  const body = { ctx, event, events: [event], steps: {}, version: -1 }
  return call('POST', `${SERVE_PATH}?fnId=buzon-${functionId}&stepId=step`, body, { 'x-inngest-req-version': '-1' })
}

type TicketSeen = { contact: string; state: string; priority: string; agent: string | null; messages: number }

function tickets() {
  return database.owner<TicketSeen[]>`
    select contacts.name as contact, tickets.state, tickets.priority, agents.name as agent,
      (select count(*)::integer from messages where messages.ticket_id = tickets.id) as messages
    from tickets join contacts on contacts.id = tickets.contact_id left join agents on agents.id = tickets.owner_id`
}

async function deliveries(): Promise<number> {
  const [row] = await database.owner<{ count: number }[]>`select count(*)::integer from deliveries`
  return row?.count ?? 0
}

/** Nothing waits in the ledger any more. */
function processed() {
  return waitFor('the ledger to be empty', async () => {
    const rows = await database.owner`select id from deliveries where processed_at is null`
    return rows.length === 0
  })
}
