/**
 * HubSpot's API, one function a call, all over `ctx.fetch`. The official SDK builds the requests to CRM objects; nothing
 * else of it is used: its limiter and retries live in a process-wide singleton, shared by all customers.
 */
import {
  BatchApi,
  createConfiguration,
  type RequestContext,
  ResponseContext,
  ServerConfiguration,
  wrapHttpLibrary,
} from '@hubspot/api-client/lib/codegen/crm/objects/index.js'
import type { z } from 'zod'
import type { Failure } from '../../core/failure.ts'
import { RemoteCallError } from '../contract.ts'
import { ITEMS_HEADER } from '../fetch.ts'
import { failureOf, lostCall, type Purpose, readError } from './failure.ts'
import { batchAnswer, type HubSpotError, type HubSpotObject } from './schema.ts'
import type { HubSpotContext } from './settings.ts'

export type ObjectType = 'contacts' | 'tickets' | 'communications'

/** Properties are strings on the wire, numbers and dates too; '' empties one. */
export type Properties = Record<string, string>
export type Association = { to: { id: string }; types: AssociationType[] }
type AssociationType = { associationCategory: 'HUBSPOT_DEFINED'; associationTypeId: number }
export type CreateInput = { objectWriteTraceId: string; properties: Properties; associations?: Association[] }
export type UpdateInput = { objectWriteTraceId: string; id: string; properties: Properties }
export type UpsertInput = UpdateInput & { idProperty: string }

export type BatchAnswer =
  | { kind: 'answered'; results: HubSpotObject[]; errors: HubSpotError[] }
  | { kind: 'refused'; failure: Failure; error: HubSpotError }

export type Answer<Value> =
  | { kind: 'answered'; value: Value }
  | { kind: 'refused'; failure: Failure; error: HubSpotError }

export function batchCreate(ctx: HubSpotContext, type: ObjectType, inputs: CreateInput[]): Promise<BatchAnswer> {
  const body = { inputs: inputs.map(input => ({ ...input, associations: sdkAssociations(input.associations) })) }
  return batch(ctx, 'create', inputs.length, api => api.create(type, body))
}

export function batchUpsert(ctx: HubSpotContext, type: ObjectType, inputs: UpsertInput[]): Promise<BatchAnswer> {
  return batch(ctx, 'create', inputs.length, api => api.upsert(type, { inputs }))
}

export function batchUpdate(ctx: HubSpotContext, type: ObjectType, inputs: UpdateInput[]): Promise<BatchAnswer> {
  return batch(ctx, 'update', inputs.length, api => api.update(type, { inputs }))
}

/** Up to 100 ids. Those that do not exist are absent. Throws RemoteCallError. */
export async function batchRead(
  ctx: HubSpotContext,
  type: ObjectType,
  ids: string[],
  properties: string[],
  idProperty?: string,
): Promise<HubSpotObject[]> {
  const body = {
    inputs: ids.map(id => ({ id })),
    properties,
    propertiesWithHistory: [],
    ...(idProperty ? { idProperty } : {}),
  }
  const answer = await batch(ctx, 'read', ids.length, api => api.read(type, body))
  if (answer.kind === 'refused') throw new RemoteCallError(answer.failure)
  return answer.results.filter(({ archived }) => !archived)
}

/** What the SDK lacks: dated paths, custom channels. */
export async function request<Schema extends z.ZodType>(
  ctx: HubSpotContext,
  call: { method: 'GET' | 'POST' | 'PATCH'; path: string; purpose: Purpose; body?: unknown; schema: Schema },
): Promise<Answer<z.infer<Schema>>> {
  const answer = await send(ctx, call.purpose, {
    url: ctx.baseUrl + call.path,
    method: call.method,
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
  })
  if (answer.kind === 'refused') return answer
  const parsed = call.schema.safeParse(answer.value)
  return parsed.success ? { kind: 'answered', value: parsed.data } : unreadable(call.purpose, parsed.error.message)
}

/** As `request`, for calls whose refusal ends the whole act. Throws RemoteCallError. */
export async function demand<Schema extends z.ZodType>(
  ctx: HubSpotContext,
  call: Parameters<typeof request<Schema>>[1],
): Promise<z.infer<Schema>> {
  const answer = await request(ctx, call)
  if (answer.kind === 'refused') throw new RemoteCallError(answer.failure)
  return answer.value
}

async function batch(
  ctx: HubSpotContext,
  purpose: Purpose,
  items: number,
  call: (api: BatchApi) => Promise<unknown>,
): Promise<BatchAnswer> {
  let answer: Answer<unknown> | undefined
  const httpApi = wrapHttpLibrary({
    async send(built) {
      answer = await send(ctx, purpose, { ...fromSdk(ctx, built), items })
      // The SDK's models take a 200 on create for an error and break on contexts that are not lists, so we read the
      // answer ourselves and give it an empty one, with the status that each of its batch methods takes.
      const text = () => Promise.resolve('{}')
      return new ResponseContext(207, { 'content-type': 'application/json' }, { text, binary: noBinary })
    },
  })
  await call(new BatchApi(createConfiguration({ httpApi, baseServer: new ServerConfiguration(ctx.baseUrl, {}) })))
  if (!answer) throw new Error('The HubSpot SDK sent no request')
  if (answer.kind === 'refused') return answer
  const parsed = batchAnswer.safeParse(answer.value)
  return parsed.success ? { kind: 'answered', ...parsed.data } : unreadable(purpose, parsed.error.message)
}

/** The SDK is hard-wired to `/crm/v3`, which ends in September 2027 (hubspot-api-nodejs #689). */
function fromSdk(ctx: HubSpotContext, built: RequestContext) {
  const path = `/crm/objects/${ctx.settings.apiVersion}/`
  return {
    url: built.getUrl().replace('/crm/v3/objects/', path),
    method: built.getHttpMethod().toString(),
    body: String(built.getBody() ?? ''),
  }
}

type Outgoing = { url: string; method: string; body?: string; items?: number }

async function send(ctx: HubSpotContext, purpose: Purpose, call: Outgoing): Promise<Answer<unknown>> {
  const headers = new Headers({ authorization: `Bearer ${ctx.credentials.accessToken}`, accept: 'application/json' })
  if (call.body !== undefined) headers.set('content-type', 'application/json')
  if (call.items !== undefined) headers.set(ITEMS_HEADER, String(call.items))
  let response: Response
  try {
    response = await ctx.fetch(call.url, {
      method: call.method,
      headers,
      ...(call.body === undefined ? {} : { body: call.body }),
    })
  } catch (error) {
    if (!(error instanceof RemoteCallError)) throw error
    return { kind: 'refused', failure: lostCall(error.failure, purpose), error: {} }
  }
  const text = await response.text()
  if (!response.ok)
    return { kind: 'refused', failure: failureOf(response, text, purpose, ctx.now), error: readError(text) }
  if (text === '') return { kind: 'answered', value: {} }
  try {
    return { kind: 'answered', value: JSON.parse(text) }
  } catch (error) {
    return unreadable(purpose, String(error))
  }
}

/** A 2xx that says nothing we understand: stored perhaps, and perhaps it never reached HubSpot (a proxy's page). */
function unreadable(purpose: Purpose, why: string): { kind: 'refused'; failure: Failure; error: HubSpotError } {
  const message = `HubSpot's answer could not be read: ${why.slice(0, 300)}`
  return { kind: 'refused', failure: lostCall({ kind: 'ambiguous', message }, purpose), error: {} }
}

type SdkAssociations = NonNullable<Parameters<BatchApi['create']>[1]['inputs'][number]['associations']>

/** The SDK types the category as its own enum, whose value is this very string. */
function sdkAssociations(associations: Association[] | undefined): SdkAssociations {
  return (associations ?? []) as unknown as SdkAssociations
}

function noBinary(): Promise<never> {
  return Promise.reject(new Error('HubSpot answers are text'))
}
