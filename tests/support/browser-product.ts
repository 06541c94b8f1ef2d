/** What `npm start` starts, in this process, on free ports and a database of the test's own. */
import { createServer } from 'node:net'
import { serve } from '@hono/node-server'
import { type Config, readConfig, SANDBOX } from '../../src/config.ts'
import { openSandbox, sayHello, seedDemo, seedPeople } from '../../src/node/demo.ts'
import { createHub } from '../../src/node/hub.ts'
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts'
import { type TestDatabase, testDatabase } from './database.ts'

export type Product = {
  config: Config
  database: TestDatabase
  /** Of the sandbox. */
  pageUrl: string
  sandbox: Sandbox
  /** What went wrong behind the page. */
  errors: unknown[]
  api<T>(path: string): Promise<T>
  close(): Promise<void>
}

export async function startProduct(): Promise<Product> {
  const config = readConfig({ PORT: String(await freePorts()) })
  const database = await testDatabase()
  const errors: unknown[] = []
  const hub = createHub({ config, db: database.db, onError: error => void errors.push(error) })
  const server = serve({ fetch: hub.app.fetch, port: config.port, hostname: config.host })
  await new Promise<void>((resolve, reject) => server.once('listening', resolve).once('error', reject))
  await hub.start()
  const sandbox = createSandbox({ hubUrl: config.appUrl, apiKeyHint: SANDBOX.apiKey })
  const listening = await sandbox.listen(config.sandboxPort)
  openSandbox(sandbox, config.appUrl)
  await seedDemo(hub, sandbox)
  await seedPeople(hub)
  sayHello(sandbox)
  return {
    ...{ config, database, errors, sandbox, pageUrl: listening.url },
    async api<T>(path: string) {
      const headers = { authorization: `Bearer ${SANDBOX.apiKey}` }
      return (await (await fetch(`${config.appUrl}/api/v1${path}`, { headers })).json()) as T
    },
    async close() {
      await listening.close()
      await hub.stop()
      await new Promise(done => server.close(done))
      await database.close()
    },
  }
}

/** A port whose successor is free too. */
async function freePorts(): Promise<number> {
  for (;;) {
    const first = await listen(0)
    const second = await listen(first.port + 1).catch(() => undefined)
    await Promise.all([first.close(), second?.close()])
    if (second) return first.port
  }
}

async function listen(port: number) {
  const server = createServer()
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('Not a TCP address')
  return { port: address.port, close: () => new Promise(done => server.close(done)) }
}
