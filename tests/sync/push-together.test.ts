/** What hangs together is pushed together: a connector that stores all kinds in one call gets them in one. */
import { afterEach, expect, it } from 'vitest'
import { DEMO } from '../../src/node/demo.ts'
import { connect, pause, resume } from '../../src/sync/connect.ts'
import { syncContext } from '../../src/sync/context.ts'
import { startHub, type TestHub } from '../support/hub.ts'
import { openLetters } from './support.ts'

const ORG = '00D000000000001EAA'
const SYSTEM = { kind: 'system' } as const
let t: TestHub
let connectionId: string

afterEach(() => t.close())

/** `deadlineMs`: how soon the vendor is given up, for those that hang. */
async function open(deadlineMs?: number) {
  t = await startHub(deadlineMs ? { deadlineMs } : {})
  t.sandbox.salesforce.orgs({ orgId: ORG, clientId: 'the-app', clientSecret: 'a-secret' })
  await pause(ctx(), t.connectionId, SYSTEM)
  const loginUrl = t.hub.services.baseUrls.salesforce ?? ''
  const credentials = { clientId: 'the-app', clientSecret: 'a-secret', loginUrl }
  connectionId = (await connect(ctx(), { connector: 'salesforce', credentials })).id
}

const ctx = () => syncContext(t.hub.services, t.workspaceId)
const records = (type: string) => t.sandbox.salesforce.records(ORG, type)
const messages = () => records('WhatsApp_Message__c').map(({ fields }) => fields)
const waiting = () => t.database.owner`select 1 from outbox where connection_id = ${connectionId}`

async function say(text: string, from = '5215512345678', name = 'Ana Torres') {
  t.sandbox.whatsapp.inbound({ phoneNumberId: DEMO.phoneNumberId, messages: [{ from, name, text }] })
  await t.pass(2)
}

async function until(quiet: () => Promise<unknown[]>) {
  for (let n = 0; n < 30 && (await quiet()).length > 0; n++) await t.pass(60)
}

it('1,000 messages of 300 people that waited are told in two calls, besides the searches for people', async () => {
  await open()
  await pause(ctx(), connectionId, SYSTEM)
  const said = Array.from({ length: 1_000 }, (_, n) => ({
    ...{ from: `5255${10_000_000 + (n % 300)}`, name: `Clienta ${n % 300}`, text: `hola ${n}` },
  }))
  for (let n = 0; n < said.length; n += 50) {
    t.sandbox.whatsapp.inbound({ phoneNumberId: DEMO.phoneNumberId, messages: said.slice(n, n + 50) })
  }
  await t.pass(2)
  await resume(ctx(), connectionId, SYSTEM)
  await until(waiting)
  // The feed is read by composites too, of four queries.
  const writes = await t.database.owner<{ items: number }[]>`
    select items from attempts where connection_id = ${connectionId} and path like '%/composite' and items > 4`
  expect(writes.map(({ items }) => items).toSorted((a, b) => a - b)).toEqual([800, 800])
  expect([records('Contact').length, records('Case').length, messages().length]).toEqual([300, 300, 1_000])
  expect(messages().filter(({ Contact__c, Case__c }) => !Contact__c || !Case__c)).toEqual([])
  expect(await waiting()).toHaveLength(0)
})

it.each([
  ['stored, and then no answer', { kind: 'store_then_hang' }],
  ['stored, and then an error', { kind: 'store_then_500', status: 502 }],
  ['no answer', { kind: 'hang' }],
  ['too busy', { kind: 'status', status: 503, body: [{ errorCode: 'SERVER_UNAVAILABLE', message: 'busy' }] }],
  ['a page of a proxy', { kind: 'status', status: 200, body: '<html>' }],
] as const)('%s: all of it is there once in the end', async (_name, fault) => {
  await open(400)
  t.sandbox.faults.add({ vendor: 'salesforce', method: 'POST', path: '/composite$', times: 3, ...fault })
  await say('uno')
  await say('dos')
  await until(waiting)
  expect([records('Contact').length, records('Case').length]).toEqual([1, 1])
  expect(
    messages()
      .map(({ Body__c }) => Body__c)
      .toSorted(),
  ).toEqual(['dos', 'uno'])
  expect(await openLetters(t)).toEqual([])
})

it('who is refused takes their ticket and messages along, once, and nobody else', async () => {
  await open()
  t.sandbox.salesforce.addField(ORG, { object: 'Contact', name: 'Region__c', type: 'string', required: true })
  await say('hola')
  await until(waiting)
  const letters = await openLetters(t)
  expect(letters.map(({ place }) => place.split(' ')[1]).toSorted()).toEqual(['contact', 'message', 'ticket'])
  expect(letters.find(({ place }) => place.includes(' message '))?.cause).toContain('Region__c')
  expect(records('Contact')).toEqual([])
})

it('an allowance that is used up rests everything until the day is over, and loses nothing', async () => {
  await open()
  t.sandbox.salesforce.configure(ORG, { dailyLimit: 1 })
  await say('hola')
  await t.pass(60)
  const asked = t.sandbox.calls.report('salesforce').total
  await t.pass(1_800)
  expect(t.sandbox.calls.report('salesforce').total).toBe(asked)
  t.sandbox.salesforce.configure(ORG, { dailyLimit: 100_000 })
  await t.pass(9 * 3_600)
  await until(waiting)
  expect(messages().map(({ Body__c }) => Body__c)).toEqual(['hola'])
})
