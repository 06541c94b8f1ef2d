/** A process that says what it does while it does it, and stops cleanly on Ctrl-C. */
import net from 'node:net'
import { ConfigError } from '../config.ts'

/** What is to be closed, in the order of opening. */
export type Closing = (() => Promise<unknown>)[]

/** All of them stop the process in the same way. */
export const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Runs `main` until a signal; what goes wrong in it stops the process. */
export async function runUntilStopped(main: (closing: Closing) => Promise<void>) {
  const closing: Closing = []
  const stop = stopOnce(closing)
  for (const signal of SIGNALS) process.on(signal, () => void stop(0))
  try {
    await main(closing)
  } catch (error) {
    // What a person can mend is said in a sentence; anything else with its place.
    process.stderr.write(error instanceof ConfigError ? `${error.message}\n` : `${(error as Error).stack}\n`)
    await stop(1)
  }
}

/** Closes in the reverse order of opening; a second signal while closing changes nothing. */
function stopOnce(closing: Closing) {
  let stopping = false
  return async (code: number) => {
    if (stopping) return
    stopping = true
    if (closing.length > 0) say('Stopping…')
    for (const close of closing.reverse()) {
      try {
        await close()
      } catch (error) {
        report(error)
      }
    }
    process.exit(code)
  }
}

export function requireFree(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = net.createServer()
    probe.once('error', error => reject(portError(error, port)))
    probe.listen(port, () => probe.close(() => resolve()))
  })
}

/** A taken port in a sentence; any other error as it is. */
export function portError(error: unknown, port: number): Error {
  if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') return error as Error
  return new ConfigError([`PORT ${port} is taken by another program: stop it, or choose another with PORT=…`])
}

export function say(step: string) {
  process.stdout.write(`${step}\n`)
}

export function report(error: unknown) {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
}
