/** People who are in HubSpot already, however their number is written there. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ConnectorContext, Sought } from '../../../src/connectors/contract.ts'
import { createTransport } from '../../../src/connectors/fetch.ts'
import { hubspot } from '../../../src/connectors/hubspot/index.ts'
import { hubspotSettings } from '../../../src/connectors/hubspot/settings.ts'
import { createSandbox, type Listening, type Sandbox } from '../../../src/sandbox/index.ts'
import { aContact, CONNECTION, toItem } from '../records.ts'

const PORTAL = 42_001
const credentials = { accessToken: 'pat-test', clientSecret: 'a-secret', appId: '5150' }
let sandbox: Sandbox
let listening: Listening
let ctx: ConnectorContext<never, never>

beforeEach(async () => {
  sandbox = createSandbox()
  listening = await sandbox.listen(0)
  sandbox.hubspot.portals({ portalId: PORTAL, token: 'pat-test', clientSecret: 'a-secret', appId: 5150 })
  const fresh = {
    fetch: createTransport({ fetch, deadlineMs: 2_000, clock: () => performance.now() }),
    ...{ baseUrl: `${listening.url}/hubspot`, credentials, settings: hubspotSettings.parse({}), now: new Date() },
    connectionId: CONNECTION,
  }
  ctx = { ...fresh, settings: await hubspot.setUp(fresh, { webhookUrl: 'https://x.example', numbers: [] }) } as never
})
afterEach(() => listening.close())

const person = (properties: Record<string, string>) => sandbox.hubspot.create(PORTAL, 'contacts', { properties }).id

const sought = (phone: string, given: Partial<Sought> = {}): Sought => ({
  ...{ recordId: 'ours', waKey: phone.replace(/\D/g, ''), phones: [phone], email: null },
  ...given,
})
const find = (...people: Sought[]) => hubspot.contact.find?.(ctx, people)

test.each([
  ['+34600000001', '+34 600 00 00 01'],
  ['+34600000001', '600-000-001'],
  ['+34600000001', '0034600000001'],
  ['+525512345678', '+52 1 55 1234 5678'],
  ['+5511987654321', '(11) 8765-4321'],
  ['+5491123456789', '+54 11 2345 6789'],
])('%s is known as "%s"', async (ours, theirs) => {
  const id = person({ firstname: 'Ana', phone: theirs })
  expect(await find(sought(ours))).toEqual([{ recordId: 'ours', remoteId: id, by: 'phone' }])
})

test.each([
  ['+34600000001', '+52 600 00 00 01'],
  ['+34600000001', '34600000019'],
])('%s is not "%s"', async (ours, theirs) => {
  person({ firstname: 'Ana', phone: theirs })
  expect(await find(sought(ours))).toEqual([])
})

test('the key comes before the e-mail, and the e-mail before the number', async () => {
  const keyed = person({ wa_id: '34600000001', phone: '+34600000001' })
  const mailed = person({ email: 'ana@example.com', mobilephone: '+34600000002' })
  person({ firstname: 'Other', phone: '+34600000002' })
  const found = await find(
    sought('+34600000001', { recordId: 'a' }),
    sought('+34600000002', { recordId: 'b', email: 'Ana@Example.com' }),
  )
  expect(found).toEqual([
    { recordId: 'a', remoteId: keyed, by: 'key' },
    { recordId: 'b', remoteId: mailed, by: 'email' },
  ])
})

test('two of one number are both told, and one with the key of somebody else is not', async () => {
  const ids = [person({ phone: '+34600000001' }), person({ mobilephone: '600000001' })]
  person({ phone: '+34600000001', wa_id: '34699999999' })
  const found = await find(sought('+34600000001'))
  expect(found?.map(({ remoteId }) => remoteId).toSorted()).toEqual(ids.toSorted())
})

test('whom nobody looked for yet is met in the push: that contact gets our key, and keeps its name', async () => {
  const id = person({ firstname: 'Anita', phone: '600 00 00 01' })
  const record = aContact(1, { phone: '+34600000001', waKey: '34600000001' })
  const item = toItem(record.id, hubspot.contact.toRemote(ctx.settings, record, CONNECTION))
  expect(await hubspot.contact.push(ctx, [item])).toMatchObject([{ kind: 'stored', remoteId: id }])
  const { results } = sandbox.hubspot.objects(PORTAL, 'contacts') as { results: { properties: object }[] }
  expect(results).toHaveLength(1)
  expect(results[0]?.properties).toMatchObject({ wa_id: '34600000001', firstname: 'Anita', phone: '600 00 00 01' })
})

test('with two of one number nothing is chosen: a person is asked', async () => {
  person({ phone: '+34600000001' })
  person({ phone: '+34600000001' })
  const record = aContact(1, { phone: '+34600000001', waKey: '34600000001' })
  const item = toItem(record.id, hubspot.contact.toRemote(ctx.settings, record, CONNECTION))
  const [result] = await hubspot.contact.push(ctx, [item])
  expect(result).toMatchObject({ kind: 'failed', failure: { kind: 'rejected', field: 'phone' } })
  expect(sandbox.hubspot.objects(PORTAL, 'contacts').total).toBe(2)
})

test('an index that is behind does not find the newest, and has caught up later', async () => {
  sandbox.hubspot.configure(PORTAL, { searchLagMs: 8_000 })
  person({ phone: '+34600000001' })
  expect(await find(sought('+34600000001'))).toEqual([])
  sandbox.time({ advanceMs: 8_001 })
  expect(await find(sought('+34600000001'))).toHaveLength(1)
})
