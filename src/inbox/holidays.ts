/** Public holidays of a country, from the package date-holidays, which is loaded only when it is asked. */
import type { Holiday } from '../core/business-hours.ts'
import type { Language } from '../core/errors.ts'
import { invalidInput } from '../core/invalid-input.ts'

/**
 * `country` is its code, such as `MX`, or with a region `ES-MD`. Throws `invalid input` for a country that is not known.
 * Holidays of several days count each day.
 */
export async function publicHolidays(country: string, year: number, language: Language): Promise<Holiday[]> {
  const { default: Holidays } = await import('date-holidays')
  const [state = '', ...regions] = country.toUpperCase().split('-')
  const known = new Holidays()
  if (!(state in known.getCountries()) || (regions[0] && !(regions[0] in (known.getStates(state) ?? {})))) {
    throw invalidInput('country', 'is not known')
  }
  const calendar = regions[0] ? new Holidays(state, regions[0]) : new Holidays(state)
  const days = new Map<string, Holiday>()
  for (const { type, date, start, end, name } of calendar.getHolidays(year, language)) {
    if (type !== 'public') continue
    // The day as it is called there; further days until the end, which is exclusive.
    const first = Date.parse(`${date.slice(0, 10)}T00:00:00Z`)
    const count = Math.max(1, Math.round((end.getTime() - start.getTime()) / DAY_MS))
    for (let n = 0; n < count; n++) {
      const day = new Date(first + n * DAY_MS).toISOString().slice(0, 10)
      if (day.startsWith(String(year)) && !days.has(day)) days.set(day, { date: day, name, country })
    }
  }
  return [...days.values()].sort((a, b) => (a.date < b.date ? -1 : 1))
}

const DAY_MS = 86_400_000
