/**
 * Streams of events, held open by this process: one for each connection that wants one, whatever the number of processes. A stream
 * that breaks is opened again, at once and then ever later; meanwhile the feed brings the news.
 */
import type { ConnectorContext } from '../connectors/contract.ts'
import { feedsOf } from '../db/remote-feeds.ts'
import { type Services, type SyncContext, syncContext } from '../sync/context.ts'
import {
  HEARTBEAT_MS,
  type HeldStream,
  hearStreamed,
  holdStream,
  leaveStream,
  type Streamed,
  takeConnectionStream,
} from '../sync/hear-stream.ts'

/** How a vendor's events are listened to. */
export type EventSource = {
  /** Whether a connection with these settings is to listen. */
  isWanted(settings: unknown): boolean
  /**
   * Listens from `position` on, null being now, until the stream ends or `stop` says so, and says why it ended. What `hear` is told
   * is kept when it comes back; only then is more asked for.
   */
  listen(place: {
    remote: ConnectorContext
    position: string | null
    stop: AbortSignal
    hear: (streamed: Streamed) => Promise<void>
  }): Promise<string | null>
}

export type EventStreams = {
  /** Opens what is to be open and is not. */
  look(): Promise<void>
  start(): void
  stop(): Promise<void>
}

type Options = {
  services: Services
  /** By connector. */
  sources: Record<string, EventSource>
  onError: (error: unknown) => void
}

/** Between two looks at which connections want a stream. */
const LOOK_MS = 10_000
/** The first time a broken stream is opened again at the next look; then after this, twice as long each time. ms */
const AGAIN_MS = 15_000
const LONGEST_AGAIN_MS = 10 * 60_000

type Open = { stop: AbortController; ended: Promise<void> }

export function createEventStreams({ services, sources, onError }: Options): EventStreams {
  const by = crypto.randomUUID()
  const open = new Map<string, Open>()
  /** Connection → how often in turn its stream broke without a word, and when it may be opened again. */
  const broken = new Map<string, { times: number; again: number }>()
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> | undefined
  let isStopped = false

  /** One look at a time, so that nobody is listened to twice. */
  function look(): Promise<void> {
    looking ??= openMissing().finally(() => {
      looking = undefined
    })
    return looking
  }

  async function openMissing() {
    const now = services.clock()
    for (const { workspaceId, connectionId } of await feedsOf(services.db, Object.keys(sources))) {
      if (isStopped) return
      if (open.has(connectionId) || (broken.get(connectionId)?.again ?? 0) > now) continue
      const held = await take(syncContext(services, workspaceId), connectionId).catch(onError)
      if (!held) continue
      const stop = new AbortController()
      const ended = follow(workspaceId, held, stop)
        .catch(onError)
        .finally(() => open.delete(connectionId))
      open.set(connectionId, { stop, ended })
    }
  }

  function take(ctx: SyncContext, connectionId: string) {
    return takeConnectionStream(ctx, connectionId, by, row => sources[row.connector]?.isWanted(row.settings) ?? false)
  }

  async function follow(workspaceId: string, held: HeldStream, stop: AbortController) {
    const { row, remote } = held.connection
    const context = () => syncContext(services, workspaceId)
    const heartbeat = setInterval(async () => {
      const isHeld = await holdStream(context(), held).catch(onError)
      if (isHeld === false) stop.abort()
    }, HEARTBEAT_MS)
    let error: string | null = null
    try {
      error =
        (await sources[row.connector]?.listen({
          ...{ remote, position: held.position, stop: stop.signal },
          async hear(streamed) {
            broken.delete(row.id)
            if (!(await hearStreamed(context(), held, streamed))) stop.abort()
          },
        })) ?? null
    } catch (cause) {
      error = String(cause)
      throw cause
    } finally {
      clearInterval(heartbeat)
      if (!stop.signal.aborted) postpone(row.id)
      await leaveStream(context(), held, error)
    }
  }

  function postpone(connectionId: string) {
    const times = (broken.get(connectionId)?.times ?? 0) + 1
    const wait = times === 1 ? 0 : Math.min(AGAIN_MS * 2 ** (times - 2), LONGEST_AGAIN_MS)
    broken.set(connectionId, { times, again: services.clock() + wait })
  }

  return {
    look,
    start() {
      const again = () => void look().catch(onError)
      again()
      timer = setInterval(again, LOOK_MS)
    },
    async stop() {
      isStopped = true
      clearInterval(timer)
      await looking?.catch(onError)
      for (const { stop } of open.values()) stop.abort()
      await Promise.all([...open.values()].map(({ ended }) => ended))
    },
  }
}
