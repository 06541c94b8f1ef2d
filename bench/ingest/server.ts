/** One of the three servers that are compared, in a process of its own. */
import { setTimeout as delay } from 'node:timers/promises'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import postgres from 'postgres'
import { readConfig } from '../../src/config.ts'
import { workspacesBehind } from '../../src/db/changes.ts'
import { newId } from '../../src/inbox/context.ts'
import { consumerNames } from '../../src/inbox/follow-changes.ts'
import { createHub, type Hub } from '../../src/node/hub.ts'
import { openDatabase } from '../../src/node/open-database.ts'
import { createNodeVerifier } from '../../src/node/verifier.ts'
import { answer } from './calls.ts'
import { APP_SECRET } from './requests.ts'

export type ServerQuestion =
  | { kind: 'start'; server: 'signature' | 'insert' | 'hub'; databaseUrl: string; connections: number; engine: boolean }
  /** Answered when nothing is in hand. */
  | { kind: 'idle' }
  /** Answered when what follows behind the inbox has caught up as well. */
  | { kind: 'rest' }
  | { kind: 'usage' }

export type Usage = { cpuMs: number; rssMb: number; heapMb: number }

let hub: Hub | undefined

answer(async (question: ServerQuestion) => {
  switch (question.kind) {
    case 'start':
      return start(question)
    case 'idle':
      return hub?.queue.idle()
    case 'rest':
      return rest()
    case 'usage':
      return usage()
  }
})

async function start(question: Extract<ServerQuestion, { kind: 'start' }>): Promise<number> {
  if (question.server === 'signature') return listen(ceiling(async () => {}).fetch)
  if (question.server === 'insert') return listen(ceiling(insertInto(question.databaseUrl, question.connections)).fetch)
  hub = createHub({
    config: readConfig({
      WHATSAPP_APP_SECRET: APP_SECRET,
      WHATSAPP_VERIFY_TOKEN: 'bench',
      SEALING_KEY: 'bench-sealing-key-of-32-characters-or-more',
      APP_URL: 'http://127.0.0.1:9',
      HUBSPOT_API_URL: 'http://127.0.0.1:9',
      // A server that is not there: events are lost, and no durable function runs beside the measurement.
      ...(question.engine ? {} : NO_ENGINE),
    }),
    db: openDatabase(question.databaseUrl, { max: question.connections }),
    // As src/node.ts does; the wire of the count of round trips has one connection only.
    ...(question.connections > 1 ? { ledgerDb: openDatabase(question.databaseUrl, { max: 1 }) } : {}),
    onError: error => {
      if (question.engine) process.stderr.write(`${(error as Error).stack}\n`)
    },
  })
  await hub.start()
  return listen(hub.app.fetch)
}

async function rest() {
  if (!hub) return
  const { db } = hub.services
  const isBehind = async () =>
    (await Promise.all(consumerNames.map(name => workspacesBehind(db, name)))).some(rows => rows.length > 0)
  while (await isBehind()) await delay(100)
}

const NO_ENGINE = {
  INNGEST_BASE_URL: 'http://127.0.0.1:9',
  INNGEST_SIGNING_KEY: 'signkey-test-0123456789abcdef0123456789abcdef',
  INNGEST_EVENT_KEY: 'bench',
}

/** The least a door can do: read, verify, `keep`, answer. */
function ceiling(keep: (body: string) => Promise<unknown>) {
  const verify = createNodeVerifier([APP_SECRET])
  const decoder = new TextDecoder()
  return new Hono().post('/hooks/whatsapp', async c => {
    const bytes = new Uint8Array(await c.req.arrayBuffer())
    if (!(await verify(bytes, c.req.header('x-hub-signature-256')))) return c.body(null, 401)
    await keep(decoder.decode(bytes))
    return c.body(null, 200)
  })
}

function insertInto(databaseUrl: string, connections: number) {
  const sql = postgres(databaseUrl, { max: connections, onnotice: () => {} })
  return (body: string) => sql`
    insert into bodies (id, body_hash, body, received_at)
    values (${newId()}, sha256(convert_to(${body}, 'UTF8')), ${body}, ${new Date()}) on conflict do nothing`
}

function listen(fetch: (request: Request) => Response | Promise<Response>): Promise<number> {
  return new Promise(resolve => {
    serve({ fetch, port: 0, hostname: '127.0.0.1' }, info => resolve(info.port))
  })
}

function usage(): Usage {
  const { user, system } = process.cpuUsage()
  const { rss, heapUsed } = process.memoryUsage()
  return { cpuMs: (user + system) / 1000, rssMb: rss / 2 ** 20, heapMb: heapUsed / 2 ** 20 }
}
