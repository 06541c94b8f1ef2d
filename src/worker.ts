/**
 * The service on Cloudflare Workers. Sockets belong to the request that opened them, so each request gets a database
 * client of its own, and what outlives a request is values and code only. Durable functions are run by Inngest.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import decodeJpeg from '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm'
import encodeJpeg from '@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm'
import decodePng from '@jsquash/png/codec/pkg/squoosh_png_bg.wasm'
import decodeWebp from '@jsquash/webp/codec/dec/webp_dec.wasm'
import type { Context } from 'hono'
import { z } from 'zod'
import { createApp } from './app.ts'
import { createR2Blobs, type R2Bucket } from './blobs/r2.ts'
import { createS3Blobs } from './blobs/s3.ts'
import { type Config, ConfigError, connectorUrls, isLoopback, readConfig, SANDBOX } from './config.ts'
import type { BlobStore } from './core/blobs.ts'
import type { Emit } from './core/events.ts'
import { openDb } from './db/client.ts'
import { storeDeliveries } from './db/deliveries.ts'
import { createSealing } from './db/sealing.ts'
import { createEmit, createInngest } from './functions/client.ts'
import { serveFunctions } from './functions/index.ts'
import type { Identity } from './http/identity.ts'
import { createMediaLinks } from './http/media-links.ts'
import type { HttpRuntime } from './http/runtime.ts'
import { noteFailure, processDeliveries } from './inbox/process-deliveries.ts'
import { createVerifier } from './inbox/whatsapp/verify.ts'
import { createHttpMailer } from './mail/http-mailer.ts'

/** Variables, secrets and bindings; see `wrangler.toml` and `.env.example`. */
type Env = { HYPERDRIVE?: { connectionString: string }; MEDIA?: R2Bucket; ASSETS?: { fetch: typeof fetch } } & Record<
  string,
  unknown
>
type Lifetime = { waitUntil(work: Promise<unknown>): void }

/** What all requests of an isolate share. */
type Setup = {
  config: Config
  blobs: BlobStore
  emit: Emit
  inngest: ((c: Context) => Promise<Response>) | undefined
}

/** What one request has: its runtime, and the work to be finished after its answer. */
type Scope = { runtime: HttpRuntime; setup: Setup; close(): Promise<void> }

/** Of a request; a Worker may hold six sockets at once, and vendors are called through them too. */
const CONNECTIONS = 3

/** Of pictures. */
const codecs = {
  ...{ 'decode jpeg': decodeJpeg, 'decode png': decodePng, 'decode webp': decodeWebp },
  'encode jpeg': encodeJpeg,
}

const scopes = new AsyncLocalStorage<Scope>()

const app = createApp({
  runtime: () => current().runtime,
  inngest: async c => (await current().setup.inngest?.(c)) ?? c.json({ message: 'Unauthorized' }, 401),
  pages: c => pageOf(c.req.raw, (c.env as Env).ASSETS),
})

/** Files are answered before the Worker is asked; what comes here may be a page, which is one for all addresses. */
function pageOf(request: Request, assets: Env['ASSETS']) {
  const wantsPage = request.headers.get('accept')?.includes('text/html')
  return assets && wantsPage ? assets.fetch(new URL('/', request.url)) : null
}

export default {
  async fetch(request: Request, env: Env, lifetime: Lifetime): Promise<Response> {
    const setup = setUp(env, isLoopback(request.url))
    if (setup instanceof ConfigError) return refuse(setup)
    const now = setup.config.sandbox ? await sandboxNow(setup.config) : () => new Date()
    const scope = openScope(setup, env.HYPERDRIVE?.connectionString ?? '', now)
    try {
      return await scopes.run(scope, () => app.fetch(request, env))
    } finally {
      lifetime.waitUntil(scope.close())
    }
  },
}

let last: { env: Env; local: boolean; setup: Setup | ConfigError } | undefined

/** Once per isolate: its bindings never change. */
function setUp(env: Env, local: boolean): Setup | ConfigError {
  if (last?.env !== env || last.local !== local) last = { env, local, setup: makeSetup(env, local) }
  return last.setup
}

function makeSetup(env: Env, local: boolean): Setup | ConfigError {
  const config = readEnv(env, local)
  if (config instanceof ConfigError) return config
  // In a sandbox without Inngest the inbox works and nothing carries changes on.
  const blobs = config.media.s3 ? createS3Blobs(config.media.s3, callFetch) : createR2Blobs(env.MEDIA as R2Bucket)
  if (!config.inngest) return { config, blobs, emit: async () => {}, inngest: undefined }
  const inngest = createInngest(config.inngest)
  const services = () => current().runtime.services
  return { config, blobs, emit: createEmit(inngest, report), inngest: serveFunctions(inngest, services, config.appUrl) }
}

/** The secrets of a sandbox are known to all: it answers this machine only, as it does on Node. */
function readEnv(env: Env, local: boolean): Config | ConfigError {
  const problems: string[] = []
  if (!env.HYPERDRIVE) problems.push('HYPERDRIVE is missing: the binding to Postgres, described in wrangler.toml')
  const bucket = 'S3_BUCKET' in env || env.MEDIA
  if (!bucket) problems.push('MEDIA is missing: the binding to an R2 bucket for files, described in wrangler.toml')
  const config = tryReadConfig({ ...env, ...(local ? {} : { SANDBOX: 'off' }) })
  if (config instanceof ConfigError) problems.push(...config.problems)
  else if (config.mail?.kind === 'smtp') {
    problems.push('SMTP_URL is set: Workers send mails by HTTP only, with MAIL_API_KEY')
  } else if (!config.sandbox && !config.inngest) {
    problems.push(
      'INNGEST_SIGNING_KEY is missing: on Workers, Inngest (its cloud or your own server) runs the durable functions; the embedded engine needs Node',
    )
  }
  return config instanceof ConfigError || problems.length > 0 ? new ConfigError(problems) : config
}

function tryReadConfig(env: Record<string, unknown>): Config | ConfigError {
  try {
    return readConfig(env)
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
}

/** In a sandbox the whole product lives in simulated time, which people and tests move: a request, at the moment it came. */
async function sandboxNow({ sandboxPort }: Config): Promise<() => Date> {
  try {
    const answer = await fetch(`http://127.0.0.1:${sandboxPort}/control/time`)
    const at = simulated.parse(await answer.json()).now
    return () => at
  } catch {
    // Nothing is simulated beside it.
    return () => new Date()
  }
}

const simulated = z.object({ now: z.coerce.date() })

function openScope(setup: Setup, databaseUrl: string, now: () => Date): Scope {
  const { config, blobs, emit } = setup
  const db = openDb(databaseUrl, { max: CONNECTIONS, pooled: true })
  const afterwards: Promise<unknown>[] = []
  const background = (work: Promise<unknown>) => void afterwards.push(work.catch(report))
  // Of SMTP Workers know nothing; readConfig says so.
  const mailer = config.mail?.kind === 'http' ? createHttpMailer(config.mail, callFetch) : undefined
  let made: Identity | undefined
  async function identity() {
    const { appUrl, sealingKeys } = config
    // Most requests need none of it.
    const { createIdentity } = await import('./http/identity.ts')
    made ??= createIdentity({ db, mailer, appUrl, sealingKeys, onError: report })
    return made
  }
  const mediaLinks = createMediaLinks(config.sealingKeys)
  const runtime: HttpRuntime = {
    services: {
      ...{ db, now, emit, fetch: callFetch, fetchOutside: callFetch },
      sealing: createSealing(config.sealingKeys),
      whatsapp: { fetch: callFetch, baseUrl: config.whatsapp.apiUrl, version: config.whatsapp.version },
      fileLink: async (file, until) =>
        config.appUrl + (await mediaLinks.signUntil({ ...file, variant: 'file' }, until)),
      metaApp: config.whatsapp,
      blobs,
      // Of the start of each isolate it would be half.
      thumbnail: async bytes => (await import('./inbox/thumbnail.ts')).makeThumbnail(bytes, codec => codecs[codec]),
      baseUrls: connectorUrls(config),
      mailer,
      appUrl: config.appUrl,
      clock: () => performance.now(),
    },
    store: async delivery => (await storeDeliveries(db, [delivery], now())).size === 0,
    // Cut short, the row stays pending and recover-deliveries takes it up.
    process: delivery =>
      background(
        processDeliveries({ db, now: now(), emit }, [delivery]).catch(async error => {
          report(error)
          await noteFailure(db, [delivery], error)
        }),
      ),
    background,
    whatsapp: { verify: createVerifier(config.whatsapp.appSecrets), verifyToken: config.whatsapp.verifyToken },
    mediaLinks,
    appUrl: config.appUrl,
    sandboxUrl: config.sandbox ? `http://127.0.0.1:${config.sandboxPort}` : null,
    operator: config.operatorToken ? { token: config.operatorToken, runs: undefined } : undefined,
    ...{ identity, mailer, openSignUp: config.openSignUp },
    clientAddress: c => c.req.header('cf-connecting-ip') ?? '127.0.0.1',
    demo: config.sandbox ? { password: SANDBOX.password, people: SANDBOX.people } : null,
    // One request cannot wake another there.
    news: { next: (_, ms) => new Promise(resolve => setTimeout(resolve, ms, false)) },
    onError: report,
  }
  return {
    ...{ runtime, setup },
    async close() {
      while (afterwards.length > 0) await afterwards.shift()
      await db.end({ timeout: 5 })
    },
  }
}

/** The runtime's `fetch` refuses to be called as a method of another object. */
const callFetch: typeof fetch = (input, init) => fetch(input, init)

function current(): Scope {
  const scope = scopes.getStore()
  if (!scope) throw new Error('Outside of a request there are no services')
  return scope
}

function refuse(error: ConfigError): Response {
  console.error(error.message)
  const body = { type: 'about:blank', title: 'Service Unavailable', status: 503, detail: error.message }
  return new Response(JSON.stringify(body), {
    status: 503,
    headers: { 'content-type': 'application/problem+json; charset=utf-8' },
  })
}

function report(error: unknown) {
  console.error(error)
}
