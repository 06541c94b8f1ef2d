/** How a CRM account fares, what mends it, and how many calls it may make in a day. */
import { OpenAPIHono, z } from '@hono/zod-openapi'
import { connectorById } from '../../connectors/registry.ts'
import { explainHealth, healthCodes, judgeHealth } from '../../core/connection-health.ts'
import { AppError } from '../../core/errors.ts'
import { forecast, lanes } from '../../core/lane.ts'
import type { Tx } from '../../db/client.ts'
import { signsOf } from '../../db/connection-health.ts'
import { connectionById } from '../../db/connections.ts'
import { callsSince, limiterOf, setDailyShare } from '../../db/limiters.ts'
import { feedOf } from '../../db/remote-feeds.ts'
import { languageFor } from '../errors.ts'
import { invalid } from '../invalid.ts'
import type { HttpEnv } from '../runtime.ts'
import { idParam, instant, iso, jsonBody, route } from './shapes.ts'
import { audit, within } from './within.ts'

/** Over which the pace of calls is taken. */
const PACE_HOURS = 3

const budgetShape = z
  .object({
    dailyMax: z.number().int().nullable().openapi({ description: 'What the CRM allows; null where it counts no days' }),
    dailyUsed: z.number().int(),
    dailyShare: z.number().int().openapi({ description: 'Percent of it that may be used' }),
    left: z.number().int().nullable(),
    usedUpAt: instant.openapi({ description: 'At the pace of the last hours; null: not before the day ends' }),
    callsPerHour: z.number(),
    window: z.object({ max: z.number().int(), intervalMs: z.number().int(), used: z.number().int() }),
    quietUntil: instant,
  })
  .openapi('Budget')

const healthShape = z
  .object({
    state: z.enum(['active', 'paused', 'unauthorized']),
    level: z.enum(['well', 'attention', 'stopped']),
    causes: z.array(z.object({ code: z.enum(healthCodes), cause: z.string(), fix: z.string() })),
    lagMs: z.number().int().openapi({ description: 'How long the oldest change of ours that is due waits' }),
    queue: z.array(z.object({ lane: z.enum(lanes), waiting: z.number().int(), failing: z.number().int() })),
    /** Changes of theirs that came in and were not looked at. */
    unread: z.number().int(),
    refused: z.number().int(),
    nearMisses: z.number().int(),
    held: z.number().int(),
    erased: z.number().int().openapi({ description: 'People the CRM erased for good, of whom nothing is told' }),
    deleted: z.number().int().openapi({ description: 'Records that were deleted there, which wait for a decision' }),
    driftFindings: z.number().int(),
    lastWebhookAt: instant,
    feed: z
      .object({ readAt: instant, changedAt: instant, dueAt: instant, lostAt: instant, error: z.string().nullable() })
      .nullable(),
    budget: budgetShape,
  })
  .openapi('ConnectionHealth')

const routes = {
  health: route(
    ...(['connections.read', 'get', '/connections/{id}/health', 'How it fares, and what mends what does not'] as const),
    { params: idParam },
    healthShape,
  ),
  budget: route(
    ...([
      'connections.read',
      'get',
      '/connections/{id}/budget',
      'Calls it may make, and when they are used up',
    ] as const),
    { params: idParam },
    budgetShape,
  ),
  setBudget: route(
    ...([
      'connections.manage',
      'put',
      '/connections/{id}/budget',
      'Set what part of a day’s calls it may use',
    ] as const),
    { params: idParam, ...jsonBody(z.object({ dailyShare: z.number().int().min(1).max(100) })) },
    budgetShape,
  ),
}

export const connectionHealth = new OpenAPIHono<HttpEnv>({ defaultHook: invalid })
  .openapi(routes.health, async c => {
    const { id } = c.req.valid('param')
    const now = c.var.runtime.services.now()
    const { row, signs, feed, budget } = await within(c.var, async tx => {
      const row = await named(tx, id)
      const [signs, read, budget] = await Promise.all([signsOf(tx, row, now), feedOf(tx, id), budgetOf(tx, id, now)])
      // A stream of events that broke is a feed that is late.
      const feed = read && { ...read, error: read.error ?? read.streamError }
      return { row, signs, feed, budget }
    })
    const lagMs = signs.oldestAt ? Math.max(0, now.getTime() - signs.oldestAt.getTime()) : 0
    const { state, stateReason, nearMisses } = row
    const { refused, held, erased, deleted, drift, unread } = signs
    const failing = signs.lanes.reduce((sum, each) => sum + each.failing, 0)
    const quietUntil = budget.quietUntil
    const left = budget.left === null ? null : { left: budget.left, usedUpAt: budget.usedUpAt }
    const seen = {
      state,
      stateReason,
      quietUntil,
      budget: left,
      feed: feed ?? null,
      failing,
      refused,
      held,
      erased,
      deleted,
      drift,
      lagMs,
    }
    const { level, causes } = judgeHealth(seen, now)
    const language = languageFor(c)
    return c.json(
      {
        ...{ state, level, lagMs, unread, refused, nearMisses, held, erased, deleted, driftFindings: drift },
        causes: causes.map(cause => ({ code: cause.code, ...explainHealth(cause, language) })),
        queue: lanes.map(lane => signs.lanes.find(each => each.lane === lane) ?? { lane, waiting: 0, failing: 0 }),
        lastWebhookAt: iso(signs.lastDeliveryAt),
        feed: feed
          ? {
              ...{ readAt: iso(feed.readAt), changedAt: iso(feed.changedAt), dueAt: iso(feed.dueAt) },
              ...{ lostAt: iso(feed.lostAt), error: feed.error },
            }
          : null,
        budget: showBudget(budget),
      },
      200,
    )
  })
  .openapi(routes.budget, async c => {
    const now = c.var.runtime.services.now()
    const { id } = c.req.valid('param')
    return c.json(showBudget(await within(c.var, tx => budgetOf(tx, id, now))), 200)
  })
  .openapi(routes.setBudget, async c => {
    const now = c.var.runtime.services.now()
    const { id } = c.req.valid('param')
    const { dailyShare } = c.req.valid('json')
    const budget = await within(c.var, async tx => {
      const before = await budgetOf(tx, id, now)
      const { workspaceId } = c.var.caller
      const { max, intervalMs } = before.window
      await setDailyShare(tx, { connectionId: id, workspaceId, max, intervalMs }, dailyShare, now)
      await audit(tx, c.var, {
        ...{ action: 'budget set', subjectKind: 'connection', subjectId: id },
        ...{ before: { dailyShare: before.dailyShare }, after: { dailyShare } },
      })
      return budgetOf(tx, id, now)
    })
    return c.json(showBudget(budget), 200)
  })

async function named(tx: Tx, id: string) {
  const row = await connectionById(tx, id)
  if (!row) throw new AppError('not found', { what: 'connection' })
  return row
}

async function budgetOf(tx: Tx, id: string, now: Date) {
  const row = await named(tx, id)
  const [limiter, calls] = await Promise.all([
    limiterOf(tx, id),
    callsSince(tx, id, new Date(now.getTime() - PACE_HOURS * 3_600_000)),
  ])
  const limits = connectorById(row.connector)?.limits
  const isRolling = limits?.isRolling ?? false
  const isToday = isRolling || limiter?.day === now.toISOString().slice(0, 10)
  const counted = {
    dailyMax: limiter?.dailyMax ?? limits?.daily ?? null,
    dailyUsed: isToday ? (limiter?.dailyUsed ?? 0) : 0,
    dailyShare: limiter?.dailyShare ?? 100,
  }
  const callsPerHour = calls / PACE_HOURS
  const told = forecast({ ...counted, isRolling }, callsPerHour, now)
  return {
    ...{ ...counted, callsPerHour, left: told?.left ?? null, usedUpAt: told?.usedUpAt ?? null },
    quietUntil: limiter?.blockedUntil && limiter.blockedUntil > now ? limiter.blockedUntil : null,
    window: {
      max: limiter?.max ?? limits?.requests ?? 0,
      intervalMs: limiter?.intervalMs ?? limits?.intervalMs ?? 0,
      used: limiter?.used ?? 0,
    },
  }
}

function showBudget(budget: Awaited<ReturnType<typeof budgetOf>>): z.infer<typeof budgetShape> {
  const { usedUpAt, quietUntil, callsPerHour, ...rest } = budget
  const perHour = Math.round(callsPerHour * 10) / 10
  return { ...rest, callsPerHour: perHour, usedUpAt: iso(usedUpAt), quietUntil: iso(quietUntil) }
}
