/** One address for all accounts that installed an app: each connection gets what is of its own. */
import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { SANDBOX } from '../../src/config.ts'
import { DEMO } from '../../src/node/demo.ts'
import { startHub, type TestHub } from '../support/hub.ts'
import { remote, say } from '../sync/support.ts'

let t: TestHub
beforeEach(async () => {
  t = await startHub()
})
afterEach(() => t.close())

async function post(body: unknown, secret: string = SANDBOX.hubspot.clientSecret) {
  const [url, text, timestamp] = [`${t.url}/hooks/hubspot`, JSON.stringify(body), String(t.now().getTime())]
  const signature = createHmac('sha256', secret).update(`POST${url}${text}${timestamp}`).digest('base64')
  const headers = { 'x-hubspot-signature-v3': signature, 'x-hubspot-request-timestamp': timestamp }
  return (await fetch(url, { method: 'POST', headers, body: text })).status
}

const stored = () => t.database.owner<{ source: string }[]>`select source from deliveries where source like 'hubspot:%'`

it('carries a change of an account to its connection, and of no other account', async () => {
  t.sandbox.hubspot.configure(DEMO.portalId, { webhookUrl: `${t.url}/hooks/hubspot` })
  await say(t, 'hola')
  const ticketId = remote(t, 'tickets')[0]?.id ?? ''
  t.sandbox.hubspot.edit(DEMO.portalId, 'tickets', ticketId, { properties: { hs_ticket_priority: 'URGENT' } })
  for (const seconds of [2, 2]) await t.pass(seconds)
  expect(await t.database.owner`select priority from tickets`).toEqual([{ priority: 'urgent' }])
  const before = (await stored()).length
  const event = { subscriptionType: 'contact.deletion', objectId: 1, occurredAt: 1 }
  expect(await post([{ ...event, portalId: 1 }])).toBe(401)
  expect(await post([{ ...event, portalId: DEMO.portalId }], 'other secret')).toBe(401)
  expect(await post([])).toBe(401)
  expect(
    await post([
      { ...event, portalId: 1 },
      { ...event, portalId: DEMO.portalId },
    ]),
  ).toBe(200)
  expect(
    await post([
      { ...event, portalId: 1 },
      { ...event, portalId: DEMO.portalId },
    ]),
  ).toBe(200)
  expect((await stored()).length).toBe(before + 1)
})
