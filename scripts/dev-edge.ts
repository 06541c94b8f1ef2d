/**
 * `npm run dev:edge`: the Worker in workerd, with all that Cloudflare and Inngest would be around it: the embedded
 * Postgres behind wrangler's Hyperdrive, the embedded engine driving `/api/inngest` over HTTP, and the sandbox. Always a
 * sandbox, with the data of `npm start`'s.
 */
import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { type Config, ConfigError, readConfig, SANDBOX } from '../src/config.ts'
import { migrateDatabase } from '../src/db/migrate.ts'
import { buildConsole } from '../src/node/build-console.ts'
import { openSandbox, sayHello, seedDemo, welcome } from '../src/node/demo.ts'
import { driveWorker } from '../src/node/drive-worker.ts'
import { startEmbeddedPostgres } from '../src/node/embedded-postgres.ts'
import { createHub } from '../src/node/hub.ts'
import { openDatabase } from '../src/node/open-database.ts'
import { type Closing, report, requireFree, runUntilStopped, SIGNALS, say } from '../src/node/process.ts'
import { createSandbox } from '../src/sandbox/index.ts'

const root = path.join(import.meta.dirname, '..')
const dataDir = path.join(root, '.data')

/** What the Worker is given, besides its database: the sandbox on the port after its own, the engine on the next. */
const port = Number(process.env.PORT || 8787)
const vars = {
  PORT: String(port),
  SANDBOX: 'on',
  APP_URL: `http://127.0.0.1:${port}`,
  INNGEST_BASE_URL: `http://127.0.0.1:${port + 2}`,
}

await runUntilStopped(closing => main(readConfig(vars), closing))

async function main(config: Config, closing: Closing) {
  for (const each of [port, config.sandboxPort, port + 2]) await requireFree(each)
  await buildConsole(say)
  say('Starting the embedded database…')
  const server = await startEmbeddedPostgres(path.join(dataDir, 'postgres'), { onStep: say })
  closing.push(() => server.stop())
  await migrateDatabase(server.url, path.join(root, 'migrations'))
  const db = openDatabase(server.url, { max: 16 })
  closing.push(() => db.end({ timeout: 5 }))

  const snapshotFile = path.join(dataDir, 'sandbox.json')
  const sandbox = createSandbox({ snapshotFile, hubUrl: config.appUrl, apiKeyHint: SANDBOX.apiKey })
  const { now } = sandbox
  const simulated = await sandbox.listen(config.sandboxPort)
  closing.push(() => simulated.close())

  say('Starting workerd…')
  const worker = await startWorker(await makeLogin(server.url))
  closing.push(() => worker.dispose())
  await requireHealth(config)
  const driver = await driveWorker({ config, db, now, onError: report })
  closing.push(() => driver.close())

  // Beside the Worker, over the same database: it makes the demo and serves nothing.
  const hub = createHub({ config, db, now, onError: report })
  closing.push(() => hub.stop())
  openSandbox(sandbox, config.appUrl)
  if (await seedDemo(hub, sandbox)) sayHello(sandbox)
  process.stdout.write(`\n${welcome(config).join('\n')}\nA change to the source is taken up at once.\n`)
}

/** wrangler asks nobody for news, and keeps its own files out of the home of whoever runs this. */
async function startWorker(databaseUrl: string) {
  process.env.XDG_CONFIG_HOME = path.join(dataDir, 'wrangler')
  const ours = SIGNALS.map(signal => [signal, process.listeners(signal)] as const)
  const { unstable_startWorker } = await import('wrangler')
  const texts = Object.entries(vars).map(([name, value]) => [name, { type: 'plain_text' as const, value }])
  const worker = await unstable_startWorker({
    config: path.join(root, 'wrangler.toml'),
    bindings: {
      ...Object.fromEntries(texts),
      HYPERDRIVE: { type: 'hyperdrive', id: '0'.repeat(32), localConnectionString: databaseUrl },
    },
    dev: { server: { hostname: '127.0.0.1', port }, inspector: false, logLevel: 'error', watch: true },
  })
  await worker.ready
  // wrangler would end the process on a signal, before the database is closed.
  for (const [signal, listeners] of ours) {
    for (const each of process.listeners(signal)) if (!listeners.includes(each)) process.off(signal, each)
  }
  return worker
}

/** The login that wrangler.toml asks for: a member of buzon_app. Its password lives as long as this process. */
async function makeLogin(url: string): Promise<string> {
  const password = randomBytes(24).toString('hex')
  const owner = openDatabase(url, { asOwner: true, max: 1 })
  await owner.unsafe(`
    do $$ begin create role buzon_edge login in role buzon_app; exception when duplicate_object then null; end $$;
    alter role buzon_edge password '${password}'`)
  await owner.end()
  const login = new URL(url)
  login.username = 'buzon_edge'
  login.password = password
  return login.href
}

/** wrangler gives the Worker what is in .dev.vars and .env too; with real secrets there it is no sandbox. */
async function requireHealth({ appUrl }: Config) {
  const answer = await fetch(`${appUrl}/readyz`)
  if (answer.status !== 200) throw new ConfigError([`the Worker answers ${answer.status}: ${await answer.text()}`])
}
