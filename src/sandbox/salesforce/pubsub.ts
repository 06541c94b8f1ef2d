/** The Pub/Sub API: subscriptions to change events over gRPC, with its limits of what is asked for and kept. */
import { createHash } from 'node:crypto'
import path from 'node:path'
import {
  loadPackageDefinition,
  type Metadata,
  Metadata as NewMetadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type ServiceClientConstructor,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import type { Runtime } from '../runtime.ts'
import { eventsAfter } from './change-events.ts'
import { encodeEvent, schemaOf } from './event-schema.ts'
import type { ChangeEvent, Org } from './state.ts'

export type PubSub = {
  listen(port: number): Promise<{ url: string; close(): Promise<void> }>
  /** Breaks all subscriptions, as Salesforce does now and then. */
  cut(): void
  /** How many there are. */
  subscriptions(): number
}

type FetchRequest = { topic_name: string; replay_preset: string; replay_id: Buffer; num_requested: number }
type Call = ServerDuplexStream<FetchRequest, object>

const MOST_EVENTS = 100
/** The standard one, and the package's. */
const CHANNELS = new Set(['/data/ChangeEvents', '/data/Buzon__chn'])
const CODE = 'sfdc.platform.eventbus.grpc'

export function createPubSub({ world, clock, bus }: Runtime): PubSub {
  const open = new Map<Call, () => void>()

  function orgOf(metadata: Metadata): Org | undefined {
    const session = world.salesforce.sessions.get(String(metadata.get('accesstoken')[0] ?? ''))
    const isLive = session && session.until > clock.now() && session.orgId === metadata.get('tenantid')[0]
    return isLive ? world.salesforce.orgs.get(session.orgId) : undefined
  }

  function subscribe(call: Call) {
    const org = orgOf(call.metadata)
    if (!org) return refuse(call, status.UNAUTHENTICATED, 'service.auth.error', 'The session is not valid.')
    let topic = ''
    let position: number | undefined
    let wanted = 0
    const pump = () => {
      while (wanted > 0 && position !== undefined) {
        const after = eventsAfter(world.salesforce.events.get(org.orgId) ?? [], 0, clock.now())
        const next = (after ?? [])
          .filter(each => each.replayId > (position ?? 0))
          .slice(0, Math.min(wanted, MOST_EVENTS))
        if (next.length === 0) return
        position = next.at(-1)?.replayId ?? position
        const events = next.filter(each => passes(topic, each)).map(each => consumerEvent(org, each))
        wanted -= events.length
        call.write({ events, latest_replay_id: asBytes(position), rpc_id: '', pending_num_requested: wanted })
      }
    }
    open.set(call, pump)
    const close = () => open.delete(call)
    call.on('cancelled', close)
    call.on('error', close)
    call.on('end', () => {
      close()
      call.end()
    })
    call.on('data', (asked: FetchRequest) => {
      if (asked.num_requested < 1 || asked.num_requested > MOST_EVENTS) {
        return refuse(call, status.INVALID_ARGUMENT, 'subscription.fetch.requests.limit.exceeded', 'Ask for 1 to 100.')
      }
      wanted += asked.num_requested
      if (position === undefined) {
        topic = asked.topic_name
        if (!CHANNELS.has(topic)) {
          return refuse(call, status.NOT_FOUND, 'topic.not.found', `The topic ${topic} was not found.`)
        }
        position = startOf(org, asked)
        if (position === undefined) {
          return refuse(
            call,
            status.INVALID_ARGUMENT,
            'subscription.fetch.replayid.validation.failed',
            'The Replay ID validation failed.',
          )
        }
        // As the keepalive does: where the stream stands.
        call.write({ events: [], latest_replay_id: asBytes(position), rpc_id: '', pending_num_requested: wanted })
      }
      pump()
    })
  }

  function startOf({ orgId }: Org, { replay_preset, replay_id }: FetchRequest): number | undefined {
    const events = world.salesforce.events.get(orgId) ?? []
    const last = events.at(-1)?.replayId ?? 0
    if (replay_preset === 'EARLIEST') return 0
    if (replay_preset !== 'CUSTOM') return last
    const asked = replay_id.length === 8 ? Number(replay_id.readBigUInt64BE()) : -1
    return asked === last || eventsAfter(events, asked, clock.now()) ? asked : undefined
  }

  function getSchema(call: ServerUnaryCall<{ schema_id: string }, object>, done: sendUnaryData<object>) {
    const org = orgOf(call.metadata)
    if (!org) return done({ code: status.UNAUTHENTICATED, details: 'The session is not valid.' })
    const found = [...org.objects.values()].map(schemaOf).find(({ id }) => id === call.request.schema_id)
    if (!found) return done({ code: status.NOT_FOUND, details: 'No such schema' })
    done(null, { schema_json: found.json, schema_id: found.id })
  }

  function refuse(call: Call, code: status, error: string, details: string) {
    open.delete(call)
    const metadata = new NewMetadata()
    metadata.set('error-code', `${CODE}.${error}`)
    call.emit('error', { code, details, metadata })
  }

  bus.subscribe(() => {
    for (const pump of open.values()) pump()
  })

  return {
    subscriptions: () => open.size,
    cut() {
      for (const call of [...open.keys()]) refuse(call, status.UNAVAILABLE, 'service.unavailable', 'Try again.')
    },
    listen: port =>
      new Promise((resolve, reject) => {
        const definition = loadSync(path.join(import.meta.dirname, 'pubsub.proto'), { keepCase: true, enums: String })
        const { eventbus } = loadPackageDefinition(definition) as unknown as {
          eventbus: { v1: { PubSub: ServiceClientConstructor } }
        }
        const server = new Server()
        server.addService(eventbus.v1.PubSub.service, { Subscribe: subscribe, GetSchema: getSchema })
        server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, bound) => {
          if (error) return reject(error)
          resolve({
            url: `http://127.0.0.1:${bound}`,
            close: async () => server.forceShutdown(),
          })
        })
      }),
  }
}

/** The package's channel has a member for each object, without what our own client changed; the standard one has all. */
function passes(topic: string, { origin }: ChangeEvent): boolean {
  return topic !== '/data/Buzon__chn' || !origin.endsWith(';client=buzon')
}

function consumerEvent({ objects, tells }: Org, event: ChangeEvent) {
  const store = objects.get(event.entity)
  if (!store) throw new Error(`An organization without ${event.entity} has no change of one`)
  const { schemaId, payload } = encodeEvent(store, event)
  const id = createHash('sha256').update(String(event.replayId)).digest('hex').slice(0, 32)
  const sent = tells === 'unreadable' ? payload.subarray(0, 9) : payload
  return { event: { id, schema_id: schemaId, payload: sent }, replay_id: asBytes(event.replayId) }
}

function asBytes(replayId: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(replayId))
  return bytes
}
