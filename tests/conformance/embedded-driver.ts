/** Drives a case on the embedded engine, whose clock stands still until it is moved. */
import { randomUUID } from 'node:crypto'
import type { Db } from '../../src/db/client.ts'
import { type Case, type CaseEvent, type Driver, driverLine, type Entry, type Log } from './case.ts'
import { type Service, STARTED_AT, startService, UNIT_MS } from './embedded.ts'

/** Runs a case in this process and answers its log. */
export async function runEmbedded(db: Db, testCase: Case): Promise<string[]> {
  const appId = `case-${randomUUID().slice(0, 8)}`
  const log = memoryLog()
  let time = Date.parse(testCase.from ?? STARTED_AT)
  const start = () => startService({ db, testCase, appId, now: () => new Date(time), log })
  let service = await start()
  const host: Host = {
    ...{ log, appId },
    send: events => service.send(events),
    settle: () => service.settle(),
    move(ms) {
      time += ms
    },
    async restart() {
      await service.stop()
      service = await start()
    },
  }
  await testCase.drive(clockDriver(host))
  await service.stop()
  return log.lines()
}

/** Where the functions are, and the clock that they go by. */
export type Host = Pick<Service, 'send' | 'settle'> & {
  appId: string
  log: Log
  move(ms: number): void
  restart(): Promise<void>
}

/** More units than any case waits for. */
const PATIENCE = 400

/** A driver over a clock that it moves itself. Each event gets an id, so that one sent twice is the same. */
export function clockDriver(host: Host): Driver {
  let sent = 0
  return {
    async send(...events) {
      await host.send(events.map((event): CaseEvent => ({ ...event, id: event.id ?? `${host.appId} ${sent++}` })))
      await host.settle()
    },
    async pass(units) {
      host.move(Math.round(units * UNIT_MS))
      await host.settle()
    },
    async until(line, times = 1) {
      for (let unit = 0; unit <= PATIENCE; unit++) {
        await host.settle()
        const lines = await host.log.lines()
        if (lines.filter(each => each === line).length >= times) return
        host.move(UNIT_MS)
      }
      throw new Error(`Waited in vain for "${line}"; the log is ${JSON.stringify(await host.log.lines())}`)
    },
    mark: text => host.log.add(driverLine(text)),
    restart: () => host.restart(),
  }
}

export function memoryLog(): Log {
  const entries: Entry[] = []
  return {
    async add(entry) {
      // As a log elsewhere would, it lets others go on meanwhile.
      await new Promise(setImmediate)
      entries.push(entry)
    },
    lines: async () => entries.map(entry => entry.line),
  }
}
