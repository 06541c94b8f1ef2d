/** Sheets API v4: https://developers.google.com/workspace/sheets/api/reference/rest */
import type { Context, Hono } from 'hono'
import type { Runtime, SandboxEnv } from '../runtime.ts'
import { fileFor } from './door.ts'
import { applyRequests } from './edit.ts'
import { forbidden, invalid, missing } from './errors.ts'
import { editFile, makeFile } from './files.ts'
import { type Mask, parseMask, pick } from './mask.ts'
import { boxesOf, boxOfA1, type DataFilter, matching, metadataView } from './ranges.ts'
import type { DriveFile } from './state.ts'
import { spreadsheetView, valueRange } from './views.ts'

const ROOT = '/google/v4/spreadsheets'

export function mountSheets(app: Hono<SandboxEnv>, runtime: Runtime) {
  app.post(ROOT, async c => {
    const account = c.get('account')
    // https://developers.google.com/workspace/drive/api/guides/about-files: they have no room of their own.
    if (account.publicKey) throw forbidden()
    const body = await jsonOf(c)
    const { title = 'Untitled spreadsheet', locale = 'en_US', timeZone = 'Etc/GMT' } = record(body.properties)
    const sheets = list(body.sheets).map(sheet => ({ addSheet: { properties: record(record(sheet).properties) } }))
    const file = makeFile(runtime, {
      title: String(title),
      owner: account.email,
      byApp: true,
      locale: String(locale),
      timeZone: String(timeZone),
    })
    if (sheets.length > 0) {
      file.spreadsheet = applyRequests({ ...file.spreadsheet, sheets: [] }, sheets).spreadsheet
    }
    return show(c, spreadsheetView(file.spreadsheet, undefined, runtime.origin.url))
  })

  app.get(`${ROOT}/:id`, c => {
    const { spreadsheet } = fileFor(runtime, c.get('account'), c.req.param('id'), 'read')
    const ranges = c.req.queries('ranges') ?? []
    const withData = c.req.query('includeGridData') === 'true' || /(^|[(,/])data\b/.test(c.req.query('fields') ?? '')
    const named = ranges.map(range => boxOfA1(spreadsheet, range))
    const whole = () => spreadsheet.sheets.map(sheet => boxOfA1(spreadsheet, `'${sheet.title.replaceAll("'", "''")}'`))
    const boxes = named.length > 0 ? named : withData ? whole() : undefined
    return show(c, spreadsheetView(spreadsheet, boxes, runtime.origin.url))
  })

  app.post(`${ROOT}/:act`, async c => {
    const [id = '', act] = splitAct(c.req.param('act'))
    if (act === 'getByDataFilter') {
      const { spreadsheet } = fileFor(runtime, c.get('account'), id, 'read')
      const boxes = filtersOf(await jsonOf(c)).flatMap(filter => boxesOf(spreadsheet, filter))
      return show(c, spreadsheetView(spreadsheet, boxes, runtime.origin.url))
    }
    if (act === 'batchUpdate') return batchUpdate(c, fileFor(runtime, c.get('account'), id, 'write'))
    throw missing()
  })

  app.get(`${ROOT}/:id/values:batchGet`, c => {
    const { spreadsheet } = fileFor(runtime, c.get('account'), c.req.param('id'), 'read')
    const boxes = (c.req.queries('ranges') ?? []).map(range => boxOfA1(spreadsheet, range))
    const how = {
      render: c.req.query('valueRenderOption') ?? 'FORMATTED_VALUE',
      byColumns: c.req.query('majorDimension') === 'COLUMNS',
    }
    return show(c, { spreadsheetId: spreadsheet.spreadsheetId, valueRanges: boxes.map(box => valueRange(box, how)) })
  })

  app.post(`${ROOT}/:id/values:batchGetByDataFilter`, async c => {
    const { spreadsheet } = fileFor(runtime, c.get('account'), c.req.param('id'), 'read')
    const body = await jsonOf(c)
    const how = {
      render: String(body.valueRenderOption ?? 'FORMATTED_VALUE'),
      byColumns: body.majorDimension === 'COLUMNS',
    }
    const valueRanges = filtersOf(body).flatMap(filter =>
      boxesOf(spreadsheet, filter).map(box => ({ valueRange: valueRange(box, how), dataFilters: [filter] })),
    )
    return show(c, { spreadsheetId: spreadsheet.spreadsheetId, valueRanges })
  })

  app.post(`${ROOT}/:id/developerMetadata:search`, async c => {
    const { spreadsheet } = fileFor(runtime, c.get('account'), c.req.param('id'), 'read')
    const matchedDeveloperMetadata = filtersOf(await jsonOf(c)).flatMap(filter =>
      matching(spreadsheet, filter).map(each => ({ developerMetadata: metadataView(each), dataFilters: [filter] })),
    )
    return show(c, { matchedDeveloperMetadata })
  })

  async function batchUpdate(c: Context<SandboxEnv>, file: DriveFile) {
    const body = await jsonOf(c)
    const requests = list(body.requests)
    if (requests.length === 0) throw invalid('Must specify at least one request.')
    const fault = c.get('fault')
    const replies = editFile(runtime, file, requests, fault?.kind === 'partial' ? fault.failIndexes : [])
    const { spreadsheet } = file
    const ranges = list(body.responseRanges).map(range => boxOfA1(spreadsheet, String(range)))
    const boxes = body.responseIncludeGridData ? ranges : undefined
    return show(c, {
      ...{ spreadsheetId: spreadsheet.spreadsheetId, replies },
      ...(body.includeSpreadsheetInResponse
        ? { updatedSpreadsheet: spreadsheetView(spreadsheet, boxes, runtime.origin.url) }
        : {}),
    })
  }
}

/** Of the answer what `fields` names. */
function show(c: Context<SandboxEnv>, answer: object) {
  let mask: Mask
  try {
    mask = parseMask(c.req.query('fields'))
  } catch (error) {
    throw invalid(`Invalid field selection: ${error instanceof Error ? error.message : error}`)
  }
  return c.json(pick(answer, mask) as object)
}

function splitAct(text: string): string[] {
  const at = text.lastIndexOf(':')
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

async function jsonOf(c: Context): Promise<Record<string, unknown>> {
  return record(await c.req.json().catch(() => ({})))
}

const record = (value: unknown) => (value && typeof value === 'object' ? (value as Record<string, unknown>) : {})
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
const filtersOf = (body: Record<string, unknown>) => list(body.dataFilters) as DataFilter[]
