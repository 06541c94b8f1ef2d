/** Times as people read them, in their language and their time zone. */
import { useEffect, useState } from 'react'
import { type Language, useLanguage, useText } from '../i18n/index.tsx'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** How far the hub is ahead of this machine; ms. A sandbox may be days ahead. */
let aheadMs = 0
const listeners = new Set<() => void>()

/** What the hub's clock said just now. Less than two seconds are the way the answer took. */
export function setHubTime(at: string) {
  const ahead = Date.parse(at) - Date.now()
  const fitting = Math.abs(ahead) < 2_000 ? 0 : ahead
  if (Math.abs(fitting - aheadMs) < 2_000) return
  aheadMs = fitting
  for (const tell of listeners) tell()
}

export const hubNow = (): number => Date.now() + aheadMs

/** Looks at the hub's clock every half minute, so that what is shown of it stays true. */
export function useNow(everyMs = 30_000): number {
  const [now, setNow] = useState(hubNow)
  useEffect(() => {
    const look = () => setNow(hubNow())
    const timer = setInterval(look, everyMs)
    listeners.add(look)
    return () => {
      clearInterval(timer)
      listeners.delete(look)
    }
  }, [everyMs])
  return now
}

/** `12 min`, `3 h`, `5 d`. */
export function useSpan(): (ms: number) => string {
  const { time } = useText()
  return ms => {
    if (ms < MINUTE) return time.now
    if (ms < HOUR) return time.minutes(Math.floor(ms / MINUTE))
    return ms < 2 * DAY ? time.hours(Math.floor(ms / HOUR)) : time.days(Math.floor(ms / DAY))
  }
}

/** Making one takes longer than using it a hundred times, and every row of a list shows times. */
const made = new Map<Language, ReturnType<typeof formatsOf>>()

function formatsOf(language: Language) {
  return {
    clock: new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit' }),
    date: new Intl.DateTimeFormat(language, { weekday: 'long', day: 'numeric', month: 'long' }),
    short: new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short' }),
    both: new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }),
  }
}

export function useDates() {
  const language = useLanguage()
  const { message } = useText()
  const { clock, date, short, both } = made.get(language) ?? formatsOf(language)
  if (!made.has(language)) made.set(language, { clock, date, short, both })
  return {
    clock: (at: string) => clock.format(new Date(at)),
    whole: (at: string) => both.format(new Date(at)),
    /** As lists have room for: the time of today, else the day. */
    short(at: string) {
      const date = new Date(at)
      return dayOf(date) === dayOf(new Date(hubNow())) ? clock.format(date) : short.format(date)
    },
    day(at: string) {
      const days = dayOf(new Date(hubNow())) - dayOf(new Date(at))
      if (days === 0) return message.today
      return days === 1 ? message.yesterday : date.format(new Date(at))
    },
  }
}

/** As a field of day and time has it: the person's own clock, to the minute. */
export function localInstant(at: Date): string {
  return new Date(at.getTime() - at.getTimezoneOffset() * MINUTE).toISOString().slice(0, 16)
}

export const dayOf = (date: Date): number => Math.floor((date.getTime() - date.getTimezoneOffset() * MINUTE) / DAY)
