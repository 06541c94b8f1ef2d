import type { ObjectKind } from '../../../src/connectors/contract.ts'
import { createTransport } from '../../../src/connectors/fetch.ts'
import { messagesIn } from '../../../src/connectors/zendesk/comments.ts'
import { comment } from '../../../src/connectors/zendesk/schema.ts'
import { zendeskSettings } from '../../../src/connectors/zendesk/settings.ts'
import { createSandbox, type Sandbox } from '../../../src/sandbox/index.ts'
import { ADMIN } from '../../../src/sandbox/zendesk/state.ts'
import { type Fault, type Harness, receiveWebhooks } from '../contract.ts'
import { CONNECTION } from '../records.ts'

export const ACCOUNT = 'arrayan'
const CLIENT = { clientId: 'buzon', clientSecret: 'a-secret' }

/** Access by consent, as if it had just been given. */
export const access = {
  ...{ kind: 'oauth', subdomain: ACCOUNT, accessToken: 'access-test', refreshToken: 'refresh-test', ...CLIENT },
  ...{ expiresAt: '2036-01-01T00:00:00.000Z', redirectUri: 'https://buzon.example/oauth/callback' },
  scopes: ['read', 'write'],
}

/** Where a kind is written. */
const paths: Record<ObjectKind, string> = {
  contact: '/users/(create_or_update_many|update_many)',
  ticket: '/tickets/(create_many|update_many)',
  message: '/tickets/update_many',
}

/** Zendesk as the sandbox simulates it. */
export const zendeskHarness: Harness = {
  // 2 searches by phone and 3 jobs of contacts, 3 searches by our id and 3 jobs of tickets, 10 jobs of comments in 4 rounds, and a
  // look at each lot of jobs. Pushed together, and messages that follow soon as one comment, they are fewer: `calls.test.ts`.
  calls: { contacts: 6, messages: 27 },
  signsBodyOnly: true,
  async start() {
    const sandbox = createSandbox()
    const listening = await sandbox.listen(0)
    const hooks = await receiveWebhooks()
    sandbox.zendesk.accounts({ subdomain: ACCOUNT, ...CLIENT, token: access.accessToken })
    sandbox.zendesk.configure(ACCOUNT, { rateLimit: false })
    return {
      ctx: {
        fetch: createTransport({ fetch, deadlineMs: 700, clock: () => performance.now() }),
        baseUrl: `${listening.url}/zendesk`,
        credentials: access,
        settings: zendeskSettings.parse({ subdomain: ACCOUNT }),
        now: new Date(),
        connectionId: CONNECTION,
        wait: () => Promise.resolve(),
      },
      place: { webhookUrl: hooks.url, numbers: [] },
      fail: (fault, kind) => sandbox.faults.add({ vendor: 'zendesk', path: paths[kind], ...planned[fault] }),
      refuse: (places, kind) => refuse(sandbox, places, kind),
      failErasure: () =>
        sandbox.faults.add({ vendor: 'zendesk', path: '/tickets/destroy_many', ...planned['refused as busy'] }),
      records: kind => recordsOf(sandbox, kind),
      calls: () => sandbox.calls.report('zendesk').total,
      clearCalls: () => sandbox.calls.clear(),
      advance: advanceMs => new Date(sandbox.time({ advanceMs }).now),
      lags: lagMs => sandbox.zendesk.configure(ACCOUNT, { lagMs }),
      person: {
        makes: contact => String(sandbox.zendesk.makeUser(ACCOUNT, contact).id),
        renames: (id, name) => sandbox.zendesk.editUser(ACCOUNT, id, { name }),
        resolves: id => sandbox.zendesk.editTicket(ACCOUNT, id, { status: 'solved' }),
        deletes: (kind, id) =>
          kind === 'contact' ? sandbox.zendesk.deleteUser(ACCOUNT, id) : sandbox.zendesk.deleteTicket(ACCOUNT, id),
        merges: (winner, loser) => String(sandbox.zendesk.mergeUsers(ACCOUNT, { winner, loser }).id),
      },
      disorder: () => sandbox.zendesk.configure(ACCOUNT, { duplicates: 2, shuffle: true, seed: 7 }),
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

/** Messages that are one comment are refused together first, and then each by itself. */
function refuse(sandbox: Sandbox, places: number[], kind: ObjectKind) {
  const partial = { vendor: 'zendesk' as const, path: paths[kind], kind: 'partial' as const }
  if (kind !== 'message') {
    sandbox.faults.add({ ...partial, failIndexes: places })
    return
  }
  sandbox.faults.add({ ...partial, failIndexes: [0] })
  for (const place of places) sandbox.faults.add({ ...partial, failIndexes: [0], skip: place })
}

const planned: Record<Fault, Omit<Parameters<Sandbox['faults']['add']>[0], 'vendor' | 'path'>> = {
  'rate limited': {
    kind: 'status',
    status: 429,
    headers: { 'Retry-After': '12' },
    body: { error: 'APIRateLimitExceeded', description: 'Rate limit exceeded' },
  },
  'refused as busy': {
    kind: 'status',
    status: 503,
    headers: { 'Retry-After': '5' },
    body: { error: 'ServiceUnavailable' },
  },
  'stored, then an error': { kind: 'store_then_500', status: 502 },
  'no answer': { kind: 'hang' },
  'stored, then no answer': { kind: 'store_then_hang' },
}

function recordsOf(sandbox: Sandbox, kind: ObjectKind) {
  const { users, tickets } = sandbox.zendesk.view(ACCOUNT)
  if (kind === 'contact') return users.results.map(({ id, name }) => ({ remoteId: String(id), values: { name } }))
  if (kind === 'ticket')
    return tickets.results.map(({ id, subject }) => ({ remoteId: String(id), values: { subject } }))
  return tickets.results.flatMap(ticket =>
    ticket.comments.flatMap(each =>
      messagesIn(comment.parse(each)).map(({ recordId, body, at }) => ({
        remoteId: `${ticket.id}/${recordId}`,
        values: { body, at, author: each.author_id === ADMIN ? 'us' : 'customer', failure: null, file: null } as never,
      })),
    ),
  )
}
