/** What is particular to Zendesk: one comment for what follows soon, full and closed tickets, adoption, tags, mails, jobs. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { PushItem, PushResult } from '../../../src/connectors/contract.ts'
import { createTransport } from '../../../src/connectors/fetch.ts'
import { API_TOKENS_END } from '../../../src/connectors/zendesk/credentials.ts'
import { zendesk } from '../../../src/connectors/zendesk/index.ts'
import { type ZendeskContext, zendeskSettings } from '../../../src/connectors/zendesk/settings.ts'
import { createSandbox, type Sandbox } from '../../../src/sandbox/index.ts'
import { idOf } from '../contract.ts'
import { aContact, aMessage, aTicket, CONNECTION, NOW, toItem } from '../records.ts'
import { ACCOUNT, access } from './harness.ts'

let sandbox: Sandbox
let ctx: ZendeskContext
let close: () => Promise<void>
/** What was waited for jobs. */
let waited: number[]

beforeEach(async () => {
  sandbox = createSandbox()
  const { clientId, clientSecret, accessToken: token } = access
  sandbox.zendesk.accounts({ subdomain: ACCOUNT, clientId, clientSecret, token, rateLimit: false, apiToken: 'old' })
  const listening = await sandbox.listen(0)
  close = listening.close
  waited = []
  const settings = zendeskSettings.parse({ subdomain: ACCOUNT })
  ctx = {
    fetch: createTransport({ fetch, deadlineMs: 2_000, clock: () => performance.now() }),
    ...{ baseUrl: `${listening.url}/zendesk`, credentials: access as never, settings, now: NOW },
    connectionId: CONNECTION,
    async wait(ms) {
      waited.push(ms)
      sandbox.time({ advanceMs: ms })
    },
  }
  const place = { webhookUrl: `${listening.url}/nowhere`, numbers: [] }
  ctx = { ...ctx, settings: await zendesk.setUp(ctx, place) }
})
afterEach(() => close())

const view = () => sandbox.zendesk.view(ACCOUNT)
const contact = (index = 1, given = {}) =>
  toItem(`contact-${index}`, zendesk.contact.toRemote(ctx.settings, aContact(index, given), CONNECTION))
const ticketItem = (given: Partial<PushItem> = {}, record = {}) =>
  toItem('ticket-1', zendesk.ticket.toRemote(ctx.settings, aTicket(1, record), CONNECTION), given)
const message = (index: number, given = {}, item: Partial<PushItem> = {}) =>
  toItem(`message-${index}`, zendesk.message.toRemote(ctx.settings, aMessage(index, given), CONNECTION), item)

async function parents() {
  const person = idOf((await zendesk.contact.push(ctx, [contact()]))[0])
  const ticket = idOf((await zendesk.ticket.push(ctx, [ticketItem({ parents: { contact: person } })]))[0])
  return { contact: person, ticket }
}

const kinds = (results: PushResult[]) => results.map(result => (result.kind === 'failed' ? result.failure : 'stored'))
const bodies = (id: string) =>
  view()
    .tickets.results.find(each => String(each.id) === id)
    ?.comments.map(({ body }) => body)

describe('comments', () => {
  test('what follows soon by the same author is one; a pause, or another author, begins another', async () => {
    const on = { parents: await parents() }
    const at = (seconds: number) => ({ at: new Date(NOW.getTime() + seconds * 1_000) })
    const bot = { direction: 'out', origin: 'bot', authorName: null, status: 'sent' }
    const items = [
      message(1, { text: 'Hola', ...at(0) }, on),
      message(2, { text: '¿Hay stock?', ...at(20) }, on),
      message(3, { ...bot, text: 'Ahora le digo', ...at(30) }, on),
      message(4, { text: 'Gracias', ...at(40) }, on),
      message(5, { text: '¿Sigue ahí?', ...at(140) }, on),
    ]
    const results = await zendesk.message.push(ctx, items)
    expect(kinds(results)).toEqual(items.map(() => 'stored'))
    expect(bodies(on.parents.ticket)?.slice(1)).toEqual([
      'Hola\n\n¿Hay stock?',
      '→ Bot\nAhora le digo',
      'Gracias',
      '¿Sigue ahí?',
    ])
    const read = await zendesk.message.read(ctx, results.map(idOf))
    expect(read.map(({ values }) => values.body).toSorted()).toEqual(items.map(({ values }) => values.body).toSorted())
  })

  test('an agent whom Zendesk knows is the author; triggers mail nobody without an address', async () => {
    const on = { parents: await parents() }
    const said = { direction: 'out', origin: 'agent', authorName: 'Nuria', authorEmail: 'NURIA.vidal@example.com' }
    await zendesk.message.push(ctx, [message(1, { ...said, status: 'sent', text: 'Ya sale' }, on)])
    expect(view().tickets.results[0]?.comments.at(-1)).toMatchObject({ author_id: 9_000_013, body: 'Ya sale' })
    expect(view().mails).toEqual([])
  })

  test('one of ours that failed is noted with the reason, once, and the ticket is tagged', async () => {
    const on = { parents: await parents() }
    const said = { direction: 'out', origin: 'bot', authorName: null, text: 'Ya sale' }
    const remoteId = idOf((await zendesk.message.push(ctx, [message(1, { ...said, status: 'sent' }, on)]))[0])
    const failed = message(1, { ...said, status: 'failed', failureReason: 'sin WhatsApp' }, { ...on, remoteId })
    await zendesk.message.push(ctx, [{ ...failed, changed: ['failure'] }])
    const [ticket] = view().tickets.results
    expect(ticket?.comments.at(-1)).toMatchObject({ public: false, body: expect.stringContaining('sin WhatsApp') })
    expect(ticket?.tags).toContain('whatsapp_failed')
  })

  test('that a full ticket does not take go on in a new one, with what came after; the old one is solved', async () => {
    const on = { parents: await parents() }
    sandbox.zendesk.configure(ACCOUNT, { mostComments: 2 })
    const far = (index: number) => message(index, { at: new Date(NOW.getTime() + index * 600_000) }, on)
    const results = await zendesk.message.push(ctx, [far(1), far(2), far(3)])
    const tickets = view().tickets.results
    expect(kinds(results)).toEqual(['stored', 'stored', 'stored'])
    expect(tickets.map(({ status }) => status)).toEqual(['solved', 'solved', 'new'])
    expect(new Set(tickets.map(({ external_id }) => external_id)).size).toBe(1)
    expect(tickets.flatMap(({ comments }) => comments).filter(each => each.public)).toHaveLength(3)
    // That we solved the full ones says nothing of the conversation.
    const [record] = await zendesk.ticket.read(ctx, [on.parents.ticket])
    expect(record).toMatchObject({ remoteId: String(tickets[2]?.id), aliases: [on.parents.ticket] })
    expect(zendesk.ticket.fromRemote(ctx.settings, record?.values ?? {})).toMatchObject({ state: 'open' })
  })

  test('of a ticket that is closed go on in a follow-up, the same one each time', async () => {
    const on = { parents: await parents() }
    sandbox.zendesk.editTicket(ACCOUNT, on.parents.ticket, { status: 'closed' })
    const far = (index: number) => message(index, { at: new Date(NOW.getTime() + index * 600_000) }, on)
    await zendesk.message.push(ctx, [far(1)])
    await zendesk.message.push(ctx, [far(2)])
    const [closed, next, ...others] = view().tickets.results
    expect(others).toEqual([])
    expect(closed?.comments).toHaveLength(1)
    expect(next).toMatchObject({ via: { source: { from: { ticket_id: Number(on.parents.ticket) } } } })
    expect(next?.comments.filter(each => each.public)).toHaveLength(2)
  })

  test('a note is an internal comment of its own, by its author; a message after it is not', async () => {
    const on = { parents: await parents() }
    const by = { direction: 'out', origin: 'agent', authorName: 'Nuria', authorEmail: 'nuria.vidal@example.com' }
    const items = [
      message(1, { text: 'Hola' }, on),
      message(2, { ...by, text: 'Ojo: cliente nuevo', isNote: true, status: 'sent' }, on),
      message(3, { ...by, text: 'Buenos días', status: 'sent' }, on),
    ]
    const results = await zendesk.message.push(ctx, items)
    expect(kinds(results)).toEqual(['stored', 'stored', 'stored'])
    const said = view().tickets.results[0]?.comments.slice(1)
    expect(said?.map(each => [each.public, each.body])).toEqual([
      [true, 'Hola'],
      [false, 'Ojo: cliente nuevo'],
      [true, 'Buenos días'],
    ])
    expect(said?.[1]?.author_id).toBe(9_000_013)
    expect(await zendesk.message.read(ctx, [idOf(results[1])])).toHaveLength(1)
  })

  test('nothing later of a ticket is said before what was not stored', async () => {
    const on = { parents: await parents() }
    const far = (index: number) => message(index, { at: new Date(NOW.getTime() + index * 600_000) }, on)
    sandbox.faults.add({ vendor: 'zendesk', path: '/tickets/update_many', kind: 'status', status: 502, skip: 1 })
    const results = await zendesk.message.push(ctx, [far(1), far(2), far(3)])
    expect(kinds(results)).toMatchObject(['stored', { kind: 'ambiguous' }, { kind: 'retry after' }])
    expect(bodies(on.parents.ticket)).toHaveLength(2)
  })
})

describe('people', () => {
  test('who is there by number gets our key and what they lack; what people wrote stays', async () => {
    const made = sandbox.zendesk.makeUser(ACCOUNT, { name: 'Doña Ana', phone: '600 000 001', external_id: 'erp-7' })
    expect(idOf((await zendesk.contact.push(ctx, [contact()]))[0])).toBe(String(made.id))
    expect(view().users.results).toMatchObject([
      { name: 'Doña Ana', external_id: 'erp-7', user_fields: { wa_id: '34600000001' } },
    ])
  })

  test('two of one number are a question for a person, and the others are stored', async () => {
    for (const name of ['Ana', 'Ana P.']) sandbox.zendesk.makeUser(ACCOUNT, { name, phone: '+34600000001' })
    const [first, second] = await zendesk.contact.push(ctx, [contact(1), contact(2)])
    expect([first, second].map(result => result?.kind).toSorted()).toEqual(['failed', 'stored'])
    expect(kinds([first as PushResult, second as PushResult])).toContainEqual(
      expect.objectContaining({ kind: 'rejected', field: 'phone' }),
    )
  })

  test('an address or a number that Zendesk does not take names its field', async () => {
    sandbox.zendesk.configure(ACCOUNT, { validatesPhones: true })
    const results = await zendesk.contact.push(ctx, [contact(1, { phone: '12' }), contact(2)])
    expect(kinds(results)).toMatchObject([{ kind: 'rejected', field: 'phone' }, 'stored'])
  })
})

describe('tickets', () => {
  test('tags are added and taken away, and those of others stay', async () => {
    const on = { contact: (await parents()).contact }
    const [found] = view().tickets.results
    const remoteId = String(found?.id)
    sandbox.zendesk.editTicket(ACCOUNT, remoteId, { additional_tags: ['urgente_ia'] })
    const push = (tags: string[], agreed: string | null) =>
      zendesk.ticket.push(ctx, [
        { ...ticketItem({ parents: on, remoteId }, { tags }), changed: ['tags'], agreed: { tags: agreed } },
      ])
    await push(['Dos palabras', 'vip'], null)
    await push(['vip'], 'dos_palabras,vip')
    expect(view().tickets.results[0]?.tags).toEqual(['urgente_ia', 'vip', 'whatsapp'])
  })

  test('one that was opened says new as open, and reads as new while it is nobody’s', async () => {
    const { ticket: remoteId, contact: person } = await parents()
    const state = (value: string) =>
      zendesk.ticket.push(ctx, [
        {
          ...ticketItem({ parents: { contact: person }, remoteId }, { state: value }),
          changed: ['custom_status_id'],
        },
      ])
    await state('waiting')
    expect(view().tickets.results[0]?.status).toBe('pending')
    await state('open')
    expect(view().tickets.results[0]?.status).toBe('open')
    const [record] = await zendesk.ticket.read(ctx, [remoteId])
    expect(zendesk.ticket.fromRemote(ctx.settings, record?.values ?? {})).toMatchObject({ state: 'open' })
  })

  test('what an agent changes meanwhile is not written over: before our look, nor between it and the write', async () => {
    const { ticket: remoteId, contact: person } = await parents()
    const [before] = await zendesk.ticket.read(ctx, [remoteId])
    const item = ticketItem({ parents: { contact: person }, remoteId }, { subject: 'Nuestro', priority: 'high' })
    const changed = { ...item, changed: ['subject', 'priority'], agreed: before?.values ?? {} }
    const heardFirst = [{ kind: 'retry after', maybeStored: true }]
    sandbox.zendesk.editTicket(ACCOUNT, remoteId, { subject: 'Suyo' })
    expect(kinds(await zendesk.ticket.push(ctx, [changed]))).toMatchObject(heardFirst)
    expect(view().tickets.results[0]).toMatchObject({ subject: 'Suyo', priority: 'normal' })

    const [now] = await zendesk.ticket.read(ctx, [remoteId])
    const again = { ...changed, agreed: now?.values ?? {} }
    const meanwhile: ZendeskContext = {
      ...ctx,
      fetch(input, init) {
        if (String(input).includes('update_many')) {
          sandbox.time({ advanceMs: 1_000 })
          sandbox.zendesk.editTicket(ACCOUNT, remoteId, { subject: 'Suyo otra vez' })
        }
        return ctx.fetch(input, init)
      },
    }
    expect(kinds(await zendesk.ticket.push(meanwhile, [again]))).toMatchObject(heardFirst)
    expect(view().tickets.results[0]).toMatchObject({ subject: 'Suyo otra vez', priority: 'normal' })
    const [last] = await zendesk.ticket.read(ctx, [remoteId])
    expect(kinds(await zendesk.ticket.push(ctx, [{ ...again, agreed: last?.values ?? {} }]))).toEqual(['stored'])
    expect(view().tickets.results[0]).toMatchObject({ subject: 'Nuestro', priority: 'high' })
  })

  test('what is over here too is left closed', async () => {
    const { ticket: remoteId, contact: person } = await parents()
    sandbox.zendesk.editTicket(ACCOUNT, remoteId, { status: 'closed' })
    const over = ticketItem({ parents: { contact: person }, remoteId }, { state: 'resolved', priority: 'high' })
    expect(kinds(await zendesk.ticket.push(ctx, [over]))).toEqual(['stored'])
    const open = ticketItem({ parents: { contact: person }, remoteId }, { state: 'in_progress' })
    expect(kinds(await zendesk.ticket.push(ctx, [open]))).toMatchObject([{ kind: 'gone' }])
    const anew = { ...open, remoteId: null }
    const [followUp] = await zendesk.ticket.push(ctx, [anew])
    expect(idOf(followUp)).not.toBe(remoteId)
    expect(view().tickets.results).toHaveLength(2)
  })
})

describe('jobs', () => {
  test('are looked at until they are done, with growing waits', async () => {
    sandbox.zendesk.configure(ACCOUNT, { jobMs: 3_000 })
    expect(kinds(await zendesk.contact.push(ctx, [contact()]))).toEqual(['stored'])
    expect(waited).toEqual([250, 500, 1_000, 2_000])
  })

  test('that do not end are uncertain, and found when they have', async () => {
    sandbox.zendesk.configure(ACCOUNT, { jobMs: 60_000 })
    const item = contact()
    expect(kinds(await zendesk.contact.push(ctx, [item]))).toMatchObject([{ kind: 'ambiguous' }])
    const again = await zendesk.contact.push(ctx, [{ ...item, unheard: item.values }])
    expect(kinds(again)).toEqual(['stored'])
    expect(view().users.total).toBe(1)
  })

  test('that are too many wait as long as Zendesk says', async () => {
    sandbox.zendesk.configure(ACCOUNT, { rateLimit: { jobs: 1 }, jobMs: 3_600_000 })
    const results = await zendesk.contact.push(ctx, [contact(1)])
    expect(kinds(results)).toMatchObject([{ kind: 'ambiguous' }])
    expect(kinds(await zendesk.contact.push(ctx, [contact(2)]))).toMatchObject([
      { kind: 'retry after', afterMs: 10_000, status: 429 },
    ])
  })
})

describe('the doctor', () => {
  const found = async (name: string) => (await zendesk.check(ctx)).find(result => result.name === name)

  test('names triggers that would write to customers, until they spare our tag', async () => {
    expect(await found('Triggers that send e-mail')).toMatchObject({ fix: expect.stringContaining('whatsapp') })
    const action = { field: 'notification_user', value: ['requester_id', 'a', 'b'] }
    const spares = { field: 'current_tags', operator: 'not_includes', value: 'whatsapp' }
    sandbox.zendesk.configure(ACCOUNT, { triggers: [{ title: 'Avisar', conditions: [spares], actions: [action] }] })
    expect((await found('Triggers that send e-mail'))?.fix).toBeUndefined()
  })

  test('counts the days of an API token, which works until its end', async () => {
    ctx = { ...ctx, credentials: { email: 'integracion@example.com', apiToken: 'old' } }
    expect(await found('API token')).toMatchObject({ ok: true, detail: expect.stringContaining('2027-04-30') })
    expect(kinds(await zendesk.contact.push(ctx, [contact()]))).toEqual(['stored'])
    ctx = { ...ctx, now: new Date(API_TOKENS_END.getTime() + 1) }
    expect(await found('API token')).toMatchObject({ ok: false })
  })

  test('says that the circuit of the webhook is broken, and that it is closed again', async () => {
    for (let nth = 0; nth < 12; nth++) sandbox.zendesk.makeUser(ACCOUNT, { name: `N${nth}` })
    const person = sandbox.zendesk.makeUser(ACCOUNT, { name: 'Ana' })
    for (let nth = 0; nth < 12; nth++) sandbox.zendesk.editUser(ACCOUNT, person.id, { name: `Ana ${nth}` })
    await sandbox.idle()
    expect(await found('Circuit breaker')).toMatchObject({ ok: false })
    sandbox.time({ advanceMs: 600_000 })
    expect(await found('Circuit breaker')).toMatchObject({ ok: true })
  })
})
