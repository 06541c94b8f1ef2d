/** A service that can be killed and started again, at the same address and over the same database. */
import { type ChildProcess, fork } from 'node:child_process'
import path from 'node:path'
import type { Order, Report } from './service-process.ts'

export type Service = {
  url: string
  /** Starts the process and waits until it answers. What the one before left behind is taken up. */
  start(at: number): Promise<void>
  /** SIGKILL. */
  kill(): void
  alive(): boolean
  pid(): number | undefined
  /** Resolves when the process ends. */
  death(): Promise<void>
  /** Sets its clock and does everything that is due then. False when it died on the way, or could not reach the database. */
  settle(at: number): Promise<boolean>
  /** Sets its clock and nothing more. */
  clock(at: number): Promise<boolean>
  /** What it has complained of, newest last. */
  complaints(): string
}

/** `script`: what `bundleService` wrote. */
export function createService(script: string, port: number, databaseUrl: string, sandboxUrl: string): Service {
  let child: ChildProcess | undefined
  let ended = Promise.resolve()
  let said = ''
  let next = 1

  /** False when the process ends before it answers. */
  function order(at: number, settle: boolean): Promise<boolean> {
    const process = child
    if (!process?.connected) return Promise.resolve(false)
    const id = next++
    process.send({ id, at, settle } satisfies Order)
    return reported(process, id)
  }

  function reported(process: ChildProcess, id: number): Promise<boolean> {
    return new Promise(resolve => {
      const done = (ok: boolean) => {
        process.off('message', listen)
        process.off('exit', die)
        resolve(ok)
      }
      const die = () => done(false)
      const listen = (report: Report) => {
        if (report.id !== id) return
        if (report.error) said += `${report.error}\n`
        done(report.error === undefined)
      }
      process.on('message', listen)
      process.on('exit', die)
    })
  }

  return {
    url: `http://127.0.0.1:${port}`,
    async start(at) {
      const env = {
        ...process.env,
        NODE_COMPILE_CACHE: path.join(path.dirname(script), 'compiled'),
        ...{ HUB_PORT: String(port), HUB_DATABASE: databaseUrl, HUB_SANDBOX: sandboxUrl, HUB_CLOCK: String(at) },
      }
      const started = fork(script, { env, execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
      child = started
      ended = new Promise(resolve => void started.once('exit', () => resolve()))
      started.stderr?.on('data', chunk => {
        said += chunk
      })
      if (!(await reported(started, 0))) {
        if (started.exitCode !== null && started.exitCode !== 0) throw new Error(`The service ended: ${said}`)
      }
    },
    kill: () => void child?.kill('SIGKILL'),
    alive: () => child !== undefined && child.exitCode === null && child.signalCode === null,
    pid: () => child?.pid,
    death: () => ended,
    settle: at => order(at, true),
    clock: at => order(at, false),
    complaints: () => said.slice(-6_000),
  }
}
