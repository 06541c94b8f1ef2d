/** The card inside HubSpot's records: signed requests, who they are from, and answers that go out once. */
import { createHmac, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SANDBOX } from '../../src/config.ts'
import { DEMO } from '../../src/node/demo.ts'
import { startHub, type TestHub } from '../support/hub.ts'
import { openDemoPeople } from '../support/sign-in.ts'
import { remote, say } from '../sync/support.ts'

let t: TestHub
let contactId: string
beforeAll(async () => {
  t = await startHub()
  await openDemoPeople(t)
  await say(t, 'hola')
  contactId = remote(t, 'contacts')[0]?.id ?? ''
})
afterAll(() => t.close())

type Asked = { query?: Record<string, string>; body?: unknown; secret?: string; at?: number; tamper?: string }
type Shown = {
  canReply: boolean
  language: string
  person: { name: string } | null
  ticket: { id: string; number: string } | null
  window: { kind: string } | null
  sla: { policy: string; lines: unknown[] } | null
  messages: { direction: string; text: string; status: string }[]
  templates: { name: string }[]
}

/** As HubSpot sends it for the card: it adds who asks to the address, and signs the whole. */
async function ask<T>(path: string, { query = {}, body, secret, at, tamper = '' }: Asked = {}) {
  const who = { userId: '1', portalId: String(DEMO.portalId), userEmail: 'carmen.ruiz@example.com', appId: '1' }
  const url = `${t.url}/embed/hubspot${path}?${new URLSearchParams({ ...who, ...query })}`
  const method = body === undefined ? 'GET' : 'POST'
  const text = body === undefined ? '' : JSON.stringify(body)
  const timestamp = String(at ?? t.now().getTime())
  const signed = method + decodeURIComponent(url) + text + timestamp
  const signature = createHmac('sha256', secret ?? SANDBOX.hubspot.clientSecret)
    .update(signed)
    .digest('base64')
  const answer = await fetch(url + tamper, {
    method,
    headers: { 'x-hubspot-signature-v3': signature, 'x-hubspot-request-timestamp': timestamp },
    ...(body === undefined ? {} : { body: text }),
  })
  return { status: answer.status, body: (await answer.json()) as T }
}

const conversation = (given: Asked = {}) =>
  ask<Shown>('/conversation', { ...given, query: { objectType: 'contact', objectId: contactId, ...given.query } })

const text = (words: string) => ({ type: 'text', text: words })
const send = (content: object, given: Asked & { key?: string; ticketId?: string } = {}) =>
  conversation().then(({ body: { ticket } }) =>
    ask<{ messageId?: string; repeated?: boolean; code?: string; detail?: string; title?: string }>('/reply', {
      ...given,
      body: { ticketId: given.ticketId ?? ticket?.id, idempotencyKey: given.key ?? randomUUID(), content },
    }),
  )

/** What the customer got. */
const got = () =>
  (t.sandbox.state().whatsapp.chats[0]?.messages ?? []).filter(each => each.direction === 'out').map(each => each.text)

describe('the conversation', () => {
  it('is shown on the contact and on its ticket, with window, clocks and who may answer', async () => {
    const { status, body } = await conversation()
    expect(status).toBe(200)
    expect(body).toMatchObject({
      canReply: true,
      language: 'es',
      person: { name: 'Carmen Ruiz' },
      window: { kind: 'open' },
    })
    expect(body.messages).toMatchObject([{ direction: 'in', text: 'hola' }])
    expect(body.sla?.lines).not.toEqual([])
    const objectId = remote(t, 'tickets')[0]?.id ?? ''
    const onTicket = await conversation({ query: { objectType: 'ticket', objectId } })
    expect(onTicket.body.ticket).toEqual(body.ticket)
  })

  it('of a record that we do not know is empty', async () => {
    const { status, body } = await conversation({ query: { objectId: '999' } })
    expect([status, body.ticket, body.messages]).toEqual([200, null, []])
    expect((await conversation({ query: { objectType: 'deal' } })).status).toBe(422)
  })

  it('can be read by anybody of the account, and answered by our people only', async () => {
    const stranger = { query: { userEmail: 'somebody@else.example' } }
    expect((await conversation(stranger)).body).toMatchObject({ canReply: false, person: null, messages: [{}] })
    expect(await send(text('no'), stranger)).toMatchObject({ status: 403, body: { code: 'missing_permission' } })
  })
})

it('of an agent who does not see the ticket here can be read there, not answered', async () => {
  const agent = { query: { userEmail: 'andres.molina@example.com' } }
  await t.database.owner`update tickets set team_id = null, owner_id = null`
  await t.database
    .owner`delete from team_members where agent_id = (select id from agents where email = 'andres.molina@example.com')`
  expect((await conversation(agent)).body).toMatchObject({ canReply: false, person: { name: 'Andrés Molina' } })
  expect((await send(text('no'), agent)).status).toBe(404)
})

describe('a request', () => {
  it.each([
    ['signed with another secret', { secret: 'other' }],
    ['older than five minutes', { at: 0 }],
    ['whose address was changed', { tamper: '&userEmail=javier.ortega@example.com' }],
    ['of another account', { query: { portalId: '1' } }],
    ['without an account', { query: { portalId: '' } }],
  ])('%s is refused', async (_name, given) => {
    expect(await conversation(given)).toMatchObject({ status: 401, body: { code: 'bad_signature' } })
    expect((await send(text('no'), given)).status).toBe(401)
    expect(got()).not.toContain('no')
  })

  it('for a connector that is none, or that is too large, is refused', async () => {
    const url = `${t.url}/embed/nothing/conversation?portalId=${DEMO.portalId}`
    expect((await fetch(url)).status).toBe(401)
    expect((await send(text('x'.repeat(300_000)))).status).toBe(413)
  })
})

describe('an answer', () => {
  it('goes out once, however often HubSpot sends it', async () => {
    const key = randomUUID()
    const first = await send(text('¡Hola!'), { key })
    expect(first).toMatchObject({ status: 202, body: { repeated: false } })
    expect(await send(text('¡Hola!'), { key })).toMatchObject({
      status: 202,
      body: { repeated: true, messageId: first.body.messageId },
    })
    await t.pass(2)
    expect(got()).toEqual(['¡Hola!'])
    expect((await conversation()).body.messages.at(-1)).toMatchObject({ direction: 'out', text: '¡Hola!' })
    const [kept] = await t.database.owner<{ authorName: string }[]>`
      select author_name from messages where direction = 'out'`
    expect(kept?.authorName).toBe('Carmen Ruiz')
  })

  it('that makes no sense says why, in the language of the workspace', async () => {
    expect(await send({ type: 'image', media: { link: 'https://x.example/a.png' } })).toMatchObject({ status: 422 })
    const other = '019d0000-0000-7000-8000-000000000000'
    expect(await send(text('a'), { ticketId: other })).toMatchObject({ status: 404 })
  })

  it('outside the 24 hours asks for a template, which the card offers, and then goes', async () => {
    await t.pass(25 * 3_600)
    const { body } = await conversation()
    expect(body.window).toMatchObject({ kind: 'closed' })
    const late = await send(text('tarde'))
    expect(late).toMatchObject({ status: 409, body: { code: 'window_closed' } })
    expect(JSON.stringify(late.body)).toContain('plantillas')
  })
})

describe('the page that the card opens', () => {
  const record = () => ({ objectType: 'contact', objectId: contactId })
  const link = async (given: Asked = {}) => (await ask<{ url: string }>('/link', { body: record(), ...given })).body.url
  const metaOf = (html: string, name: string) => new RegExp(`name="${name}" content="([^"]+)"`).exec(html)?.[1]

  it('is of the record and of whoever asked, and may stand in HubSpot alone', async () => {
    const page = await fetch(await link())
    const html = await page.text()
    expect(page.headers.get('content-security-policy')).toMatch(
      /script-src 'self';.*frame-ancestors https:\/\/\*\.hubspot\.com$/,
    )
    expect([metaOf(html, 'object-type'), metaOf(html, 'object-id')]).toEqual(['contact', contactId])
    const headers = { authorization: `Bearer ${metaOf(html, 'session')}` }
    const at = `${t.url}/embed/hubspot/conversation?${new URLSearchParams(record())}`
    const shown = await (await fetch(at, { headers })).json()
    expect(shown).toMatchObject({ canReply: true, person: { name: 'Carmen Ruiz' }, messages: [{ kind: 'text' }, {}] })
  })

  it('is of that record alone, whatever it asks', async () => {
    await say(t, 'De otra persona', { from: '34600999888', name: 'Otra' })
    await t.pass(2)
    const others = await t.database.owner<{ remoteId: string; recordId: string; kind: string }[]>`
      select remote_id, record_id, kind from links where remote_id is not null and remote_id <> ${contactId}`
    const [contact, ticket] = ['contact', 'ticket'].map(kind => others.findLast(each => each.kind === kind))
    const headers = { authorization: `Bearer ${metaOf(await (await fetch(await link())).text(), 'session')}` }
    const at = `${t.url}/embed/hubspot`
    const statusOf = async (path: string, body?: object) =>
      (await fetch(at + path, { headers, ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}) })).status
    const other = { objectType: 'contact', objectId: contact?.remoteId ?? '' }
    const answer = (ticketId = '') => ({ ticketId, idempotencyKey: randomUUID(), content: text('x') })
    expect(await statusOf(`/conversation?${new URLSearchParams(other)}`)).toBe(404)
    expect(await statusOf('/link', other)).toBe(404)
    expect(await statusOf('/reply', answer(ticket?.recordId))).toBe(404)
    await say(t, 'otra vez')
    const own = (await conversation()).body.ticket
    expect(await statusOf('/reply', answer(own?.id))).toBe(202)
  })

  it('opens for a minute, and by a link of ours alone', async () => {
    const [url, forged] = [await link(), await link({ secret: 'other' })]
    expect(forged).toBeUndefined()
    expect((await fetch(`${url}x`)).status).toBe(410)
    expect((await fetch(url.replace('/hubspot/', '/zendesk/'))).status).toBe(410)
    await t.pass(61)
    expect((await fetch(url)).status).toBe(410)
  })
})
