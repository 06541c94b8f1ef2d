/** Instants and lengths of time, as people read them. */
import type { Language } from '../../core/errors.ts'

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const

/** `820 ms`, `1.2 s`, `3 min 5 s`, `2 h 10 min`. */
export function duration(ms: number, language: Language): string {
  const show = (value: number, unit: string, digits = 0) =>
    new Intl.NumberFormat(language, {
      ...{ style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: digits },
    }).format(value)
  const whole = Math.max(Math.round(ms), 0)
  if (whole < 1_000) return show(whole, 'millisecond')
  if (whole < 10_000) return show(whole / 1_000, 'second', 1)
  const largest = UNITS.findIndex(([, length]) => whole >= length)
  const [first, second] = UNITS.slice(largest, largest + 2)
  if (!first) return ''
  const rest = second ? Math.floor((whole % first[1]) / second[1]) : 0
  const parts = [show(Math.floor(whole / first[1]), first[0])]
  if (second && rest > 0) parts.push(show(rest, second[0]))
  return parts.join(' ')
}

/** `3 minutes ago`, `in 2 hours`. */
export function relative(at: Date, now: Date, language: Language): string {
  const ms = at.getTime() - now.getTime()
  const [unit, length] = UNITS.find(([, length]) => Math.abs(ms) >= length) ?? UNITS[3]
  return new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(Math.round(ms / length), unit)
}

export function instant(at: Date, language: Language): string {
  const text = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' })
  return `${text.format(at)} UTC`
}
