import { createHmac, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Bus } from './bus.ts'
import type { Calls } from './calls.ts'
import type { Clock } from './clock.ts'
import type { Faults } from './faults.ts'
import { createPoster } from './post.ts'

/** One webhook on its way. It stays in the snapshot until it was accepted or given up. */
export type Delivery = {
  id: string
  vendor: 'whatsapp' | 'hubspot' | 'salesforce' | 'google' | 'zendesk'
  url: string
  secret: string
  body: string
  /** Where the news is in them, as Google's is. */
  headers?: Record<string, string>
  attempt: number
  /** HubSpot's change events say how often they were sent. */
  countsAttempts?: boolean
}

export type Courier = {
  send(delivery: Omit<Delivery, 'id' | 'attempt'>): void
  /** Runs later in real time; `idle` waits for it. */
  later(delayMs: number, act: () => void): void
  /** Work that `idle` must wait for; call the result when it is done. */
  hold(): () => void
  resume(): void
  idle(): Promise<void>
  reset(): void
  close(): void
  lost(): number
}

type Parts = {
  pending: () => Map<string, Delivery>
  faults: Faults
  calls: Calls
  clock: Clock
  bus: Bus
  /** What became of one that was sent. */
  heard: (delivery: Delivery, accepted: boolean) => void
}

type Lane = { queue: Delivery[]; head: number; inFlight: number; max: number }

const FIRST_RETRY_MS = 200
const LONGEST_RETRY_MS = 5_000
/** Zendesk gives up soon, and what it gave up is in its exports only. */
const MAX_ATTEMPTS = { whatsapp: 60, hubspot: 60, salesforce: 1, google: 60, zendesk: 4 }
const TIMEOUT_MS = { whatsapp: 20_000, hubspot: 5_000, salesforce: 10_000, google: 10_000, zendesk: 10_000 }
/** HubSpot's default is 10 at a time per app; Meta has no published bound. */
const CONCURRENCY = { whatsapp: 64, hubspot: 10, salesforce: 10, google: 10, zendesk: 10 }

/** Delivers webhooks by real HTTP, with retries, until the receiver accepts them. */
export function createCourier({ pending, faults, calls, clock, bus, heard }: Parts): Courier {
  const lanes = new Map<string, Lane>()
  const timers = new Set<NodeJS.Timeout>()
  const releases = new Map<string, () => void>()
  let waiting: (() => void)[] = []
  let busy = 0
  let lost = 0
  let epoch = 0
  const poster = createPoster()

  function hold(): () => void {
    busy++
    const mine = epoch
    let held = true
    return () => {
      if (!held || mine !== epoch) return
      held = false
      busy--
      if (busy === 0) wake()
    }
  }

  function wake() {
    const waiters = waiting
    waiting = []
    for (const waiter of waiters) waiter()
  }

  function later(delayMs: number, act: () => void) {
    const release = hold()
    const timer = setTimeout(() => {
      timers.delete(timer)
      act()
      release()
    }, delayMs)
    timers.add(timer)
  }

  function enqueue(delivery: Delivery, release: () => void) {
    const lane = laneOf(delivery)
    lane.queue.push(delivery)
    releases.set(delivery.id, release)
    drain(lane)
  }

  function laneOf({ vendor, url }: Delivery): Lane {
    const key = `${vendor} ${url}`
    let lane = lanes.get(key)
    if (!lane) {
      lane = { queue: [], head: 0, inFlight: 0, max: CONCURRENCY[vendor] }
      lanes.set(key, lane)
    }
    return lane
  }

  function drain(lane: Lane) {
    while (lane.inFlight < lane.max && lane.head < lane.queue.length) {
      const delivery = lane.queue[lane.head++] as Delivery
      lane.inFlight++
      void run(delivery, lane)
    }
    if (lane.head === lane.queue.length) {
      lane.queue = []
      lane.head = 0
    }
  }

  async function run(delivery: Delivery, lane: Lane) {
    const mine = epoch
    const accepted = await attempt(delivery)
    if (mine !== epoch) return
    lane.inFlight--
    heard(delivery, accepted)
    if (accepted) finish(delivery)
    else retry(delivery)
    drain(lane)
  }

  function retry(delivery: Delivery) {
    delivery.attempt++
    if (delivery.attempt >= MAX_ATTEMPTS[delivery.vendor]) {
      lost++
      finish(delivery)
      return
    }
    const delay = Math.min(FIRST_RETRY_MS * 2 ** (delivery.attempt - 1), LONGEST_RETRY_MS)
    later(delay, () => {
      const lane = laneOf(delivery)
      lane.queue.push(delivery)
      drain(lane)
    })
  }

  function finish(delivery: Delivery) {
    pending().delete(delivery.id)
    const release = releases.get(delivery.id)
    releases.delete(delivery.id)
    release?.()
    bus.changed()
  }

  function post(delivery: Delivery): Promise<number> {
    const body = bodyOf(delivery)
    const headers = headersFor(delivery, body, clock.now())
    return poster.post(delivery.url, headers, body, TIMEOUT_MS[delivery.vendor])
  }

  async function attempt(delivery: Delivery): Promise<boolean> {
    const started = performance.now()
    const fault = faults.take('webhooks', 'POST', delivery.url)
    if (fault?.delayMs) await sleep(fault.delayMs)
    let status = 0
    if (fault?.kind === 'status') status = fault.status ?? 500
    else if (fault?.kind !== 'hang' && fault?.kind !== 'cut') status = await post(delivery)
    if (fault?.kind === 'store_then_500') status = fault.status ?? 500
    if (fault?.kind === 'store_then_hang' || fault?.kind === 'store_then_cut') status = 0
    calls.record({
      at: clock.iso(),
      vendor: 'webhooks',
      method: 'POST',
      path: delivery.url,
      status,
      durationMs: performance.now() - started,
      attempt: delivery.attempt,
      body: delivery.body,
      ...(fault ? { fault: fault.kind } : {}),
    })
    return delivery.vendor === 'whatsapp' ? status === 200 : status >= 200 && status < 300
  }

  return {
    send(input) {
      const delivery: Delivery = { ...input, id: randomUUID(), attempt: 0 }
      pending().set(delivery.id, delivery)
      enqueue(delivery, hold())
      bus.changed()
    },
    later,
    hold,
    resume() {
      for (const delivery of pending().values()) enqueue(delivery, hold())
    },
    idle: () => (busy === 0 ? Promise.resolve() : new Promise(resolve => waiting.push(resolve))),
    reset: halt,
    close: halt,
    lost: () => lost,
  }

  function halt() {
    epoch++
    busy = 0
    lost = 0
    for (const timer of timers) clearTimeout(timer)
    timers.clear()
    lanes.clear()
    releases.clear()
    poster.close()
    wake()
  }
}

function bodyOf(delivery: Delivery): string {
  return delivery.countsAttempts && delivery.attempt > 0 ? withAttempt(delivery) : delivery.body
}

function withAttempt({ body, attempt }: Delivery): string {
  const events = JSON.parse(body) as Record<string, unknown>[]
  return JSON.stringify(events.map(event => ({ ...event, attemptNumber: attempt })))
}

function headersFor({ vendor, url, secret, headers }: Delivery, body: string, nowMs: number): Record<string, string> {
  if (headers)
    return { 'user-agent': 'APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)', ...headers }
  if (vendor === 'whatsapp') {
    const hash = createHmac('sha256', secret).update(body).digest('hex')
    return {
      'content-type': 'application/json',
      'user-agent': 'facebookexternalua',
      'x-hub-signature-256': `sha256=${hash}`,
    }
  }
  if (vendor === 'zendesk') {
    const at = new Date(nowMs).toISOString()
    return {
      'content-type': 'application/json',
      'user-agent': 'Zendesk Webhook',
      'x-zendesk-webhook-signature': createHmac('sha256', secret)
        .update(at + body)
        .digest('base64'),
      'x-zendesk-webhook-signature-timestamp': at,
    }
  }
  const signed = createHmac('sha256', secret).update(`POST${url}${body}${nowMs}`).digest('base64')
  return {
    'content-type': 'application/json',
    'user-agent': 'HubSpot Connect 2.0 (webhooks)',
    'x-hubspot-signature-v3': signed,
    'x-hubspot-request-timestamp': String(nowMs),
  }
}
