/**
 * SLA clocks as a pure fold over a ticket's events at provider time: the same events in any order of arrival give the
 * same deadlines. FRT runs from the opening to the first answer of a person, NRT from a customer's message to the next
 * answer, TTR from the opening to the resolution. Bot messages are no answers.
 */
import { addWorkingMs, type Calendar, workingMs } from './business-hours.ts'

export const clockKinds = ['frt', 'nrt', 'ttr'] as const
export type ClockKind = (typeof clockKinds)[number]

export type SlaPolicy = {
  id: string
  name: string
  /** Minutes of working time; null: no such promise. */
  frtMinutes: number | null
  nrtMinutes: number | null
  ttrMinutes: number | null
  /** TTR stands still while the ball is with the customer. */
  pauseWhileWaiting: boolean
  /** Share of the target after which somebody is warned, 0–1. */
  warnAt: number
}

/** The promise for tickets of a priority: its own policy, else the one for all others. */
export function policyFor<P extends { priority: string | null }>(policies: P[], priority: string): P | undefined {
  return policies.find(policy => policy.priority === priority) ?? policies.find(policy => policy.priority === null)
}

/**
 * What moves clocks. `answered` is a person's message to the customer, `customer wrote` the first message of the
 * customer's turn; each hands the ball over. `waiting` and `resumed` do the same by hand.
 */
export const slaEventKinds = [
  'opened',
  'customer wrote',
  'answered',
  'waiting',
  'resumed',
  'resolved',
  'reopened',
] as const
export type SlaEventKind = (typeof slaEventKinds)[number]
export type SlaEvent = { kind: SlaEventKind; at: Date }

export type Clock = {
  kind: ClockKind
  targetMinutes: number
  startedAt: Date
  /** Null while the clock stands still or stopped in time, or when the calendar never opens. */
  dueAt: Date | null
  warnAt: Date | null
  /** Since when the clock stands still. */
  pausedAt: Date | null
  stoppedAt: Date | null
  /** The instant the target was passed while running, known once it lies in the past of a later event. */
  breachedAt: Date | null
}

/** The clocks of a ticket after these events. Of the NRT clocks, one per customer turn, the latest. */
export function foldClocks(policy: SlaPolicy, calendar: Calendar | null, events: SlaEvent[]): Clock[] {
  const ordered = [...events].sort((a, b) => a.at.getTime() - b.at.getTime() || rank(a.kind) - rank(b.kind))
  const clocks: Clock[] = []
  for (const kind of clockKinds) {
    const targetMinutes = policy[`${kind}Minutes`]
    const course = targetMinutes === null ? null : courses[kind](ordered, policy)
    if (course && targetMinutes !== null) clocks.push(measure(kind, targetMinutes, policy.warnAt, calendar, course))
  }
  return clocks
}

/** Events of one instant have an order of their own, so that ties cannot change the answer. */
function rank(kind: SlaEventKind): number {
  return slaEventKinds.indexOf(kind)
}

/** When a clock ran: spans of running time, the last one open while it runs. */
type Course = { startedAt: Date; spans: { from: Date; to: Date | null }[]; stoppedAt: Date | null }

const courses: Record<ClockKind, (events: SlaEvent[], policy: SlaPolicy) => Course | null> = {
  frt(events) {
    const opened = events.find(event => event.kind === 'opened')
    if (!opened) return null
    const end = events.find(event => (event.kind === 'answered' || event.kind === 'resolved') && event.at >= opened.at)
    return { startedAt: opened.at, spans: [{ from: opened.at, to: end?.at ?? null }], stoppedAt: end?.at ?? null }
  },

  nrt(events) {
    let answered = false
    let course: Course | null = null
    for (const { kind, at } of events) {
      if (kind === 'answered' || kind === 'resolved') {
        answered ||= kind === 'answered'
        if (course && !course.stoppedAt) close(course, at, true)
      } else if (kind === 'customer wrote' && answered && (!course || course.stoppedAt)) {
        course = { startedAt: at, spans: [{ from: at, to: null }], stoppedAt: null }
      }
    }
    return course
  },

  ttr(events, policy) {
    let course: Course | null = null
    for (const { kind, at } of events) {
      if (kind === 'opened') course ??= { startedAt: at, spans: [{ from: at, to: null }], stoppedAt: null }
      if (!course) continue
      if (kind === 'resolved') close(course, at, true)
      else if (theirTurn.has(kind) && policy.pauseWhileWaiting && !course.stoppedAt) close(course, at, false)
      else if (kind === 'reopened' || (ourTurn.has(kind) && !course.stoppedAt)) reopen(course, at)
    }
    return course
  },
}

const theirTurn: ReadonlySet<SlaEventKind> = new Set(['answered', 'waiting'])
const ourTurn: ReadonlySet<SlaEventKind> = new Set(['customer wrote', 'resumed'])

function close(course: Course, at: Date, final: boolean) {
  const last = course.spans.at(-1)
  if (last && !last.to) last.to = at
  if (final) course.stoppedAt ??= at
}

function reopen(course: Course, at: Date) {
  course.stoppedAt = null
  if (course.spans.at(-1)?.to) course.spans.push({ from: at, to: null })
}

function measure(
  kind: ClockKind,
  minutes: number,
  warnShare: number,
  calendar: Calendar | null,
  course: Course,
): Clock {
  const target = minutes * 60_000
  const last = course.spans.at(-1)
  const running = last !== undefined && last.to === null
  const crossed = crossing(calendar, course, target)
  // Passed in a span that has ended: a breach already. In the span that still runs it is the deadline, which may pass.
  const breachedAt = crossed?.span.to ? crossed.at : null
  return {
    kind,
    targetMinutes: minutes,
    startedAt: course.startedAt,
    dueAt: crossed?.at ?? null,
    warnAt: crossing(calendar, course, target * warnShare)?.at ?? null,
    pausedAt: running || course.stoppedAt ? null : (last?.to ?? null),
    stoppedAt: course.stoppedAt,
    breachedAt,
  }
}

/** Where `budget` ms of working time run out along the course; null when they do not. */
function crossing(calendar: Calendar | null, course: Course, budget: number) {
  let left = budget
  for (const span of course.spans) {
    const used = span.to ? workingMs(calendar, span.from, span.to) : Number.POSITIVE_INFINITY
    if (used > left) {
      const at = addWorkingMs(calendar, span.from, left)
      return at && { at, span }
    }
    left -= used
  }
  return null
}
