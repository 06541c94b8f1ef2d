/** Everything in one go, and what becomes of what hangs together. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { PushItem, PushResult, Together } from '../../../src/connectors/contract.ts'
import { createTransport } from '../../../src/connectors/fetch.ts'
import { salesforce } from '../../../src/connectors/salesforce/index.ts'
import type { SalesforceContext, SalesforceSettings } from '../../../src/connectors/salesforce/settings.ts'
import { salesforceSettings } from '../../../src/connectors/salesforce/settings.ts'
import { createSandbox, type Listening, type Sandbox } from '../../../src/sandbox/index.ts'
import { PLACE } from '../contract.ts'
import { aContact, aMessage, aTicket, CONNECTION, toItem } from '../records.ts'
import { grantedIn, ORG, openOrg } from './harness.ts'

let sandbox: Sandbox
let listening: Listening
let ctx: SalesforceContext

beforeEach(async () => {
  sandbox = createSandbox()
  listening = await sandbox.listen(0)
  openOrg(sandbox)
  const fresh = {
    fetch: createTransport({ fetch, deadlineMs: 2_000, clock: () => performance.now() }),
    ...{ baseUrl: `${listening.url}/salesforce`, credentials: grantedIn(listening.url), connectionId: CONNECTION },
    ...{ settings: salesforceSettings.parse({ findByPhone: false }), now: new Date() },
  }
  ctx = { ...fresh, settings: await salesforce.setUp(fresh, PLACE) }
  sandbox.calls.clear()
})
afterEach(() => listening.close())

const together = (items: Together<PushItem>) => salesforce.pushTogether?.(ctx, items) as Promise<Together<PushResult>>
const set = (given: Partial<SalesforceSettings>) => {
  ctx = { ...ctx, settings: { ...ctx.settings, ...given } }
}
const people = (index: number, given: Partial<PushItem> = {}) =>
  toItem(`contact-${index}`, salesforce.contact.toRemote(ctx.settings, aContact(index), CONNECTION), given)
const cases = (index: number, given: Partial<PushItem> = {}) =>
  toItem(`ticket-${index}`, salesforce.ticket.toRemote(ctx.settings, aTicket(index), CONNECTION), given)
const messages = (index: number, given: Partial<PushItem> = {}) =>
  toItem(`message-${index}`, salesforce.message.toRemote(ctx.settings, aMessage(index), CONNECTION), given)
const many = <T>(count: number, make: (index: number) => T) => Array.from({ length: count }, (_, at) => make(at + 1))
const records = (type: string) => sandbox.salesforce.records(ORG, type)
const calls = () => sandbox.calls.report('salesforce').total
const idOf = (result: PushResult | undefined) => (result?.kind === 'stored' ? result.remoteId : JSON.stringify(result))
const person = (fields: Record<string, string>, type = 'Contact') => sandbox.salesforce.create(ORG, type, { fields }).id

/** One of everything, each hanging on the one before by its `recordId`. */
const chain = () => ({
  contact: [people(1)],
  ticket: [cases(1, { parents: { contact: 'contact-1' } })],
  message: [messages(1, { parents: { contact: 'contact-1', ticket: 'ticket-1' } })],
})

/** 1,000 messages of 300 people with a case each. */
const burst = () => ({
  contact: many(300, people),
  ticket: many(300, at => cases(at, { parents: { contact: `contact-${at}` } })),
  message: many(1_000, at => {
    const of = ((at - 1) % 300) + 1
    return messages(at, { parents: { contact: `contact-${of}`, ticket: `ticket-${of}` } })
  }),
})

describe('1,000 messages of 300 people', () => {
  test('are two calls, each message on its own person and case', async () => {
    const results = await together(burst())
    expect(calls()).toBe(2)
    for (const kind of ['contact', 'ticket', 'message'] as const) {
      expect(results[kind].filter(result => result.kind === 'failed')).toEqual([])
    }
    expect([records('Contact').length, records('Case').length, records('WhatsApp_Message__c').length]).toEqual([
      ...[300, 300, 1_000],
    ])
    const caseOf = new Map(results.ticket.map(result => [result.recordId, idOf(result)]))
    const contactOf = new Map(results.contact.map(result => [result.recordId, idOf(result)]))
    for (const { fields } of records('WhatsApp_Message__c')) {
      const of = ((Number(String(fields.WA_Message_Id__c).slice('message-'.length)) - 1) % 300) + 1
      expect(fields).toMatchObject({ Contact__c: contactOf.get(`contact-${of}`), Case__c: caseOf.get(`ticket-${of}`) })
    }
  })

  test('whom nobody has looked for are three calls: one search for all, and those who are there are found by it', async () => {
    set({ findByPhone: true })
    const [first, last] = [
      person({ LastName: 'Luz', Phone: '600 000 001' }),
      person({ LastName: 'Sol', Phone: '+34600000300' }),
    ]
    const { contact } = await together(burst())
    expect(calls()).toBe(3)
    expect(records('Contact')).toHaveLength(300)
    const idsOf = new Map(contact.map(result => [result.recordId, idOf(result)]))
    expect([idsOf.get('contact-1'), idsOf.get('contact-300')]).toEqual([first, last])
  })

  // What the customer's number is, how it is written there, and how somebody else's is.
  test.each([
    ['Mexico', '52155', '55', '52 55', 8],
    ['Brazil', '55119', '11', '+55 11', 8],
    ['Argentina', '549', '', '+54', 10],
  ])('of %s, whose numbers have two spellings, are three calls too', async (_country, begin, home, written, digits) => {
    set({ findByPhone: true })
    const last = (at: number) => String(70_000_000 + at * 7_919).padStart(digits, '11')
    const [atHome, whole] = [`${home} ${last(1)}`, `${written} ${last(300)}`].map(Phone =>
      person({ LastName: 'A', Phone }),
    )
    const of = (at: number) => {
      const contact = aContact(at, { waKey: `${begin}${last(at)}`, phone: `+${begin}${last(at)}` })
      return toItem(contact.id, salesforce.contact.toRemote(ctx.settings, contact, CONNECTION))
    }
    const { contact } = await together({ ...burst(), contact: many(300, of) })
    expect(calls()).toBe(3)
    expect(records('Contact')).toHaveLength(300)
    const idsOf = new Map(contact.map(result => [result.recordId, idOf(result)]))
    expect([idsOf.get('contact-1'), idsOf.get('contact-300')]).toEqual([atHome, whole])
  })

  test('that are there already are two calls too', async () => {
    const first = await together(burst())
    const ids = new Map([...first.contact, ...first.ticket, ...first.message].map(each => [each.recordId, idOf(each)]))
    sandbox.calls.clear()
    const again = burst()
    const linked = (items: PushItem[]) => items.map(item => ({ ...item, remoteId: ids.get(item.recordId) ?? null }))
    await together({
      contact: linked(again.contact),
      ticket: linked(again.ticket),
      message: linked(again.message),
    })
    expect(calls()).toBe(2)
    expect(records('WhatsApp_Message__c')).toHaveLength(1_000)
  })
})

describe('what hangs together', () => {
  test('is one call, and one call again makes nothing twice', async () => {
    const first = await together(chain())
    const second = await together(chain())
    expect(calls()).toBe(2)
    expect(second.message.map(idOf)).toEqual(first.message.map(idOf))
    expect(records('Case')).toMatchObject([{ fields: { ContactId: idOf(first.contact[0]), Origin: 'WhatsApp' } }])
  })

  test('waits for a parent that was refused, and nothing else does', async () => {
    const items = chain()
    items.contact = [people(1, { values: { ...people(1).values, Email: 'no address' } }), people(2)]
    const results = await together(items)
    expect(results.contact.map(({ kind }) => kind).toSorted()).toEqual(['failed', 'stored'])
    expect(results.contact.find(({ recordId }) => recordId === 'contact-1')).toMatchObject({
      failure: { kind: 'rejected', code: 'INVALID_EMAIL_ADDRESS', field: 'Email' },
    })
    for (const result of [...results.ticket, ...results.message]) {
      expect(result).toMatchObject({ kind: 'failed', failure: { kind: 'retry after' } })
    }
  })

  test('is written where it is, when its parent was stored by a call whose answer was lost', async () => {
    const lost = {
      vendor: 'salesforce',
      method: 'POST',
      path: '/composite$',
      kind: 'store_then_500',
      status: 502,
    } as const
    sandbox.faults.add(lost)
    const first = await together(chain())
    expect(
      Object.values(first)
        .flat()
        .map(result => result.kind === 'failed' && result.failure.kind),
    ).toEqual([...['ambiguous', 'ambiguous', 'ambiguous']])
    const again = Object.fromEntries(
      Object.entries(chain()).map(([kind, items]) => [kind, items.map(item => ({ ...item, unheard: item.values }))]),
    ) as unknown as Together<PushItem>
    const second = await together(again)
    expect(
      Object.values(second)
        .flat()
        .map(({ kind }) => kind),
    ).toEqual(['stored', 'stored', 'stored'])
    expect([records('Contact').length, records('Case').length, records('WhatsApp_Message__c').length]).toEqual([
      1, 1, 1,
    ])
  })
})

describe('people', () => {
  test('who are there by their number get our key and what they lack, and keep their name', async () => {
    set({ findByPhone: true })
    const id = person({ FirstName: 'Anita', LastName: 'P.', Phone: '600 00 00 01' })
    const results = await together(chain())
    expect(results.contact.map(idOf)).toEqual([id])
    expect(records('Contact')).toMatchObject([
      { fields: { WA_Id__c: '34600000001', FirstName: 'Anita', LastName: 'P.', MobilePhone: '+34600000001' } },
    ])
    expect(records('WhatsApp_Message__c')).toMatchObject([{ fields: { Contact__c: id } }])
  })

  test('of whom something is to be heard first are told as met, and not written; what hangs on them is', async () => {
    set({ findByPhone: true })
    const id = person({ LastName: 'P.', Phone: '600 00 00 01' })
    const items = chain()
    items.contact = [people(1, { readFirst: true })]
    const { contact, message } = await together(items)
    expect(contact).toMatchObject([{ kind: 'stored', remoteId: id, met: true }])
    expect(message.map(({ kind }) => kind)).toEqual(['stored'])
    expect(records('Contact')).toMatchObject([{ fields: { LastName: 'P.', WA_Id__c: null } }])
    expect(records('WhatsApp_Message__c')).toMatchObject([{ fields: { Contact__c: id } }])
  })

  test('of whom two have the number are a person’s to choose', async () => {
    set({ findByPhone: true })
    for (const LastName of ['Ana', 'Anna']) person({ LastName, MobilePhone: '+34600000001' })
    const { contact, ticket } = await together(chain())
    expect(contact).toMatchObject([
      { failure: { kind: 'rejected', message: expect.stringContaining('merge them there') } },
    ])
    expect(ticket).toMatchObject([{ failure: { kind: 'retry after' } }])
  })

  test('are leads where the settings say so; a lead that is there stays one, and its messages are on it', async () => {
    set({ newPeople: 'Lead', findByPhone: true })
    const known = person({ LastName: 'Luz', Company: 'Luz S.L.', MobilePhone: '+34600000002' }, 'Lead')
    const parents = { contact: 'contact-2' }
    const items = { contact: [people(1), people(2)], ticket: [], message: [messages(1, { parents })] }
    const results = await together(items)
    expect(results.contact.map(idOf)).toContain(known)
    expect(
      records('Lead')
        .map(({ fields }) => fields.Company)
        .toSorted(),
    ).toEqual(['Luz S.L.', 'WhatsApp'])
    expect(records('WhatsApp_Message__c')).toMatchObject([{ fields: { Lead__c: known, Contact__c: null } }])
  })

  test('without a name have their number for one, which is none of theirs', async () => {
    const record = aContact(1, { name: null })
    const item = toItem(record.id, salesforce.contact.toRemote(ctx.settings, record, CONNECTION))
    await together({ contact: [item], ticket: [], message: [] })
    const [{ id, fields } = { id: '', fields: {} }] = records('Contact')
    expect(fields).toMatchObject({ LastName: '+34600000001' })
    const [read] = await salesforce.contact.read(ctx, [id])
    expect(salesforce.contact.fromRemote(ctx.settings, read?.values ?? {})).not.toHaveProperty('name')
  })

  test('who were merged away are written where they went', async () => {
    const { contact } = await together({ contact: [people(1), people(2)], ticket: [], message: [] })
    const [first = '', second = ''] = contact.map(idOf)
    sandbox.salesforce.merge(ORG, { masterId: first, loserId: second })
    const values = { ...people(2).values, Email: 'ana@example.com' }
    const item = people(2, { remoteId: second, values, changed: ['Email'] })
    const results = await together({ contact: [item], ticket: [], message: [] })
    expect(results.contact).toMatchObject([{ kind: 'stored', remoteId: first }])
    expect(records('Contact')).toMatchObject([{ id: first, fields: { Email: 'ana@example.com' } }])
  })
})

test('a person account is found, related and read as a contact, and written as an account', async () => {
  const { salesforce: org } = sandbox
  org.enablePersonAccounts(ORG)
  set({ ...((await salesforce.reread?.(ctx)) as SalesforceSettings), findByPhone: true })
  const { contactId, accountId } = org.createPersonAccount(ORG, {
    fields: { LastName: 'Luz', Phone: '+34 600 00 00 01' },
  })
  const { contact, message } = await together(chain())
  expect([contact.map(idOf), message.map(({ kind }) => kind)]).toEqual([[contactId], ['stored']])
  const [account] = records('Account')
  expect(account).toMatchObject({
    id: accountId,
    fields: { LastName: 'Luz', WA_Id__pc: '34600000001', PersonMobilePhone: '+34600000001' },
  })
  const values = { ...people(1).values, Email: 'luz@example.com' }
  const told = people(1, { remoteId: contactId, values, changed: ['Email'] })
  expect((await together({ contact: [told], ticket: [], message: [] })).contact.map(idOf)).toEqual([contactId])
  const [read] = await salesforce.contact.read(ctx, [contactId])
  expect(read?.values).toMatchObject({ Email: 'luz@example.com', WA_Id__c: '34600000001' })
  expect(records('WhatsApp_Message__c')).toMatchObject([{ fields: { Contact__c: contactId } }])
  expect(await salesforce.contact.erase?.(ctx, contactId)).toEqual({ kind: 'erased' })
  for (const type of ['Account', 'Contact', 'Case', 'WhatsApp_Message__c']) expect(records(type)).toEqual([])
})

test('new people are person accounts where the settings say so, and are known by their contact', async () => {
  set({ newPeople: 'PersonAccount' })
  await expect(salesforce.reread?.(ctx)).rejects.toThrow('no person accounts')
  sandbox.salesforce.enablePersonAccounts(ORG)
  set((await salesforce.reread?.(ctx)) as SalesforceSettings)
  const results = await together(chain())
  const [contact] = records('Contact')
  expect(results.contact.map(idOf)).toEqual([contact?.id])
  expect(records('Account')).toMatchObject([{ fields: { IsPersonAccount: true, WA_Id__pc: '34600000001' } }])
  expect(contact?.fields).toMatchObject({ IsPersonAccount: true, WA_Id__c: '34600000001', MobilePhone: '+34600000001' })
  expect(records('Case')).toMatchObject([{ fields: { ContactId: contact?.id } }])
  expect(records('WhatsApp_Message__c')).toMatchObject([{ fields: { Contact__c: contact?.id } }])
})

test('a lead’s case is related to it by our own field, and erased with it', async () => {
  set({ newPeople: 'Lead' })
  const { contact, ticket } = await together(chain())
  const [lead = ''] = contact.map(idOf)
  expect(records('Case')).toMatchObject([{ id: ticket.map(idOf)[0], fields: { WA_Lead__c: lead, ContactId: null } }])
  await salesforce.ticket.push(ctx, [cases(2, { parents: { contact: lead } })])
  expect(records('Case').map(({ fields }) => fields.WA_Lead__c)).toEqual([lead, lead])
  expect(await salesforce.contact.erase?.(ctx, lead)).toEqual({ kind: 'erased' })
  for (const type of ['Lead', 'Case', 'WhatsApp_Message__c']) expect(records(type)).toEqual([])
})

describe('a digest', () => {
  const said = (index: number, text: string, parents: PushItem['parents'] = {}) => {
    const record = { ...aMessage(index), ticketId: 'the-ticket', text, at: new Date(`2026-11-20T1${index}:00:00Z`) }
    return toItem(`message-${index}`, salesforce.message.toRemote(ctx.settings, record, CONNECTION), { parents })
  }
  beforeEach(() => set({ digest: true }))

  test('is one record of a case’s day, which grows, and says nothing twice', async () => {
    const items = { ...chain(), message: [said(1, 'hola', { contact: 'contact-1', ticket: 'ticket-1' })] }
    const first = await together(items)
    const [contact = '', ticket = ''] = [first.contact, first.ticket].map(([each]) => idOf(each))
    const [second] = await salesforce.message.push(ctx, [said(2, 'buenas', { contact, ticket }), said(1, 'hola')])
    const [digest] = records('WhatsApp_Message__c')
    expect(records('WhatsApp_Message__c')).toHaveLength(1)
    expect(digest?.fields).toMatchObject({
      Contact__c: contact,
      Case__c: ticket,
      Sent_At__c: '2026-11-20T11:00:00.000+0000',
    })
    expect(String(digest?.fields.Body__c).split('\n')).toEqual([
      ...[expect.stringMatching(/^11:00 .+: hola$/), expect.stringMatching(/^12:00 .+: buenas$/)],
    ])
    expect([first.message.map(idOf), idOf(second)]).toEqual([[`${digest?.id}#message-1`], `${digest?.id}#message-2`])
  })

  test('has failures told in it, and how far a message got not', async () => {
    const [stored] = await salesforce.message.push(ctx, [said(1, 'hola')])
    sandbox.calls.clear()
    const known = (values: Record<string, string>) => {
      const item = said(1, 'hola')
      return { ...item, remoteId: idOf(stored), values: { ...item.values, ...values }, changed: Object.keys(values) }
    }
    expect(await salesforce.message.push(ctx, [known({ Status__c: 'Read' })])).toMatchObject([{ kind: 'stored' }])
    expect(calls()).toBe(0)
    await salesforce.message.push(ctx, [known({ Status__c: 'Failed', Failure_Reason__c: 'Sin WhatsApp' })])
    expect(records('WhatsApp_Message__c')).toMatchObject([
      { fields: { Body__c: expect.stringContaining('hola (✗ Sin WhatsApp)') } },
    ])
  })

  test('that is full leaves the next message a record of its own', async () => {
    const long = 'x'.repeat(20_000)
    const results = await salesforce.message.push(ctx, [said(1, long), said(2, long)])
    expect(results.map(({ kind }) => kind)).toEqual(['stored', 'stored'])
    expect(
      records('WhatsApp_Message__c')
        .map(({ fields }) => fields.WA_Message_Id__c)
        .toSorted(),
    ).toEqual([...['message-2', 'the-ticket 2026-11-20']])
  })
})

describe('a field', () => {
  test('that the object does not have is the fault of those that carry it alone', async () => {
    const odd = people(2, { values: { ...people(2).values, Shoe__c: '42' } })
    const { contact } = await together({ contact: [people(1), odd, people(3)], ticket: [], message: [] })
    expect(contact.filter(({ kind }) => kind === 'stored')).toHaveLength(2)
    expect(contact.find(({ recordId }) => recordId === 'contact-2')).toMatchObject({
      failure: { kind: 'rejected', code: 'INVALID_FIELD', message: expect.stringContaining('Shoe__c') },
    })
  })

  test('of another type than text is written as that', async () => {
    sandbox.salesforce.addField(ORG, { object: 'Contact', name: 'Points__c', type: 'double' })
    sandbox.salesforce.addField(ORG, { object: 'Contact', name: 'Vip__c', type: 'boolean' })
    const settings = await salesforce.reread?.(ctx)
    set(settings as SalesforceSettings)
    const item = people(1, { values: { ...people(1).values, Points__c: '12.5', Vip__c: 'true' } })
    const { contact } = await together({ contact: [item], ticket: [], message: [] })
    expect(contact).toMatchObject([{ kind: 'stored' }])
    expect(records('Contact')).toMatchObject([{ fields: { Points__c: 12.5, Vip__c: true } }])
  })
})

describe('cases', () => {
  test('that nobody has go to the queue, and what is a queue’s is nobody’s here', async () => {
    const [queue] = ctx.settings.queues
    set({ queueId: queue?.id ?? '' })
    const { ticket } = await together({ contact: [], ticket: [cases(1)], message: [] })
    expect(records('Case')).toMatchObject([{ fields: { OwnerId: queue?.id } }])
    const [read] = await salesforce.ticket.read(ctx, ticket.map(idOf))
    expect(salesforce.ticket.fromRemote(ctx.settings, read?.values ?? {})).toMatchObject({ ownerEmail: null })
  })

  test('run assignment rules only where they are to', async () => {
    const headers: unknown[] = []
    const listen: typeof fetch = (input, init) => {
      const { compositeRequest = [] } = JSON.parse(String(init?.body ?? '{}'))
      headers.push(...compositeRequest.map((each: { httpHeaders?: object }) => each.httpHeaders))
      return ctx.fetch(input, init)
    }
    const watched = { ...ctx, fetch: listen }
    await salesforce.ticket.push(watched, [cases(1)])
    await salesforce.ticket.push({ ...watched, settings: { ...ctx.settings, assignmentRules: true } }, [cases(2)])
    expect(headers).toMatchObject([{ 'Sforce-Auto-Assign': 'FALSE' }, { 'Sforce-Auto-Assign': 'TRUE' }])
  })
})

describe('picklists', () => {
  const reasons = { Garantía: ['Phone', 'Web'], Pedido: ['Email'], Otro: ['Phone', 'Email', 'Web'] }
  const aCase = (values: Record<string, string>) => cases(1, { values: { ...cases(1).values, ...values } })
  const push = (item: PushItem) => salesforce.ticket.push(ctx, [item])
  const reread = async (given: Partial<SalesforceSettings> = {}) => {
    set(given)
    set((await salesforce.reread?.(ctx)) as SalesforceSettings)
  }
  beforeEach(() => {
    const { salesforce: org } = sandbox
    org.addDependentPicklist(ORG, {
      ...{ object: 'Case', name: 'Topic__c', label: 'Motivo', controller: 'Origin' },
      takes: reasons,
    })
    org.addRecordType(ORG, {
      ...{ object: 'Case', name: 'Soporte', developerName: 'Support' },
      values: { Topic__c: ['Garantía', 'Otro'], Origin: ['Phone', 'Web'] },
    })
  })

  test('that depend on another are written where both fit, and named by their labels where they do not', async () => {
    await reread()
    expect(await push(aCase({ Origin: 'Email', Topic__c: 'Garantía' }))).toMatchObject([
      {
        failure: {
          ...{ kind: 'rejected', field: 'Topic__c' },
          message: 'Motivo “Garantía” does not go with Origin “Email”, which takes Pedido, Otro',
        },
      },
    ])
    expect(records('Case')).toEqual([])
    const [stored] = await push(aCase({ Origin: 'Web', Topic__c: 'Garantía' }))
    expect(stored).toMatchObject({ kind: 'stored' })
    // Of a record that is there, what is changed is looked at beside what it has.
    const values = { ...aCase({ Origin: 'Email', Topic__c: 'Garantía' }).values }
    const moved = cases(1, { remoteId: idOf(stored), values, changed: ['Origin'] })
    expect(await push(moved)).toMatchObject([{ failure: { kind: 'rejected', field: 'Topic__c' } }])
  })

  test('are those of the record type that new records are made with', async () => {
    await reread({ caseRecordType: 'Support' })
    const fields = await salesforce.ticket.fields(ctx)
    expect(fields.find(({ name }) => name === 'Topic__c')?.options).toEqual([
      ...[
        { value: 'Garantía', label: 'Garantía (label)' },
        { value: 'Otro', label: 'Otro (label)' },
      ],
    ])
    expect(await push(aCase({ Origin: 'Phone', Topic__c: 'Pedido' }))).toMatchObject([
      { failure: { message: expect.stringContaining('Motivo “Pedido” is none of its record type') } },
    ])
    await push(aCase({ Origin: 'Phone', Topic__c: 'Otro' }))
    expect(records('Case')).toMatchObject([{ fields: { RecordTypeId: ctx.settings.recordTypes.Case } }])
  })

  test('a record type that is not there is told, with those that there are', async () => {
    set({ caseRecordType: 'Sales' })
    await expect(salesforce.reread?.(ctx)).rejects.toThrow(/Case has no record type Sales .* There are: Support/)
  })
})

test('the day’s calls are told by each answer, and what is over them rests', async () => {
  const heard: unknown[] = []
  const listen: typeof fetch = async (input, init) => {
    const response = await ctx.fetch(input, init)
    heard.push(salesforce.limits.read(response.headers))
    return response
  }
  sandbox.salesforce.configure(ORG, { dailyLimit: 1_000 })
  await salesforce.contact.push({ ...ctx, fetch: listen }, [people(1)])
  expect(heard).toMatchObject([{ dailyMax: 1_000, dailyRemaining: expect.any(Number) }])
  sandbox.salesforce.configure(ORG, { dailyLimit: 1 })
  const results = await salesforce.contact.push(ctx, [people(2)])
  expect(results).toMatchObject([{ failure: { kind: 'retry after', afterMs: 3_600_000, status: 429 } }])
})

test('a token is told to Salesforce alone', async () => {
  const credentials = { ...grantedIn(listening.url), instanceUrl: 'https://evil.example' }
  const results = await salesforce.contact.push({ ...ctx, credentials }, [people(1)])
  expect(results).toMatchObject([
    { failure: { kind: 'unauthorized', message: expect.stringContaining('evil.example') } },
  ])
  expect(calls()).toBe(0)
})

test('what a plan would write is answered without being made, and reads pass', async () => {
  const asked: string[] = []
  const withheld: typeof fetch = async (input, init) => {
    const request = new Request(input, init)
    const answer = salesforce.rehearse?.({
      method: request.method,
      url: request.url,
      body: String(init?.body ?? ''),
      now: ctx.now,
    })
    asked.push(`${request.method} ${answer ? 'withheld' : 'made'}`)
    return answer ?? ctx.fetch(input, init)
  }
  set({ findByPhone: true })
  const results = await salesforce.pushTogether?.({ ...ctx, fetch: withheld }, chain())
  expect(results?.message).toMatchObject([{ kind: 'stored', remoteId: 'planned-message-1' }])
  expect(asked).toEqual(['GET made', 'POST withheld'])
  expect(records('Contact')).toEqual([])
})
