/** A reply written in HubSpot's inbox, out and back against the sandbox. */
import { expect, test } from 'vitest'
import { createTransport } from '../../../src/connectors/fetch.ts'
import { hubspot } from '../../../src/connectors/hubspot/index.ts'
import { createSandbox } from '../../../src/sandbox/index.ts'
import { receiveWebhooks } from '../contract.ts'
import { aContact, aMessage, CONNECTION, toItem } from '../records.ts'
import { aContext, settings } from './context.ts'

const PORTAL = 42_002

test.each([false, true])(
  'an agent answers in HubSpot, and learns there what became of it (in a list: %s)',
  async asArray => {
    const sandbox = createSandbox()
    const listening = await sandbox.listen(0)
    const hooks = await receiveWebhooks()
    const transport = createTransport({ fetch, clock: () => performance.now() })
    const ctx = { ...aContext(transport), baseUrl: `${listening.url}/hubspot` }
    const { accessToken: token, clientSecret } = ctx.credentials
    sandbox.hubspot.portals({ portalId: PORTAL, token, clientSecret, appId: 5150, duplicates: 2 })

    const api = async (path: string, body?: unknown) => {
      const url = `${ctx.baseUrl}/conversations/custom-channels/2026-09${path}`
      const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
      const answer = await fetch(url, { ...init, headers: { authorization: `Bearer ${token}` } })
      return (await answer.json()) as { id: string; status?: object }
    }
    const channel = await api('', { name: 'Buzón', webhookUrl: hooks.url })
    const deliveryIdentifier = { type: 'HS_PHONE_NUMBER', value: '+34910000000' }
    await api(`/${channel.id}/channel-accounts`, { name: 'Tienda', inboxId: '1', deliveryIdentifier })
    await hubspot.setUp(ctx, { webhookUrl: 'https://buzon.example/hooks', numbers: [] })
    const contact = toItem('contact-1', hubspot.contact.toRemote(settings, aContact(), CONNECTION))
    const [made] = await hubspot.contact.push(ctx, [contact])
    if (made?.kind !== 'stored') throw new Error('no contact')

    const written = sandbox.hubspot.reply(PORTAL, {
      contactId: made.remoteId,
      text: 'Ya sale 📦',
      ownerId: '71001',
      asArray,
    })
    await sandbox.idle()
    const requests = hooks.take()
    expect(requests).toHaveLength(2)
    for (const request of requests) {
      expect(await hubspot.webhook?.verify(ctx.credentials, request, new Date())).toBe('valid')
      const body = JSON.parse(new TextDecoder().decode(request.body))
      expect(hubspot.webhook?.parse(body, new Date(), hubspot.settings.parse({}))).toMatchObject([
        {
          ...{ kind: 'reply', remoteId: written.id, text: 'Ya sale 📦', author: { name: 'Carmen Ruiz' } },
          to: { contactRemoteId: made.remoteId, phone: '+34600000001' },
        },
      ])
    }

    const source = { connectionId: CONNECTION, remoteId: written.id }
    const onChannel = { ...ctx, settings: { ...settings, channel: { channelId: channel.id, channelAccountId: '1' } } }
    for (const [status, told] of [
      ['read', { statusType: 'READ' }],
      ['failed', { statusType: 'FAILED', failureDetails: { errorMessage: 'Sin WhatsApp' } }],
    ] as const) {
      const message = aMessage(1, { source, direction: 'out', origin: 'agent', status, failureReason: 'Sin WhatsApp' })
      const mapped = hubspot.message.toRemote(settings, message, CONNECTION)
      const results = await hubspot.message.push(onChannel, [toItem('message-1', mapped, { remoteId: written.id })])
      expect(results).toMatchObject([{ kind: 'stored', remoteId: written.id }])
      expect((await api(`/${channel.id}/messages/${written.id}`)).status).toEqual(told)
    }
    await listening.close()
    await hooks.close()
  },
)
