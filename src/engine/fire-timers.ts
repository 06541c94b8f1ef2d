import type postgres from 'postgres'
import type { CronTrigger, EngineFunction } from './function.ts'
import type { Json } from './json.ts'
import { newRun, type Report } from './schedule.ts'
import { type NewRun, startRuns } from './store/start-runs.ts'
import { type DueTimer, deleteTimer, lockDueTimers, moveTimer, saveCrons } from './store/timers.ts'

export type Timers = {
  db: postgres.Sql
  functions: Map<string, EngineFunction>
  engineId: string
  report: Report
}

const DAY_MS = 86_400_000

/** Starts the runs of due debounces, batches and cron ticks, and sets each cron's next tick. How many were due. */
export async function fireTimers({ db, functions, engineId, report }: Timers, now: Date): Promise<number> {
  return db.begin(async tx => {
    const due = await lockDueTimers(tx, [...functions.keys()], now)
    const runs: NewRun[] = []
    for (const timer of due) {
      const fn = functions.get(timer.functionId)
      if (fn === undefined) continue
      const cron = timer.kind === 'cron' ? fn.crons.find(each => each.pattern === timer.key) : undefined
      if (cron) runs.push(cronRun(fn, cron, timer.dueAt, now, report))
      else runs.push(...chunks(fn, timer).map(events => newRun(fn, events, now, report)))

      const next = cron?.next(now)
      if (next) await moveTimer(tx, timer, next)
      else await deleteTimer(tx, timer)
    }
    await startRuns(tx, { runs, timers: [] }, now, engineId)
    return due.length
  })
}

/** Ticks that passed while no process ran are made up for by one run, that of the first of them. */
function cronRun(fn: EngineFunction, cron: CronTrigger, tick: Date, now: Date, report: Report): NewRun {
  const iso = tick.toISOString()
  const event: Json = {
    id: `${fn.id} ${cron.pattern} ${iso}`,
    name: 'inngest/scheduled.timer',
    data: { cron: cron.pattern, fireAt: iso, scheduledAt: iso },
    ts: tick.getTime(),
  }
  const until = new Date(tick.getTime() + DAY_MS)
  return { ...newRun(fn, [event], now, report), once: `${fn.id} tick ${cron.pattern} ${iso}`, until }
}

/** A batch may have taken in more than its size at once. */
function chunks(fn: EngineFunction, { events }: DueTimer): Json[][] {
  const size = fn.batch?.maxSize ?? Math.max(events.length, 1)
  const result: Json[][] = []
  for (let start = 0; start < events.length; start += size) result.push(events.slice(start, start + size))
  return result
}

/** Makes the stored cron timers those of the functions served now. */
export async function registerCrons({ db, functions }: Timers, now: Date): Promise<void> {
  const ticks = [...functions.values()].flatMap(fn =>
    fn.crons.flatMap(cron => {
      const dueAt = cron.next(now)
      return dueAt ? [{ functionId: fn.id, pattern: cron.pattern, dueAt }] : []
    }),
  )
  await saveCrons(db, [...functions.keys()], ticks)
}
