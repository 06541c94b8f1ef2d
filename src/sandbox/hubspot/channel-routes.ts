import type { Hono } from 'hono'
import type { Runtime, SandboxEnv } from '../runtime.ts'
import type { ChangeFeed } from './changes.ts'
import {
  accountSchema,
  channelPatchSchema,
  channelSchema,
  messageStatusSchema,
  messageView,
  publishMessage,
  publishSchema,
} from './channels.ts'
import { refuse, scopeOf } from './door.ts'
import { notFound, Refused } from './errors.ts'
import { readBody } from './schema.ts'
import { type Channel, newId, type Portal } from './state.ts'

/** Custom channels: conversations of ours inside HubSpot's inbox. */
export function mountChannels(app: Hono<SandboxEnv>, runtime: Runtime, feed: ChangeFeed) {
  const { world, clock, bus } = runtime
  const base = '/hubspot/conversations/custom-channels'

  app.post(base, async c => {
    const input = await readBody(c.req, channelSchema)
    const channel: Channel = {
      id: newId(world.hubspot),
      ...input,
      createdAt: clock.iso(),
      accounts: new Map(),
      messages: new Map(),
      idempotency: new Map(),
      threads: new Map(),
      messagesByContact: new Map(),
    }
    c.get('portal').channels.set(channel.id, channel)
    bus.changed()
    return c.json(channelView(channel), 201)
  })

  app.get(base, c => {
    const channels = [...c.get('portal').channels.values()]
    return c.json({ total: channels.length, results: channels.map(channelView) })
  })

  app.get(`${base}/:channel`, c => c.json(channelView(channelOf(c.get('portal'), c.req.param('channel')))))

  app.patch(`${base}/:channel`, async c => {
    const channel = channelOf(c.get('portal'), c.req.param('channel'))
    const { name, webhookUrl, capabilities } = await readBody(c.req, channelPatchSchema)
    if (name !== undefined) channel.name = name
    if (webhookUrl !== undefined) channel.webhookUrl = webhookUrl
    if (capabilities !== undefined) channel.capabilities = { ...channel.capabilities, ...capabilities }
    bus.changed()
    return c.json(channelView(channel))
  })

  app.delete(`${base}/:channel`, c => {
    const portal = c.get('portal')
    portal.channels.delete(channelOf(portal, c.req.param('channel')).id)
    bus.changed()
    return c.body(null, 204)
  })

  app.post(`${base}/:channel/channel-accounts`, async c => {
    const channel = channelOf(c.get('portal'), c.req.param('channel'))
    const input = await readBody(c.req, accountSchema)
    const account = { id: newId(world.hubspot), channelId: channel.id, ...input, active: true, createdAt: clock.iso() }
    channel.accounts.set(account.id, account)
    bus.changed()
    return c.json(accountView(account), 201)
  })

  app.get(`${base}/:channel/channel-accounts`, c => {
    const accounts = [...channelOf(c.get('portal'), c.req.param('channel')).accounts.values()]
    return c.json({ total: accounts.length, results: accounts.map(accountView) })
  })

  app.post(`${base}/:channel/messages`, async c => {
    const channel = channelOf(c.get('portal'), c.req.param('channel'))
    const input = await readBody(c.req, publishSchema)
    const message = publishMessage(scopeOf(c, runtime, feed), channel, input)
    if ('category' in message) return refuse(c, message)
    bus.changed()
    return c.json(messageView(message), 201)
  })

  app.get(`${base}/:channel/messages/:message`, c => {
    const message = channelOf(c.get('portal'), c.req.param('channel')).messages.get(c.req.param('message'))
    return message ? c.json(messageView(message)) : refuse(c, notFound())
  })

  app.patch(`${base}/:channel/messages/:message`, async c => {
    const message = channelOf(c.get('portal'), c.req.param('channel')).messages.get(c.req.param('message'))
    const input = await readBody(c.req, messageStatusSchema)
    if (!message) return refuse(c, notFound())
    message.status = {
      statusType: input.statusType,
      ...(input.statusType === 'FAILED'
        ? { failureDetails: { ...input.failureDetails, errorMessage: input.errorMessage ?? '' } }
        : {}),
    }
    bus.changed()
    return c.json(messageView(message))
  })
}

function channelOf(portal: Portal, id: string): Channel {
  const channel = portal.channels.get(id)
  if (!channel) throw new Refused(notFound())
  return channel
}

function channelView({ id, name, webhookUrl, capabilities, createdAt }: Channel) {
  return { id, name, webhookUrl: webhookUrl ?? null, capabilities, createdAt }
}

function accountView<T extends object>(account: T) {
  return { ...account, archived: false }
}
