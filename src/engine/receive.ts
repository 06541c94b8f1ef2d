import { isJson, type Json, textOf } from './json.ts'
import type { StoredEvent } from './schedule.ts'

/** Inngest's own limit for an event. */
const MAX_EVENT_BYTES = 512 * 1024

/** Reads the SDK's request `POST /e/<key>`. A request to any other address is a bug of the caller, and thrown. */
export async function readEvents(request: Request, now: Date): Promise<StoredEvent[] | Refusal> {
  const { pathname } = new URL(request.url)
  if (request.method !== 'POST' || !pathname.startsWith('/e/')) {
    throw new Error(`The embedded engine answers only events, not ${request.method} ${request.url}`)
  }
  const body: unknown = JSON.parse(await request.text())
  const given = Array.isArray(body) ? body : [body]
  const seed = request.headers.get('x-inngest-event-id-seed') ?? crypto.randomUUID()
  const events: StoredEvent[] = []
  for (const [index, event] of given.entries()) {
    const refusal = refuse(event)
    if (refusal) return refusal
    events.push(await accept(event, `${seed} ${index}`, now))
  }
  return events
}

export type Refusal = { status: number; error: string }

function refuse(event: unknown): Refusal | undefined {
  if (!isJson(event) || !textOf(event.name)) return { status: 400, error: 'An event must be an object with a name' }
  if (textOf(event.name)?.startsWith('inngest/')) {
    return { status: 400, error: `Event "${event.name}": the prefix inngest/ is reserved` }
  }
  const bytes = Buffer.byteLength(JSON.stringify(event))
  if (bytes <= MAX_EVENT_BYTES) return undefined
  return { status: 413, error: `Event "${event.name}" has ${bytes} bytes; the limit is ${MAX_EVENT_BYTES}` }
}

/** The SDK sends the same seed when it tries again, so the same event gets the same id. */
async function accept(event: Json, seed: string, now: Date): Promise<StoredEvent> {
  return {
    ...event,
    id: textOf(event.id) || (await hash(seed)),
    name: String(event.name),
    data: event.data ?? {},
    ts: typeof event.ts === 'number' ? event.ts : now.getTime(),
  }
}

async function hash(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Buffer.from(digest).toString('hex').slice(0, 32)
}
