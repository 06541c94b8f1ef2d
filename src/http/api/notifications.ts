import { OpenAPIHono, z } from '@hono/zod-openapi'
import { AppError } from '../../core/errors.ts'
import { noticeSentence, notificationChoices, notificationKinds } from '../../core/notification.ts'
import { ticketNumber } from '../../core/ticket.ts'
import { countUnread, listNotifications } from '../../db/notifications.ts'
import { inWorkspace } from '../../db/tenancy.ts'
import { chooseNotifications, notificationChoice, readNotifications } from '../../inbox/my-notifications.ts'
import { inboxContext } from '../auth.ts'
import { invalid } from '../invalid.ts'
import type { Caller, HttpEnv } from '../runtime.ts'
import { instant, iso, jsonBody, pageOf, pageQuery, readCursor, route, toPage } from './shapes.ts'

const shape = z
  .object({
    id: z.uuid(),
    kind: z.enum(notificationKinds),
    text: z.string(),
    ticketId: z.uuid().nullable(),
    ticketNumber: z.string().nullable().openapi({ example: 'BZ-1042' }),
    data: z.record(z.string(), z.unknown()),
    createdAt: instant,
    readAt: instant,
  })
  .openapi('Notification')

const query = pageQuery.extend({ unread: z.enum(['true', 'false']).optional() })
const choices = z.strictObject(notificationChoices.shape).openapi('NotificationChoices')

const routes = {
  list: route('signed in', 'get', '/notifications', 'Your notifications, newest first', { query }, pageOf(shape)),
  count: route(
    ...(['signed in', 'get', '/notifications/unread', 'How many you have not read; 1,000 at most'] as const),
    {},
    z.object({ count: z.number().int() }),
  ),
  read: route(
    ...(['signed in', 'post', '/notifications/read', 'Mark these as read, or all of yours'] as const),
    jsonBody(z.object({ ids: z.array(z.uuid()).max(1_000).nullable().default(null) })),
    z.object({ read: z.number().int() }),
  ),
  choices: route('signed in', 'get', '/notifications/choices', 'What you are told of, and how', {}, choices),
  choose: route(
    ...(['signed in', 'put', '/notifications/choices', 'Choose what you are told of, and how'] as const),
    jsonBody(notificationChoices),
    choices,
  ),
}

export const notifications = new OpenAPIHono<HttpEnv>({ defaultHook: invalid })
  .openapi(routes.list, async c => {
    const { runtime, caller } = c.var
    const { limit, cursor, unread } = c.req.valid('query')
    const page = { limit: limit + 1, after: readCursor(cursor) }
    const rows = await inWorkspace(runtime.services.db, caller.workspaceId, tx =>
      listNotifications(tx, agentOf(caller), unread === 'true', page),
    )
    const shown = toPage(
      rows,
      limit,
      row => ({ at: row.createdAt, id: row.id }),
      ({ id, kind, ticketId, data, createdAt, readAt, ticketNumber: number }) => ({
        ...{ id, kind, ticketId, data, createdAt: iso(createdAt), readAt: iso(readAt) },
        ticketNumber: number === null ? null : ticketNumber(number),
        text: noticeSentence(kind, number === null ? '' : ticketNumber(number), data, caller.language),
      }),
    )
    return c.json(shown, 200)
  })
  .openapi(routes.count, async c => {
    const { runtime, caller } = c.var
    const count = await inWorkspace(runtime.services.db, caller.workspaceId, tx => countUnread(tx, agentOf(caller)))
    return c.json({ count }, 200)
  })
  .openapi(routes.read, async c => {
    const ctx = inboxContext(c.var.runtime, c.var.caller)
    return c.json({ read: await readNotifications(ctx, agentOf(c.var.caller), c.req.valid('json').ids) }, 200)
  })
  .openapi(routes.choices, async c =>
    c.json(await notificationChoice(inboxContext(c.var.runtime, c.var.caller), agentOf(c.var.caller)), 200),
  )
  .openapi(routes.choose, async c => {
    const ctx = inboxContext(c.var.runtime, c.var.caller)
    return c.json(await chooseNotifications(ctx, agentOf(c.var.caller), c.req.valid('json')), 200)
  })

/** Keys are nobody's: they have no notifications. */
function agentOf({ agentId }: Caller): string {
  if (!agentId) throw new AppError('agents only')
  return agentId
}
