import type { ObjectKind } from '../../../src/connectors/contract.ts'
import { createTransport } from '../../../src/connectors/fetch.ts'
import { hubspotSettings } from '../../../src/connectors/hubspot/settings.ts'
import { createSandbox, type Sandbox } from '../../../src/sandbox/index.ts'
import { type Fault, type Harness, receiveWebhooks } from '../contract.ts'
import { CONNECTION } from '../records.ts'

const PORTAL = 42_001
const objects: Record<ObjectKind, string> = { contact: 'contacts', ticket: 'tickets', message: 'communications' }

/** HubSpot as the sandbox simulates it. */
export const hubspotHarness: Harness = {
  // Of these, 3 each look for people by phone.
  calls: { contacts: 6, messages: 19 },
  async start() {
    const sandbox = createSandbox()
    const listening = await sandbox.listen(0)
    const hooks = await receiveWebhooks()
    const credentials = { accessToken: 'pat-test', clientSecret: 'a-secret', appId: '5150' }
    sandbox.hubspot.portals({
      ...{ portalId: PORTAL, token: credentials.accessToken, clientSecret: credentials.clientSecret, appId: 5150 },
      ...{ webhookUrl: hooks.url },
    })
    const at = (kind: ObjectKind) => ({
      vendor: 'hubspot' as const,
      path: `/${objects[kind]}/batch/(create|upsert|update)`,
    })
    return {
      ctx: {
        fetch: createTransport({ fetch, deadlineMs: 700, clock: () => performance.now() }),
        baseUrl: `${listening.url}/hubspot`,
        credentials,
        settings: hubspotSettings.parse({}),
        now: new Date(),
        connectionId: CONNECTION,
      },
      fail: (fault, kind) => sandbox.faults.add({ ...at(kind), ...planned[fault] }),
      refuse: (places, kind) => sandbox.faults.add({ ...at(kind), kind: 'partial', failIndexes: places }),
      failErasure: () => sandbox.faults.add({ vendor: 'hubspot', path: '/gdpr-delete', ...planned['refused as busy'] }),
      records: kind => recordsOf(sandbox, kind),
      calls: () => sandbox.calls.report('hubspot').total,
      clearCalls: () => sandbox.calls.clear(),
      advance: advanceMs => new Date(sandbox.time({ advanceMs }).now),
      lags: searchLagMs => sandbox.hubspot.configure(PORTAL, { searchLagMs }),
      person: {
        makes: ({ name, ...contact }) =>
          sandbox.hubspot.create(PORTAL, 'contacts', { properties: { firstname: name, ...contact } }).id,
        renames: (id, name) =>
          sandbox.hubspot.edit(PORTAL, 'contacts', id, { properties: { firstname: name, lastname: '' } }),
        resolves: id => sandbox.hubspot.edit(PORTAL, 'tickets', id, { properties: { hs_pipeline_stage: '4' } }),
        deletes: (kind, id) => sandbox.hubspot.archive(PORTAL, objects[kind], id),
        merges: (primaryObjectId, objectIdToMerge) =>
          sandbox.hubspot.merge(PORTAL, { primaryObjectId, objectIdToMerge }).id,
      },
      disorder: () => sandbox.hubspot.configure(PORTAL, { duplicates: 2, shuffle: true, seed: 7 }),
      async webhooks() {
        await sandbox.idle()
        return hooks.take()
      },
      async close() {
        await listening.close()
        await hooks.close()
      },
    }
  },
}

const planned: Record<Fault, Omit<Parameters<Sandbox['faults']['add']>[0], 'vendor' | 'path'>> = {
  'rate limited': {
    kind: 'status',
    status: 429,
    headers: { 'X-HubSpot-RateLimit-Interval-Milliseconds': '10000' },
    body: { status: 'error', category: 'RATE_LIMITS', policyName: 'TEN_SECONDLY_ROLLING', message: 'limit' },
  },
  'refused as busy': { kind: 'status', status: 423, body: { status: 'error', message: 'locked' } },
  'stored, then an error': { kind: 'store_then_500', status: 502 },
  'no answer': { kind: 'hang' },
  'stored, then no answer': { kind: 'store_then_hang' },
}

function recordsOf(sandbox: Sandbox, kind: ObjectKind) {
  const { results } = sandbox.hubspot.objects(PORTAL, objects[kind])
  return results.map(({ id, properties }) => ({ remoteId: id, values: properties }))
}
