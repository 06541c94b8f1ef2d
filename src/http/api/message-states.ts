import { OpenAPIHono, z } from '@hono/zod-openapi'
import { AppError } from '../../core/errors.ts'
import { messageInSight } from '../../db/messages.ts'
import { allStatuses } from '../../db/statuses.ts'
import { inWorkspace } from '../../db/tenancy.ts'
import { invalid } from '../invalid.ts'
import type { HttpEnv } from '../runtime.ts'
import { idParam, instant, iso, route } from './shapes.ts'

const stateShape = z
  .object({
    status: z.string(),
    /** The member of a group that it speaks of: a number or a business-scoped id. */
    participant: z.string().nullable(),
    at: instant,
    errorCode: z.string().nullable(),
    errorText: z.string().nullable(),
  })
  .openapi('MessageState')

const states = route(
  ...([
    'tickets.read',
    'get',
    '/messages/{id}/states',
    'Every state that WhatsApp reported of a message; of a group, by member',
  ] as const),
  { params: idParam },
  z.object({ items: z.array(stateShape) }),
)

export const messageStates = new OpenAPIHono<HttpEnv>({ defaultHook: invalid }).openapi(states, async c => {
  const { id } = c.req.valid('param')
  return inWorkspace(c.var.runtime.services.db, c.var.caller.workspaceId, async tx => {
    const message = await messageInSight(tx, c.var.caller.sees, id)
    if (!message) throw new AppError('not found', { what: 'message' })
    const rows = message.wamid ? await allStatuses(tx, message.channelId, message.wamid) : []
    const items = rows.map(({ status, participant, providerAt, errorCode, errorText }) => ({
      ...{ status, participant: participant || null, at: iso(providerAt), errorCode, errorText },
    }))
    return c.json({ items }, 200)
  })
})
