/** Drives a case on a real server: functions are served over HTTP, registered, and time really passes. */
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { serve as listen, type ServerType } from '@hono/node-server'
import { Hono } from 'hono'
import { Inngest } from 'inngest'
import { serve } from 'inngest/hono'
import { type Case, type CaseEvent, type Driver, driverLine, type Kit, toEntry } from './case.ts'
import { memoryLog } from './embedded-driver.ts'

export type Server = { baseUrl: string; signingKey: string; eventKey: string }

/** Much longer than it takes to be quiet. */
const UNIT_MS = 2_000
/** Nothing more is logged when nothing was for this long. */
const QUIET_MS = 600
const PATIENCE_MS = 90_000

/** Runs a case and answers its log. Names are its own, so that cases may run side by side, and again. */
export async function runOnServer(server: Server, testCase: Case): Promise<string[]> {
  const appId = `case-${crypto.randomUUID().slice(0, 8)}`
  const log = memoryLog()
  // Without checkpoints each step is a call of its own, which is what the cases tell.
  const inngest = new Inngest({ id: appId, isDev: false, checkpointing: false, ...server })
  const event = (name: string) => `${appId}/${name}`
  const kit: Kit = {
    ...{ inngest, event, now: () => new Date(), wait: units => `${(units * UNIT_MS) / 1_000}s` },
    log: (runId, step, value) => log.add(toEntry(runId, step, value)),
  }
  const functions = testCase.functions(kit)
  const app = new Hono()
  let http = await listening(app, 0)
  const { port } = http.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  const served = serve({ client: inngest, functions, serveOrigin: url, enableUnauthedSync: true })
  app.all('/api/inngest', context => served(context))

  let sent = 0
  /** Where time stands by the case. Being quiet takes some of its own, which the next wait is shorter by. */
  let time = 0
  async function quiet() {
    for (let before = -1, now = 0; before !== now; ) {
      before = now
      await delay(QUIET_MS)
      now = (await log.lines()).length
    }
  }
  const driver: Driver = {
    async send(...events) {
      time = Math.max(time, performance.now())
      const named = events.map(
        (each): CaseEvent => ({ ...each, id: `${appId} ${each.id ?? sent++}`, name: event(each.name) }),
      )
      await inngest.send(named)
      await quiet()
    },
    async pass(units) {
      time += units * UNIT_MS
      await delay(time - performance.now())
      await quiet()
    },
    async until(line, times = 1) {
      const end = performance.now() + PATIENCE_MS
      for (;;) {
        const lines = await log.lines()
        if (lines.filter(each => each === line).length >= times) break
        if (performance.now() > end)
          throw new Error(`Waited in vain for "${line}"; the log is ${JSON.stringify(lines)}`)
        await delay(50)
      }
      time = Math.max(time, performance.now())
      await quiet()
    },
    mark: text => log.add(driverLine(text)),
    async restart() {
      await closed(http)
      http = await listening(app, port)
    },
  }
  try {
    await register(`${url}/api/inngest`)
    await testCase.drive(driver)
    return await log.lines()
  } finally {
    await closed(http)
  }
}

/** The SDK tells the server of its functions when it is asked to, and answers 200 whatever comes of it. */
async function register(url: string) {
  const answer = await (await fetch(url, { method: 'PUT' })).text()
  if (!answer.includes('Successfully registered')) throw new Error(`The functions were not registered: ${answer}`)
}

function listening(app: Hono, port: number): Promise<ServerType> {
  return new Promise(resolve => {
    const http = listen({ fetch: app.fetch, port, hostname: '127.0.0.1' }, () => resolve(http))
  })
}

async function closed(http: ServerType) {
  await new Promise(resolve => {
    http.close(resolve)
    if ('closeAllConnections' in http) http.closeAllConnections()
  })
}
