/** The simulated Salesforce by itself: what it refuses, and how it says so. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Sandbox } from '../../src/sandbox/index.ts'
import { openSandbox } from './support.ts'

const ORG = '00D000000000007EAA'
const TOKEN = 'the-session'
let sandbox: Sandbox
beforeEach(() => {
  sandbox = openSandbox()
  sandbox.salesforce.orgs({
    orgId: ORG,
    clientId: 'app',
    clientSecret: 'secret',
    accessToken: TOKEN,
    refreshToken: 'first',
  })
})
afterEach(() => sandbox.close())

// biome-ignore lint/suspicious/noExplicitAny: bodies are looked into freely in these tests
type Body = any

async function call(method: string, path: string, body?: unknown, token = TOKEN) {
  const response = await sandbox.app.request(`/salesforce/services/data/v68.0${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, headers: response.headers, body: (await response.json()) as Body }
}

const query = async (soql: string, all = false) =>
  (await call('GET', `/${all ? 'queryAll' : 'query'}?q=${encodeURIComponent(soql)}`)).body
const names = async (where: string) =>
  (await query(`SELECT LastName FROM Contact WHERE ${where} ORDER BY LastName`)).records.map(
    (each: Body) => each.LastName,
  )
const person = (fields: Record<string, string | number | boolean | null>, type = 'Contact') =>
  sandbox.salesforce.create(ORG, type, { fields }).id
const save = (type: string, records: object[], method = 'POST') =>
  call(method, '/composite/sobjects', {
    allOrNone: false,
    records: records.map(record => ({ attributes: { type }, ...record })),
  })

describe('a query', () => {
  beforeEach(() => {
    person({ LastName: 'Alba', Email: 'alba@example.com' })
    person({ LastName: "O'Hara", FirstName: 'Scarlett' })
    person({ LastName: 'Zeta', Phone: '600' })
  })

  it.each([
    ["LastName = 'alba'", ['Alba']],
    ["LastName = 'O\\'Hara'", ["O'Hara"]],
    ["LastName IN ('Alba', 'Zeta')", ['Alba', 'Zeta']],
    ["LastName NOT IN ('Alba', 'Zeta')", ["O'Hara"]],
    ['Email != null', ['Alba']],
    ["Email = null AND (FirstName = 'Scarlett' OR Phone = '600')", ["O'Hara", 'Zeta']],
    ["LastName LIKE 'z%'", ['Zeta']],
    ["NOT LastName > 'B'", ['Alba']],
    ['DoNotCall = false AND CreatedDate > 2026-01-01T00:00:00Z', ['Alba', "O'Hara", 'Zeta']],
    ["Owner.Email = 'carmen.ruiz@example.com'", ['Alba', "O'Hara", 'Zeta']],
  ])('%s', async (where, expected) => {
    expect(await names(where)).toEqual(expected)
  })

  it('counts, limits, and follows relations', async () => {
    expect(await query('SELECT COUNT() FROM Contact')).toMatchObject({ totalSize: 3, records: [] })
    const soql = "SELECT Id, Owner.Name, Account.Name FROM Contact WHERE LastName = 'Alba' LIMIT 1"
    expect((await query(soql)).records).toMatchObject([{ Owner: { Name: 'Carmen Ruiz' }, Account: null }])
  })

  it.each([
    ['SELECT Shoe FROM Contact', 'INVALID_FIELD'],
    ['SELECT Id FROM Shoe', 'INVALID_TYPE'],
    ['SELECT Id FROM Contact WHERE', 'MALFORMED_QUERY'],
    ["SELECT Id FROM Contact WHERE LastName = 'a' OR Email = 'b' AND Phone = 'c'", 'MALFORMED_QUERY'],
    ["SELECT Id FROM Contact WHERE LastName = 'a", 'MALFORMED_QUERY'],
  ])('%s is refused: %s', async (soql, errorCode) => {
    expect(await query(soql)).toMatchObject([{ errorCode }])
  })

  it('of all finds what is in the recycle bin, and where it went', async () => {
    const [first = '', second = ''] = [person({ LastName: 'Uno' }), person({ LastName: 'Dos' })]
    sandbox.salesforce.merge(ORG, { masterId: first, loserId: second })
    expect((await query(`SELECT Id FROM Contact WHERE Id = '${second}'`)).records).toEqual([])
    const all = await query(`SELECT MasterRecordId, IsDeleted FROM Contact WHERE Id = '${second}'`, true)
    expect(all.records).toMatchObject([{ MasterRecordId: first, IsDeleted: true }])
  })
})

describe('a collection', () => {
  it('refuses records one by one, as Salesforce does', async () => {
    const long = 'x'.repeat(81)
    const { body } = await save('Contact', [
      ...[{ LastName: 'Bien' }, { FirstName: 'Sin apellido' }, { LastName: long }],
      ...[
        { LastName: 'Mal', Email: 'no address' },
        { LastName: 'Id', AccountId: '001000000000009AAA' },
      ],
      { LastName: 'De solo lectura', IsDeleted: true },
    ])
    expect(body.map((each: Body) => each.errors[0]?.statusCode ?? 'stored')).toEqual([
      ...['stored', 'REQUIRED_FIELD_MISSING', 'STRING_TOO_LONG', 'INVALID_EMAIL_ADDRESS'],
      ...['INVALID_CROSS_REFERENCE_KEY', 'INVALID_FIELD_FOR_INSERT_UPDATE'],
    ])
  })

  it('refuses all for a field that is not there, a value of another type, and more than 200', async () => {
    expect((await save('Contact', [{ LastName: 'a' }, { LastName: 'b', Shoe: '42' }])).body).toMatchObject([
      { errorCode: 'INVALID_FIELD', message: "No such column 'Shoe' on sobject of type Contact" },
    ])
    expect((await save('Contact', [{ LastName: 'a', DoNotCall: 'true' }])).body).toMatchObject([
      { errorCode: 'JSON_PARSER_ERROR' },
    ])
    const many = Array.from({ length: 201 }, () => ({ LastName: 'a' }))
    expect((await save('Contact', many)).body).toMatchObject([{ errorCode: 'INVALID_INPUT' }])
    expect(sandbox.salesforce.records(ORG, 'Contact')).toEqual([])
  })

  it('updates by id, and says what is gone', async () => {
    const [live, gone] = [person({ LastName: 'a' }), person({ LastName: 'b' })]
    sandbox.salesforce.remove(ORG, 'Contact', gone)
    const { body } = await save(
      'Contact',
      [{ Id: live, LastName: 'A' }, { Id: gone, LastName: 'B' }, { Id: '003' }],
      'PATCH',
    )
    expect(body).toMatchObject([
      { success: true, id: live },
      { errors: [{ statusCode: 'ENTITY_IS_DELETED' }] },
      { errors: [{ statusCode: 'INVALID_CROSS_REFERENCE_KEY' }] },
    ])
  })

  it('keeps a contact that has cases', async () => {
    const ContactId = person({ LastName: 'a' })
    person({ Subject: 'x', ContactId }, 'Case')
    expect((await call('DELETE', `/composite/sobjects?ids=${ContactId}&allOrNone=false`)).body).toMatchObject([
      { errors: [{ statusCode: 'DELETE_FAILED' }] },
    ])
  })
})

describe('a composite', () => {
  const ask = (url: string, at: number) => ({ method: 'GET', url: `/services/data/v68.0${url}`, referenceId: `r${at}` })

  it('answers each part for itself, and is one call', async () => {
    sandbox.salesforce.configure(ORG, { dailyLimit: 5 })
    const compositeRequest = [
      ask('/query?q=SELECT+Id+FROM+User', 0),
      ask('/sobjects/Shoe/describe', 1),
      ask('/limits', 2),
    ]
    const { body, headers } = await call('POST', '/composite', { compositeRequest })
    expect(body.compositeResponse.map((each: Body) => each.httpStatusCode)).toEqual([200, 404, 200])
    expect(headers.get('sforce-limit-info')).toBe('api-usage=1/5')
  })

  it('takes 25 parts, of which 5 are collections or queries', async () => {
    const parts = (count: number, url: string) => Array.from({ length: count }, (_, at) => ask(url, at))
    const status = async (compositeRequest: object[]) => (await call('POST', '/composite', { compositeRequest })).status
    expect(await status(parts(25, '/limits'))).toBe(200)
    expect(await status(parts(26, '/limits'))).toBe(400)
    expect(await status(parts(6, '/query?q=SELECT+Id+FROM+User'))).toBe(400)
  })
})

it('counts calls of 24 hours, and lets them in again as time goes by', async () => {
  sandbox.salesforce.configure(ORG, { dailyLimit: 2 })
  expect([(await call('GET', '/limits')).status, (await call('GET', '/limits')).status]).toEqual([200, 200])
  expect(await call('GET', '/limits')).toMatchObject({ status: 403, body: [{ errorCode: 'REQUEST_LIMIT_EXCEEDED' }] })
  sandbox.time({ advanceMs: 25 * 3_600_000 })
  expect((await call('GET', '/limits')).status).toBe(200)
})

it('knows nobody without a session, nor by one that is over', async () => {
  expect(await call('GET', '/limits', undefined, 'another')).toMatchObject({ status: 401 })
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: 'app',
    client_secret: 'secret',
    refresh_token: 'first',
  })
  const answer = await sandbox.app.request('/salesforce/services/oauth2/token', { method: 'POST', body: form })
  const { access_token: token } = (await answer.json()) as Body
  expect((await call('GET', '/limits', undefined, token)).status).toBe(200)
  sandbox.time({ advanceMs: 7_200_000 })
  expect((await call('GET', '/limits', undefined, token)).status).toBe(401)
})

it('converts a lead to a contact that takes what both have, once', async () => {
  sandbox.salesforce.addField(ORG, { object: 'Lead', name: 'Size__c', type: 'string' })
  sandbox.salesforce.addField(ORG, { object: 'Contact', name: 'Size__c', type: 'string' })
  const lead = person({ LastName: 'Luz', Company: 'Luz S.L.', Size__c: 'L' }, 'Lead')
  const { contactId } = sandbox.salesforce.convert(ORG, lead)
  expect(sandbox.salesforce.records(ORG, 'Contact')).toMatchObject([
    { id: contactId, fields: { LastName: 'Luz', Size__c: 'L' } },
  ])
  expect((await save('Lead', [{ Id: lead, LastName: 'Otra' }], 'PATCH')).body).toMatchObject([
    { errors: [{ statusCode: 'CANNOT_UPDATE_CONVERTED_LEAD' }] },
  ])
})

it('shows what a person did when their transaction has ended, with the moment at which it began', async () => {
  const id = person({ LastName: 'Antes' })
  sandbox.salesforce.configure(ORG, { transactionMs: 5_000 })
  sandbox.salesforce.edit(ORG, 'Contact', id, { fields: { LastName: 'Después' } })
  expect(await names(`Id = '${id}'`)).toEqual(['Antes'])
  sandbox.time({ advanceMs: 5_000 })
  expect(await names(`Id = '${id}'`)).toEqual(['Después'])
})

it('keeps the secrets of organizations out of the state', () => {
  expect(JSON.stringify(sandbox.state())).not.toMatch(/secret|the-session/)
})
