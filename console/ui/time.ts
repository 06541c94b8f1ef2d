/** Times as people read them, in their language and their time zone. */
import { useEffect, useState } from 'react'
import { useLanguage, useText } from '../i18n/index.tsx'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Looks at the clock every half minute, so that what is shown of it stays true. */
export function useNow(everyMs = 30_000): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs)
    return () => clearInterval(timer)
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

export function useDates() {
  const language = useLanguage()
  const { message } = useText()
  const clock = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit' })
  const date = new Intl.DateTimeFormat(language, { weekday: 'long', day: 'numeric', month: 'long' })
  const both = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' })
  return {
    clock: (at: string) => clock.format(new Date(at)),
    whole: (at: string) => both.format(new Date(at)),
    day(at: string) {
      const days = dayOf(new Date()) - dayOf(new Date(at))
      if (days === 0) return message.today
      return days === 1 ? message.yesterday : date.format(new Date(at))
    },
  }
}

export const dayOf = (date: Date): number => Math.floor((date.getTime() - date.getTimezoneOffset() * MINUTE) / DAY)
