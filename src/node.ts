/** The service on Node: `npm start`. Says what it does while it does it, and stops cleanly on Ctrl-C. */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { serve } from '@hono/node-server'
import { type Config, readConfig, SANDBOX } from './config.ts'
import { migrateDatabase } from './db/migrate.ts'
import { buildConsole } from './node/build-console.ts'
import { openSandbox, sayHello, seedDemo, seedPeople, welcome } from './node/demo.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from './node/embedded-postgres.ts'
import { eventSources } from './node/event-sources.ts'
import { createEventStreams } from './node/event-streams.ts'
import { createHub, type Hub } from './node/hub.ts'
import { openDatabase } from './node/open-database.ts'
import { type Closing, portError, report, requireFree, runUntilStopped, say } from './node/process.ts'
import { createSandbox, type Sandbox } from './sandbox/index.ts'

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const dataDir = path.join(root, '.data')

await runUntilStopped(async closing => {
  // What the environment says already wins over the file.
  if (existsSync(path.join(root, '.env'))) process.loadEnvFile(path.join(root, '.env'))
  await main(readConfig(process.env), closing)
})

async function main(config: Config, closing: Closing) {
  const databaseUrl = config.databaseUrl ?? (await embedded(config, closing)).url
  await buildConsole(say)
  say('Bringing the database up to date…')
  await migrateDatabase(databaseUrl, path.join(root, 'migrations'))
  const [db, ledgerDb] = [openDatabase(databaseUrl, { max: 16 }), openDatabase(databaseUrl, { max: 1 })]
  closing.push(() => Promise.all([db.end({ timeout: 5 }), ledgerDb.end({ timeout: 5 })]))

  const simulated = config.sandbox ? simulate(config) : undefined
  // In the sandbox the whole product lives in simulated time: "+24 h" closes windows and passes deadlines.
  const hub = createHub({ config, db, ledgerDb, onError: report, ...(simulated ? { now: simulated.now } : {}) })
  await listen(hub, config, closing)
  closing.push(() => hub.stop())
  say('Starting the engine…')
  await hub.start()
  const eventsUrl = simulated ? await openDemo(hub, simulated, config, closing) : config.salesforceEventsUrl
  const sources = eventSources({ salesforce: eventsUrl })
  const streams = createEventStreams({ services: hub.services, sources, onError: report })
  closing.push(() => streams.stop())
  streams.start()
  announce(config)
}

async function embedded({ port }: Config, closing: Closing): Promise<EmbeddedPostgres> {
  // Before the database: one that another running hub uses must not be adopted and stopped.
  await requireFree(port)
  say('Starting the embedded database…')
  const server = await startEmbeddedPostgres(path.join(dataDir, 'postgres'), { onStep: say })
  closing.push(() => server.stop())
  return server
}

function listen(hub: Hub, { port, host }: Config, closing: Closing) {
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

/** Where the simulated change events are. */
async function openDemo(hub: Hub, simulated: Sandbox, config: Config, closing: Closing): Promise<string> {
  say('Opening the sandbox…')
  const { sandboxPort, appUrl } = config
  const listening = await simulated.listen(sandboxPort).catch(error => {
    throw portError(error, sandboxPort)
  })
  closing.push(() => listening.close())
  openSandbox(simulated, appUrl)
  const isNew = await seedDemo(hub, simulated)
  await seedPeople(hub)
  if (isNew) sayHello(simulated)
  const events = await simulated.pubsub.listen(0)
  closing.push(() => events.close())
  return events.url
}

function announce(config: Config) {
  const { appUrl, sandbox } = config
  const lines = sandbox
    ? welcome(config)
    : [`Buzón is ready at ${appUrl}`, `Webhook for Meta: ${appUrl}/hooks/whatsapp`]
  process.stdout.write(`\n${lines.join('\n')}\n`)
}
