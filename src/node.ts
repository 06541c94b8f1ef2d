/** The service on Node: `npm start`. Says what it does while it does it, and stops cleanly on Ctrl-C. */
import { existsSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { serve } from '@hono/node-server'
import { type Config, ConfigError, readConfig, SANDBOX } from './config.ts'
import { openDb } from './db/client.ts'
import { migrateDatabase } from './db/migrate.ts'
import { openSandbox, sayHello, seedDemo } from './node/demo.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from './node/embedded-postgres.ts'
import { createHub, type Hub } from './node/hub.ts'
import { createSandbox, type Sandbox } from './sandbox/index.ts'

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const dataDir = path.join(root, '.data')

const closing: (() => Promise<unknown>)[] = []
const stop = stopOnce(closing)

try {
  // What the environment says already wins over the file.
  if (existsSync(path.join(root, '.env'))) process.loadEnvFile(path.join(root, '.env'))
  await main(readConfig(process.env))
} catch (error) {
  // What a person can mend is said in a sentence; anything else with its place.
  process.stderr.write(error instanceof ConfigError ? `${error.message}\n` : `${(error as Error).stack}\n`)
  await stop(1)
}

async function main(config: Config) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(0))

  const databaseUrl = config.databaseUrl ?? (await embedded(config)).url
  say('Bringing the database up to date…')
  await migrateDatabase(databaseUrl, path.join(root, 'migrations'))
  const [db, ledgerDb] = [openDb(databaseUrl, { max: 16 }), openDb(databaseUrl, { max: 1 })]
  closing.push(() => Promise.all([db.end({ timeout: 5 }), ledgerDb.end({ timeout: 5 })]))

  const simulated = config.sandbox ? simulate(config) : undefined
  // In the sandbox the whole product lives in simulated time: "+24 h" closes windows and passes deadlines.
  const hub = createHub({ config, db, ledgerDb, onError: report, ...(simulated ? { now: simulated.now } : {}) })
  await listen(hub, config)
  closing.push(() => hub.stop())
  say('Starting the engine…')
  await hub.start()
  if (simulated) await openDemo(hub, simulated, config)
  announce(config)
}

async function embedded({ port }: Config): Promise<EmbeddedPostgres> {
  // Before the database: one that another running hub uses must not be adopted and stopped.
  await requireFree(port)
  say('Starting the embedded database…')
  const server = await startEmbeddedPostgres(path.join(dataDir, 'postgres'), { onStep: say })
  closing.push(() => server.stop())
  return server
}

function listen(hub: Hub, { port, host }: Config) {
  return new Promise<void>((resolve, reject) => {
    const server = serve({ fetch: hub.app.fetch, port, hostname: host }, () => resolve())
    server.on('error', error => reject(portError(error, port)))
    closing.push(
      () =>
        new Promise(done => {
          server.close(done)
          if ('closeIdleConnections' in server) server.closeIdleConnections()
        }),
    )
  })
}

function simulate({ appUrl }: Config): Sandbox {
  return createSandbox({
    snapshotFile: path.join(dataDir, 'sandbox.json'),
    hubUrl: appUrl,
    apiKeyHint: SANDBOX.apiKey,
  })
}

async function openDemo(hub: Hub, simulated: Sandbox, { appUrl, sandboxPort }: Config) {
  say('Opening the sandbox…')
  const listening = await simulated.listen(sandboxPort).catch(error => {
    throw portError(error, sandboxPort)
  })
  closing.push(() => listening.close())
  openSandbox(simulated, appUrl)
  if (await seedDemo(hub, simulated)) sayHello(simulated)
}

function announce({ appUrl, sandbox: isSandbox, sandboxPort }: Config) {
  const lines = isSandbox
    ? [
        'SANDBOX: nothing leaves this machine. WhatsApp and HubSpot are simulated; the secrets are known to all.',
        '',
        `  Open this    http://127.0.0.1:${sandboxPort}   phones on the left, HubSpot on the right`,
        `  API          ${appUrl}/api/v1   (key: ${SANDBOX.apiKey})`,
        `  API document ${appUrl}/openapi.json`,
        '',
        'Ctrl-C stops everything.',
      ]
    : [`Buzón is ready at ${appUrl}`, `Webhook for Meta: ${appUrl}/hooks/whatsapp`]
  process.stdout.write(`\n${lines.join('\n')}\n`)
}

/** Closes in the reverse order of opening; a second signal while closing changes nothing. */
function stopOnce(closing: (() => Promise<unknown>)[]) {
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

function requireFree(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = net.createServer()
    probe.once('error', error => reject(portError(error, port)))
    probe.listen(port, () => probe.close(() => resolve()))
  })
}

function portError(error: unknown, port: number): Error {
  if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') return error as Error
  return new ConfigError([`PORT ${port} is taken by another program: stop it, or choose another with PORT=…`])
}

function say(step: string) {
  process.stdout.write(`${step}\n`)
}

function report(error: unknown) {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
}
