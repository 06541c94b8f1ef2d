/** People who ask to be forgotten. */
import { OpenAPIHono, z } from '@hono/zod-openapi'
import { eraseThere } from '../../sync/erase-there.ts'
import { syncContextOf } from '../auth.ts'
import { invalid } from '../invalid.ts'
import type { HttpEnv } from '../runtime.ts'
import { route } from './shapes.ts'

const erasedShape = z
  .object({
    connectionId: z.uuid(),
    contactId: z.uuid(),
    remoteIds: z.array(z.string()).openapi({ description: 'The ids they had there' }),
  })
  .openapi('ErasedThere')

const erase = route(
  ...([
    'connections.manage',
    'post',
    '/connections/{id}/contacts/{contactId}/erase',
    'Erase a person in this CRM for good; here they stay, and nothing of them is told there again',
  ] as const),
  { params: z.object({ id: z.uuid(), contactId: z.uuid() }) },
  erasedShape,
)

export const erasures = new OpenAPIHono<HttpEnv>({ defaultHook: invalid }).openapi(erase, async c => {
  const { runtime, caller } = c.var
  const { id, contactId } = c.req.valid('param')
  const erased = await eraseThere(syncContextOf(runtime, caller), { connectionId: id, contactId }, caller.actor)
  return c.json(erased, 200)
})
