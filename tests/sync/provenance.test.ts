import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startHub, type TestHub } from '../support/hub.ts'
import { DEMO_PEOPLE, openDemoPeople, signIn } from '../support/sign-in.ts'
import { edit, remote, say } from './support.ts'

let t: TestHub
let contactId: string
let ticketId: string
beforeAll(async () => {
  t = await startHub()
  await openDemoPeople(t)
  await say(t, 'hola')
  contactId = (await t.api<{ items: [{ id: string }] }>('GET', '/contacts')).body.items[0].id
  ticketId = (await t.api<{ items: [{ id: string }] }>('GET', '/tickets')).body.items[0].id
  await t.api('POST', '/custom-fields', { kind: 'contact', key: 'size', label: 'Talla', type: 'string' })
  await t.api('POST', '/custom-fields', { kind: 'ticket', key: 'order', label: 'Pedido', type: 'number' })
})
afterAll(() => t.close())

type Entry = {
  id: string | null
  field: string
  value: unknown
  previous: unknown
  actor: { kind: string; name?: string }
  source: { kind: string; connectionId?: string; remoteId?: string; entryId?: string } | null
  policy: string | null
  at: string
}
const contact = () => `/contacts/${contactId}`
const ticket = () => `/tickets/${ticketId}`
const latest = async (of: string) => {
  const { body } = await t.api<{ items: Entry[] }>('GET', `${of}/provenance`)
  return Object.fromEntries(body.items.map(entry => [entry.field, entry]))
}
const history = async (of: string, field: string, query = '') =>
  (await t.api<{ items: Entry[]; nextCursor: string | null }>('GET', `${of}/provenance?field=${field}${query}`)).body
const undo = (entry: Entry | undefined, body: object = {}) => t.api('POST', `/provenance/${entry?.id}/undo`, body)

describe('who wrote what', () => {
  it('the customer, their own name, until somebody writes another', async () => {
    expect(await latest(contact())).toMatchObject({
      name: { id: null, value: 'Ana Torres', actor: { kind: 'customer' }, source: { kind: 'message' } },
    })
    await t.api('PATCH', contact(), { name: 'Ana María' })
    expect(await latest(contact())).toMatchObject({
      name: { value: 'Ana María', previous: 'Ana Torres', actor: { kind: 'api' }, source: null, policy: null },
    })
  })

  it('somebody in the CRM, with the record there, the policy and when', async () => {
    await edit(t, 'contacts', { email: 'ana@example.com' })
    expect((await latest(contact())).email).toMatchObject({
      ...{
        value: 'ana@example.com',
        previous: null,
        policy: 'newest',
        actor: { kind: 'connection', name: 'HubSpot (simulado)' },
      },
      source: {
        ...{ kind: 'connection', connectionId: t.connectionId, remoteId: remote(t, 'contacts')[0]?.id },
        user: expect.stringMatching(/^\d+$/),
      },
    })
  })

  it('a person, of tickets too: state, priority, owner and fields of the workspace’s own', async () => {
    const person = await signIn(t, DEMO_PEOPLE.supervisor)
    const agents = await person.api<{ items: { id: string; email: string }[] }>('GET', '/api/v1/agents')
    const agent = agents.body.items[0]
    const before = (await t.api<{ priority: string }>('GET', ticket())).body.priority
    await person.api('POST', `/api/v1${ticket()}/assign`, { agentId: null })
    await person.api('POST', `/api/v1${ticket()}/assign`, { agentId: agent?.id })
    await person.api('PATCH', `/api/v1${ticket()}`, { priority: 'urgent', custom: { order: 123 } })
    const fields = await latest(ticket())
    expect(fields).toMatchObject({
      owner: { value: agent?.email, previous: null, actor: { kind: 'agent' } },
      priority: { value: 'urgent', previous: before, actor: { kind: 'agent' } },
      'custom.order': { value: 123, previous: null },
    })
    expect((await t.api('GET', ticket())).body).toMatchObject({ custom: { order: 123 } })
  })

  it('all that a field has been, page by page, newest first', async () => {
    for (const size of ['S', 'M', 'L']) {
      await t.pass(1)
      await t.api('PATCH', contact(), { custom: { size } })
    }
    const first = await history(contact(), 'custom.size', '&limit=2')
    const second = await history(contact(), 'custom.size', `&limit=2&cursor=${first.nextCursor}`)
    expect([...first.items, ...second.items].map(({ value, previous }) => [value, previous])).toEqual([
      ...[
        ['L', 'M'],
        ['M', 'S'],
        ['S', null],
      ],
    ])
    expect(second.nextCursor).toBeNull()
  })

  it('nothing where nothing was changed', async () => {
    const before = (await history(contact(), 'custom.size')).items.length
    await t.api('PATCH', contact(), { custom: { size: 'L' }, name: 'Ana María' })
    expect((await history(contact(), 'custom.size')).items).toHaveLength(before)
  })
})

describe('taking a change back', () => {
  it('is a new change to the value before, told to the CRM, and can itself be taken back', async () => {
    await t.api('PATCH', contact(), { email: 'nueva@example.com' })
    await t.pass(5)
    const changed = (await latest(contact())).email
    expect((await undo(changed)).status).toBe(200)
    await t.pass(5)
    expect((await t.api('GET', contact())).body).toMatchObject({ email: 'ana@example.com' })
    expect(remote(t, 'contacts')[0]?.properties.email).toBe('ana@example.com')
    const undone = (await latest(contact())).email
    expect(undone).toMatchObject({ value: 'ana@example.com', source: { kind: 'undo', entryId: changed?.id } })
    expect((await undo(undone)).status).toBe(200)
    expect((await t.api('GET', contact())).body).toMatchObject({ email: 'nueva@example.com' })
  })

  it('is refused where the field has changed since, with what it says now, unless it is forced', async () => {
    await t.api('PATCH', contact(), { email: 'uno@example.com' })
    const changed = (await latest(contact())).email
    await t.pass(1)
    await t.api('PATCH', contact(), { email: 'dos@example.com' })
    const refused = await undo(changed)
    expect(refused).toMatchObject({ status: 409, body: { code: 'field_changed_since' } })
    expect(String(refused.body.detail)).toContain('dos@example.com')
    expect((await undo(changed, { force: true })).status).toBe(200)
    expect((await t.api('GET', contact())).body).toMatchObject({ email: 'nueva@example.com' })
  })

  it('works for what tickets have: state, priority, owner, tags and fields of the workspace’s own', async () => {
    const change = { state: 'waiting', priority: 'low', subject: 'Otro asunto', custom: { order: 7 } }
    const before = (await t.api<Record<string, unknown>>('GET', ticket())).body
    await t.pass(1)
    await t.api('PATCH', ticket(), change)
    await t.api('POST', `${ticket()}/tags`, { add: ['urgente'] })
    const entries = await latest(ticket())
    const fields = ['state', 'priority', 'subject', 'custom.order', 'tags']
    for (const field of fields) expect((await undo(entries[field])).status, field).toBe(200)
    const { state, priority, subject, custom, tags } = before
    expect((await t.api('GET', ticket())).body).toMatchObject({ state, priority, subject, custom, tags })
  })

  it('needs what changing needs, and is of one’s own workspace', async () => {
    const key = await t.api<{ key: string }>('POST', '/keys', { name: 'lector', permissions: ['contacts.read'] })
    const entry = (await latest(contact())).email
    const answer = await fetch(`${t.url}/api/v1/provenance/${entry?.id}/undo`, {
      ...{ method: 'POST', body: '{}' },
      headers: { authorization: `Bearer ${key.body.key}`, 'content-type': 'application/json' },
    })
    expect(answer.status).toBe(403)
    expect((await undo({ ...entry, id: ticketId } as Entry)).status).toBe(404)
  })
})

describe('fields of the workspace’s own', () => {
  it('are told by the feed, and refuse what they cannot hold', async () => {
    const feed = () => t.database.owner<{ kind: string }[]>`select kind from changes order by xid, seq`
    const before = (await feed()).length
    await t.api('PATCH', contact(), { custom: { size: 'XXL' } })
    await t.api('PATCH', ticket(), { custom: { order: 8 } })
    const kinds = (await feed()).slice(before).map(row => row.kind)
    expect(kinds).toEqual(['contact.updated', 'ticket.fields_changed'])
    const refused = await t.api('PATCH', ticket(), { custom: { order: 'ocho', nope: 1 } })
    expect(refused.status).toBe(422)
    expect(String(refused.body.detail)).toContain('custom.nope')
    expect((await t.api('GET', ticket())).body).toMatchObject({ custom: { order: 8 } })
  })

  it('have a key of their own, options where their type has some, and go without their values', async () => {
    const field = { kind: 'contact', key: 'plan', label: 'Plan', type: 'option' }
    expect((await t.api('POST', '/custom-fields', field)).status).toBe(422)
    const options = [{ value: 'a', label: 'A' }]
    const made = await t.api<{ id: string }>('POST', '/custom-fields', { ...field, options })
    expect(made.status).toBe(201)
    expect((await t.api('POST', '/custom-fields', { ...field, options })).status).toBe(409)
    expect((await t.api('PATCH', contact(), { custom: { plan: 'b' } })).status).toBe(422)
    const more = [...options, { value: 'b', label: 'B' }]
    expect((await t.api('PATCH', `/custom-fields/${made.body.id}`, { options: more })).status).toBe(200)
    expect((await t.api('PATCH', contact(), { custom: { plan: 'b' } })).body).toMatchObject({ custom: { plan: 'b' } })
    expect((await t.api('DELETE', `/custom-fields/${made.body.id}`)).status).toBe(200)
    expect((await t.api('PATCH', contact(), { custom: { plan: 'a' } })).status).toBe(422)
    await t.api('POST', '/custom-fields', { ...field, options: more })
    expect((await t.api('GET', contact())).body).toMatchObject({ custom: { plan: 'b' } })
  })
})
