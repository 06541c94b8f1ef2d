/** What a case of the suite is made of. Nothing here knows which engine runs it. */
import type { Inngest, InngestFunction } from 'inngest'

/** Functions, what is done to them, and what they then have done. */
export type Case = {
  name: string
  functions(kit: Kit): InngestFunction.Any[]
  drive(driver: Driver): Promise<void>
  /** The whole log. */
  expected: string[]
  /** Several things go on at once, so that the log is compared sorted. */
  anyOrder?: true
  /** Why no real server can run it. */
  embeddedOnly?: string
  /** Where the embedded clock begins. */
  from?: string
  /** The whole log after crashes, where these rightly change it; says why beside it. */
  expectedAfterKills?: string[]
  /** Seconds count, and a crash costs some: after crashes the driver's own lines are left out. */
  toTheSecond?: true
}

/** What functions are built from. */
export type Kit = {
  inngest: Inngest.Any
  /** Records that a step, or the function itself by a name that no step has, was executed. */
  log(runId: string, step: string, value?: unknown): Promise<void>
  /** The name of an event as this case's functions listen to it. */
  event(name: string): string
  /** So many units of time, as the options of Inngest take it. */
  wait(units: number): `${number}s`
  now(): Date
}

export type CaseEvent = { name: string; data?: Record<string, unknown>; id?: string }

/** What a case does to its functions. Times are in units, whose length is the driver's. */
export type Driver = {
  /** Sends all of them at once, and waits until what is due now is done. */
  send(...events: CaseEvent[]): Promise<void>
  /** Lets time pass, in one go: of several waits that follow one another only the first may fall into it. */
  pass(units: number): Promise<void>
  /** Lets time pass, unit by unit, until the log has this line so many times. */
  until(line: string, times?: number): Promise<void>
  /** Writes a line of its own into the log, to tell what was done before and what after. */
  mark(text: string): Promise<void>
  /** Ends the service in good order and starts it again. */
  restart(): Promise<void>
}

export type Entry = { runId: string; step: string; line: string }
export type Log = { add(entry: Entry): Promise<void>; lines(): Promise<string[]> }

/** A line of the log: the step, and what it said. */
export function toEntry(runId: string, step: string, value?: unknown): Entry {
  const said = typeof value === 'string' ? value : JSON.stringify(value, sortedKeys)
  return { runId, step, line: value === undefined ? step : `${step}: ${said}` }
}

/** Engines keep the fields of an object, not their order. */
function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** As it is compared: sorted where a case has no order. */
export function ordered({ anyOrder }: Case, lines: string[]): string[] {
  return anyOrder ? lines.toSorted() : lines
}

export const driverLine = (text: string): Entry => ({ runId: '', step: '', line: `-- ${text}` })

/** Without the prefix that `Kit.event` gives. */
export const plainName = (event: { name: string }): string => event.name.split('/').slice(1).join('/')
