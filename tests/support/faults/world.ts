/**
 * Everything around the services: a database with the demo workspace, the simulated vendors, a clock, and a proxy before
 * each service's database where faults strike. The world outlives its services, as the real one does.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { SANDBOX } from '../../../src/config.ts'
import { DEMO, openSandbox, seedDemo } from '../../../src/node/demo.ts'
import { createHub } from '../../../src/node/hub.ts'
import { createSandbox, type Sandbox } from '../../../src/sandbox/index.ts'
import type { TestDatabase } from '../database.ts'
import { freePort } from '../free-port.ts'
import { testConfig } from '../hub-config.ts'
import { bundleService } from './bundle.ts'
import { createService, type Service } from './service.ts'
import { openStatementProxy, type StatementProxy } from './statement-proxy.ts'

/** Tuesday, 10:00 in Mexico City: the demo's shop is open. */
const MORNING = Date.parse('2026-11-03T16:00:00Z')

/** What a call leased by a dead process waits for, and a little more; seconds. */
const AFTER_DEATH = 25

/** What two sides may say to each other within one moment before the clock moves on. */
const ROUNDS = 5

/** The demo workspace as it was made once: its database, to be cloned, the vendors' side of it, and the service to run. */
export type Origin = {
  name: string
  snapshot: string
  script: string
  ports: number[]
  sandboxPort: number
  close(): void
}

/** Makes the demo workspace in `database`, which nobody may be connected to afterwards. */
export async function makeOrigin(database: TestDatabase): Promise<Origin> {
  const folder = mkdtempSync(path.join(tmpdir(), 'buzon-faults-'))
  const snapshot = path.join(folder, 'sandbox.json')
  const [sandboxPort = 0, ...ports] = await Promise.all([freePort(), freePort(), freePort()])
  const sandbox = createSandbox({ snapshotFile: snapshot, now: () => new Date(MORNING) })
  const listening = await sandbox.listen(sandboxPort)
  const url = `http://127.0.0.1:${ports[0]}`
  const errors: unknown[] = []
  const hub = createHub({
    ...{ config: testConfig(url, listening.url), db: database.db, background: false, now: () => new Date(MORNING) },
    onError: error => void errors.push(error),
  })
  await hub.start()
  openSandbox(sandbox, url)
  sandbox.hubspot.configure(DEMO.portalId, { rateLimit: false })
  await seedDemo(hub, sandbox)
  await hub.settle()
  await hub.stop()
  await listening.close()
  if (errors.length > 0) throw new AggregateError(errors, 'The demo workspace was not made')
  const name = new URL(database.url).pathname.slice(1)
  const script = await bundleService(folder)
  const close = () => rmSync(folder, { recursive: true, force: true })
  return { name, snapshot, script, ports, sandboxPort, close }
}

export type Member = { service: Service; proxy: StatementProxy }

export type World = {
  sandbox: Sandbox
  database: TestDatabase
  /** One, or two that share the work: WhatsApp knocks at the first one's door, HubSpot at the last one's. */
  members: Member[]
  now(): number
  /** Moves the clock and does what has become due, until both sides are quiet. Whoever died meanwhile is started again. */
  pass(seconds: number): Promise<void>
  /** Moves only the clocks, ours and the vendors'. */
  jump(seconds: number): Promise<void>
  /** Our clocks are wrong by so much: the vendors' are not. */
  skew(seconds: number): Promise<void>
  /** Calls `/api/v1` of a service until it answers: a person presses the button again. */
  api(method: string, path: string, body?: unknown): Promise<{ status: number; body: Record<string, unknown> }>
  close(): Promise<void>
}

export async function openWorld(origin: Origin, database: TestDatabase, size: number): Promise<World> {
  const folder = mkdtempSync(path.join(tmpdir(), 'buzon-world-'))
  const snapshotFile = path.join(folder, 'sandbox.json')
  cpSync(origin.snapshot, snapshotFile)
  let time = MORNING
  const sandbox = createSandbox({ snapshotFile, now: () => new Date(time) })
  const listening = await sandbox.listen(origin.sandboxPort)
  let wrongBy = 0
  const ours = () => time + wrongBy
  const members: Member[] = []
  for (const port of origin.ports.slice(0, size)) {
    const proxy = await openStatementProxy(database.url)
    members.push({ proxy, service: createService(origin.script, port, proxy.url, listening.url) })
  }
  await Promise.all(members.map(({ service }) => service.start(ours())))
  const last = members.at(-1)?.service.url ?? ''
  const [connection] = await database.owner<{ id: string }[]>`select id from connections`
  sandbox.hubspot.configure(DEMO.portalId, { webhookUrl: `${last}/hooks/hubspot/${connection?.id}` })

  let reviving: Promise<void> | undefined

  /** A process that died is started by whoever watches over it, once its leases have run out. */
  function revive(): Promise<void> {
    reviving ??= reviveAll().finally(() => {
      reviving = undefined
    })
    return reviving
  }

  async function reviveAll() {
    for (const { service } of members) {
      if (service.alive()) continue
      time += AFTER_DEATH * 1000
      while (!service.alive()) await service.start(ours())
    }
  }

  /** The vendors knock until somebody opens. */
  async function delivered() {
    for (let idle = false; !idle; ) {
      await revive()
      const deaths = members.map(({ service }) => service.death().then(() => false))
      idle = await Promise.race([sandbox.idle().then(() => true), ...deaths])
    }
  }

  /** Each side may set the other in motion: all is quiet when everybody has settled and nobody has called anybody. */
  async function quiet() {
    for (let n = 0, moved = true; moved && n < ROUNDS; n++) {
      await revive()
      const before = sandbox.calls.report().total
      const settled = await Promise.all(members.map(({ service }) => service.settle(ours())))
      await delivered()
      moved = settled.includes(false) || sandbox.calls.report().total > before
    }
    await revive()
  }

  return {
    ...{ sandbox, database, members, now: () => time },
    async pass(seconds) {
      await quiet()
      time += seconds * 1000
      await quiet()
    },
    async jump(seconds) {
      time += seconds * 1000
      await Promise.all(members.map(({ service }) => service.clock(ours())))
    },
    async skew(seconds) {
      wrongBy = seconds * 1000
      await Promise.all(members.map(({ service }) => service.clock(ours())))
    },
    async api(method, path, body) {
      for (let n = 0; ; n++) {
        await revive()
        const { service } = members[n % members.length] as Member
        try {
          const response = await fetch(`${service.url}/api/v1${path}`, {
            method,
            headers: { authorization: `Bearer ${SANDBOX.apiKey}`, 'content-type': 'application/json' },
            ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          })
          const answer = { status: response.status, body: (await response.json()) as Record<string, unknown> }
          if (answer.status < 500 || n === 20) return answer
        } catch (error) {
          if (n === 20) throw error
          // A process that was struck takes a moment to be gone.
          await setTimeout(20)
        }
      }
    },
    async close() {
      for (const { service, proxy } of members) {
        service.kill()
        await proxy.close()
      }
      await listening.close()
      await database.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
