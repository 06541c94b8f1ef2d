/** Salesforce beside the inbox: out, back, and people who are converted or merged there. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { DEMO } from '../../src/node/demo.ts'
import { connect, pause } from '../../src/sync/connect.ts'
import { syncContext } from '../../src/sync/context.ts'
import { ORG } from '../connectors/salesforce/harness.ts'
import { startHub, type TestHub } from '../support/hub.ts'

const SYSTEM = { kind: 'system' } as const
const ana = '5215512345678'
let t: TestHub
let connectionId: string

beforeEach(async () => {
  t = await startHub()
  t.sandbox.salesforce.orgs({ orgId: ORG, clientId: 'the-app', clientSecret: 'a-secret' })
  await pause(syncContext(t.hub.services, t.workspaceId), t.connectionId, SYSTEM)
})
afterEach(() => t.close())

async function open(settings: Record<string, unknown> = {}) {
  const loginUrl = t.hub.services.baseUrls.salesforce ?? ''
  const credentials = { clientId: 'the-app', clientSecret: 'a-secret', loginUrl }
  const row = await connect(syncContext(t.hub.services, t.workspaceId), {
    connector: 'salesforce',
    credentials,
    settings,
  })
  connectionId = row.id
  // The feed begins.
  await t.pass(60)
}

async function say(text: string, from = ana, name = 'Ana Torres') {
  t.sandbox.whatsapp.inbound({ phoneNumberId: DEMO.phoneNumberId, messages: [{ from, name, text }] })
  await t.pass(2)
}

/** What was changed there is read with the feed. */
const hear = async () => {
  await t.pass(60)
  await t.pass(2)
}

const records = (type: string) => t.sandbox.salesforce.records(ORG, type)
const messages = () => records('WhatsApp_Message__c').map(({ fields }) => fields)
const links = (kind: string) => t.database.owner<{ remoteId: string }[]>`
  select remote_id from links where connection_id = ${connectionId} and kind = ${kind}`

function onThePhone(): string[] {
  const { people, chats } = t.sandbox.state().whatsapp
  const key = people.find(person => person.waId === ana)?.key
  return chats.flatMap(chat => (chat.person === key ? chat.messages.map(message => message.text ?? '') : []))
}

it('walks all the way: WhatsApp → contact, case and message → an answer from there → the phone → how it stands', async () => {
  await open()
  const before = t.sandbox.calls.report('salesforce').counts
  await say('Buenos días, necesito la FACTURA del lunes')
  const [contact] = records('Contact')
  const [ticket] = records('Case')
  expect(contact?.fields).toMatchObject({ WA_Id__c: '525512345678', FirstName: 'Ana', LastName: 'Torres' })
  expect(ticket?.fields).toMatchObject({
    ...{ Subject: 'Buenos días, necesito la FACTURA del lunes', Status: 'New', ContactId: contact?.id },
    ...{ Origin: 'WhatsApp' },
  })
  expect(messages()).toMatchObject([
    { Direction__c: 'Inbound', Author__c: 'Ana Torres', Contact__c: contact?.id, Case__c: ticket?.id },
  ])
  const after = t.sandbox.calls.report('salesforce').counts
  const composites = (counts: Record<string, number>) => counts['POST /salesforce/services/data/v68.0/composite'] ?? 0
  expect(composites(after) - composites(before)).toBe(1)

  const { id } = t.sandbox.salesforce.reply(ORG, { caseId: ticket?.id ?? '', text: 'Aquí la tiene' })
  await hear()
  expect(onThePhone()).toContain('Aquí la tiene')
  await t.pass(2)
  const stateOf = () => records('WhatsApp_Message__c').find(row => row.id === id)?.fields.Status__c
  expect(stateOf()).toBe('Delivered')
  t.sandbox.whatsapp.read({ phoneNumberId: DEMO.phoneNumberId, waId: ana })
  await t.pass(2)
  await t.pass(2)
  expect(stateOf()).toBe('Read')
  expect(messages()).toHaveLength(2)
  expect(records('Case')[0]?.fields.Status).toBe('On Hold')

  t.sandbox.salesforce.edit(ORG, 'Case', ticket?.id ?? '', { fields: { Status: 'Closed' } })
  await hear()
  const { body } = await t.api<{ items: { state: string }[] }>('GET', '/tickets')
  expect(body.items.map(({ state }) => state)).toEqual(['resolved'])

  // Nothing is left to say: the feed alone is read, once a minute.
  await hear()
  const quiet = t.sandbox.calls.report('salesforce').total
  await t.pass(120)
  expect(t.sandbox.calls.report('salesforce').total - quiet).toBeLessThanOrEqual(3)
  expect(await t.database.owner`select 1 from outbox where connection_id = ${connectionId}`).toHaveLength(0)
})

it('sends the files of an answer, the first with its words, and one without any', async () => {
  await open()
  await say('Hola')
  const caseId = records('Case')[0]?.id ?? ''
  const base64 = Buffer.from('%PDF-1.7\n%%EOF\n').toString('base64')
  t.sandbox.salesforce.reply(ORG, { caseId, text: 'Su factura', files: [{ name: 'Factura 1.pdf', base64 }] })
  const { id } = t.sandbox.salesforce.reply(ORG, { caseId, text: '', files: [{ name: 'Albarán.pdf', base64 }] })
  await hear()
  await t.pass(2)
  const chat = t.sandbox.state().whatsapp.chats.find(({ messages }) => messages.some(({ type }) => type === 'document'))
  expect(chat?.messages.filter(({ type }) => type === 'document').map(({ text }) => text)).toEqual([
    ...['Su factura', '[document]'],
  ])
  const files = await t.database.owner<{ fileName: string }[]>`select file_name from media order by file_name`
  expect(files.map(({ fileName }) => fileName)).toEqual(['Albarán.pdf', 'Factura 1.pdf'])
  await t.pass(2)
  expect(records('WhatsApp_Message__c').find(row => row.id === id)?.fields.Status__c).toBe('Delivered')
})

it('hears of an answer at once where the package is installed, and nothing without its key', async () => {
  await open()
  await say('Hola')
  const [contact] = records('Contact')
  const url = `${t.url}/hooks/salesforce/${connectionId}`
  t.sandbox.salesforce.configure(ORG, { package: { url, key: 'another' } })
  t.sandbox.salesforce.reply(ORG, { contactId: contact?.id ?? '', text: 'Uno' })
  await t.pass(2)
  expect(onThePhone()).not.toContain('Uno')
  t.sandbox.salesforce.configure(ORG, { package: { url, key: 'a-secret' } })
  t.sandbox.salesforce.reply(ORG, { contactId: contact?.id ?? '', text: 'Dos' })
  await t.pass(1)
  await t.pass(2)
  expect(onThePhone()).toEqual(expect.arrayContaining(['Uno', 'Dos']))
})

it('shows the conversation to the component on a record, to whoever has the key', async () => {
  await open()
  await say('Hola')
  const ask = (key: string, type: string, id: string) => {
    const query = `portalId=${ORG}&userEmail=carmen.ruiz%40example.com&objectType=${type}&objectId=${id}`
    return fetch(`${t.url}/embed/salesforce/conversation?${query}`, { headers: { 'x-buzon-key': key } })
  }
  for (const [type, [record]] of [
    ['contact', records('Contact')],
    ['ticket', records('Case')],
  ] as const) {
    const answer = await ask('a-secret', type, record?.id ?? '')
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({
      ...{ window: { kind: 'open' }, person: { name: 'Carmen Ruiz' }, canReply: true },
      messages: [{ text: 'Hola', direction: 'in' }],
    })
  }
  expect((await ask('another', 'contact', records('Contact')[0]?.id ?? '')).status).toBe(401)
})

it('opens the whole conversation in the component, in Lightning alone, and answers from there as whoever looks', async () => {
  await open()
  await say('Hola')
  const record = { objectType: 'contact', objectId: records('Contact')[0]?.id ?? '' }
  const link = (key: string) =>
    fetch(`${t.url}/embed/salesforce/link?portalId=${ORG}&userEmail=carmen.ruiz%40example.com`, {
      ...{ method: 'POST', headers: { 'x-buzon-key': key }, body: JSON.stringify(record) },
    })
  expect((await link('another')).status).toBe(401)
  const { url } = (await (await link('a-secret')).json()) as { url: string }
  const page = await fetch(url)
  expect(page.headers.get('content-security-policy')).toMatch(/frame-ancestors https:\/\/\*\.lightning\.force\.com$/)
  const session = /name="session" content="([^"]+)"/.exec(await page.text())?.[1]
  const headers = { authorization: `Bearer ${session}` }
  const shown = await fetch(`${t.url}/embed/salesforce/conversation?${new URLSearchParams(record)}`, { headers })
  const { ticket, canReply } = (await shown.json()) as { ticket: { id: string }; canReply: boolean }
  expect(canReply).toBe(true)
  const body = JSON.stringify({
    ...{ ticketId: ticket.id, idempotencyKey: 'from-lightning', content: { type: 'text', text: 'Desde Lightning' } },
  })
  expect((await fetch(`${t.url}/embed/salesforce/reply`, { method: 'POST', headers, body })).status).toBe(202)
  await t.pass(2)
  expect(onThePhone()).toContain('Desde Lightning')
})

it('refuses an answer outside the 24-hour window, on the answer itself', async () => {
  await open()
  await say('Hola')
  await t.pass(25 * 3600)
  const [contact] = records('Contact')
  const { id } = t.sandbox.salesforce.reply(ORG, { contactId: contact?.id ?? '', text: 'Buenos días' })
  await hear()
  await t.pass(2)
  const answer = records('WhatsApp_Message__c').find(row => row.id === id)?.fields
  expect(answer).toMatchObject({ Status__c: 'Failed', Failure_Reason__c: expect.stringMatching(/24|plantilla/) })
  expect(onThePhone()).not.toContain('Buenos días')
})

it('a lead that is converted stays one person, and their messages go on at the contact', async () => {
  await open({ newPeople: 'Lead' })
  await say('Hola, ¿precio?')
  const [lead] = records('Lead')
  expect(messages()).toMatchObject([{ Lead__c: lead?.id, Contact__c: null }])
  const { contactId } = t.sandbox.salesforce.convert(ORG, lead?.id ?? '')
  await hear()
  expect(await links('contact')).toMatchObject([{ remoteId: contactId }])
  await say('¿Sigue ahí?')
  expect(records('Contact')).toHaveLength(1)
  expect(records('Lead')).toHaveLength(1)
  expect(messages().at(-1)).toMatchObject({ Body__c: '¿Sigue ahí?', Contact__c: contactId })
  expect(await t.database.owner`select 1 from contacts`).toHaveLength(1)
})

it('a contact that is merged away there stays one person', async () => {
  await open()
  await say('Hola')
  const [ours] = records('Contact')
  const { id: masterId } = t.sandbox.salesforce.create(ORG, 'Contact', {
    fields: { LastName: 'Torres', Email: 'ana@example.com' },
  })
  t.sandbox.salesforce.merge(ORG, { masterId, loserId: ours?.id ?? '' })
  await hear()
  expect(await links('contact')).toMatchObject([{ remoteId: masterId }])
  await say('¿Me oye?')
  expect(records('Contact').map(({ id }) => id)).toEqual([masterId])
  expect(messages().map(({ Contact__c }) => Contact__c)).toEqual([masterId, masterId])
  const { body } = await t.api<{ items: { email: string | null }[] }>('GET', '/contacts')
  expect(body.items.map(({ email }) => email)).toEqual(['ana@example.com'])
})
