import { OpenAPIHono, z } from '@hono/zod-openapi'
import { contactCategories } from '../../core/contact.ts'
import { escalationStep } from '../../core/escalation.ts'
import { clockKinds } from '../../core/sla.ts'
import { priorities, ticketNumber } from '../../core/ticket.ts'
import { configRows, type PolicyRow } from '../../db/config-rows.ts'
import { inWorkspace } from '../../db/tenancy.ts'
import { changePolicy, makePolicy, previewPolicy, removePolicy } from '../../inbox/sla-policies.ts'
import { inboxContext } from '../auth.ts'
import { invalid } from '../invalid.ts'
import type { HttpEnv } from '../runtime.ts'
import { idParam, instant, iso, jsonBody, route } from './shapes.ts'

/** A year. */
const minutes = z.number().int().min(1).max(525_600).nullable()

const given = z.object({
  name: z.string().trim().min(1).max(200),
  priority: z.enum(priorities).nullable(),
  category: z.enum(contactCategories).nullable(),
  teamId: z.uuid().nullable(),
  channelId: z.uuid().nullable(),
  ...{ frtMinutes: minutes, nrtMinutes: minutes, ttrMinutes: minutes },
  businessHoursId: z.uuid().nullable().openapi({ description: 'The calendar; null: calendar time' }),
  pauseWhileWaiting: z.boolean(),
  warnAt: z.number().min(0.05).max(1),
  targetPercent: z.number().int().min(1).max(100).nullable(),
  escalation: z.array(escalationStep).max(20),
})
const { name, ...others } = given.shape
const made = z.object({
  name,
  ...z.object(others).partial().shape,
})

const shape = given.extend({ id: z.uuid(), position: z.number().int() }).openapi('SlaPolicy')

const previewShape = z.object({
  tickets: z.number().int().openapi({ description: 'Open tickets that were looked at' }),
  isWhole: z.boolean().openapi({ description: 'All open tickets were looked at' }),
  moved: z.number().int().openapi({ description: 'Tickets of which a deadline would move' }),
  deadlines: z.array(
    z.object({
      ...{ ticketId: z.uuid(), number: z.string(), clock: z.enum(clockKinds), turn: z.number().int() },
      ...{ from: instant, to: instant },
    }),
  ),
})

const routes = {
  list: route('sla.read', 'get', '/sla-policies', 'SLA policies', {}, z.object({ items: z.array(shape) })),
  make: route('sla.manage', 'post', '/sla-policies', 'Make a policy', jsonBody(made), shape, 201),
  preview: route(
    ...(['sla.read', 'post', '/sla-policies/preview', 'Which deadlines a new or changed policy would move'] as const),
    jsonBody(given.partial().extend({ id: z.uuid().optional() })),
    previewShape,
  ),
  change: route(
    ...(['sla.manage', 'patch', '/sla-policies/{id}', 'Change a policy; open tickets are computed anew'] as const),
    { params: idParam, ...jsonBody(given.partial()) },
    shape,
  ),
  remove: route(
    ...(['sla.manage', 'delete', '/sla-policies/{id}', 'Remove a policy that no rule names'] as const),
    { params: idParam },
    shape,
  ),
}

const NOTHING = {
  ...{ priority: null, category: null, teamId: null, channelId: null, businessHoursId: null, targetPercent: null },
  ...{ frtMinutes: null, nrtMinutes: null, ttrMinutes: null, pauseWhileWaiting: true, warnAt: 0.8, escalation: [] },
}

export const slaPolicies = new OpenAPIHono<HttpEnv>({ defaultHook: invalid })
  .openapi(routes.list, async c => {
    const { runtime, caller } = c.var
    const rows = await inWorkspace(runtime.services.db, caller.workspaceId, tx => configRows(tx, 'sla_policies'))
    return c.json({ items: rows.map(show) }, 200)
  })
  .openapi(routes.make, async c => {
    const input = { ...NOTHING, ...defined(c.req.valid('json')) }
    return c.json(show(await makePolicy(inboxContext(c.var.runtime, c.var.caller), input)), 201)
  })
  .openapi(routes.preview, async c => {
    const { id = null, ...change } = c.req.valid('json')
    const preview = await previewPolicy(inboxContext(c.var.runtime, c.var.caller), id, defined(change))
    const deadlines = preview.deadlines.map(({ number, from, to, ...rest }) => ({
      ...{ ...rest, number: ticketNumber(number), from: iso(from), to: iso(to) },
    }))
    return c.json({ ...preview, deadlines }, 200)
  })
  .openapi(routes.change, async c => {
    const ctx = inboxContext(c.var.runtime, c.var.caller)
    return c.json(show(await changePolicy(ctx, c.req.valid('param').id, defined(c.req.valid('json')))), 200)
  })
  .openapi(routes.remove, async c =>
    c.json(show(await removePolicy(inboxContext(c.var.runtime, c.var.caller), c.req.valid('param').id)), 200),
  )

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> }

function defined<T extends object>(given: T): Defined<T> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Defined<T>
}

function show({ workspaceId: _, ...row }: PolicyRow): z.infer<typeof shape> {
  return row as z.infer<typeof shape>
}
