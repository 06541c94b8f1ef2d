/**
 * Salesforce's change events over the Pub/Sub API: gRPC and Avro, which Workers have not. Events are asked for as they are worked
 * off, so that a burst waits at Salesforce. https://developer.salesforce.com/docs/platform/pub-sub-api/guide/pub-sub-api-intro.html
 */
import path from 'node:path'
import {
  type ClientDuplexStream,
  credentials,
  loadPackageDefinition,
  Metadata,
  type ServiceError,
  status,
} from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import avro from 'avsc'
import { z } from 'zod'
import {
  changeEvent,
  type EventField,
  type Told,
  toChanges,
  wantsEvents,
} from '../connectors/salesforce/change-event.ts'
import { hostOf, request } from '../connectors/salesforce/client.ts'
import { limitsAnswer } from '../connectors/salesforce/schema.ts'
import type { SalesforceContext } from '../connectors/salesforce/settings.ts'
import type { EventSource } from './event-streams.ts'

/** Salesforce gives no more at a time. https://developer.salesforce.com/docs/platform/pub-sub-api/guide/flow-control.html */
const MOST_EVENTS = 100
/** It says something within 270 s, if only that it is there; ms. */
const SILENCE_MS = 300_000
const SCHEMA_DEADLINE_MS = 15_000

/** Of a position that Salesforce does not have any more (72 hours), or that is none. */
const POSITION_LOST = /\.replayid\.(validation\.failed|corrupted)$/

/** `url`: `https://api.pubsub.salesforce.com:7443`, or a simulation's. */
export function salesforceEvents(url: string): EventSource {
  const client = connect(url)
  return {
    isWanted: wantsEvents,
    async listen({ remote, position, stop, hear }) {
      const ctx = remote as SalesforceContext
      const access = accessOf(ctx)
      const schemas = schemaCache(client, access)
      const stream = client.Subscribe(access)
      const close = () => stream.cancel()
      stop.addEventListener('abort', close)
      if (stop.aborted) close()
      const silence = watch(SILENCE_MS, close)
      try {
        stream.write({ topic_name: ctx.settings.eventChannel, num_requested: MOST_EVENTS, ...startAt(position) })
        for await (const given of stream) {
          silence.again()
          const { events, latest_replay_id, pending_num_requested } = fetchResponse.parse(given)
          const told: Told[] = []
          for (const { event } of events) told.push(read(ctx, await schemas(event.schema_id), event.payload))
          await hear({
            changes: told.flatMap(({ changes }) => changes),
            position: (events.at(-1)?.replay_id ?? latest_replay_id).toString('base64'),
            isPartial: told.some(({ isPartial }) => isPartial),
          })
          if (pending_num_requested < MOST_EVENTS / 2) {
            stream.write({ num_requested: MOST_EVENTS - pending_num_requested })
          }
        }
        return 'Salesforce has closed the stream'
      } catch (error) {
        if (stop.aborted) return null
        if (!isServiceError(error)) throw error
        await mend(ctx, error, hear)
        return `${codeOf(error) || status[error.code]}: ${error.details}`
      } finally {
        silence.end()
        stop.removeEventListener('abort', close)
        close()
      }
    },
  }
}

/** One that cannot be read says that something happened: the feed is asked, and the next is heard. */
function read(ctx: SalesforceContext, { type, fields }: Schema, payload: Buffer): Told {
  let given: unknown
  try {
    given = type.fromBuffer(payload)
  } catch {
    return { changes: [], isPartial: true }
  }
  const event = changeEvent.safeParse(given)
  return event.success ? toChanges(ctx, fields, event.data) : { changes: [], isPartial: true }
}

/** Of a lost position the feed tells what was missed, and access that is over is got anew by any call. */
async function mend(ctx: SalesforceContext, error: ServiceError, hear: Parameters<EventSource['listen']>[0]['hear']) {
  if (POSITION_LOST.test(codeOf(error))) await hear({ changes: [], position: null, isPartial: true })
  if (error.code === status.UNAUTHENTICATED) {
    await request(ctx, { method: 'GET', path: '/limits', purpose: 'read', schema: limitsAnswer })
  }
}

function startAt(position: string | null) {
  if (position === null) return { replay_preset: 'LATEST' }
  return { replay_preset: 'CUSTOM', replay_id: Buffer.from(position, 'base64') }
}

function accessOf(ctx: SalesforceContext): Metadata {
  const metadata = new Metadata()
  metadata.set('accesstoken', ctx.credentials.accessToken ?? '')
  metadata.set('instanceurl', hostOf(ctx))
  metadata.set('tenantid', ctx.settings.portalId)
  return metadata
}

type Schema = { type: avro.Type; fields: EventField[] }

/** A schema never changes under its id. */
function schemaCache(client: Client, access: Metadata): (id: string) => Promise<Schema> {
  const known = new Map<string, Promise<Schema>>()
  return id => {
    const schema = known.get(id) ?? readSchema(client, access, id)
    known.set(id, schema)
    return schema
  }
}

function readSchema(client: Client, access: Metadata, schema_id: string): Promise<Schema> {
  return new Promise((resolve, reject) => {
    const deadline = Date.now() + SCHEMA_DEADLINE_MS
    client.GetSchema({ schema_id }, access, { deadline }, (error, given) => {
      if (error) reject(error)
      else resolve(schemaOf(JSON.parse(schemaInfo.parse(given).schema_json)))
    })
  })
}

const avroFields = z.array(z.object({ name: z.string(), type: z.unknown() }))

function schemaOf(json: avro.Schema): Schema {
  const { fields } = z.object({ fields: avroFields }).parse(json)
  return { type: avro.Type.forSchema(json), fields: fields.map(({ name, type }) => ({ name, ...partsOf(type) })) }
}

/** A compound field is a record, or nothing. */
function partsOf(type: unknown): { parts?: string[] } {
  const compound = [type].flat().find(each => z.object({ fields: avroFields }).safeParse(each).success)
  return compound
    ? {
        parts: z
          .object({ fields: avroFields })
          .parse(compound)
          .fields.map(({ name }) => name),
      }
    : {}
}

const bytes = z.instanceof(Buffer)
const fetchResponse = z.object({
  events: z
    .array(z.object({ event: z.object({ schema_id: z.string(), payload: bytes }), replay_id: bytes }))
    .default([]),
  latest_replay_id: bytes,
  pending_num_requested: z.number(),
})
const schemaInfo = z.object({ schema_json: z.string() })

type Client = {
  Subscribe(access: Metadata): ClientDuplexStream<object, unknown>
  GetSchema(
    asked: { schema_id: string },
    access: Metadata,
    options: { deadline: number },
    done: (error: ServiceError | null, given: unknown) => void,
  ): void
}

/** Nothing is called before the first stream is. */
function connect(url: string): Client {
  const { protocol, host } = new URL(url)
  const file = path.join(import.meta.dirname, '../connectors/salesforce/pubsub.proto')
  const definition = loadSync(file, { keepCase: true, longs: Number, enums: String, defaults: true })
  const { eventbus } = loadPackageDefinition(definition) as unknown as {
    eventbus: { v1: { PubSub: new (host: string, access: ReturnType<typeof credentials.createSsl>) => Client } }
  }
  return new eventbus.v1.PubSub(host, protocol === 'http:' ? credentials.createInsecure() : credentials.createSsl())
}

/** Salesforce's own code of an error, where it gives one. */
function codeOf({ metadata }: ServiceError): string {
  return String(metadata?.get('error-code')[0] ?? '')
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'details' in error
}

/** Calls `act` when `again` was not said for so long. */
function watch(ms: number, act: () => void) {
  let timer = setTimeout(act, ms)
  return {
    again() {
      clearTimeout(timer)
      timer = setTimeout(act, ms)
    },
    end: () => clearTimeout(timer),
  }
}
