/** A help desk beside the inbox: tickets with comments, agents' public comments to the phone, and what became of them. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SANDBOX } from '../../src/config.ts'
import { DEMO } from '../../src/node/demo.ts'
import { connect, pause } from '../../src/sync/connect.ts'
import { syncContext } from '../../src/sync/context.ts'
import { ACCOUNT, access } from '../connectors/zendesk/harness.ts'
import { startHub, type TestHub } from '../support/hub.ts'

const ana = '5215512345678'
/** The smallest PNG there is. */
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
let t: TestHub
let connectionId: string

beforeEach(async () => {
  t = await startHub()
  const ctx = syncContext(t.hub.services, t.workspaceId)
  await pause(ctx, t.connectionId, { kind: 'system' })
  const { clientId, clientSecret, accessToken: token } = access
  t.sandbox.zendesk.accounts({ subdomain: ACCOUNT, clientId, clientSecret, token, rateLimit: false })
  const row = await connect(ctx, { connector: 'zendesk', credentials: access, settings: { subdomain: ACCOUNT } })
  connectionId = row.id
  t.sandbox.zendesk.configure(ACCOUNT, { deliverTo: `${t.url}/hooks/zendesk/${connectionId}` })
})
afterEach(() => t.close())

async function say(text: string, from = ana, name = 'Ana Torres') {
  t.sandbox.whatsapp.inbound({ phoneNumberId: DEMO.phoneNumberId, messages: [{ from, name, text }] })
  await t.pass(2)
}

async function settle() {
  for (const seconds of [2, 2, 2]) await t.pass(seconds)
}

const view = () => t.sandbox.zendesk.view(ACCOUNT)
const ticket = () => view().tickets.results.at(-1) as ReturnType<typeof view>['tickets']['results'][number]
const comments = () => ticket().comments.map(each => [each.public, each.author_id, each.body] as const)
const onThePhone = () =>
  t.sandbox
    .state()
    .whatsapp.chats.flatMap(chat =>
      chat.messages.filter(each => each.direction === 'out').map(({ type, text }) => ({ type, text })),
    )

type Ticket = {
  state: string
  owner: { name: string } | null
  messages: { text: string; status: string; author: string }[]
}
async function ours(): Promise<Ticket> {
  const { body } = await t.api<{ items: { number: string }[] }>('GET', '/tickets')
  return (await t.api<Ticket>('GET', `/tickets/${body.items[0]?.number}`)).body
}

async function answer(given: Partial<Parameters<TestHub['sandbox']['zendesk']['reply']>[1]>) {
  t.sandbox.zendesk.reply(ACCOUNT, { ticketId: ticket().id, ...given })
  await settle()
}

it('walks all the way: WhatsApp → ticket and comments → an agent’s public comment → the phone → how far it got', async () => {
  await say('Buenos días, necesito la FACTURA del lunes')
  const [person] = view().users.results
  expect(person).toMatchObject({ name: 'Ana Torres', phone: '+525512345678', external_id: 'wa:525512345678' })
  expect(ticket()).toMatchObject({ subject: 'Buenos días, necesito la FACTURA del lunes', status: 'open' })
  expect(comments()).toEqual([[true, person?.id, 'Buenos días, necesito la FACTURA del lunes']])

  await say('Es la 2041')
  await settle()
  expect(comments().at(-1)).toEqual([true, person?.id, 'Es la 2041'])

  await answer({ html: '<p><b>Aquí</b> la tiene</p>', agentId: 9_000_013 })
  expect(onThePhone()).toEqual([{ type: 'text', text: '*Aquí* la tiene' }])
  const answered = await ours()
  expect(answered).toMatchObject({ state: 'waiting', owner: { name: 'Nuria Vidal' } })
  expect(answered.messages.at(-1)).toMatchObject({
    text: '*Aquí* la tiene',
    status: 'delivered',
    author: 'Nuria Vidal',
  })
  expect(ticket()).toMatchObject({ status: 'pending' })
  expect(ticket().tags).toEqual(expect.arrayContaining(['whatsapp', 'whatsapp_delivered']))

  t.sandbox.whatsapp.read({ phoneNumberId: DEMO.phoneNumberId, waId: ana })
  await settle()
  expect(ticket().tags).toContain('whatsapp_read')
  expect(ticket().tags).not.toContain('whatsapp_delivered')

  t.sandbox.zendesk.editTicket(ACCOUNT, ticket().id, { status: 'solved', additional_tags: ['factura'] })
  await settle()
  expect(await ours()).toMatchObject({ state: 'resolved', tags: expect.arrayContaining(['factura']) })

  // Nothing is left to say, and nobody repeats themselves: three comments, and the answer was not sent back.
  const said = comments().length
  await t.pass(120)
  expect(comments()).toHaveLength(said)
  expect(said).toBe(3)
  expect(await t.database.owner`select 1 from outbox where connection_id = ${connectionId}`).toHaveLength(0)
  expect(view().mails).toEqual([])
})

it('an answer from the console is a comment by that agent, and by us where Zendesk does not know them', async () => {
  await say('Hola')
  await settle()
  const { body } = await t.api<{ items: { number: string }[] }>('GET', '/tickets')
  await t.api('POST', `/tickets/${body.items[0]?.number}/reply`, { text: '¿En qué le ayudo?' })
  await settle()
  const [, said] = ticket().comments
  expect(said).toMatchObject({ public: true, body: expect.stringContaining('¿En qué le ayudo?') })
  expect(onThePhone()).toEqual([{ type: 'text', text: '¿En qué le ayudo?' }])
  await t.pass(120)
  expect(onThePhone()).toHaveLength(1)
})

describe('an answer that cannot go out is told where it was written', () => {
  it('outside the 24 hours: at once, by a note and a tag; it is not lost, and not sent', async () => {
    await say('Hola')
    await t.pass(25 * 3_600)
    await answer({ text: 'Buenos días, ¿sigue ahí?' })
    expect(onThePhone()).toEqual([])
    const [isPublic, , note] = comments().at(-1) ?? []
    expect(isPublic).toBe(false)
    expect(note).toMatch(/24 horas|plantilla/)
    expect(ticket().tags).toContain('whatsapp_failed')
    // Written again when the customer has written, it goes out.
    await say('Aquí sigo')
    await answer({ text: 'Buenos días' })
    expect(onThePhone()).toEqual([{ type: 'text', text: 'Buenos días' }])
    expect(ticket().tags).toContain('whatsapp_delivered')
    expect(ticket().tags).not.toContain('whatsapp_failed')
  })

  it('that WhatsApp refuses later: by a note with the reason', async () => {
    await say('Hola')
    t.sandbox.whatsapp.fail({ phoneNumberId: DEMO.phoneNumberId, code: 131026, as: 'status' })
    await answer({ text: 'Ya sale' })
    await settle()
    const [isPublic, , note] = comments().at(-1) ?? []
    expect(isPublic).toBe(false)
    expect(note).toContain('no entregado')
    expect(ticket().tags).toContain('whatsapp_failed')
  })

  it('with a file that WhatsApp does not take: by a note that names it', async () => {
    await say('Hola')
    await answer({
      text: 'mira',
      attachments: [{ name: 'a.exe', mimeType: 'application/x-msdownload', data: 'TVqQAAMA' }],
    })
    expect(onThePhone()).toEqual([])
    expect(comments().at(-1)?.[2]).toContain('«a.exe»')
  })
})

it('files go out with the words as the caption; notes and e-mail tickets stay where they are', async () => {
  await say('Hola')
  await answer({ text: 'Así llegó', attachments: [{ name: 'foto.png', mimeType: 'image/png', data: PNG }] })
  expect(onThePhone()).toMatchObject([{ type: 'image', text: expect.stringContaining('Así llegó') }])
  await answer({ text: 'Ojo: cliente nuevo', public: false })
  const requester_id = view().users.results[0]?.id as number
  const other = t.sandbox.zendesk.makeTicket(ACCOUNT, {
    subject: 'Por correo',
    requester_id,
    comment: { body: 'hola' },
  })
  t.sandbox.zendesk.reply(ACCOUNT, { ticketId: other.id, text: 'Respuesta por correo' })
  await settle()
  await t.pass(120)
  expect(onThePhone()).toHaveLength(1)
})

it('what a customer sends hangs on a comment of theirs, once', async () => {
  const file = { mimeType: 'image/png', data: PNG }
  const messages = [{ from: ana, name: 'Ana Torres', type: 'image', text: 'Así llegó', file }]
  t.sandbox.whatsapp.inbound({ phoneNumberId: DEMO.phoneNumberId, messages })
  await t.pass(2)
  for (const seconds of [60, 60, 60]) await t.pass(seconds)
  const files = ticket().comments.flatMap(each => each.attachments.map(one => ({ by: each.author_id, ...one })))
  const [{ bytes }] = await t.database.owner<[{ bytes: string }]>`select bytes from media`
  const by = view().users.results[0]?.id
  expect(files).toMatchObject([{ by, content_type: 'image/png', size: Number(bytes) }])
  expect(onThePhone()).toEqual([])
})

it('internal comments are notes here, where the settings take them; once, and never on the phone', async () => {
  const ctx = syncContext(t.hub.services, t.workspaceId)
  const settings = { subdomain: ACCOUNT, takeNotes: true }
  await pause(ctx, connectionId, { kind: 'system' })
  connectionId = (await connect(ctx, { connector: 'zendesk', credentials: access, settings })).id
  t.sandbox.zendesk.configure(ACCOUNT, { deliverTo: `${t.url}/hooks/zendesk/${connectionId}`, duplicates: 2 })
  await say('Hola')
  await answer({ text: 'Ojo: cliente nuevo', public: false, agentId: 9_000_013 })
  await t.pass(180)
  const notes = await t.database.owner`select text, author_name from notes`
  expect(notes).toEqual([{ text: 'Ojo: cliente nuevo', authorName: 'Nuria Vidal' }])
  expect(onThePhone()).toEqual([])
})

it('notes here are internal comments there, where the settings send them; they do not come back, nor reach the phone', async () => {
  const ctx = syncContext(t.hub.services, t.workspaceId)
  await pause(ctx, connectionId, { kind: 'system' })
  const settings = { subdomain: ACCOUNT, takeNotes: true, sendNotes: true }
  connectionId = (await connect(ctx, { connector: 'zendesk', credentials: access, settings })).id
  t.sandbox.zendesk.configure(ACCOUNT, { deliverTo: `${t.url}/hooks/zendesk/${connectionId}` })
  await say('Hola')
  await settle()
  const { body } = await t.api<{ items: { number: string }[] }>('GET', '/tickets')
  const at = `/tickets/${body.items[0]?.number}`
  expect((await t.api('POST', `${at}/notes`, { text: 'Esperando factura' })).status).toBe(201)
  await settle()
  await answer({ text: 'Ojo: cliente nuevo', public: false, agentId: 9_000_013 })
  await t.pass(180)
  const internal = comments().filter(([isPublic]) => !isPublic)
  expect(internal).toHaveLength(2)
  expect(internal[0]?.[2]).toContain('Esperando factura')
  const notes = await t.database.owner`select text from notes order by created_at`
  expect(notes).toEqual([{ text: 'Esperando factura' }, { text: 'Ojo: cliente nuevo' }])
  expect(onThePhone()).toEqual([])
  expect(await t.database.owner`select 1 from outbox where connection_id = ${connectionId}`).toHaveLength(0)
})

it('a file that is sent from the console hangs on its comment', async () => {
  await say('Hola')
  await settle()
  const form = new FormData()
  form.append('file', new Blob([Buffer.from(PNG, 'base64')], { type: 'image/png' }), 'factura.png')
  const headers = { authorization: `Bearer ${SANDBOX.apiKey}` }
  const uploaded = await fetch(`${t.url}/api/v1/media`, { method: 'POST', headers, body: form })
  const { id } = (await uploaded.json()) as { id: string }
  const { body } = await t.api<{ items: { number: string }[] }>('GET', '/tickets')
  const content = { type: 'image', media: { id }, caption: 'Su factura' }
  const sent = await t.api('POST', `/tickets/${body.items[0]?.number}/reply`, { content })
  expect(sent.status, JSON.stringify(sent.body)).toBe(202)
  await settle()
  const last = ticket().comments.at(-1)
  expect(last).toMatchObject({ public: true, attachments: [{ file_name: 'factura.png', content_type: 'image/png' }] })
  expect(last?.body).toContain('Su factura')
  await t.pass(120)
  expect(ticket().comments.flatMap(({ attachments }) => attachments)).toHaveLength(1)
  expect(onThePhone()).toHaveLength(1)
})

it('what an agent changed a moment ago is heard before ours is written, though no webhook told; each field has its newest', async () => {
  await say('Hola')
  await settle()
  await t.pass(60)
  t.sandbox.faults.add({ vendor: 'webhooks', path: '/hooks/zendesk/', kind: 'status', status: 500, times: 10_000 })
  t.sandbox.zendesk.editTicket(ACCOUNT, ticket().id, { subject: 'Suyo', priority: 'urgent' })
  const { body } = await t.api<{ items: { number: string }[] }>('GET', '/tickets')
  await t.pass(1)
  await t.api('PATCH', `/tickets/${body.items[0]?.number}`, { subject: 'Nuestro' })
  for (const seconds of [2, 6, 6]) await t.pass(seconds)
  expect(ticket()).toMatchObject({ subject: 'Nuestro', priority: 'urgent' })
  expect(await ours()).toMatchObject({ subject: 'Nuestro', priority: 'urgent' })
  t.sandbox.faults.clear()
})

it('what webhooks did not bring while their circuit was broken is read from the exports, once', async () => {
  await say('Hola')
  await t.pass(120)
  t.sandbox.faults.add({ vendor: 'webhooks', path: '/hooks/zendesk/', kind: 'status', status: 500, times: 10_000 })
  t.sandbox.zendesk.reply(ACCOUNT, { ticketId: ticket().id, text: 'Perdón por la espera' })
  t.sandbox.zendesk.editTicket(ACCOUNT, ticket().id, { priority: 'urgent' })
  await t.pass(5)
  expect(onThePhone()).toEqual([])
  t.sandbox.faults.clear()
  await t.pass(130)
  await t.pass(70)
  expect(onThePhone()).toEqual([{ type: 'text', text: 'Perdón por la espera' }])
  expect(await ours()).toMatchObject({ priority: 'urgent' })
})

it('a ticket that was deleted there is made anew by a comparison, with what was said', async () => {
  await say('Hola')
  await settle()
  t.sandbox.zendesk.deleteTicket(ACCOUNT, ticket().id)
  await settle()
  const { body } = await t.api<{ id: string }>('POST', `/connections/${connectionId}/reconciliations`, {})
  for (let n = 0; n < 8; n++) await t.pass(60)
  const compared = (await t.api('GET', `/reconciliations/${body.id}`)).body
  expect(compared).toMatchObject({ state: 'done', stillMissing: 0 })
  expect(view().tickets.results.map(({ subject }) => subject)).toEqual(['Hola'])
  expect(comments()).toMatchObject([[true, view().users.results[0]?.id, 'Hola']])
})

it('a closed ticket is gone on from in a follow-up, and answers there reach the phone', async () => {
  await say('Hola')
  const first = ticket().id
  t.sandbox.zendesk.editTicket(ACCOUNT, first, { status: 'solved' })
  await settle()
  t.sandbox.zendesk.editTicket(ACCOUNT, first, { status: 'closed' })
  await settle()
  await say('Perdón, una cosa más')
  await settle()
  const next = ticket()
  expect(next.id).not.toBe(first)
  expect(next).toMatchObject({ via: { source: { rel: 'follow_up', from: { ticket_id: first } } } })
  expect(comments().some(([, , body]) => body === 'Perdón, una cosa más')).toBe(true)
  await answer({ text: 'Dígame' })
  expect(onThePhone()).toEqual([{ type: 'text', text: 'Dígame' }])
})
