import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseMask, pick } from '../../src/sandbox/google-sheets/mask.ts'
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts'
import { type Json, listOf, startReceiver } from './support.ts'

let sandbox: Sandbox
let id: string
beforeEach(() => {
  sandbox = createSandbox()
  sandbox.google.accounts({ email: 'ana@example.com', token: 'tok' })
  sandbox.google.accounts({ email: 'luis@example.com', token: 'luis' })
  id = sandbox.google.files({ title: 'Libro', owner: 'ana@example.com', sheets: ['Hoja'] }).spreadsheetId
})
afterEach(() => sandbox.close())

async function ask(method: string, path: string, body?: unknown, token = 'tok') {
  const answer = await sandbox.app.request(`/google${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  return { status: answer.status, json: JSON.parse(text || '{}') as Json }
}
const update = (requests: unknown[], more = {}) =>
  ask('POST', `/v4/spreadsheets/${id}:batchUpdate`, { requests, ...more })
const cells = (...texts: string[]) => ({ values: texts.map(stringValue => ({ userEnteredValue: { stringValue } })) })
const append = (...rows: string[][]) => ({
  appendCells: { sheetId: 0, rows: rows.map(row => cells(...row)), fields: 'userEnteredValue' },
})
const values = async (range = 'Hoja', render = 'FORMATTED_VALUE') =>
  (
    await ask(
      'GET',
      `/v4/spreadsheets/${id}/values:batchGet?ranges=${encodeURIComponent(range)}&valueRenderOption=${render}`,
    )
  ).json.valueRanges as unknown as { range: string; values?: string[][] }[]
const grid = async () => (await values())[0]?.values

describe('batchUpdate', () => {
  it('happens whole or not at all, and names the request at fault', async () => {
    const bad = await update([
      append(['a']),
      { updateCells: { rows: [cells('x'.repeat(50_001))], fields: '*', start: {} } },
    ])
    expect(bad).toMatchObject({ status: 400, json: { error: { status: 'INVALID_ARGUMENT' } } })
    expect(JSON.stringify(bad.json)).toContain('Invalid requests[1].updateCells')
    expect(await grid()).toBeUndefined()
    expect((await update([{ explode: {} }])).status).toBe(400)
    expect((await update([])).status).toBe(400)
  })

  it('appends below the last row that holds anything, and answers what the sheet is then', async () => {
    await update([append(['a', '1'], ['b'])])
    sandbox.google.type(id, { range: 'Hoja!C5', values: [['lejos']] })
    const { json } = await update([append(['c'])], {
      ...{ includeSpreadsheetInResponse: true, responseIncludeGridData: true, responseRanges: ['Hoja!A6'] },
    })
    expect(await grid()).toEqual([['a', '1'], ['b'], [], [], ['', '', 'lejos'], ['c']])
    expect(JSON.stringify(json)).toContain('"stringValue":"c"')
  })

  it('texts stay texts, and what people type is understood', async () => {
    await update([append(['=1+1', '+34', 'TRUE'])])
    sandbox.google.type(id, { range: 'Hoja!A2', values: [['=A1&"!"', '+34', 'true', "'007"]] })
    expect((await values('Hoja!A1:D2', 'UNFORMATTED_VALUE'))[0]?.values).toEqual([
      ['=1+1', '+34', 'TRUE'],
      ['=1+1!', 34, true, '007'],
    ])
    expect((await values('Hoja!A2', 'FORMULA'))[0]?.values).toEqual([['=A1&"!"']])
  })
})

describe('rows and columns', () => {
  const pin = (column: number, metadataValue: string) => ({
    createDeveloperMetadata: {
      developerMetadata: {
        ...{ metadataKey: 'k', metadataValue, visibility: 'DOCUMENT' },
        location: { dimensionRange: { sheetId: 0, dimension: 'COLUMNS', startIndex: column, endIndex: column + 1 } },
      },
    },
  })
  const found = async (metadataValue: string) => {
    const dataFilters = [{ developerMetadataLookup: { metadataKey: 'k', metadataValue } }]
    const { json } = await ask('POST', `/v4/spreadsheets/${id}/values:batchGetByDataFilter`, {
      dataFilters,
      majorDimension: 'COLUMNS',
    })
    return listOf(json.valueRanges).map(each => each.valueRange?.values?.[0 as never])
  }

  it('metadata goes with its column when it is moved, and away when it is deleted', async () => {
    await update([append(['a', 'b', 'c'], ['1', '2', '3']), pin(0, 'first'), pin(2, 'third')])
    const columns = (startIndex: number) => ({ sheetId: 0, dimension: 'COLUMNS', startIndex, endIndex: startIndex + 1 })
    await update([
      { moveDimension: { source: columns(2), destinationIndex: 0 } },
      { insertDimension: { range: columns(1) } },
    ])
    expect([await grid(), await found('third'), await found('first')]).toEqual([
      [
        ['c', '', 'a', 'b'],
        ['3', '', '1', '2'],
      ],
      [['c', '3']],
      [['a', '1']],
    ])
    await update([{ deleteDimension: { range: columns(2) } }])
    expect([await grid(), await found('first')]).toEqual([
      [
        ['c', '', 'b'],
        ['3', '', '2'],
      ],
      [],
    ])
  })

  it('sorting moves cells, empty ones last, and formulas speak of their new row', async () => {
    await update([append(['h'], ['b'], ['c'], ['a'])])
    sandbox.google.type(id, { range: 'Hoja!B2:B4', values: [['=A2'], ['=A3'], ['=A4']] })
    sandbox.google.type(id, { range: 'Hoja!B3', values: [['']] })
    const range = { sheetId: 0, startRowIndex: 1 }
    await update([{ sortRange: { range, sortSpecs: [{ dimensionIndex: 1, sortOrder: 'ASCENDING' }] } }])
    expect(await grid()).toEqual([['h'], ['a', 'a'], ['b', 'b'], ['c']])
  })
})

describe('who may, and how often', () => {
  it('no token, nobody’s file, a reader’s writing, a thing that is not there', async () => {
    expect((await ask('GET', `/v4/spreadsheets/${id}`, undefined, 'none')).status).toBe(401)
    expect((await ask('GET', `/v4/spreadsheets/${id}`, undefined, 'luis')).status).toBe(404)
    sandbox.google.share(id, { email: 'luis@example.com', role: 'reader' })
    expect((await ask('GET', `/v4/spreadsheets/${id}`, undefined, 'luis')).status).toBe(200)
    expect(
      (await ask('POST', `/v4/spreadsheets/${id}:batchUpdate`, { requests: [append(['x'])] }, 'luis')).status,
    ).toBe(403)
    expect((await ask('GET', '/v4/nothing')).status).toBe(404)
  })

  it('sixty readings and sixty writings a minute', async () => {
    const statuses: number[] = []
    for (let n = 0; n < 61; n++) statuses.push((await ask('GET', `/v4/spreadsheets/${id}`)).status)
    expect([statuses.slice(0, 60).every(status => status === 200), statuses[60]]).toEqual([true, 429])
    expect((await update([append(['x'])])).status).toBe(200)
    sandbox.time({ advanceMs: 60_001 })
    expect((await ask('GET', `/v4/spreadsheets/${id}`)).status).toBe(200)
  })
})

it('a channel tells that the file changed, once for changes that come together, until it is stopped or ends', async () => {
  const receiver = await startReceiver()
  const watch = (channel: string) =>
    ask('POST', `/drive/v3/files/${id}/watch`, { id: channel, type: 'web_hook', address: receiver.url, token: 't' })
  expect(
    (await ask('POST', `/drive/v3/files/${id}/watch`, { id: 'x', type: 'web_hook', address: 'http://example.com' }))
      .status,
  ).toBe(400)
  const { json } = await watch('one')
  expect((await watch('one')).status).toBe(400)
  await Promise.all([update([append(['a'])]), update([append(['b'])])])
  await sandbox.idle()
  expect(receiver.received.map(({ headers }) => headers['x-goog-resource-state'])).toEqual(['sync', 'update'])
  expect(receiver.received[1]).toMatchObject({
    body: '',
    headers: { 'x-goog-channel-id': 'one', 'x-goog-channel-token': 't' },
  })
  const version = async () => Number((await ask('GET', `/drive/v3/files/${id}?fields=version`)).json.version)
  const before = await version()
  await ask('POST', '/drive/v3/channels/stop', { id: 'one', resourceId: json.resourceId })
  await watch('two')
  sandbox.time({ advanceMs: 3_600_001 })
  await update([append(['c'])])
  await sandbox.idle()
  expect(receiver.received.map(({ headers }) => headers['x-goog-resource-state'])).toEqual(['sync', 'update', 'sync'])
  expect(await version()).toBe(before + 1)
  await receiver.close()
})

it('fields ask for parts of an answer', () => {
  const answer = { a: { b: 1, c: 2 }, d: [{ e: 1, f: 2 }], g: 3 }
  const asked = (mask: string) => pick(answer, parseMask(mask))
  expect(asked('a/b,d(e)')).toEqual({ a: { b: 1 }, d: [{ e: 1 }] })
  expect(asked('a(b,c),g')).toEqual({ a: { b: 1, c: 2 }, g: 3 })
  expect(asked('*')).toEqual(answer)
  expect(() => parseMask('a(b')).toThrow()
})
