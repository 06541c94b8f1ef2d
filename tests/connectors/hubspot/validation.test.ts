/** Rules that admins of HubSpot make: refused item by item, and said with the label of the property at fault. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTransport } from '../../../src/connectors/fetch.ts'
import { hubspot } from '../../../src/connectors/hubspot/index.ts'
import { createSandbox, type Listening, type Sandbox } from '../../../src/sandbox/index.ts'
import { aContact, aTicket, CONNECTION, toItem } from '../records.ts'
import { aContext } from './context.ts'

const PORTAL = 42_003
let sandbox: Sandbox
let listening: Listening
let ctx: ReturnType<typeof aContext>
beforeEach(async () => {
  sandbox = createSandbox()
  listening = await sandbox.listen(0)
  const base = aContext(createTransport({ fetch, clock: () => performance.now() }))
  const { accessToken: token, clientSecret } = base.credentials
  sandbox.hubspot.portals({ portalId: PORTAL, token, clientSecret, appId: 5150 })
  const fresh = { ...base, baseUrl: `${listening.url}/hubspot` }
  ctx = { ...fresh, settings: await hubspot.setUp(fresh, { webhookUrl: 'https://x.example', numbers: [] }) }
})
afterEach(() => listening.close())

const contactItem = (at: number) =>
  toItem(
    `contact-${at}`,
    hubspot.contact.toRemote(ctx.settings, aContact(at, at === 2 ? { email: 'a@x.es' } : {}), CONNECTION),
  )

test('a property that is required names itself by its label, and the others are stored', async () => {
  sandbox.hubspot.configure(PORTAL, { validationRules: [{ objectType: 'contacts', property: 'email' }] })
  const results = await hubspot.contact.push(ctx, [contactItem(1), contactItem(2)])
  expect(results.find(({ recordId }) => recordId === 'contact-2')).toMatchObject({ kind: 'stored' })
  expect(results.find(({ recordId }) => recordId === 'contact-1')).toMatchObject({
    failure: {
      ...{ kind: 'rejected', code: 'MISSING_REQUIRED_PROPERTY', field: 'email' },
      message: expect.stringMatching(/^Correo \(email\): /),
    },
  })
})

test('one that is required in a stage is told when the ticket gets there', async () => {
  const when = { property: 'hs_pipeline_stage', values: ['4'] }
  sandbox.hubspot.configure(PORTAL, { validationRules: [{ objectType: 'tickets', property: 'content', when }] })
  const map = (state: 'open' | 'resolved') => hubspot.ticket.toRemote(ctx.settings, aTicket(1, { state }), CONNECTION)
  const [made] = await hubspot.ticket.push(ctx, [toItem('ticket-1', map('open'))])
  if (made?.kind !== 'stored') throw new Error(JSON.stringify(made))
  const resolved = toItem('ticket-1', map('resolved'), { remoteId: made.remoteId, changed: ['hs_pipeline_stage'] })
  expect(await hubspot.ticket.push(ctx, [resolved])).toMatchObject([
    {
      failure: {
        ...{ kind: 'rejected', code: 'MISSING_CONDITIONAL_REQUIRED_PROPERTY', field: 'content' },
        message: expect.stringContaining('Descripción del ticket (content)'),
      },
    },
  ])
})
