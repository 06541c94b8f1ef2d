/**
 * SLA clocks as a pure fold over a ticket's events at provider time: the same events in any order of arrival give the
 * same deadlines. FRT runs from the opening to the first answer of a person, NRT from a customer's message to the next
 * answer (a clock for each turn of the customer), TTR from the opening to the resolution. Bot messages are no answers.
 */
import { addWorkingMs, type Calendar, workingMs } from './business-hours.ts'
import type { EscalationStep } from './escalation.ts'

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

/** For which tickets a policy is; null: for any. */
export type PolicyScope = {
  priority: string | null
  category?: string | null
  teamId?: string | null
  channelId?: string | null
  /** Among equals the first. */
  position?: number
}

/** A policy as the inbox works with it. */
export type WholePolicy = SlaPolicy &
  PolicyScope & {
    businessHoursId: string | null
    /** Share of clocks that are to be in time, 0–100; null: none is promised. */
    targetPercent: number | null
    escalation: EscalationStep[]
  }

const scopes = ['priority', 'category', 'teamId', 'channelId'] as const
export type PolicyFacts = { [S in (typeof scopes)[number]]?: string | null }

/** The promise for a ticket: of the policies that are for it, the one that says most; among equals the first. */
export function policyFor<P extends PolicyScope>(policies: P[], facts: PolicyFacts): P | undefined {
  const said = (policy: P) => scopes.filter(scope => policy[scope] != null).length
  const fits = policies.filter(policy => scopes.every(scope => policy[scope] == null || policy[scope] === facts[scope]))
  return fits.sort((a, b) => said(b) - said(a) || (a.position ?? 0) - (b.position ?? 0))[0]
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
  /** Of NRT: which turn of the customer, from 0. */
  turn: number
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

/** The clocks of a ticket after these events. */
export function foldClocks(policy: SlaPolicy, calendar: Calendar | null, events: SlaEvent[]): Clock[] {
  const ordered = inOrder(events)
  return clockKinds.flatMap(kind => {
    const targetMinutes = policy[`${kind}Minutes`]
    if (targetMinutes === null) return []
    return courses[kind](ordered, policy).map((course, turn) =>
      measure({ kind, turn }, targetMinutes, policy.warnAt, calendar, course),
    )
  })
}

/** The clocks as they stood at an instant: what was written later is left out, and a deadline that had passed was a breach. */
export function clocksAt(policy: SlaPolicy, calendar: Calendar | null, events: SlaEvent[], at: Date): Clock[] {
  const known = events.filter(event => event.at <= at)
  return foldClocks(policy, calendar, known).map(clock => {
    const isOver = !clock.stoppedAt && !clock.breachedAt && clock.dueAt !== null && clock.dueAt <= at
    return isOver ? { ...clock, breachedAt: clock.dueAt } : clock
  })
}

export type Pause = { from: Date; to: Date | null; because: 'waiting on customer' | 'resolved' }

/** When TTR stood still, and why. */
export function pausesOf(policy: SlaPolicy, events: SlaEvent[]): Pause[] {
  const ordered = inOrder(events)
  const [course] = courses.ttr(ordered, policy)
  return (course?.spans ?? []).flatMap(({ to }, n) => {
    if (!to) return []
    const next = course?.spans[n + 1]
    const isEnd = !next && course?.stoppedAt
    const because = ordered.some(event => event.kind === 'resolved' && +event.at === +to)
      ? ('resolved' as const)
      : ('waiting on customer' as const)
    return isEnd ? [] : [{ from: to, to: next?.from ?? null, because }]
  })
}

function inOrder(events: SlaEvent[]): SlaEvent[] {
  return [...events].sort((a, b) => a.at.getTime() - b.at.getTime() || rank(a.kind) - rank(b.kind))
}

/** Events of one instant have an order of their own, so that ties cannot change the answer. */
function rank(kind: SlaEventKind): number {
  return slaEventKinds.indexOf(kind)
}

/** When a clock ran: spans of running time, the last one open while it runs. */
type Course = { startedAt: Date; spans: { from: Date; to: Date | null }[]; stoppedAt: Date | null }

const courses: Record<ClockKind, (events: SlaEvent[], policy: SlaPolicy) => Course[]> = {
  frt(events) {
    const opened = events.find(event => event.kind === 'opened')
    if (!opened) return []
    const end = events.find(event => (event.kind === 'answered' || event.kind === 'resolved') && event.at >= opened.at)
    return [{ startedAt: opened.at, spans: [{ from: opened.at, to: end?.at ?? null }], stoppedAt: end?.at ?? null }]
  },

  nrt(events) {
    let answered = false
    const turns: Course[] = []
    for (const { kind, at } of events) {
      const running = turns.at(-1)?.stoppedAt === null ? turns.at(-1) : undefined
      if (kind === 'answered' || kind === 'resolved') {
        answered ||= kind === 'answered'
        if (running) close(running, at, true)
      } else if (kind === 'customer wrote' && answered && !running) {
        turns.push({ startedAt: at, spans: [{ from: at, to: null }], stoppedAt: null })
      }
    }
    return turns
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
    return course ? [course] : []
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
  which: Pick<Clock, 'kind' | 'turn'>,
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
    ...which,
    targetMinutes: minutes,
    startedAt: course.startedAt,
    dueAt: crossed?.at ?? null,
    warnAt: crossing(calendar, course, target * warnShare)?.at ?? null,
    pausedAt: running || course.stoppedAt ? null : (last?.to ?? null),
    stoppedAt: course.stoppedAt,
    breachedAt,
  }
}

/**
 * Where `budget` ms of working time run out along the course; null when they do not. They may do so at the very close of a day: who
 * answers after it, though no working time has passed since, is late.
 */
function crossing(calendar: Calendar | null, course: Course, budget: number) {
  let left = budget
  for (const span of course.spans) {
    const used = span.to ? workingMs(calendar, span.from, span.to) : Number.POSITIVE_INFINITY
    if (used > left || (used === left && left > 0)) {
      const at = addWorkingMs(calendar, span.from, left)
      if (used > left) return at && { at, span }
      if (at && span.to && at < span.to) return { at, span }
    }
    left -= used
  }
  return null
}
