/** What changes, as it changes: server-sent events with ids only, of what the caller sees. */
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import { type SSEStreamingApi, streamSSE } from 'hono/streaming'
import { cursorText, FEED_DAYS, type FeedCursor, readFeedCursor } from '../../core/change.ts'
import { changesFor, endOfFeed } from '../../db/changes.ts'
import { inWorkspace } from '../../db/tenancy.ts'
import { invalid } from '../invalid.ts'
import type { HttpEnv } from '../runtime.ts'
import { ofPermission } from './shapes.ts'

/** Between two looks at the feed where nobody tells that there are news. It is one look-up in an index. ms */
const LOOK_MS = 700

/** News that an older transaction still hides are there in a moment. ms */
const SOON_MS = 50
const SOON_LOOKS = 6

/**
 * Without news a line is sent, so that proxies keep the connection; and a Worker learns only by writing that nobody listens
 * any more. ms
 */
const HEARTBEAT_MS = 2800

/** A stream ends after this and is opened anew by the browser, with its permissions of then. ms */
const LONGEST_MS = 10 * 60_000

const SLICE = 200

const routes = {
  live: createRoute({
    method: 'get',
    path: '/live',
    summary: 'What changes, as server-sent events',
    description:
      'Each `change` says what happened to which record: `{kind, recordId, ticketId, detail}`. Its id is where to go on from: sent back as `Last-Event-ID`, nothing is missed for three days. `reset`: too long away, load everything anew.',
    request: { query: z.object({ after: z.string().optional() }) },
    responses: { 200: { description: 'Events', content: { 'text/event-stream': { schema: z.string() } } } },
    ...ofPermission('tickets.read'),
  }),
}

export const live = new OpenAPIHono<HttpEnv>({ defaultHook: invalid }).openapi(routes.live, async c => {
  const { runtime, caller } = c.var
  const read = <T>(act: Parameters<typeof inWorkspace<T>>[2]) =>
    inWorkspace(runtime.services.db, caller.workspaceId, act)
  const asked = c.req.header('last-event-id') ?? c.req.valid('query').after
  const end = await read(endOfFeed)
  const given = asked === undefined ? end : readFeedCursor(asked)
  const isLost = !given || given.xid > end.xid + 1n || end.at.getTime() - given.at.getTime() > FEED_DAYS * 86_400_000
  const { promise, resolve } = Promise.withResolvers<void>()
  // The database stays open as long as somebody listens.
  runtime.background(promise)
  return streamSSE(
    c,
    async stream => {
      try {
        if (isLost) await stream.writeSSE({ event: 'reset', data: '{}', id: cursorText(end) })
        await send(
          stream,
          caller.agentId,
          isLost ? end : given,
          cursor => read(tx => changesFor(tx, caller.sees, cursor, SLICE)),
          ms => runtime.news.next(caller.workspaceId, ms),
        )
      } finally {
        resolve()
      }
    },
    async error => runtime.onError(error),
  ) as never
})

type Look = (cursor: FeedCursor) => ReturnType<typeof changesFor>

async function send(
  stream: SSEStreamingApi,
  agentId: string | null,
  from: FeedCursor,
  look: Look,
  news: (ms: number) => Promise<boolean>,
): Promise<void> {
  let cursor = from
  let soon = 0
  let quietMs = 0
  await stream.writeSSE({ event: 'ready', data: '{}', id: cursorText(cursor), retry: 1000 })
  for (let passedMs = 0; passedMs < LONGEST_MS && !stream.aborted && !stream.closed; ) {
    const from = performance.now()
    // Before the look: what happens during it is heard too.
    const heard = news(soon > 0 ? SOON_MS : LOOK_MS)
    const rows = await look(cursor)
    for (const { kind, recordId, ticketId, detail, isSeen, ...place } of rows) {
      cursor = place
      // What somebody has read is told to them alone, wherever else they are.
      const isAnothers = kind === 'ticket.read' && detail !== agentId
      if (!isSeen || isAnothers || kind === 'message.imported') continue
      const data = JSON.stringify({ kind, recordId, ticketId, detail })
      await stream.writeSSE({ event: 'change', id: cursorText(cursor), data })
      quietMs = 0
    }
    if (rows.length === SLICE) continue
    if (quietMs >= HEARTBEAT_MS) {
      await stream.writeSSE({ event: 'heartbeat', data: '{}', id: cursorText(cursor) })
      quietMs = 0
    }
    const left = rows.length > 0 ? 0 : Math.max(0, soon - 1)
    soon = (await heard) ? SOON_LOOKS : left
    const waitedMs = performance.now() - from
    passedMs += waitedMs
    quietMs += waitedMs
  }
}
