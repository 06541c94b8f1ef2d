/** The Worker, bundled by wrangler and run by workerd, as `wrangler deploy` would ship it. */
import { unstable_startWorker } from 'wrangler'
import type { TestDatabase } from './database.ts'

/** What a real deployment is given; secrets of this test. */
export const EDGE = {
  APP_URL: 'https://buzon.example.com',
  WHATSAPP_APP_SECRET: 'edge-app-secret,edge-app-secret-before',
  WHATSAPP_VERIFY_TOKEN: 'edge-verify-token',
  SEALING_KEY: 'edge-sealing-key-with-at-least-32-characters',
  INNGEST_SIGNING_KEY: 'signkey-prod-5ca1ab1e5ca1ab1e5ca1ab1e5ca1ab1e',
  INNGEST_EVENT_KEY: 'edge-event-key',
} as const

export type Edge = {
  url: string
  /** A path of the Worker, over HTTP. */
  fetch(path: string, init?: RequestInit): Promise<Response>
  /** The Worker asked by another name than 127.0.0.1. */
  fetchAs(url: string, init?: { method: string; body: string; headers: Record<string, string> }): Promise<Response>
  stop(): Promise<void>
}

/** `databaseUrl` is reached through wrangler's simulation of Hyperdrive. What the Worker logs is printed, unless 'none'. */
export async function startEdge(
  databaseUrl: string,
  vars: Record<string, string>,
  logLevel: 'error' | 'none' = 'error',
  port = 0,
): Promise<Edge> {
  const texts = Object.entries(vars).map(([name, value]) => [name, { type: 'plain_text' as const, value }])
  const worker = await unstable_startWorker({
    config: 'wrangler.toml',
    bindings: {
      ...Object.fromEntries(texts),
      HYPERDRIVE: { type: 'hyperdrive', id: '0'.repeat(32), localConnectionString: databaseUrl },
    },
    dev: { server: { hostname: '127.0.0.1', port }, inspector: false, logLevel, watch: false, persist: false },
  })
  await worker.ready
  const url = (await worker.url).origin
  return {
    url,
    fetch: (path, init) => fetch(new URL(path, url), init),
    async fetchAs(address, init) {
      const answer = await worker.fetch(address, init)
      return new Response(await answer.text(), { status: answer.status })
    },
    stop: () => worker.dispose(),
  }
}

/**
 * A login as `wrangler.toml` asks for: a member of the hub's role that owns nothing. Each request logs in anew, so its
 * password is hashed once instead of 4,096 times.
 */
export async function memberUrl({ owner, url }: Pick<TestDatabase, 'owner' | 'url'>, login: string): Promise<string> {
  await owner.unsafe(`
    set scram_iterations = 1;
    do $$ begin create role ${login} login password '${login}' in role buzon_app;
    exception when duplicate_object or unique_violation then null; end $$;
    reset scram_iterations`)
  const member = new URL(url)
  member.username = login
  member.password = login
  return member.href
}
