/**
 * The service as a process of its own, whose clock stands still until its parent moves it. It asks nothing of real time:
 * the parent says when to settle. Settings come by HUB_* variables, orders by the channel that `fork` opens.
 */
import { flushCompileCache } from 'node:module'
import { serve } from '@hono/node-server'
import { createHub } from '../../../src/node/hub.ts'
import { openDatabase } from '../../../src/node/open-database.ts'
import { testConfig } from '../hub-config.ts'

export type Order = { id: number; at: number; settle: boolean }
export type Report = { id: number; error?: string }

const { HUB_PORT, HUB_DATABASE, HUB_SANDBOX, HUB_CLOCK } = process.env
if (!HUB_PORT || !HUB_DATABASE || !HUB_SANDBOX || !HUB_CLOCK) throw new Error('HUB_* variables are missing')

let time = Number(HUB_CLOCK)
const onError = (error: unknown) => process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)

/** A vendor that hangs is given up after so long, so that no test waits for the real deadline; ms. */
const DEADLINE_MS = 500

const impatient: typeof fetch = (input, init) => {
  const own = AbortSignal.timeout(DEADLINE_MS)
  return fetch(input, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, own]) : own })
}

const hub = createHub({
  config: testConfig(`http://127.0.0.1:${HUB_PORT}`, HUB_SANDBOX),
  db: openDatabase(HUB_DATABASE),
  now: () => new Date(time),
  fetch: impatient,
  background: false,
  onError,
})

process.on('message', async ({ id, at, settle }: Order) => {
  time = at
  try {
    if (settle) await hub.settle()
    process.send?.({ id } satisfies Report)
  } catch (error) {
    process.send?.({ id, error: error instanceof Error ? error.message : String(error) } satisfies Report)
  }
})
process.on('disconnect', () => process.exit(0))

await hub.start()
await new Promise<void>(resolve => {
  serve({ fetch: hub.app.fetch, port: Number(HUB_PORT), hostname: '127.0.0.1' }, () => resolve())
})
process.send?.({ id: 0 } satisfies Report)
// A killed process would never leave what it compiled to the one after it.
flushCompileCache()
