/** Working time: several blocks a day, holidays, one time zone; correct across changes of the clock. */
import { Temporal } from 'temporal-polyfill'
import { z } from 'zod'

const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'a time such as 09:30')
const block = z.tuple([clockTime, clockTime]).refine(([from, to]) => from < to, 'a block ends after it begins')

const day = z.iso.date('a day such as 2026-12-25')

export const calendarShape = z.object({
  timeZone: z.string().refine(isTimeZone, 'must be a time zone such as America/Mexico_City'),
  /** Blocks by ISO weekday, 1 = Monday … 7 = Sunday. A missing day is closed. */
  week: z.record(z.enum(['1', '2', '3', '4', '5', '6', '7']), z.array(block)).or(z.record(z.string(), z.array(block))),
  /** Closed days: `2026-12-25`, or with its name and, of a public holiday, whose. */
  holidays: z.array(
    z.union([day, z.object({ date: day, name: z.string().max(200), country: z.string().max(40).optional() })]),
  ),
})
export type Calendar = z.infer<typeof calendarShape>

function isTimeZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }))
  } catch {
    return false
  }
}

type Span = { from: number; to: number }

export function isOpen(calendar: Calendar | null, at: Date): boolean {
  if (!calendar) return true
  const ms = at.getTime()
  return spansOf(calendar, dayOf(calendar, ms)).some(span => span.from <= ms && ms < span.to)
}

export type Holiday = { date: string; name: string; country: string }

/** The calendar with these holidays: what was there of the same country and year goes, days of one's own stay. */
export function withHolidays(calendar: Calendar, country: string, year: number, holidays: Holiday[]): Calendar {
  const isReplaced = (holiday: Calendar['holidays'][number]) =>
    typeof holiday === 'object' && holiday.country === country && holiday.date.startsWith(`${year}-`)
  return { ...calendar, holidays: [...calendar.holidays.filter(holiday => !isReplaced(holiday)), ...holidays] }
}

/** The next instant at or after `at` when the calendar is open; null when it never is. */
export function nextOpening(calendar: Calendar | null, at: Date): Date | null {
  if (!calendar || isOpen(calendar, at)) return at
  const start = at.getTime()
  let day = dayOf(calendar, start)
  for (let n = 0; n < HORIZON_DAYS; n++, day = day.add({ days: 1 })) {
    const span = spansOf(calendar, day).find(each => each.from >= start)
    if (span) return new Date(span.from)
  }
  return null
}

/** Milliseconds of working time between two instants; 0 when `to` is not after `from`. */
export function workingMs(calendar: Calendar | null, from: Date, to: Date): number {
  const [start, end] = [from.getTime(), to.getTime()]
  if (end <= start) return 0
  if (!calendar) return end - start
  let total = 0
  for (let day = dayOf(calendar, start); ; day = day.add({ days: 1 })) {
    if (startOfDay(calendar, day) >= end) return total
    for (const span of spansOf(calendar, day)) {
      total += Math.max(0, Math.min(span.to, end) - Math.max(span.from, start))
    }
  }
}

/** How far ahead a deadline is looked for before the calendar is called empty; days. */
const HORIZON_DAYS = 3 * 366

/** The instant when `ms` of working time have passed since `from`; null when the calendar never opens that long. */
export function addWorkingMs(calendar: Calendar | null, from: Date, ms: number): Date | null {
  if (!calendar) return new Date(from.getTime() + ms)
  const start = from.getTime()
  let left = ms
  let day = dayOf(calendar, start)
  for (let n = 0; n < HORIZON_DAYS; n++, day = day.add({ days: 1 })) {
    for (const span of spansOf(calendar, day)) {
      const open = Math.max(span.from, start)
      if (open >= span.to) continue
      if (left <= span.to - open) return new Date(open + left)
      left -= span.to - open
    }
  }
  return null
}

function dayOf(calendar: Calendar, ms: number): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(calendar.timeZone).toPlainDate()
}

function startOfDay(calendar: Calendar, day: Temporal.PlainDate): number {
  return day.toZonedDateTime(calendar.timeZone).epochMilliseconds
}

/** The working spans of a day as instants, in order. Days are asked for again and again, so they are kept. */
function spansOf(calendar: Calendar, day: Temporal.PlainDate): Span[] {
  const days = kept.get(calendar) ?? new Map<string, Span[]>()
  kept.set(calendar, days)
  const name = day.toString()
  let spans = days.get(name)
  if (!spans) {
    spans = computeSpans(calendar, day, name)
    days.set(name, spans)
  }
  return spans
}

const kept = new WeakMap<Calendar, Map<string, Span[]>>()

function computeSpans(calendar: Calendar, day: Temporal.PlainDate, name: string): Span[] {
  if (calendar.holidays.some(holiday => (typeof holiday === 'string' ? holiday : holiday.date) === name)) return []
  const blocks = (calendar.week as Record<string, [string, string][]>)[String(day.dayOfWeek)] ?? []
  const spans = blocks
    .map(([from, to]) => ({ from: instant(calendar, day, from), to: instant(calendar, day, to) }))
    .filter(span => span.from < span.to)
    .sort((a, b) => a.from - b.from)
  return joined(spans)
}

/** Blocks may overlap as they are written, or because the clock skips an hour: no instant counts twice. */
function joined(spans: Span[]): Span[] {
  const apart: Span[] = []
  for (const span of spans) {
    const last = apart.at(-1)
    if (last && span.from <= last.to) last.to = Math.max(last.to, span.to)
    else apart.push(span)
  }
  return apart
}

function instant(calendar: Calendar, day: Temporal.PlainDate, time: string): number {
  if (time === '24:00') return startOfDay(calendar, day.add({ days: 1 }))
  const [hour = 0, minute = 0] = time.split(':').map(Number)
  return day.toZonedDateTime({ timeZone: calendar.timeZone, plainTime: new Temporal.PlainTime(hour, minute) })
    .epochMilliseconds
}
