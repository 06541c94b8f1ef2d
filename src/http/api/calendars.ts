import { OpenAPIHono, z } from '@hono/zod-openapi'
import { calendarShape } from '../../core/business-hours.ts'
import { languages } from '../../core/errors.ts'
import { type CalendarRow, configRows } from '../../db/config-rows.ts'
import { inWorkspace } from '../../db/tenancy.ts'
import { changeCalendar, importHolidays, makeCalendar, removeCalendar } from '../../inbox/calendars.ts'
import { inboxContext } from '../auth.ts'
import { invalid } from '../invalid.ts'
import type { HttpEnv } from '../runtime.ts'
import { idParam, jsonBody, route } from './shapes.ts'

const given = z.object({
  name: z.string().trim().min(1).max(200),
  /** Blocks by ISO weekday, 1 = Monday; a missing day is closed. */
  calendar: calendarShape,
  isDefault: z.boolean(),
})
const shape = given.extend({ id: z.uuid() }).openapi('Calendar')

const holidaysBody = z.object({
  country: z
    .string()
    .regex(/^[A-Za-z]{2}(-[A-Za-z0-9]{1,4})?$/, 'a country, or one of its regions')
    .openapi({ example: 'MX', description: 'Its code; with a region, `ES-MD`' }),
  years: z.array(z.number().int().min(2000).max(2100)).min(1).max(10),
  language: z.enum(languages).optional(),
})

const routes = {
  list: route('sla.read', 'get', '/calendars', 'Calendars of working time', {}, z.object({ items: z.array(shape) })),
  make: route(
    ...(['sla.manage', 'post', '/calendars', 'Make a calendar'] as const),
    jsonBody(given.extend({ isDefault: z.boolean().default(false) })),
    shape,
    201,
  ),
  change: route(
    ...(['sla.manage', 'patch', '/calendars/{id}', 'Change a calendar; open tickets are computed anew'] as const),
    { params: idParam, ...jsonBody(given.extend({ isDefault: z.literal(true) }).partial()) },
    shape,
  ),
  remove: route(
    ...(['sla.manage', 'delete', '/calendars/{id}', 'Remove a calendar that nothing goes by'] as const),
    { params: idParam },
    shape,
  ),
  holidays: route(
    ...(['sla.manage', 'post', '/calendars/{id}/holidays', 'Put a country’s public holidays in a calendar'] as const),
    { params: idParam, ...jsonBody(holidaysBody) },
    shape,
  ),
}

export const calendars = new OpenAPIHono<HttpEnv>({ defaultHook: invalid })
  .openapi(routes.list, async c => {
    const { runtime, caller } = c.var
    const rows = await inWorkspace(runtime.services.db, caller.workspaceId, tx => configRows(tx, 'business_hours'))
    return c.json({ items: rows.map(show) }, 200)
  })
  .openapi(routes.make, async c =>
    c.json(show(await makeCalendar(inboxContext(c.var.runtime, c.var.caller), c.req.valid('json'))), 201),
  )
  .openapi(routes.change, async c => {
    const { name, calendar, isDefault } = c.req.valid('json')
    const change = { ...(name && { name }), ...(calendar && { calendar }), ...(isDefault && { isDefault }) }
    const ctx = inboxContext(c.var.runtime, c.var.caller)
    return c.json(show(await changeCalendar(ctx, c.req.valid('param').id, () => change)), 200)
  })
  .openapi(routes.remove, async c =>
    c.json(show(await removeCalendar(inboxContext(c.var.runtime, c.var.caller), c.req.valid('param').id)), 200),
  )
  .openapi(routes.holidays, async c => {
    const { language = c.var.caller.language, ...wanted } = c.req.valid('json')
    const ctx = inboxContext(c.var.runtime, c.var.caller)
    return c.json(show(await importHolidays(ctx, c.req.valid('param').id, { ...wanted, language })), 200)
  })

function show({ id, name, calendar, isDefault }: CalendarRow) {
  return { id, name, calendar, isDefault }
}
