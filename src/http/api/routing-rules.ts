import { OpenAPIHono, z } from '@hono/zod-openapi'
import { ruleActions, ruleConditions } from '../../core/routing.ts'
import { ticketNumber } from '../../core/ticket.ts'
import { configRows, type RuleRow } from '../../db/config-rows.ts'
import { inWorkspace } from '../../db/tenancy.ts'
import { changeRule, makeRule, orderRules, removeRule } from '../../inbox/routing-rules.ts'
import { tryRule } from '../../inbox/try-rule.ts'
import { inboxContext } from '../auth.ts'
import { invalid } from '../invalid.ts'
import type { HttpEnv } from '../runtime.ts'
import { idParam, instant, iso, jsonBody, route } from './shapes.ts'

const given = z.object({
  name: z.string().trim().min(1).max(200),
  enabled: z.boolean(),
  conditions: ruleConditions,
  actions: ruleActions,
})

const ruleShape = given
  .extend({
    id: z.uuid(),
    position: z.number().int(),
    hits: z.number().int(),
    lastHitAt: instant.openapi({ description: 'A rule that is never hit is dead' }),
  })
  .openapi('RoutingRule')

const list = z.object({ items: z.array(ruleShape) })
const asked = ruleActions.omit({ continue: true })

const trialBody = given.omit({ enabled: true }).extend({
  id: z.uuid().optional().openapi({ description: 'The rule that it takes the place of' }),
  position: z.number().int().min(1).optional(),
  days: z.number().int().min(1).max(90).default(30),
  limit: z.number().int().min(1).max(2_000).default(500),
})

const trialShape = z.object({
  tickets: z.number().int(),
  matched: z.number().int(),
  changed: z.number().int(),
  items: z.array(
    z.object({
      ...{ ticketId: z.uuid(), number: z.string(), openedAt: instant, keyword: z.string().nullable() },
      ...{ before: asked, after: asked },
    }),
  ),
})

const routes = {
  list: route('routing.read', 'get', '/routing-rules', 'Routing rules in their order, with their hits', {}, list),
  make: route(
    ...(['routing.manage', 'post', '/routing-rules', 'Make a rule, behind the others'] as const),
    jsonBody(given.extend({ enabled: z.boolean().default(true) })),
    ruleShape,
    201,
  ),
  try: route(
    ...(['routing.read', 'post', '/routing-rules/try', 'What a rule would have done with past tickets'] as const),
    jsonBody(trialBody),
    trialShape,
  ),
  order: route(
    ...(['routing.manage', 'put', '/routing-rules/order', 'Put all rules in another order'] as const),
    jsonBody(z.object({ ids: z.array(z.uuid()).max(2_000) })),
    list,
  ),
  change: route(
    ...(['routing.manage', 'patch', '/routing-rules/{id}', 'Change a rule, or switch it on or off'] as const),
    { params: idParam, ...jsonBody(given.partial()) },
    ruleShape,
  ),
  remove: route(
    ...(['routing.manage', 'delete', '/routing-rules/{id}', 'Remove a rule'] as const),
    { params: idParam },
    ruleShape,
  ),
}

const DAY_MS = 86_400_000

export const routingRules = new OpenAPIHono<HttpEnv>({ defaultHook: invalid })
  .openapi(routes.list, async c => {
    const { runtime, caller } = c.var
    const rows = await inWorkspace(runtime.services.db, caller.workspaceId, tx => configRows(tx, 'routing_rules'))
    return c.json({ items: rows.map(show) }, 200)
  })
  .openapi(routes.make, async c =>
    c.json(show(await makeRule(inboxContext(c.var.runtime, c.var.caller), c.req.valid('json'))), 201),
  )
  .openapi(routes.try, async c => {
    const { days, limit, ...draft } = c.req.valid('json')
    const ctx = inboxContext(c.var.runtime, c.var.caller)
    const { items, ...counts } = await tryRule(ctx, draft, new Date(ctx.now.getTime() - days * DAY_MS), limit)
    const shown = items.map(item => ({ ...item, number: ticketNumber(item.number), openedAt: iso(item.openedAt) }))
    return c.json({ ...counts, items: shown }, 200)
  })
  .openapi(routes.order, async c => {
    const rows = await orderRules(inboxContext(c.var.runtime, c.var.caller), c.req.valid('json').ids)
    return c.json({ items: rows.map(show) }, 200)
  })
  .openapi(routes.change, async c => {
    const ctx = inboxContext(c.var.runtime, c.var.caller)
    return c.json(show(await changeRule(ctx, c.req.valid('param').id, c.req.valid('json'))), 200)
  })
  .openapi(routes.remove, async c =>
    c.json(show(await removeRule(inboxContext(c.var.runtime, c.var.caller), c.req.valid('param').id)), 200),
  )

function show({ id, position, name, enabled, conditions, actions, hits, lastHitAt }: RuleRow) {
  return { id, position, name, enabled, conditions, actions, hits, lastHitAt: iso(lastHitAt) }
}
