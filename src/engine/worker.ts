import { type Executor, execute } from './execute.ts'
import { fireTimers } from './fire-timers.ts'
import { type Claimed, claimItems, handBack, renewLeases } from './store/claim.ts'
import { prune } from './store/history.ts'

export type WorkerOptions = Omit<Executor, 'leaseUntil' | 'mayContinue'> & {
  concurrency: number
  historyDays: number
  /** Whether the worker goes on by itself, by its own timer and after each call. */
  background: boolean
}

export type Worker = {
  /** Something may be due: look now. Resolves when everything that may execute is executing. */
  wake(): Promise<void>
  /** Resolves when nothing is due and no call is out. */
  settle(): Promise<void>
  /** Takes nothing new and gives the calls still out `graceMs`; then hands them back for another process. */
  stop(graceMs: number): Promise<void>
}

/** A call that is out longer than this without a sign of life from its process is given to another one. */
const LEASE_MS = 20_000
const HEARTBEAT_MS = 5_000
/** Makes up for a lost notification. */
const LONGEST_NAP_MS = 5_000
const PRUNE_EVERY_MS = 3_600_000
const DAY_MS = 86_400_000

/** Claims due items, executes them side by side, and sleeps until the next one. */
export function createWorker(options: WorkerOptions): Worker {
  const { db, now, report, concurrency, background } = options
  const out = new Map<Claimed, Promise<void>>()
  const limits = Object.fromEntries(
    [...options.functions.values()].map(fn => [fn.id, fn.concurrency.map(each => each.limit)]),
  )
  const throttles = Object.fromEntries(
    [...options.functions.values()].flatMap(({ id, throttle }) =>
      throttle ? [[id, { everyMs: throttle.everyMs, burst: throttle.burst }]] : [],
    ),
  )
  const leaseUntil = () => new Date(now().getTime() + LEASE_MS)
  const executor: Executor = {
    ...options,
    leaseUntil,
    mayContinue: () => !stopping && !(more && out.size >= concurrency),
  }
  /** Due items were seen that could not be claimed. */
  let more = false
  let stopping = false
  let progress = 0
  let nap: NodeJS.Timeout | undefined
  let heartbeat: NodeJS.Timeout | undefined
  let pass: Promise<void> | undefined
  let passAgain = false
  let pruneAt = now().getTime() + PRUNE_EVERY_MS

  function wake(): Promise<void> {
    if (pass) passAgain = true
    else pass = passes()
    return pass
  }

  /** Never rejects: a database that is away is reported, and looked for again after a nap. */
  async function passes() {
    clearTimeout(nap)
    let next = now().getTime() + LONGEST_NAP_MS
    try {
      do {
        passAgain = false
        next = await claimAll()
        await pruneNowAndThen()
      } while (passAgain && !stopping)
    } catch (error) {
      report(error)
    }
    pass = undefined
    if (background && !stopping) nap = setTimeout(wake, Math.max(next - now().getTime(), 1))
  }

  /** Claims until nothing more may execute; answers when to look again. */
  async function claimAll(): Promise<number> {
    while (!stopping) {
      const free = concurrency - out.size
      const latest = now().getTime() + LONGEST_NAP_MS
      if (free <= 0) {
        more = true
        return latest
      }
      const claim = await claimItems(db, { limits, throttles, free, now: now(), until: leaseUntil() })
      more = claim.more
      progress += claim.items.length + claim.putOff
      for (const item of claim.items) launch(item)

      const timerDue = claim.nextTimerAt !== undefined && claim.nextTimerAt <= now()
      const fired = timerDue ? await fireTimers(options, now()) : 0
      progress += fired
      if (fired > 0 || (claim.more && claim.items.length + claim.putOff > 0)) continue
      const times = [claim.nextItemAt, timerDue ? undefined : claim.nextTimerAt]
      return Math.min(latest, ...times.flatMap(time => (time ? [time.getTime()] : [])))
    }
    return 0
  }

  function launch(item: Claimed) {
    heartbeat ??= setInterval(beat, HEARTBEAT_MS)
    const call = execute(executor, item)
      .catch(error => {
        report(error)
        return false
      })
      .then(left => {
        out.delete(item)
        // A call that ends while a claim is on its way may leave work that the claim did not see.
        progress++
        if (out.size === 0) stopHeartbeat()
        if (background && !stopping && (left || more)) void wake()
      })
    out.set(item, call)
  }

  function beat() {
    renewLeases(db, [...out.keys()], leaseUntil()).catch(report)
  }

  function stopHeartbeat() {
    clearInterval(heartbeat)
    heartbeat = undefined
  }

  async function pruneNowAndThen() {
    if (now().getTime() < pruneAt || stopping) return
    const finishedBefore = new Date(now().getTime() - options.historyDays * DAY_MS)
    const left = await prune(db, finishedBefore, now())
    pruneAt = now().getTime() + (left ? LONGEST_NAP_MS : PRUNE_EVERY_MS)
  }

  async function settle() {
    for (;;) {
      const before = progress
      await wake()
      if (out.size > 0) await Promise.race(out.values())
      else if (progress === before) return
    }
  }

  async function stop(graceMs: number) {
    stopping = true
    clearTimeout(nap)
    await pass
    let timer: NodeJS.Timeout | undefined
    const grace = new Promise<void>(resolve => {
      timer = setTimeout(resolve, graceMs)
    })
    await Promise.race([Promise.all(out.values()), grace])
    clearTimeout(timer)
    stopHeartbeat()
    if (out.size > 0) await handBack(db, [...out.keys()], now())
  }

  return { wake, settle, stop }
}
