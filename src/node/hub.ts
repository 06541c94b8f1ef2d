/** The service composed for Node: one pool, one ledger, one queue, and the embedded engine unless another is configured. */
import path from 'node:path'
import { Hono } from 'hono'
import { createApp } from '../app.ts'
import { createS3Blobs } from '../blobs/s3.ts'
import { type Config, connectorUrls, SANDBOX } from '../config.ts'
import type { BlobStore } from '../core/blobs.ts'
import type { Mailer } from '../core/mail.ts'
import type { Db } from '../db/client.ts'
import { createLedger } from '../db/ledger.ts'
import { createSealing } from '../db/sealing.ts'
import { createEngine, type Engine } from '../engine/index.ts'
import { APP_ID, createEmit, createInngest } from '../functions/client.ts'
import { coalesce } from '../functions/coalesce.ts'
import { SERVE_PATH, serveFunctions } from '../functions/index.ts'
import { recoverAll } from '../functions/recover.ts'
import { createIdentity, type Identity } from '../http/identity.ts'
import { createMediaLinks } from '../http/media-links.ts'
import { createNews } from '../http/news.ts'
import type { HttpRuntime } from '../http/runtime.ts'
import { createDeliveryQueue, type DeliveryQueue } from '../inbox/delivery-queue.ts'
import { createHttpMailer } from '../mail/http-mailer.ts'
import type { Services } from '../sync/context.ts'
import { clientAddress } from './client-address.ts'
import { consoleFile } from './console.ts'
import { createDiskBlobs } from './disk-blobs.ts'
import { createOutsideFetch } from './outside-fetch.ts'
import { createSmtpMailer } from './smtp-mailer.ts'
import { makeThumbnailInThread } from './thumbnails.ts'
import { createNodeVerifier } from './verifier.ts'

export type Hub = {
  app: ReturnType<typeof createApp>
  services: Services
  identity(): Promise<Identity>
  queue: DeliveryQueue
  /** Absent where an Inngest server runs the functions. */
  engine: Engine | undefined
  start(): Promise<void>
  /** Tests: does everything that is due now, and comes back when nothing is. */
  settle(): Promise<void>
  /** Finishes what is in hand. */
  stop(): Promise<void>
}

export type HubOptions = {
  config: Config
  db: Db
  /** The ledger's own line to the database, where it has one. */
  ledgerDb?: Db
  onError: (error: unknown) => void
  now?: () => Date
  fetch?: typeof fetch
  /** False: nothing moves by itself; tests call `engine.settle()`. */
  background?: boolean
}

export function createHub(options: HubOptions): Hub {
  const { config, db, onError, background = true } = options
  const now = options.now ?? (() => new Date())
  const keys = config.inngest ?? { signingKey: randomHex(), eventKey: 'embedded', baseUrl: undefined }
  const engine = config.inngest
    ? undefined
    : createEngine({
        db,
        now,
        appId: APP_ID,
        signingKey: keys.signingKey,
        serveUrl: config.appUrl + SERVE_PATH,
        onError,
      })
  const inngest = createInngest({ ...keys, ...(engine ? { fetch: engine.fetch } : {}) })
  const wakes = coalesce(createEmit(inngest, onError), background ? undefined : 0)
  const news = createNews()
  const emit = news.overhear(wakes.emit)
  const mailer = mailerOf(options)
  const mediaLinks = createMediaLinks(config.sealingKeys)
  const services: Services = {
    db,
    now,
    emit,
    sealing: createSealing(config.sealingKeys),
    fetch: options.fetch ?? fetch,
    // Whatever the sandbox calls is on this machine.
    fetchOutside: options.fetch ?? (config.sandbox ? fetch : createOutsideFetch()),
    whatsapp: { fetch: options.fetch ?? fetch, baseUrl: config.whatsapp.apiUrl, version: config.whatsapp.version },
    metaApp: config.whatsapp,
    blobs: blobsOf(options),
    thumbnail: makeThumbnailInThread,
    fileLink: async (file, until) => config.appUrl + (await mediaLinks.signUntil({ ...file, variant: 'file' }, until)),
    baseUrls: connectorUrls(config),
    mailer,
    appUrl: config.appUrl,
    clock: () => performance.now(),
  }
  const ledger = createLedger(options.ledgerDb ?? db, now)
  const queue = createDeliveryQueue({ db, now, emit, onError, busy: ledger.busy })
  let made: Identity | undefined
  async function identity() {
    const { appUrl, sealingKeys } = config
    made ??= createIdentity({ db, mailer, appUrl, sealingKeys, onError })
    return made
  }
  const runtime: HttpRuntime = {
    services,
    store: ledger.store,
    process: queue.push,
    background: work => void work.catch(onError),
    whatsapp: { verify: createNodeVerifier(config.whatsapp.appSecrets), verifyToken: config.whatsapp.verifyToken },
    mediaLinks,
    appUrl: config.appUrl,
    sandboxUrl: config.sandbox ? `http://127.0.0.1:${config.sandboxPort}` : null,
    operator: config.operatorToken ? { token: config.operatorToken, runs: engine } : undefined,
    ...{ identity, mailer, openSignUp: config.openSignUp, clientAddress, news },
    demo: config.sandbox ? { password: SANDBOX.password, people: SANDBOX.people } : null,
    onError,
  }
  const functions = serveFunctions(inngest, () => services, config.appUrl)
  const app = createApp({
    runtime: () => runtime,
    pages: c => consoleFile(c.req.raw),
    ...(engine ? {} : { inngest: functions }),
  })
  // The embedded engine calls through a door of its own, in process: at the public one nobody has anything to ask for.
  const door = new Hono().all(SERVE_PATH, functions)
  return {
    ...{ app, services, queue, engine, identity },
    async start() {
      await engine?.start(async request => door.fetch(request), { background })
      if (background) await recoverAll(services)
    },
    async settle() {
      await queue.idle()
      await wakes.flush()
      await engine?.settle()
    },
    async stop() {
      await queue.idle()
      await wakes.flush()
      await engine?.stop()
    },
  }
}

/** Beside the embedded database, where the configuration names no place. */
const MEDIA_DIR = path.join(import.meta.dirname, '../../.data/media')

function blobsOf({ config, ...options }: HubOptions): BlobStore {
  const { s3, dir } = config.media
  return s3 ? createS3Blobs(s3, options.fetch ?? fetch) : createDiskBlobs(dir ?? MEDIA_DIR)
}

function mailerOf({ config, ...options }: HubOptions): Mailer | undefined {
  const { mail } = config
  switch (mail?.kind) {
    case 'smtp':
      return createSmtpMailer(mail)
    case 'http':
      return createHttpMailer(mail, options.fetch ?? fetch)
    case undefined:
      return undefined
  }
}

/** The engine and its functions share a process, so their key lives as long as it. */
function randomHex(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(32)), byte => byte.toString(16).padStart(2, '0')).join('')
}
