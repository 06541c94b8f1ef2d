import { OpenAPIHono, z } from '@hono/zod-openapi'
import { type ChannelRow, listChannels } from '../../db/channels.ts'
import { inWorkspace } from '../../db/tenancy.ts'
import { createChannel } from '../../inbox/create-channel.ts'
import { reconnectChannel } from '../../inbox/reconnect-channel.ts'
import { resumeChannel } from '../../inbox/resume-channel.ts'
import { keepMetaApp } from '../../inbox/save-meta-app.ts'
import { inboxContext } from '../auth.ts'
import { invalid } from '../invalid.ts'
import type { HttpEnv } from '../runtime.ts'
import { idParam, instant, iso, jsonBody, route } from './shapes.ts'

const channelShape = z
  .object({
    id: z.uuid(),
    name: z.string(),
    phoneNumberId: z.string(),
    wabaId: z.string(),
    displayPhoneNumber: z.string().nullable(),
    state: z.enum(['connected', 'unchecked', 'paused', 'reconnect', 'disconnected']),
    stateReason: z.string().nullable(),
    /** Messages a second that WhatsApp grants. */
    perSecond: z.number().int(),
    webhookUrl: z.string(),
    createdAt: instant,
  })
  .openapi('Channel')

const digits = (what: string) =>
  z
    .string()
    .trim()
    .regex(/^\d{1,30}$/, `must be ${what}, digits only`)

const appKey = z.string().regex(/^[a-z0-9-]{1,40}$/, 'must be lower-case letters, digits and dashes')
const appBody = z.object({
  appKey: appKey.refine(key => key !== 'default', 'default is the app of the configuration'),
  appSecrets: z.array(z.string().min(1)).min(1).max(2).openapi({ description: 'The secret; during a rotation both' }),
  verifyToken: z.string().min(1),
})
const appShape = z.object({ appKey: z.string(), webhookUrl: z.string() }).openapi('MetaApp')

const token = z.string().trim().min(1, 'must be a system user’s access token')

const createBody = z.object({
  name: z.string().trim().min(1).max(100).optional(),
  phoneNumberId: digits('the phone number id of WhatsApp Manager (not the number itself)'),
  wabaId: digits('the id of the WhatsApp Business Account'),
  token,
  /** The Meta app whose webhooks speak for the number, where it is not the default one. */
  appKey: appKey.default('default'),
})

const routes = {
  list: route('get', '/channels', 'WhatsApp numbers', {}, z.object({ items: z.array(channelShape) })),
  create: route('post', '/channels', 'Connect a WhatsApp number', jsonBody(createBody), channelShape, 201),
  reconnect: route(
    ...(['post', '/channels/{id}/reconnect', 'Give a number another access token'] as const),
    { params: idParam, ...jsonBody(z.object({ token })) },
    channelShape,
  ),
  resume: route(
    ...(['post', '/channels/{id}/resume', 'Send again from a number that WhatsApp held back'] as const),
    { params: idParam },
    channelShape,
  ),
  app: route(
    'post',
    '/meta-apps',
    'Keep a Meta app of your own, with its own webhook address',
    jsonBody(appBody),
    appShape,
    201,
  ),
}

export const channels = new OpenAPIHono<HttpEnv>({ defaultHook: invalid })
  .openapi(routes.list, async c => {
    const rows = await inWorkspace(c.var.runtime.services.db, c.var.caller.workspaceId, tx => listChannels(tx))
    return c.json({ items: rows.map(row => showChannel(row, c.var.runtime.appUrl)) }, 200)
  })
  .openapi(routes.create, async c => {
    const { whatsapp, sealing } = c.var.runtime.services
    const context = { ...inboxContext(c.var.runtime, c.var.caller), whatsapp, sealing }
    const channel = await createChannel(context, c.req.valid('json'))
    return c.json(showChannel(channel, c.var.runtime.appUrl), 201)
  })
  .openapi(routes.reconnect, async c => {
    const { whatsapp, sealing } = c.var.runtime.services
    const context = { ...inboxContext(c.var.runtime, c.var.caller), whatsapp, sealing }
    const channel = await reconnectChannel(context, c.req.valid('param').id, c.req.valid('json').token)
    return c.json(showChannel(channel, c.var.runtime.appUrl), 200)
  })
  .openapi(routes.resume, async c => {
    const channel = await resumeChannel(inboxContext(c.var.runtime, c.var.caller), c.req.valid('param').id)
    return c.json(showChannel(channel, c.var.runtime.appUrl), 200)
  })
  .openapi(routes.app, async c => {
    const { runtime, caller } = c.var
    const app = c.req.valid('json')
    await keepMetaApp({ ...inboxContext(runtime, caller), sealing: runtime.services.sealing }, app)
    return c.json({ appKey: app.appKey, webhookUrl: `${runtime.appUrl}/hooks/whatsapp/${app.appKey}` }, 201)
  })

function showChannel(row: ChannelRow, appUrl: string): z.infer<typeof channelShape> {
  const { id, name, phoneNumberId, wabaId, displayPhoneNumber, state, stateReason, perSecond, appKey } = row
  const webhookUrl = `${appUrl}/hooks/whatsapp${appKey === 'default' ? '' : `/${appKey}`}`
  const shown = { id, name, phoneNumberId, wabaId, displayPhoneNumber, state, stateReason, perSecond, webhookUrl }
  return { ...shown, createdAt: iso(row.createdAt) }
}
