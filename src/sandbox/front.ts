import { setTimeout as sleep } from 'node:timers/promises'
import type { HttpBindings } from '@hono/node-server'
import type { Context, MiddlewareHandler } from 'hono'
import type { Vendor } from './calls.ts'
import type { Fault } from './faults.ts'
import type { Runtime, SandboxEnv } from './runtime.ts'

/** A client that never gives up is let go after this time. */
const LONGEST_HANG_MS = 60_000

/** Counts each call and lets planned faults happen to it. */
export function front(runtime: Runtime, vendor: Vendor, stop: () => AbortSignal): MiddlewareHandler<SandboxEnv> {
  const { calls, faults, clock } = runtime
  return async (c, next) => {
    const started = performance.now()
    const at = clock.iso()
    const path = new URL(c.req.url).pathname
    const fault = faults.take(vendor, c.req.method, path)
    c.set('fault', fault)
    const size = Number(c.req.header('content-length') ?? 0)
    // A file read as text would not be the same bytes.
    const isText = /json|xml|urlencoded|^text\//.test(c.req.header('content-type') ?? '')
    const body = size > 0 && size <= 1_024 && isText ? await c.req.text() : undefined
    try {
      if (!fault) await next()
      else await misbehave(c, fault, next, stop())
    } finally {
      // The vendor's clock is the simulated one.
      if (vendor === 'whatsapp') c.res.headers.set('date', new Date(clock.now()).toUTCString())
      calls.record({
        at,
        vendor,
        method: c.req.method,
        path,
        status: c.res.status,
        durationMs: performance.now() - started,
        ...(fault ? { fault: fault.kind } : {}),
        ...(body === undefined ? {} : { body }),
      })
    }
  }
}

async function misbehave(c: Context, fault: Fault, next: () => Promise<void>, stop: AbortSignal) {
  switch (fault.kind) {
    case 'partial':
      await next()
      return
    case 'delay':
      await sleep(fault.delayMs ?? 1_000)
      await next()
      return
    case 'status':
      if (fault.delayMs) await sleep(fault.delayMs)
      c.res = plannedAnswer(fault, fault.status ?? 500)
      return
    case 'hang':
      await hang(c, fault, stop)
      c.res = plannedAnswer(fault, 504)
      return
    case 'store_then_hang':
      await next()
      await hang(c, fault, stop)
      c.res = plannedAnswer(fault, 504)
      return
    case 'cut':
      cut(c)
      c.res = plannedAnswer(fault, 504)
      return
    case 'store_then_cut':
      await next()
      cut(c)
      c.res = plannedAnswer(fault, 504)
      return
    case 'store_then_500':
      await next()
      c.res = plannedAnswer(fault, fault.status ?? 500)
      return
  }
}

function plannedAnswer({ body, headers }: Fault, status: number): Response {
  const text = typeof body === 'string' ? body : JSON.stringify(body ?? { message: 'planned fault' })
  return new Response(text, { status, headers: { 'content-type': 'application/json', ...headers } })
}

/** The client learns at once that no answer will come: silence without a wait. */
function cut(c: Context<{ Bindings: Partial<HttpBindings> }>) {
  c.env.incoming?.socket.destroy()
}

/** Until the client gives up, or a proxy would: after `delayMs`. */
async function hang(c: Context, { delayMs = LONGEST_HANG_MS }: Fault, stop: AbortSignal) {
  const given = AbortSignal.any([c.req.raw.signal, stop])
  await sleep(delayMs, undefined, { signal: given, ref: false }).catch(() => undefined)
}
