import type { ObjectKind } from '../../../src/connectors/contract.ts'
import { createTransport } from '../../../src/connectors/fetch.ts'
import type { Consent } from '../../../src/connectors/salesforce/credentials.ts'
import { salesforceSettings } from '../../../src/connectors/salesforce/settings.ts'
import { createSandbox, type Sandbox } from '../../../src/sandbox/index.ts'
import type { Fault, Harness } from '../contract.ts'
import { CONNECTION } from '../records.ts'

export const ORG = '00D000000000001EAA'
const objects: Record<ObjectKind, string> = { contact: 'Contact', ticket: 'Case', message: 'WhatsApp_Message__c' }

/** As consent gives them, for an organization whose session is open. */
export function grantedIn(url: string): Consent {
  return {
    ...{ kind: 'oauth', clientId: 'the-app', clientSecret: 'a-secret', redirectUri: 'https://buzon.example/oauth' },
    ...{ accessToken: '00D!session', refreshToken: 'a-refresh-token', instanceUrl: `${url}/salesforce` },
    expiresAt: '2099-01-01T00:00:00.000Z',
  }
}

export function openOrg(sandbox: Sandbox) {
  return sandbox.salesforce.orgs({
    ...{ orgId: ORG, clientId: 'the-app', clientSecret: 'a-secret' },
    ...{ accessToken: '00D!session', refreshToken: 'a-refresh-token' },
  })
}

/** Salesforce as the sandbox simulates it. */
export const salesforceHarness: Harness = {
  // Of each, one looks for people by phone; kinds pushed each by itself. All in one go: `push.test.ts`.
  calls: { contacts: 2, messages: 4 },
  lacks: ['signed bodies'],
  async start() {
    const sandbox = createSandbox()
    const listening = await sandbox.listen(0)
    openOrg(sandbox)
    const writes = { vendor: 'salesforce' as const, method: 'POST', path: '/composite$' }
    const { salesforce } = sandbox
    return {
      ctx: {
        fetch: createTransport({ fetch, deadlineMs: 700, clock: () => performance.now() }),
        baseUrl: `${listening.url}/salesforce`,
        credentials: grantedIn(listening.url),
        settings: salesforceSettings.parse({}),
        now: new Date(),
        connectionId: CONNECTION,
      },
      fail: fault => sandbox.faults.add({ ...writes, ...planned[fault] }),
      refuse: places => sandbox.faults.add({ ...writes, kind: 'partial', failIndexes: places }),
      failErasure: () => sandbox.faults.add({ ...writes, ...planned['refused as busy'] }),
      records: kind =>
        salesforce.records(ORG, objects[kind]).map(({ id, fields }) => ({ remoteId: id, values: textsOf(fields) })),
      calls: () => sandbox.calls.report('salesforce').total,
      clearCalls: () => sandbox.calls.clear(),
      advance: advanceMs => new Date(sandbox.time({ advanceMs }).now),
      lags: transactionMs => salesforce.configure(ORG, { transactionMs }),
      person: {
        makes: ({ name, phone, email }) =>
          salesforce.create(ORG, 'Contact', {
            fields: { LastName: name, ...(phone ? { Phone: phone } : {}), ...(email ? { Email: email } : {}) },
          }).id,
        renames: (id, name) => salesforce.edit(ORG, 'Contact', id, { fields: { FirstName: null, LastName: name } }),
        resolves: id => salesforce.edit(ORG, 'Case', id, { fields: { Status: 'Closed' } }),
        deletes: (kind, id) => salesforce.remove(ORG, objects[kind], id),
        merges: (masterId, loserId) => salesforce.merge(ORG, { masterId, loserId }).id,
      },
      disorder: () => {},
      webhooks: () => Promise.resolve([]),
      close: () => listening.close(),
    }
  },
}

const planned: Record<Fault, Omit<Parameters<Sandbox['faults']['add']>[0], 'vendor' | 'path'>> = {
  'rate limited': {
    ...{ kind: 'status', status: 403 },
    body: [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'TotalRequests Limit exceeded.' }],
  },
  'refused as busy': {
    ...{ kind: 'status', status: 503 },
    body: [{ errorCode: 'SERVER_UNAVAILABLE', message: 'Server too busy' }],
  },
  'stored, then an error': { kind: 'store_then_500', status: 502 },
  'no answer': { kind: 'hang' },
  'stored, then no answer': { kind: 'store_then_hang' },
}

/** As a connector gives them. */
function textsOf(fields: Record<string, unknown>): Record<string, string> {
  const texts = Object.entries(fields).map(([name, value]) => [name, String(value ?? '').replace('+0000', 'Z')])
  return Object.fromEntries(texts)
}
