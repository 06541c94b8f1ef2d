import { OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { worstOf } from '../../core/channel-checks.ts'
import { AppError } from '../../core/errors.ts'
import { type ChannelRow, channelById, listChannels } from '../../db/channels.ts'
import { inWorkspace } from '../../db/tenancy.ts'
import { channelHealth } from '../../inbox/channel-health.ts'
import { checkChannel } from '../../inbox/check-channel.ts'
import { createChannel } from '../../inbox/create-channel.ts'
import { reconnectChannel } from '../../inbox/reconnect-channel.ts'
import { resumeChannel } from '../../inbox/resume-channel.ts'
import { inboxContext } from '../auth.ts'
import { languageFor } from '../errors.ts'
import { invalid } from '../invalid.ts'
import type { HttpEnv } from '../runtime.ts'
import { channelShape, checkupShape, showChannel, showChecks } from './channel-shapes.ts'
import { idParam, iso, jsonBody, route } from './shapes.ts'

export const digits = (what: string) =>
  z
    .string()
    .trim()
    .regex(/^\d{1,30}$/, `must be ${what}, digits only`)

export const phoneNumberId = digits('the phone number id of WhatsApp Manager (not the number itself)')
export const wabaId = digits('the id of the WhatsApp Business Account')
export const appKey = z.string().regex(/^[a-z0-9-]{1,40}$/, 'must be lower-case letters, digits and dashes')
export const token = z.string().trim().min(1, 'must be a system user’s access token')
export const channelName = z.string().trim().min(1).max(100).optional()

const createBody = z.object({
  ...{ name: channelName, phoneNumberId, wabaId, token },
  /** The Meta app whose webhooks speak for the number, where it is not the default one. */
  appKey: appKey.default('default'),
})

const routes = {
  list: route('channels.read', 'get', '/channels', 'WhatsApp numbers', {}, z.object({ items: z.array(channelShape) })),
  create: route(
    'channels.manage',
    'post',
    '/channels',
    'Keep a WhatsApp number as it is',
    jsonBody(createBody),
    channelShape,
    201,
  ),
  reconnect: route(
    ...(['channels.manage', 'post', '/channels/{id}/reconnect', 'Give a number another access token'] as const),
    { params: idParam, ...jsonBody(z.object({ token })) },
    channelShape,
  ),
  resume: route(
    ...([
      'channels.manage',
      'post',
      '/channels/{id}/resume',
      'Send again from a number that WhatsApp held back',
    ] as const),
    { params: idParam },
    channelShape,
  ),
  lastCheck: route(
    ...(['channels.read', 'get', '/channels/{id}/doctor', 'What the last check of a number found'] as const),
    { params: idParam },
    checkupShape,
  ),
  check: route(
    ...(['channels.manage', 'post', '/channels/{id}/doctor', 'Check a number now, within ten seconds'] as const),
    { params: idParam },
    checkupShape,
  ),
}

export const channels = new OpenAPIHono<HttpEnv>({ defaultHook: invalid })
  .openapi(routes.list, async c => {
    const { services } = c.var.runtime
    return inWorkspace(services.db, c.var.caller.workspaceId, async tx => {
      const rows = [...(await listChannels(tx))]
      const health = await channelHealth(tx, rows, services.now())
      const { appUrl } = c.var.runtime
      return c.json({ items: rows.map(row => showChannel(row, appUrl, languageFor(c), health.get(row.id))) }, 200)
    })
  })
  .openapi(routes.create, async c => {
    const { whatsapp, sealing } = c.var.runtime.services
    const context = { ...inboxContext(c.var.runtime, c.var.caller), whatsapp, sealing }
    return c.json(await showOne(c, await createChannel(context, c.req.valid('json'))), 201)
  })
  .openapi(routes.reconnect, async c => {
    const { whatsapp, sealing } = c.var.runtime.services
    const context = { ...inboxContext(c.var.runtime, c.var.caller), whatsapp, sealing }
    const channel = await reconnectChannel(context, c.req.valid('param').id, c.req.valid('json').token)
    return c.json(await showOne(c, channel), 200)
  })
  .openapi(routes.resume, async c => {
    const channel = await resumeChannel(inboxContext(c.var.runtime, c.var.caller), c.req.valid('param').id)
    return c.json(await showOne(c, channel), 200)
  })
  .openapi(routes.lastCheck, async c => {
    const { id } = c.req.valid('param')
    const { services } = c.var.runtime
    return inWorkspace(services.db, c.var.caller.workspaceId, async tx => {
      const row = await channelById(tx, id)
      const health = row && (await channelHealth(tx, [row], services.now())).get(id)
      if (!health) throw new AppError('not found', { what: 'channel' })
      const { state, checkedAt, checks } = health
      const shown = { channelId: id, state, checkedAt: iso(checkedAt), checks: showChecks(checks, languageFor(c)) }
      return c.json(shown, 200)
    })
  })
  .openapi(routes.check, async c => {
    const { services, appUrl } = c.var.runtime
    const { whatsapp, sealing, metaApp, fetch } = services
    const context = { ...inboxContext(c.var.runtime, c.var.caller), whatsapp, sealing, metaApp, fetch, appUrl }
    const { channelId, checkedAt, checks } = await checkChannel(context, c.req.valid('param').id)
    const shown = { channelId, state: worstOf(checks), checkedAt: iso(checkedAt) }
    return c.json({ ...shown, checks: showChecks(checks, languageFor(c)) }, 200)
  })

export async function showOne(c: Context<HttpEnv>, row: ChannelRow) {
  const { services, appUrl } = c.var.runtime
  const health = await inWorkspace(services.db, c.var.caller.workspaceId, tx =>
    channelHealth(tx, [row], services.now()),
  )
  return showChannel(row, appUrl, languageFor(c), health.get(row.id))
}
