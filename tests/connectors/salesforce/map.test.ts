import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readAllowance } from '../../../src/connectors/salesforce/allowance.ts'
import { changeEvent, namesIn, toChanges } from '../../../src/connectors/salesforce/change-event.ts'
import { isOfSalesforce } from '../../../src/connectors/salesforce/client.ts'
import {
  fromSalesforceContact,
  fromSalesforceTicket,
  LONGEST_BODY,
  toSalesforceContact,
  toSalesforceMessage,
  toSalesforceTicket,
} from '../../../src/connectors/salesforce/map.ts'
import { isValidFor } from '../../../src/connectors/salesforce/record-types.ts'
import { objectOf, typed } from '../../../src/connectors/salesforce/records.ts'
import { stateTable } from '../../../src/connectors/salesforce/set-up.ts'
import { type SalesforceContext, salesforceSettings } from '../../../src/connectors/salesforce/settings.ts'
import { among, quoted, select } from '../../../src/connectors/salesforce/soql.ts'
import { messageStatuses } from '../../../src/core/message.ts'
import { parseQuery } from '../../../src/sandbox/salesforce/soql.ts'
import { aContact, aMessage, aTicket, CONNECTION } from '../records.ts'

const status = (value: string, isClosed = false, isDefault = false) => ({ value, label: value, isClosed, isDefault })
const statuses = [
  status('New', false, true),
  status('Working'),
  status('On Hold'),
  status('Escalated'),
  status('Closed', true),
]
const settings = salesforceSettings.parse({
  states: stateTable(statuses),
  priorities: [
    ...[
      { ours: 'low', theirs: 'Low' },
      { ours: 'normal', theirs: 'Medium' },
    ],
    ...[
      { ours: 'high', theirs: 'High' },
      { ours: 'urgent', theirs: 'High' },
    ],
  ],
  owners: [{ id: '005000000000001AAA', email: 'Carmen@example.com', name: 'Carmen Ruiz' }],
  queues: [{ id: '00G000000000001EAA', name: 'WhatsApp' }],
})

describe('a contact', () => {
  test.each([
    ['Ana Pérez', { FirstName: 'Ana', LastName: 'Pérez' }],
    ['Ana', { FirstName: null, LastName: 'Ana' }],
    ['Ana María Pérez López', { FirstName: 'Ana María', LastName: 'Pérez López' }],
  ])('%s has a surname there, and is read as the same', (name, expected) => {
    const { values } = toSalesforceContact(settings, aContact(1, { name }), CONNECTION)
    expect(values).toMatchObject(expected)
    expect(fromSalesforceContact(settings, values)).toMatchObject({ name })
  })

  test('whose name we do not know says nothing of it', () => {
    const { values } = toSalesforceContact(settings, aContact(1, { name: null }), CONNECTION)
    expect(Object.keys(values)).not.toContain('LastName')
    expect(fromSalesforceContact(settings, { LastName: '+34600000001', FirstName: null })).not.toHaveProperty('name')
    expect(fromSalesforceContact(settings, { LastName: 'Berta', FirstName: null })).toMatchObject({ name: 'Berta' })
  })
})

describe('a case', () => {
  test('says state, priority and owner in their words, and is read back', () => {
    const record = aTicket(1, { state: 'waiting', priority: 'high', ownerEmail: 'carmen@example.com' })
    const owned = { ...settings, owners: [{ id: '005000000000001AAA', email: 'carmen@example.com', name: 'C' }] }
    const { values } = toSalesforceTicket(owned, record, CONNECTION)
    expect(values).toMatchObject({
      Status: 'On Hold',
      Priority: 'High',
      OwnerId: '005000000000001AAA',
      Origin: 'WhatsApp',
    })
    expect(fromSalesforceTicket(owned, values)).toMatchObject({
      ...{ state: 'waiting', priority: 'high', ownerEmail: 'carmen@example.com', subject: 'Pedido 1' },
    })
  })

  test('of a queue is nobody’s, and of somebody unknown says nothing of its owner', () => {
    expect(fromSalesforceTicket(settings, { OwnerId: '00G000000000001EAA' })).toMatchObject({ ownerEmail: null })
    expect(fromSalesforceTicket(settings, { OwnerId: '005000000000009AAA' })).not.toHaveProperty('ownerEmail')
  })
})

describe('statuses', () => {
  test.each([
    ['Salesforce’s own', ['New', 'Working', 'Escalated'], ['New', 'Working', 'Working']],
    ['with one that waits', ['New', 'Working', 'On Hold', 'Escalated'], ['New', 'Working', 'On Hold']],
    ['in Spanish', ['Nuevo', 'En curso', 'Esperando cliente'], ['Nuevo', 'En curso', 'Esperando cliente']],
    ['two', ['New', 'Working'], ['New', 'Working', 'Working']],
    ['one', ['New'], ['New', 'New', 'New']],
  ])('%s: each of our states has one', (_name, open, expected) => {
    const table = stateTable([...open.map((value, at) => status(value, false, at === 0)), status('Closed', true)])
    const of = (ours: string) => table.find(row => row.ours === ours)?.theirs
    expect([of('open'), of('in_progress'), of('waiting'), of('resolved')]).toEqual([...expected, 'Closed'])
    for (const value of [...open, 'Closed']) expect(table.map(({ theirs }) => theirs)).toContain(value)
  })
})

describe('a message', () => {
  test('says who wrote what, when, and how it stands', () => {
    const { remoteType, values } = toSalesforceMessage(
      settings,
      aMessage(1, { at: new Date('2026-11-20T10:00:01.250Z') }),
      CONNECTION,
    )
    expect(remoteType).toBe('WhatsApp_Message__c')
    expect(values).toEqual({
      ...{ WA_Message_Id__c: 'message-1', Direction__c: 'Inbound', Author__c: 'Ana', Status__c: 'Received' },
      ...{ Body__c: 'Hola, ¿qué tal? <1> & más', Sent_At__c: '2026-11-20T10:00:01.000Z' },
    })
  })

  test('never asks to be sent, whatever its status: only people do', () => {
    for (const each of messageStatuses) {
      const { values } = toSalesforceMessage(settings, aMessage(1, { direction: 'out', status: each }), CONNECTION)
      expect(values.Status__c).not.toBe('Queued')
      expect('Failure_Reason__c' in values).toBe(each === 'failed')
    }
  })

  test('that was written there says only our key and how it stands', () => {
    const source = { connectionId: CONNECTION, remoteId: 'a00000000000001AAA' }
    const record = aMessage(1, { direction: 'out', status: 'failed', failureReason: 'Sin WhatsApp', source })
    expect(toSalesforceMessage(settings, record, CONNECTION)).toEqual({
      remoteType: 'channel-message',
      values: { WA_Message_Id__c: 'message-1', Status__c: 'Failed', Failure_Reason__c: 'Sin WhatsApp' },
    })
    expect(toSalesforceMessage(settings, record, 'another').remoteType).toBe('WhatsApp_Message__c')
  })

  test('fits the field, cut at a whole character', () => {
    fc.assert(
      fc.property(fc.constantFrom('a', '😀', 'ñ'), fc.integer({ min: 0, max: 3 }), (letter, more) => {
        const text = `${'x'.repeat(more)}${letter.repeat(LONGEST_BODY)}`
        const { values } = toSalesforceMessage(settings, aMessage(1, { text }), CONNECTION)
        expect(values.Body__c?.length).toBeLessThanOrEqual(LONGEST_BODY)
        expect(values.Body__c?.isWellFormed()).toBe(true)
      }),
      { numRuns: 20 },
    )
  })
})

describe('queries', () => {
  test('hold any text as it is, and nothing of it as a query', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), text => {
        const clean = text.replaceAll('\u0000', '')
        const query = parseQuery(`${select(['Id'], 'Contact')} WHERE Email = ${quoted(text)}`)
        expect(query.where).toEqual({ kind: 'compare', path: ['Email'], op: '=', value: clean })
      }),
    )
    expect(quoted("O'Brien\\")).toBe("'O\\'Brien\\\\'")
  })

  test('name values once, and refuse what is no name', () => {
    expect(among('Id', ['a', 'b', 'a'])).toBe("Id IN ('a','b')")
    expect(select(['Id', 'Case__r.ContactId', 'Id'], 'Case')).toBe('SELECT Id, Case__r.ContactId FROM Case')
    for (const odd of ['Id, Name', "x'", '', '1a', 'a.b.']) expect(() => select([odd], 'Case')).toThrow()
  })
})

test.each([
  ['003000000000001AAA', 'Contact'],
  ['00Q000000000001EAA', 'Lead'],
  ['500000000000001', 'Case'],
  ['a0B000000000001AAA', 'WhatsApp_Message__c'],
  ['005000000000001AAA', undefined],
  ['planned-34600000001', undefined],
  ["003' OR Id != '", undefined],
  ['42', undefined],
])('%s is an id of %s', (id, expected) => {
  expect(objectOf(id)).toBe(expected)
})

test.each([
  ['https://acme.my.salesforce.com', true],
  ['https://acme--dev.sandbox.my.salesforce.com', true],
  ['https://acme.lightning.force.com', true],
  ['http://127.0.0.1:4010/salesforce', true],
  ['http://127.0.0.1:4011/salesforce', false],
  ['http://acme.my.salesforce.com', false],
  ['https://salesforce.com.evil.example', false],
  ['https://evilsalesforce.com', false],
  ['', false],
])('%s is Salesforce: %s', (url, expected) => {
  expect(isOfSalesforce(url, 'http://127.0.0.1:4010/salesforce')).toBe(expected)
})

test.each([
  ['api-usage=18/15000', { dailyMax: 15_000, dailyRemaining: 14_982 }],
  ['api-usage=15001/15000', { dailyMax: 15_000, dailyRemaining: 0 }],
  ['per-app-api-usage=17/250(appName=x), api-usage=25/5000', { dailyMax: 5_000, dailyRemaining: 4_975 }],
  ['nonsense', undefined],
])('%s tells the allowance', (header, expected) => {
  expect(readAllowance(new Headers({ 'sforce-limit-info': header }))).toEqual(expected)
})

test('values are typed as their fields are', () => {
  const known = { ...settings, numbers: ['Points__c'], booleans: ['Vip__c'] }
  expect(typed(known, { Points__c: '7', Vip__c: 'false', Name: '7', Email: '' })).toEqual({
    ...{ Points__c: 7, Vip__c: false, Name: '7', Email: null },
  })
})

describe('a change event', () => {
  const schema = [
    { name: 'ChangeEventHeader' },
    { name: 'Name', parts: ['Salutation', 'FirstName', 'LastName'] },
    ...['Email', 'MobilePhone', 'IsConverted'].map(name => ({ name })),
  ]
  const ctx = { settings: { ...settings, userId: '005000000000009AAA' } } as SalesforceContext
  const told = (given: Record<string, unknown>, fields: Record<string, unknown> = {}) => {
    const header = {
      ...{ entityName: 'Contact', recordIds: ['003000000000001AAA'], changeType: 'UPDATE', commitTimestamp: 0 },
      ...{ changeOrigin: 'com/salesforce/api/rest/68.0;client=SfdcWeb', commitUser: '005000000000001AAA', ...given },
    }
    return toChanges(ctx, schema, changeEvent.parse({ ChangeEventHeader: header, ...fields }))
  }

  test.each([
    [['0x0C'], ['Email', 'MobilePhone']],
    [
      ['0x04', '1-0x06'],
      ['Email', 'FirstName', 'LastName'],
    ],
    [['0x100000000'], []],
    [['9-0x01', 'nonsense'], []],
  ])('has its fields by bits: %j', (bitmaps, names) => {
    expect(namesIn(bitmaps, schema)).toEqual(names)
  })

  test('says what was changed and emptied, and who did it', () => {
    const fields = { Name: { Salutation: null, FirstName: 'Ana', LastName: null }, Email: null, MobilePhone: '600' }
    expect(told({ changedFields: ['0x04', '1-0x02'] }, fields)).toEqual({
      isPartial: false,
      changes: [
        {
          ...{ kind: 'touched', object: 'contact', remoteId: '003000000000001AAA', at: new Date(0), byUs: false },
          ...{ values: { Email: null, FirstName: 'Ana' }, author: { by: 'person', user: '005000000000001AAA' } },
          tellings: {
            Email: { theirs: { value: null, at: 0 } },
            FirstName: { theirs: { value: 'Ana', at: 0 } },
          },
        },
      ],
    })
  })

  test.each([
    ['our client', { changeOrigin: 'com/salesforce/api/rest/68.0;client=buzon' }],
    ['our user', { commitUser: '005000000000009AAA' }],
  ])('is ours by %s', (_by, given) => {
    const fields = { Email: 'ana@example.com' }
    const tellings = { Email: { ours: { value: 'ana@example.com', at: 0 } } }
    expect(told({ ...given, changedFields: ['0x04'] }, fields).changes).toMatchObject([{ byUs: true, tellings }])
    // What it is made of was nobody's before.
    expect(told({ ...given, changeType: 'CREATE' }, fields).changes[0]).not.toHaveProperty('tellings')
  })

  test.each([
    ['a deletion', { changeType: 'DELETE' }],
    ['a gap of one', { changeType: 'GAP_DELETE' }],
    ['too many', { changeType: 'GAP_OVERFLOW', recordIds: ['000000000000000AAA'] }],
    ['all records', { recordIds: ['003*'] }],
    ['a conversion', { entityName: 'Lead', changedFields: ['0x10'] }],
    ['an answer that nobody described', { entityName: 'WhatsApp_Message__c', changeType: 'GAP_CREATE' }],
  ])('leaves %s to the feed', (_what, given) => {
    expect(told(given)).toEqual({ changes: [], isPartial: true })
  })

  test('of what is none of ours is nothing', () => {
    expect(told({ entityName: 'Account' })).toEqual({ changes: [], isPartial: false })
    const message = { entityName: 'WhatsApp_Message__c', changeType: 'CREATE' }
    expect(told(message, { Status__c: 'Received' })).toEqual({ changes: [], isPartial: false })
    expect(told(message, { Status__c: 'Queued' })).toEqual({ changes: [], isPartial: true })
  })
})

test('a dependent value names its controlling ones by bits, the first highest', () => {
  const validFor = btoa(String.fromCharCode(0b1010_0000, 0b0100_0000))
  expect(Array.from({ length: 10 }, (_, place) => place).filter(place => isValidFor(validFor, place))).toEqual([
    0, 2, 9,
  ])
  expect(isValidFor(null, 0)).toBe(false)
})
