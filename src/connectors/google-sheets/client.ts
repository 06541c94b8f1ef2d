/**
 * Google's APIs, one function a call, all over `ctx.fetch`. The official clients build the requests; their retries, their
 * transport and their reading of answers are not used: a call is made once, and what it says is read here.
 */
import type { drive_v3 } from '@googleapis/drive/build/v3.js'
import type { sheets_v4 } from '@googleapis/sheets/build/v4.js'
import type { z } from 'zod'
import type { Failure } from '../../core/failure.ts'
import { type ConnectorContext, RemoteCallError } from '../contract.ts'
import { ITEMS_HEADER } from '../fetch.ts'
import { failureOf, lostCall, type Purpose } from './failure.ts'
import { batchAnswer, channelAnswer, fileAnswer, spreadsheetAnswer } from './schema.ts'
import type { SheetsContext } from './settings.ts'

export type Request = sheets_v4.Schema$Request
export type DataFilter = sheets_v4.Schema$DataFilter
export type Answer<Value> = { kind: 'answered'; value: Value } | { kind: 'refused'; failure: Failure }

/** Each API has a host of its own; where the address is another, it is a simulation of them all. */
export const GOOGLE = 'https://www.googleapis.com'

export function addressOf({ baseUrl }: Pick<ConnectorContext, 'baseUrl'>, url: string): string {
  if (baseUrl === GOOGLE) return url
  const { pathname, search } = new URL(url)
  return baseUrl + pathname + search
}

/** Places in a spreadsheet, with what `fields` names of them. */
export function getByDataFilter(ctx: SheetsContext, dataFilters: DataFilter[], fields: string) {
  const spreadsheetId = ctx.settings.spreadsheetId
  return call(ctx, { purpose: 'read', schema: spreadsheetAnswer }, ({ sheets }) =>
    sheets.getByDataFilter({ spreadsheetId, fields, requestBody: { dataFilters, includeGridData: true } }),
  )
}

export function getSpreadsheet(ctx: SheetsContext, fields: string) {
  return call(ctx, { purpose: 'read', schema: spreadsheetAnswer }, ({ sheets }) =>
    sheets.get({ spreadsheetId: ctx.settings.spreadsheetId, fields }),
  )
}

export function createSpreadsheet(ctx: SheetsContext, requestBody: sheets_v4.Schema$Spreadsheet) {
  return call(ctx, { purpose: 'append', schema: spreadsheetAnswer }, ({ sheets }) =>
    sheets.create({ fields: 'spreadsheetId', requestBody }),
  )
}

/** All of the requests, or none. `ranges`: what is answered of the sheet as it is after them. */
export function batchUpdate(
  ctx: SheetsContext,
  requests: Request[],
  { purpose, items, ranges = [], fields }: { purpose: Purpose; items: number; ranges?: string[]; fields: string },
) {
  const requestBody = {
    requests,
    ...(ranges.length > 0
      ? { includeSpreadsheetInResponse: true, responseIncludeGridData: true, responseRanges: ranges }
      : {}),
  }
  return call(ctx, { purpose, items, schema: batchAnswer }, ({ sheets }) =>
    sheets.batchUpdate({ spreadsheetId: ctx.settings.spreadsheetId, fields, requestBody }),
  )
}

/** Drive's count of changes to the file. */
export function getFile(ctx: SheetsContext) {
  return call(ctx, { purpose: 'read', schema: fileAnswer }, ({ files }) =>
    files.get({ fileId: ctx.settings.spreadsheetId, fields: 'version,modifiedTime,trashed' }),
  )
}

export function watchFile(ctx: SheetsContext, requestBody: drive_v3.Schema$Channel) {
  return call(ctx, { purpose: 'read', schema: channelAnswer }, ({ files }) =>
    files.watch({ fileId: ctx.settings.spreadsheetId, requestBody }),
  )
}

export function stopChannel(ctx: SheetsContext, requestBody: { id: string; resourceId: string }) {
  return call(ctx, { purpose: 'read', schema: null }, ({ channels }) => channels.stop({ requestBody }))
}

/** What was answered, of a call whose refusal ends the whole act. Throws RemoteCallError. */
export async function demand<Value>(answer: Promise<Answer<Value>>): Promise<Value> {
  const given = await answer
  if (given.kind === 'refused') throw new RemoteCallError(given.failure)
  return given.value
}

type Apis = {
  sheets: sheets_v4.Resource$Spreadsheets
  files: drive_v3.Resource$Files
  channels: drive_v3.Resource$Channels
}
type Told<Schema> = { purpose: Purpose; items?: number; schema: Schema }
type Read<Schema> = Schema extends z.ZodType ? z.infer<Schema> : null

async function call<Schema extends z.ZodType | null>(
  ctx: SheetsContext,
  { purpose, items, schema }: Told<Schema>,
  make: (apis: Apis) => Promise<unknown>,
): Promise<Answer<Read<Schema>>> {
  let outcome: Response | RemoteCallError | undefined
  const fetchImplementation: typeof fetch = async (input, init) => {
    const headers = new Headers(init?.headers)
    headers.set('authorization', `Bearer ${ctx.credentials.accessToken}`)
    if (items !== undefined) headers.set(ITEMS_HEADER, String(items))
    const { method = 'GET', body = null } = init ?? {}
    try {
      outcome = await ctx.fetch(addressOf(ctx, String(input)), { method, headers, body })
    } catch (error) {
      if (!(error instanceof RemoteCallError)) throw error
      outcome = error
    }
    return Response.json({})
  }
  await make(await apis(fetchImplementation))
  if (outcome === undefined) throw new Error('The Google client sent no request')
  if (outcome instanceof RemoteCallError) return { kind: 'refused', failure: lostCall(outcome.failure, purpose) }
  const text = await outcome.text()
  if (!outcome.ok) return { kind: 'refused', failure: failureOf(outcome.status, text, purpose) }
  const parsed = schema === null ? { success: true as const, data: null } : readJson(schema, text)
  if (parsed.success) return { kind: 'answered', value: parsed.data as Read<Schema> }
  // A 2xx that says nothing we understand: stored perhaps, and perhaps it never reached Google (a proxy's page).
  const message = `Google's answer could not be read: ${parsed.error.message.slice(0, 300)}`
  return { kind: 'refused', failure: lostCall({ kind: 'ambiguous', message }, purpose) }
}

/** Loaded when they are first needed: the start of the process pays nothing for them. */
async function apis(fetchImplementation: typeof fetch): Promise<Apis> {
  const [{ sheets_v4 }, { drive_v3 }] = await Promise.all([
    import('@googleapis/sheets/build/v4.js'),
    import('@googleapis/drive/build/v3.js'),
  ])
  const options = { fetchImplementation, retry: false }
  const drive = new drive_v3.Drive(options)
  return { sheets: new sheets_v4.Sheets(options).spreadsheets, files: drive.files, channels: drive.channels }
}

function readJson<Schema extends z.ZodType>(schema: Schema, text: string) {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch (error) {
    return { success: false as const, error: { message: String(error) } }
  }
  return schema.safeParse(body)
}
