import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Sandbox } from '../../src/sandbox/index.ts'
import { call, type Json, listOf, openSandbox, PORTAL } from './support.ts'

const CONTACTS = '/hubspot/crm/objects/2026-09/contacts'
const TICKETS = '/hubspot/crm/objects/2026-09/tickets'
const COMMUNICATIONS = '/hubspot/crm/objects/2026-09/communications'
const WA_ID = {
  name: 'wa_id',
  label: 'WhatsApp',
  type: 'string',
  fieldType: 'text',
  groupName: 'contactinformation',
  hasUniqueValue: true,
}

let sandbox: Sandbox
beforeEach(async () => {
  sandbox = openSandbox()
  sandbox.hubspot.portals({ ...PORTAL, rateLimit: false })
  await post('/hubspot/crm/properties/2026-09/contacts', WA_ID)
})
afterEach(() => sandbox.close())

function post(path: string, body?: unknown) {
  return call(sandbox, 'POST', path, body)
}

async function contact(properties: Record<string, string>): Promise<string> {
  const { json } = await post(CONTACTS, { properties })
  return String(json.id)
}

function errorsOf(json: Json): Json[] {
  return listOf(json.errors)
}

describe('records', () => {
  it('serves dated and numbered paths with the same records', async () => {
    const id = await contact({ firstname: 'Ana', wa_id: '1' })
    for (const path of ['/hubspot/crm/v3/objects/0-1', '/hubspot/crm/objects/2026-03/contact', CONTACTS]) {
      const { json } = await call(sandbox, 'GET', `${path}/1?idProperty=wa_id&properties=firstname,city`)
      expect(json).toMatchObject({ id, properties: { firstname: 'Ana', city: null }, archived: false })
    }
    expect((await call(sandbox, 'GET', '/hubspot/crm/objects/contacts')).status).toBe(404)
  })

  it('keeps portals apart and refuses unknown tokens', async () => {
    await contact({ firstname: 'Ana' })
    sandbox.hubspot.portals({ ...PORTAL, portalId: 2, token: 'second' })
    expect((await call(sandbox, 'GET', CONTACTS, undefined, 'second')).json.results).toEqual([])
    const refused = await call(sandbox, 'GET', CONTACTS, undefined, 'third')
    expect(refused).toMatchObject({ status: 401, json: { category: 'INVALID_AUTHENTICATION' } })
  })

  it('archives, and finds archived records only when asked', async () => {
    const id = await contact({ firstname: 'Ana' })
    expect((await call(sandbox, 'DELETE', `${CONTACTS}/${id}`)).status).toBe(204)
    expect((await call(sandbox, 'GET', `${CONTACTS}/${id}`)).status).toBe(404)
    expect((await call(sandbox, 'GET', `${CONTACTS}/${id}?archived=true`)).json).toMatchObject({ archived: true })
  })

  it('takes text only and refuses unknown properties for the whole batch', async () => {
    const number = await post(CONTACTS, { properties: { firstname: 5 } })
    expect(number).toMatchObject({ status: 400, json: { category: 'VALIDATION_ERROR' } })
    const inputs = [
      { properties: { firstname: 'Ana' }, objectWriteTraceId: 'a' },
      { properties: { shoe: '38' }, objectWriteTraceId: 'b' },
    ]
    const batch = await post(`${CONTACTS}/batch/create`, { inputs })
    expect(batch.status).toBe(400)
    expect(batch.json.message).toContain('PROPERTY_DOESNT_EXIST')
    expect(sandbox.hubspot.objects(PORTAL.portalId, 'contacts').total).toBe(0)
  })

  it('refuses more than 100 inputs', async () => {
    const inputs = Array.from({ length: 101 }, () => ({ properties: { firstname: 'x' } }))
    expect((await post(`${CONTACTS}/batch/create`, { inputs })).status).toBe(400)
    expect((await post(`${CONTACTS}/batch/create`, { inputs: inputs.slice(1) })).status).toBe(201)
  })

  it('answers a conflict on a unique property with 409', async () => {
    const id = await contact({ wa_id: '1' })
    const { status, json } = await post(CONTACTS, { properties: { wa_id: '1' } })
    expect(status).toBe(409)
    expect(json).toMatchObject({ category: 'CONFLICT', message: `Contact already exists. Existing ID: ${id}` })
  })

  it('answers 207 with the trace ids of what failed', async () => {
    await contact({ wa_id: '1' })
    const inputs = ['1', '2', '2'].map((wa_id, index) => ({ properties: { wa_id }, objectWriteTraceId: `t${index}` }))
    const { status, json } = await post(`${CONTACTS}/batch/create`, { inputs })
    expect(status).toBe(207)
    expect(json).toMatchObject({ status: 'COMPLETE', numErrors: 2, results: [{ objectWriteTraceId: 't1' }] })
    expect(errorsOf(json).map(error => error.context?.objectWriteTraceId)).toEqual([['t0'], ['t2']])
    expect(errorsOf(json)[0]).toMatchObject({ status: 'error', category: 'CONFLICT' })
  })

  it('writes nothing of a failing batch whose inputs carry no trace ids', async () => {
    await contact({ wa_id: '1' })
    const inputs = [{ properties: { wa_id: '2' } }, { properties: { wa_id: '1' } }]
    expect((await post(`${CONTACTS}/batch/create`, { inputs })).status).toBe(409)
    expect(sandbox.hubspot.objects(PORTAL.portalId, 'contacts').total).toBe(1)
  })

  it('upserts twice into one record', async () => {
    const input = (firstname: string) => ({
      inputs: [{ id: '34', idProperty: 'wa_id', properties: { firstname }, objectWriteTraceId: 'x' }],
    })
    const first = await post(`${CONTACTS}/batch/upsert`, input('Ana'))
    const second = await post(`${CONTACTS}/batch/upsert`, input('Anabel'))
    expect(first.json.results?.[0]).toMatchObject({ new: true, objectWriteTraceId: 'x', properties: { wa_id: '34' } })
    expect(second.json.results?.[0]).toMatchObject({ new: false, properties: { firstname: 'Anabel' } })
    expect(second.json.results?.[0]?.id).toBe(first.json.results?.[0]?.id)
  })

  it('upserts only by unique properties, once each, without associations', async () => {
    const input = { id: 'Ana', idProperty: 'firstname', properties: {} }
    expect((await post(`${CONTACTS}/batch/upsert`, { inputs: [input] })).status).toBe(400)
    const good = { id: '1', idProperty: 'wa_id', properties: {} }
    const twice = await post(`${CONTACTS}/batch/upsert`, { inputs: [good, good] })
    expect(twice.json.message).toBe('Duplicate IDs found in batch input: [1]')
    expect((await post(`${CONTACTS}/batch/upsert`, { inputs: [{ ...good, associations: [] }] })).status).toBe(400)
  })

  it('reads by a unique property and lists the missing ids', async () => {
    const id = await contact({ wa_id: '1', firstname: 'Ana' })
    const { status, json } = await post(`${CONTACTS}/batch/read`, {
      inputs: [{ id: '1' }, { id: '2' }],
      properties: ['firstname'],
      idProperty: 'wa_id',
    })
    expect(status).toBe(207)
    expect(json).toMatchObject({
      results: [{ id, properties: { firstname: 'Ana' } }],
      errors: [{ category: 'OBJECT_NOT_FOUND', context: { ids: ['2'] } }],
    })
  })
})

describe('tickets and communications', () => {
  it('needs a subject and a stage of the pipeline', async () => {
    const missing = await post(TICKETS, { properties: { subject: 'Hola' } })
    expect(missing.json.context).toEqual({ properties: ['hs_pipeline_stage'] })
    const wrong = await post(TICKETS, { properties: { subject: 'Hola', hs_pipeline_stage: '9' } })
    expect(wrong.json.message).toContain('INVALID_OPTION')
    const right = await post(TICKETS, { properties: { subject: 'Hola', hs_pipeline_stage: '1' } })
    expect(right).toMatchObject({ status: 201, json: { properties: { hs_pipeline: '0' } } })
  })

  it('associates inline with contact and ticket, and reads it from both sides', async () => {
    const person = await contact({ firstname: 'Ana' })
    const of = (id: unknown, associationTypeId: number) => ({
      to: { id },
      types: [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId }],
    })
    const ticket = await post(TICKETS, {
      properties: { subject: 'Hola', hs_pipeline_stage: '1' },
      associations: [of(person, 16)],
    })
    const properties = {
      hs_communication_channel_type: 'WHATS_APP',
      hs_communication_logged_from: 'CRM',
      hs_communication_body: '← Hola',
      hs_timestamp: '1764000000000',
    }
    const created = await post(`${COMMUNICATIONS}/batch/create`, {
      inputs: [{ properties, associations: [of(person, 81), of(ticket.json.id, 83)], objectWriteTraceId: 'm' }],
    })
    expect(created.status).toBe(201)
    expect(created.json.results?.[0]?.properties?.hs_timestamp).toBe('2025-11-24T16:00:00.000Z')
    const read = await post('/hubspot/crm/v4/associations/tickets/communications/batch/read', {
      inputs: [{ id: ticket.json.id }, { id: '1' }],
    })
    expect(read.json).toMatchObject({
      results: [{ to: [{ toObjectId: created.json.results?.[0]?.id, associationTypes: [{ typeId: 84 }] }] }],
      errors: [{ subCategory: 'crm.associations.NO_ASSOCIATIONS_FOUND' }],
    })
    const bad = await post(COMMUNICATIONS, { properties, associations: [of(person, 16)] })
    expect(bad.status).toBe(400)
    expect((await post(COMMUNICATIONS, { properties: { hs_timestamp: '1' } })).status).toBe(400)
  })
})

describe('schema', () => {
  it('answers 409 to a second property of the same name', async () => {
    const { status, json } = await post('/hubspot/crm/v3/properties/contacts', WA_ID)
    expect(status).toBe(409)
    expect(errorsOf(json)).toMatchObject([{ code: 'PROPERTY_WITH_NAME_EXISTS' }])
  })

  it('allows ten unique properties', async () => {
    const made = []
    for (let index = 0; index < 10; index++) {
      made.push((await post('/hubspot/crm/v3/properties/contacts', { ...WA_ID, name: `key_${index}` })).status)
    }
    expect(made).toEqual([...Array(9).fill(201), 400])
  })

  it('shows which stages are closed, and the owners', async () => {
    const { json } = await call(sandbox, 'GET', '/hubspot/crm/pipelines/2026-09/tickets')
    const stages = listOf(json.results?.[0]?.stages)
    expect(stages.map(stage => stage.metadata?.ticketState)).toEqual(['OPEN', 'OPEN', 'OPEN', 'CLOSED'])
    const owners = await call(sandbox, 'GET', '/hubspot/crm/owners/2026-09?limit=2')
    expect(owners.json).toMatchObject({ results: [{ email: 'carmen.ruiz@example.com' }, {}], paging: { next: {} } })
  })
})

describe('search and merge', () => {
  it('finds by equality, token, list and presence, page by page', async () => {
    for (const wa_id of ['1', '2', '3']) await contact({ wa_id, firstname: `Ana ${wa_id}`, phone: `+52 ${wa_id}` })
    const search = async (filters: object[], more: object = {}) => {
      const { json } = await post(`${CONTACTS}/search`, { filterGroups: [{ filters }], properties: ['wa_id'], ...more })
      return listOf(json.results).map(record => record.properties?.wa_id)
    }
    expect(await search([{ propertyName: 'wa_id', operator: 'EQ', value: '2' }])).toEqual(['2'])
    expect(await search([{ propertyName: 'wa_id', operator: 'IN', values: ['3', '1'] }])).toEqual(['3', '1'])
    expect(await search([{ propertyName: 'firstname', operator: 'CONTAINS_TOKEN', value: 'an*' }])).toHaveLength(3)
    expect(await search([{ propertyName: 'phone', operator: 'HAS_PROPERTY' }], { limit: 2, after: '2' })).toEqual(['3'])
    expect(await search([{ propertyName: 'email', operator: 'HAS_PROPERTY' }])).toEqual([])
  })

  it('leads both old ids to the survivor of a merge', async () => {
    const first = await contact({ wa_id: '1', firstname: 'Ana' })
    const second = await contact({ wa_id: '2', city: 'Lima' })
    const merged = await post(`${CONTACTS}/merge`, { primaryObjectId: first, objectIdToMerge: second })
    expect(merged.json.properties).toMatchObject({ wa_id: '1', city: 'Lima' })
    expect([first, second]).not.toContain(merged.json.id)
    for (const id of [first, second]) {
      expect((await call(sandbox, 'GET', `${CONTACTS}/${id}`)).json.id).toBe(merged.json.id)
    }
  })

  it('leaves nothing after a GDPR deletion', async () => {
    const id = await contact({ wa_id: '1' })
    expect((await post(`${CONTACTS}/gdpr-delete`, { objectId: id })).status).toBe(204)
    expect((await call(sandbox, 'GET', `${CONTACTS}/${id}?archived=true`)).status).toBe(404)
  })
})

describe('limits', () => {
  it('counts down and answers 429 with the policy', async () => {
    sandbox.hubspot.configure(PORTAL.portalId, { rateLimit: { max: 2 } })
    const first = await call(sandbox, 'GET', CONTACTS)
    expect(first.headers.get('x-hubspot-ratelimit-max')).toBe('2')
    expect(first.headers.get('x-hubspot-ratelimit-remaining')).toBe('1')
    expect(first.headers.get('x-hubspot-ratelimit-interval-milliseconds')).toBe('10000')
    const refused = await post(`${CONTACTS}/batch/read`, { inputs: [] })
    expect(refused.status).toBe(400)
    expect(refused.headers.get('x-hubspot-ratelimit-remaining')).toBe('0')
    const third = await call(sandbox, 'GET', CONTACTS)
    expect(third).toMatchObject({ status: 429, json: { policyName: 'TEN_SECONDLY_ROLLING', category: 'RATE_LIMITS' } })
    expect(third.headers.get('retry-after')).toBeNull()
    sandbox.hubspot.configure(PORTAL.portalId, { rateLimit: { max: 10, daily: 2 } })
    expect((await call(sandbox, 'GET', CONTACTS)).json.policyName).toBe('DAILY')
    sandbox.hubspot.configure(PORTAL.portalId, { rateLimit: false })
    expect((await call(sandbox, 'GET', CONTACTS)).status).toBe(200)
  })
})

describe('tokens', () => {
  it('exchanges and inspects tokens', async () => {
    const form = async (path: string, body: Record<string, string>) => {
      const response = await sandbox.app.request(path, { method: 'POST', body: new URLSearchParams(body) })
      return response.json()
    }
    const app = { client_id: `client-${PORTAL.appId}`, client_secret: PORTAL.clientSecret }
    const back = 'http://127.0.0.1/back'
    const query = new URLSearchParams({ ...app, redirect_uri: back, scope: 'tickets oauth', state: 's' })
    const agreed = await sandbox.app.request(`/hubspot/oauth/authorize?${query}`, {
      method: 'POST',
      body: new URLSearchParams({ portalId: String(PORTAL.portalId) }),
    })
    const { searchParams } = new URL(agreed.headers.get('location') ?? '')
    expect(searchParams.get('state')).toBe('s')
    const code = { grant_type: 'authorization_code', code: searchParams.get('code') ?? '', redirect_uri: back, ...app }
    const first = await form('/hubspot/oauth/2026-03/token', code)
    expect(first).toMatchObject({ hub_id: 4242, expires_in: 1800 })
    expect(await form('/hubspot/oauth/2026-03/token', code)).toMatchObject({ category: 'BAD_AUTH_CODE' })
    const grant = { grant_type: 'refresh_token', refresh_token: first.refresh_token, ...app }
    expect(await form('/hubspot/oauth/2026-03/token', grant)).toMatchObject({ refresh_token: first.refresh_token })
    sandbox.hubspot.configure(PORTAL.portalId, { rotatesRefreshTokens: true })
    const rotated = await form('/hubspot/oauth/2026-03/token', grant)
    expect(rotated.refresh_token).not.toBe(first.refresh_token)
    expect(await form('/hubspot/oauth/2026-03/token', grant)).toMatchObject({ category: 'BAD_REFRESH_TOKEN' })
    const bearer = { headers: { authorization: `Bearer ${rotated.access_token}` } }
    expect((await sandbox.app.request(CONTACTS, bearer)).status).toBe(200)
    sandbox.time({ advanceMs: 1_800_000 })
    expect((await sandbox.app.request(CONTACTS, bearer)).status).toBe(401)
    const token = PORTAL.token
    expect(await form('/hubspot/oauth/2026-03/introspect', { token })).toMatchObject({ active: true, hub_id: 4242 })
  })
})
