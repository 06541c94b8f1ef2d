/** Calendars of working time. What goes by a calendar that changes is computed anew. */
import { type Calendar, withHolidays } from '../core/business-hours.ts'
import type { Language } from '../core/errors.ts'
import { type CalendarRow, unsetDefaultCalendars, usesOfCalendar } from '../db/config-rows.ts'
import { changeConfig, makeConfig, removeConfig } from './change-config.ts'
import type { InboxContext } from './context.ts'
import { publicHolidays } from './holidays.ts'
import { requestRecompute, wakeRecompute } from './recompute-sla.ts'

export type CalendarInput = { name: string; calendar: Calendar; isDefault: boolean }

export function makeCalendar(ctx: InboxContext, input: CalendarInput): Promise<CalendarRow> {
  return makeConfig(ctx, 'business_hours', async () => input, {
    with: async (tx, row) => row.isDefault && (await unsetDefaultCalendars(tx, row.id)),
  })
}

/** Throws `not found`. */
export async function changeCalendar(
  ctx: InboxContext,
  id: string,
  change: (row: CalendarRow) => Partial<CalendarInput>,
): Promise<CalendarRow> {
  const row = await changeConfig(ctx, 'business_hours', id, change, {
    with: async (tx, row) => {
      if (row.isDefault) await unsetDefaultCalendars(tx, row.id)
      await requestRecompute(tx, ctx)
    },
  })
  await wakeRecompute(ctx)
  return row
}

/** Throws `not found`, and `in use`. */
export function removeCalendar(ctx: InboxContext, id: string): Promise<CalendarRow> {
  return removeConfig(ctx, 'business_hours', id, {
    uses: async (tx, row) => [...(row.isDefault ? ['default'] : []), ...(await usesOfCalendar(tx, id))],
  })
}

/** The public holidays of these years, in place of what was there of the same country; days of one's own stay. */
export async function importHolidays(
  ctx: InboxContext,
  id: string,
  { country, years, language }: { country: string; years: number[]; language: Language },
): Promise<CalendarRow> {
  const found = await Promise.all(
    [...new Set(years)].map(async year => ({ year, holidays: await publicHolidays(country, year, language) })),
  )
  return changeCalendar(ctx, id, ({ calendar }) => ({
    calendar: found.reduce((now, { year, holidays }) => withHolidays(now, country, year, holidays), calendar),
  }))
}
