import type postgres from 'postgres'
import { type Condition, compileCondition } from './expression.ts'
import type { EngineFunction } from './function.ts'
import { valueAt } from './listen.ts'
import { type Report, type StoredEvent, schedule } from './schedule.ts'
import { cancelRuns, finishItems, unblocked } from './store/finish.ts'
import { findListeners, type Listener } from './store/listeners.ts'
import { CHANNEL, type Heard, startRuns } from './store/start-runs.ts'

export type Deliverer = {
  db: postgres.Sql
  functions: Map<string, EngineFunction>
  engineId: string
  report: Report
}

/**
 * Accepts events: starts the runs they trigger, and lets those go on, or be cancelled, that listen to them. One statement
 * where nobody listens to events of these names, else one transaction. True when something may be due.
 */
export async function deliver({ db, functions, engineId, report }: Deliverer, events: StoredEvent[], now: Date) {
  const started = schedule([...functions.values()], events, now, report)
  // Postgres text takes no U+0000, so nobody listens to such a name.
  const names = [...new Set(events.map(event => event.name))].filter(name => !name.includes('\u0000'))
  const heard = await startRuns(db, started, now, engineId, names)
  if (heard.length === 0) return started.runs.length + started.timers.length > 0

  await unblocked(() =>
    db.begin(async tx => {
      const matched = match(await findListeners(tx, questionsOf(events, heard), now), events, report)
      await cancelRuns(tx, [...new Set(matched.filter(each => each.cancels).map(each => each.runId))], now)
      const results = matched.filter(each => !each.cancels).map(({ itemId, by }) => ({ itemId, output: by }))
      await finishItems(tx, results, now)
      await startRuns(tx, started, now, engineId)
      await tx`select pg_notify(${CHANNEL}, ${engineId})`
    }),
  )
  return true
}

function questionsOf(events: StoredEvent[], heard: Heard[]) {
  return heard.flatMap(({ event, path }) =>
    events.filter(({ name }) => name === event).map(each => ({ event, path, value: valueAt(path, each) })),
  )
}

/** Each listener with the first of the events that it waits for. */
function match(listeners: Listener[], events: StoredEvent[], report: Report): (Listener & { by: StoredEvent })[] {
  const conditions = new Map<string, Condition>()
  const holds = (expression: string, own: Listener['events'], event: StoredEvent) => {
    try {
      const condition = conditions.get(expression) ?? compileCondition(expression)
      conditions.set(expression, condition)
      return condition.holds(own?.[0] ?? {}, event)
    } catch (cause) {
      report(new Error(`Event ${event.id} was not compared by "${expression}", which failed`, { cause }))
      return false
    }
  }
  return listeners.flatMap(listener => {
    const { event: name, path, value, expression } = listener
    const by = events.find(
      event =>
        event.name === name &&
        valueAt(path, event) === value &&
        (expression === null || holds(expression, listener.events, event)),
    )
    return by ? [{ ...listener, by }] : []
  })
}
