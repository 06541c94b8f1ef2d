/** A spreadsheet beside the inbox: rows out, what people type in it back, and messages that are written there. */
import { generateKeyPairSync } from 'node:crypto'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { DEMO } from '../../src/node/demo.ts'
import { connect, pause } from '../../src/sync/connect.ts'
import { syncContext } from '../../src/sync/context.ts'
import { peopleIn } from '../connectors/google-sheets/harness.ts'
import { startHub, type TestHub } from '../support/hub.ts'

const ROBOT = 'buzon@project.iam.gserviceaccount.com'
const ana = '5215512345678'
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
let t: TestHub
let connectionId: string
let people: ReturnType<typeof peopleIn>

beforeEach(async () => {
  t = await startHub()
  await pause(syncContext(t.hub.services, t.workspaceId), t.connectionId, { kind: 'system' })
  t.sandbox.google.limits(false)
  t.sandbox.google.accounts({ email: ROBOT, publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString() })
  const { spreadsheetId } = t.sandbox.google.files({
    title: 'Clientes',
    owner: 'ana@example.com',
    shared: { [ROBOT]: 'writer' },
  })
  const key = {
    ...{ type: 'service_account', client_email: ROBOT },
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
  const row = await connect(syncContext(t.hub.services, t.workspaceId), {
    ...{ connector: 'google-sheets', credentials: { key: JSON.stringify(key) } },
    settings: { spreadsheetId: `https://docs.google.com/spreadsheets/d/${spreadsheetId}/edit#gid=0` },
  })
  connectionId = row.id
  people = peopleIn(t.sandbox)
  // The feed begins.
  await t.pass(60)
})
afterEach(() => t.close())

async function say(text: string, from = ana, name = 'Ana Torres') {
  t.sandbox.whatsapp.inbound({ phoneNumberId: DEMO.phoneNumberId, messages: [{ from, name, text }] })
  await t.pass(2)
}

/** Drive rings, so that nobody waits for the minute; what is told in consequence follows. */
async function hear() {
  await t.pass(2)
  await t.pass(2)
}

const onThePhone = () =>
  t.sandbox.state().whatsapp.chats.flatMap(chat => chat.messages.map(message => message.text ?? ''))

it('walks all the way: WhatsApp → rows → what a person types → the ticket; and Outbox → the phone → how it stands', async () => {
  await say('Buenos días, necesito la FACTURA del lunes')
  const [contact] = people.records('contact')
  const [ticket] = people.records('ticket')
  expect(contact?.values).toMatchObject({
    name: 'Ana Torres',
    wa_id: '525512345678',
    phone: '+525512345678',
    category: 'Estándar',
  })
  expect(ticket?.values).toMatchObject({
    subject: 'Buenos días, necesito la FACTURA del lunes',
    state: 'Abierto',
    contact_key: contact?.remoteId,
  })
  expect(people.records('message').map(({ values }) => values)).toMatchObject([
    {
      direction: 'Entrante',
      author: 'Ana Torres',
      ticket_key: ticket?.remoteId,
      contact: 'Ana Torres',
      ticket: ticket?.values.number,
    },
  ])

  people.types('ticket', ticket?.remoteId ?? '', 'state', 'Resuelto')
  people.types('contact', contact?.remoteId ?? '', 'name', 'Ana T. (mayorista)')
  await hear()
  expect(await t.database.owner`select state from tickets`).toEqual([{ state: 'resolved' }])
  expect(await t.database.owner`select name from contacts`).toEqual([{ name: 'Ana T. (mayorista)' }])

  for (const [field, text] of Object.entries({ to: '52 1 55 1234 5678', text: 'Aquí la tiene', send: 'Sí' })) {
    t.sandbox.google.type(people.id(), { range: people.place('outbox', 4, field), values: [[text]] })
  }
  await hear()
  expect(onThePhone()).toContain('Aquí la tiene')
  await hear()
  expect(people.records('outbox')).toMatchObject([{ values: { text: 'Aquí la tiene', status: '✓✓ entregado' } }])
  t.sandbox.whatsapp.read({ phoneNumberId: DEMO.phoneNumberId, waId: ana })
  await hear()
  expect(people.records('outbox')).toMatchObject([{ values: { status: '✓✓ leído' } }])

  // Nothing is left to say: Drive is asked once a minute, and says that all is as it was.
  await t.pass(60)
  const quiet = t.sandbox.calls.report('google').total
  await t.pass(60)
  await t.pass(60)
  expect(t.sandbox.calls.report('google').total - quiet).toBe(2)
  expect(await t.database.owner`select 1 from outbox where connection_id = ${connectionId}`).toHaveLength(0)
  expect((await t.api<{ items: unknown[] }>('GET', '/dead-letters?replayed=false')).body.items).toEqual([])
})

type Question = { id: string; kind: string; field: string; label: string }
const questions = async (state = 'open') =>
  (await t.api<{ items: Question[] }>('GET', `/conflicts?state=${state}`)).body.items
const rename = (key: string, name: string) => t.api('PATCH', `/contacts/${key}`, { name })
const names = () => people.records('contact').map(({ values }) => values.name)

it('a row that was deleted is a question: nothing writes it until it is answered, and whoever it is of is heard on', async () => {
  await say('Hola')
  await say('¿Precio?', '5215598765432', 'Luis')
  const [first] = people.records('contact')
  const key = first?.remoteId ?? ''
  people.deletes('contact', key)
  // Before the deletion was heard: the push finds out.
  await rename(key, 'Ana Nueva')
  await t.pass(2)
  await hear()
  expect(await questions()).toMatchObject([{ kind: 'contact', field: 'deletion', label: 'Ana Nueva' }])
  await rename(key, 'Ana Otra')
  await say('¿Sigue ahí?')
  await t.pass(70)
  expect(names()).toEqual(['Luis'])
  expect(people.records('message').map(({ values }) => values.text)).toContain('¿Sigue ahí?')
  expect(await questions()).toHaveLength(1)

  const health = await t.api<{ causes: object[] }>('GET', `/connections/${connectionId}/health`)
  expect(health.body).toMatchObject({ level: 'attention', deleted: 1, causes: [{ code: 'deleted' }] })
  const [asked] = await questions()
  const decide = (decision: object) => t.api('POST', `/conflicts/${asked?.id}/resolve`, decision)
  expect((await decide({ decision: 'value', value: 'x' })).status).toBe(422)
  expect(await decide({ decision: 'ours' })).toMatchObject({
    status: 200,
    body: { state: 'resolved', decided: 'kept' },
  })
  await hear()
  expect(people.records('contact').find(({ remoteId }) => remoteId === key)?.values.name).toBe('Ana Otra')
  expect(people.records('contact')).toHaveLength(2)
  expect(await questions()).toEqual([])
  expect((await decide({ decision: 'theirs' })).status).toBe(409)
})

it('one that was left out stays out, through the night too; one that comes back closes its question and says what was held', async () => {
  await say('Hola')
  await t.pass(60)
  const [contact] = people.records('contact')
  const [ticket] = people.records('ticket')
  const key = contact?.remoteId ?? ''
  people.deletes('ticket', ticket?.remoteId ?? '')
  await hear()
  const [asked] = await questions()
  expect(asked).toMatchObject({ kind: 'ticket', field: 'deletion' })
  await t.api('POST', `/conflicts/${asked?.id}/resolve`, { decision: 'theirs' })
  await t.api('PATCH', `/tickets/${ticket?.remoteId}`, { subject: 'Otro asunto' })
  // Of what people take out of the log of messages nobody is asked, and the comparison tells none of it anew.
  people.deletes('message', people.records('message')[0]?.remoteId ?? '')
  await t.api('POST', `/connections/${connectionId}/reconciliations`)
  for (const seconds of [2, 60, 60]) await t.pass(seconds)
  expect([people.records('ticket'), people.records('message')]).toEqual([[], []])
  expect(await questions()).toEqual([])

  const at = people.rowOf('contact', key)
  const cells =
    people
      .tab('contact')
      .rows.find(({ row }) => row === at)
      ?.cells.map(({ text }) => `'${text}`) ?? []
  people.deletes('contact', key)
  await hear()
  await rename(key, 'Ana Nueva')
  await hear()
  expect(await questions()).toHaveLength(1)
  t.sandbox.google.type(people.id(), { range: `'${people.tab('contact').title}'!A5`, values: [cells] })
  await hear()
  expect(await questions()).toEqual([])
  expect(await questions('settled')).toMatchObject([{ kind: 'contact', field: 'deletion' }])
  await t.pass(10)
  expect(names()).toEqual(['Ana Nueva'])
  expect(await t.database.owner`select 1 from outbox where connection_id = ${connectionId}`).toHaveLength(0)
})

it('the figures of the last days are kept in a tab, wherever its columns are', async () => {
  await say('Hola')
  await say('¿Precio?', '5215598765432', 'Luis')
  const { sheetId } = people.tab('report')
  const source = { sheetId, dimension: 'COLUMNS', startIndex: 1, endIndex: 2 }
  t.sandbox.google.edit(people.id(), { requests: [{ moveDimension: { source, destinationIndex: 5 } }] })
  // Whoever else is due in that minute may have its calls.
  for (const seconds of [3_600, 60, 60]) await t.pass(seconds)
  const at = (field: string) => people.column('report', field)
  const [today, ...others] = people.tab('report').rows.slice(1)
  const told = ['day', 'opened', 'resolved', 'messagesIn'].map(field => today?.cells[at(field)]?.text)
  expect(told).toEqual([t.now().toISOString().slice(0, 10), '2', '0', '2'])
  expect(others).toHaveLength(30)
})

it('a row that was sent is not sent again by sorting, copying or another look; one to nobody says why', async () => {
  await say('Hola')
  const write = (row: number, to: string, text: string) => {
    for (const [field, typed] of Object.entries({ to, text, send: 'Sí' })) {
      t.sandbox.google.type(people.id(), { range: people.place('outbox', row, field), values: [[typed]] })
    }
  }
  write(1, '+5215512345678', 'uno')
  write(2, '+34999999999', 'a nadie')
  await hear()
  const cells = people.tab('outbox').rows[1]?.cells.map(({ text }) => `'${text}`) ?? []
  t.sandbox.google.type(people.id(), { range: `'${people.tab('outbox').title}'!A9`, values: [cells] })
  const range = { sheetId: people.tab('outbox').sheetId, startRowIndex: 1 }
  const sortSpecs = [{ dimensionIndex: 2, sortOrder: 'DESCENDING' }]
  t.sandbox.google.edit(people.id(), { requests: [{ sortRange: { range, sortSpecs } }] })
  for (let n = 0; n < 3; n++) await hear()
  expect(onThePhone().filter(text => text === 'uno')).toHaveLength(1)
  expect(people.records('outbox').find(({ values }) => values.text === 'a nadie')?.values.status).toMatch(/^✗ /)
})

it('a row sends a template with its values, after 24 hours too; what is missing is named in the row', async () => {
  await say('Hola')
  const { body } = await t.api<{ items: { id: string; wabaId: string }[] }>('GET', '/channels')
  const [channel] = body.items
  const name = 'recordatorio_cita'
  const components = [
    { type: 'BODY', text: 'Hola {{1}}: tu cita es el {{2}}.', example: { body_text: [['Ana', 'lunes']] } },
  ]
  const template = { channelId: channel?.id, name, language: 'es', category: 'utility', components }
  expect((await t.api('POST', '/templates', template)).status).toBe(201)
  t.sandbox.whatsapp.review({ wabaId: channel?.wabaId ?? '', name, language: 'es', event: 'APPROVED' })
  await t.pass(25 * 3_600)
  const write = (row: number, typed: Record<string, string>) => {
    for (const [field, text] of Object.entries({ to: ana, send: 'Sí', ...typed }))
      t.sandbox.google.type(people.id(), { range: people.place('outbox', row, field), values: [[text]] })
  }
  write(1, { template: 'recordatorio_cita', values: 'Ana | viernes 6 a las 10' })
  write(2, { template: 'recordatorio_cita', values: 'Ana' })
  write(3, { template: 'no_hay' })
  for (let n = 0; n < 3; n++) await hear()
  const status = (template: string, values?: string) =>
    people.records('outbox').find(row => row.values.template === template && row.values.values === (values ?? ''))
      ?.values.status
  expect(onThePhone().filter(text => text.includes('viernes 6'))).toHaveLength(1)
  expect(status('recordatorio_cita', 'Ana | viernes 6 a las 10')).toBe('✓✓ entregado')
  expect(status('recordatorio_cita', 'Ana')).toMatch(/^✗ .*\{\{2\}\}/)
  expect(status('no_hay')).toMatch(/^✗ .*no_hay/)
})

it('goes on after an hour by a new token and a new channel, and stops with the cause where it is no longer shared', async () => {
  await say('Hola')
  await t.pass(3_700)
  await t.pass(60)
  const [contact] = people.records('contact')
  people.types('contact', contact?.remoteId ?? '', 'name', 'Ana Nueva')
  await hear()
  expect(await t.database.owner`select name from contacts`).toEqual([{ name: 'Ana Nueva' }])
  t.sandbox.google.share(people.id(), { email: ROBOT, role: 'none' })
  await say('¿Sigue ahí?')
  const state = () =>
    t.database.owner<
      { state: string; stateReason: string }[]
    >`select state, state_reason from connections where id = ${connectionId}`
  expect(await state()).toMatchObject([
    { state: 'unauthorized', stateReason: expect.stringContaining('no longer shared') },
  ])
})
