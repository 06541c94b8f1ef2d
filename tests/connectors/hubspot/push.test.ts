import { describe, expect, test } from 'vitest'
import { type PushItem, RemoteCallError, type RemoteValues } from '../../../src/connectors/contract.ts'
import { hubspot } from '../../../src/connectors/hubspot/index.ts'
import { type Asked, type FakeInput, fakeFetch, json } from '../fake-fetch.ts'
import { aContact, aMessage, aTicket, CONNECTION, toItem } from '../records.ts'
import { aContext, settings } from './context.ts'

const stored = ({ id, properties, objectWriteTraceId }: FakeInput) => ({
  ...{ id: id ?? `r-${objectWriteTraceId}`, properties, objectWriteTraceId, updatedAt: '2026-11-20T10:00:05.000Z' },
})
const storeAll = ({ body }: Asked) => json({ results: body.inputs.map(stored) })
const contactItem = (index: number, given = {}) =>
  toItem(`contact-${index}`, hubspot.contact.toRemote(settings, aContact(index), CONNECTION), given)
const ticketItem = (index: number, given = {}) =>
  toItem(`ticket-${index}`, hubspot.ticket.toRemote(settings, aTicket(index), CONNECTION), given)
const messageItem = (index: number, given = {}, message = {}) =>
  toItem(`message-${index}`, hubspot.message.toRemote(settings, aMessage(index, message), CONNECTION), given)
const many = <T>(count: number, make: (index: number) => T) => Array.from({ length: count }, (_, at) => make(at + 1))

describe('the request', () => {
  test('goes to the dated version with the token, the number of items and text only', async () => {
    const { fetch, asked } = fakeFetch(storeAll)
    await hubspot.contact.push(aContext(fetch), [contactItem(1)])
    expect(asked[0]).toMatchObject({
      method: 'POST',
      path: '/crm/objects/2026-09/contacts/batch/upsert',
      body: { inputs: [{ id: '34600000001', idProperty: 'wa_id', objectWriteTraceId: 'contact-1' }] },
    })
    expect(asked[0]?.headers.get('authorization')).toBe('Bearer pat-test')
    expect(asked[0]?.headers.get('x-buzon-items')).toBe('1')
    expect(Object.values(asked[0]?.body.inputs[0]?.properties ?? {}).every(value => typeof value === 'string')).toBe(
      true,
    )
  })

  test('a known record sends what changed, and an emptied value as an empty text', async () => {
    const { fetch, asked } = fakeFetch(storeAll)
    const item = contactItem(1, { remoteId: '9', changed: ['lastname'] })
    item.values.lastname = null
    const results = await hubspot.contact.push(aContext(fetch), [item])
    expect(asked[0]?.path).toBe('/crm/objects/2026-09/contacts/batch/update')
    expect(asked[0]?.body.inputs).toEqual([{ objectWriteTraceId: 'contact-1', id: '9', properties: { lastname: '' } }])
    expect(results).toEqual([
      { recordId: 'contact-1', kind: 'stored', remoteId: '9', version: '2026-11-20T10:00:05.000Z' },
    ])
  })

  test('nothing to say is said without a call', async () => {
    const { fetch, asked } = fakeFetch(storeAll)
    const results = await hubspot.contact.push(aContext(fetch), [contactItem(1, { remoteId: '9', changed: [] })])
    expect(results).toEqual([{ recordId: 'contact-1', kind: 'stored', remoteId: '9', version: null }])
    expect(asked).toEqual([])
  })

  test('a ticket is made on its contact, a message on contact and ticket', async () => {
    const { fetch, asked } = fakeFetch(storeAll)
    await hubspot.ticket.push(aContext(fetch), [ticketItem(1, { parents: { contact: '5' } })])
    await hubspot.message.push(aContext(fetch), [messageItem(1, { parents: { contact: '5', ticket: '6' } })])
    const made = asked.map(({ body }) => body.inputs[0]?.associations)
    const associationCategory = 'HUBSPOT_DEFINED'
    const on = (id: string, associationTypeId: number) => ({
      to: { id },
      types: [{ associationCategory, associationTypeId }],
    })
    expect(made).toEqual([[on('5', 16)], [on('5', 81), on('6', 83)]])
  })
})

describe('one bad item', () => {
  const refusing = (culprits: string[], body: object = { message: 'refused', category: 'VALIDATION_ERROR' }) =>
    fakeFetch(asked =>
      asked.body.inputs.some(({ objectWriteTraceId }) => culprits.includes(objectWriteTraceId))
        ? json(body, 400)
        : storeAll(asked),
    )
  const failures = (results: Awaited<ReturnType<typeof hubspot.contact.push>>) =>
    results.flatMap(result => (result.kind === 'failed' ? [result.recordId] : []))

  test('that refuses the whole batch is found by halving, and the others are stored', async () => {
    const { fetch, asked } = refusing(['contact-7', 'contact-90'])
    const results = await hubspot.contact.push(aContext(fetch), many(100, contactItem))
    expect(failures(results)).toEqual(['contact-7', 'contact-90'])
    expect(results).toHaveLength(100)
    expect(asked.length).toBeLessThan(30)
  })

  test('that the error names is found at once', async () => {
    const { fetch, asked } = refusing(['contact-7'], { message: 'no', context: { objectWriteTraceId: ['contact-7'] } })
    expect(failures(await hubspot.contact.push(aContext(fetch), many(100, contactItem)))).toEqual(['contact-7'])
    expect(asked).toHaveLength(2)
  })

  test('a property that the account does not have fails all that carry it, in one call', async () => {
    const errors = [{ message: 'no', code: 'PROPERTY_DOESNT_EXIST', context: { propertyName: ['wa_id'] } }]
    const { fetch, asked } = fakeFetch(() => json({ category: 'VALIDATION_ERROR', errors }, 400))
    const results = await hubspot.contact.push(aContext(fetch), many(100, contactItem))
    expect(failures(results)).toHaveLength(100)
    expect(results[0]).toMatchObject({ failure: { kind: 'rejected', code: 'PROPERTY_DOESNT_EXIST', field: 'wa_id' } })
    expect(asked).toHaveLength(1)
  })

  test('of a partial answer gets its error, the others their ids', async () => {
    const { fetch } = fakeFetch(({ body }) => {
      const [first, second, third] = body.inputs as [FakeInput, FakeInput, FakeInput]
      const errors = [
        { category: 'OBJECT_NOT_FOUND', message: 'not found', context: { ids: [second.id] } },
        { category: 'VALIDATION_ERROR', message: 'bad', context: { objectWriteTraceId: [third.objectWriteTraceId] } },
      ]
      return json({ results: [stored(first)], errors }, 207)
    })
    const results = await hubspot.contact.push(
      aContext(fetch),
      many(3, index => contactItem(index, { remoteId: `${index}` })),
    )
    expect(results).toMatchObject([
      { recordId: 'contact-1', kind: 'stored' },
      { recordId: 'contact-2', failure: { kind: 'gone' } },
      { recordId: 'contact-3', failure: { kind: 'rejected' } },
    ])
  })

  test('that gets no answer does not hold back the next batch', async () => {
    const { fetch, asked } = fakeFetch(({ body }) => json({ results: body.inputs.slice(1).map(stored) }, 207))
    const results = await hubspot.contact.push(aContext(fetch), many(200, contactItem))
    expect(failures(results)).toEqual(['contact-1', 'contact-101'])
    expect(asked).toHaveLength(2)
  })

  test('without an answer is unknown: it may be stored', async () => {
    const { fetch } = fakeFetch(() => json({ results: [] }, 207))
    const [message] = await hubspot.message.push(aContext(fetch), [messageItem(1)])
    const [contact] = await hubspot.contact.push(aContext(fetch), [contactItem(1)])
    expect(message).toMatchObject({ failure: { kind: 'ambiguous' } })
    expect(contact).toMatchObject({ failure: { kind: 'ambiguous' } })
  })
})

describe('a failure that would meet the rest too', () => {
  test.each([
    [401, 'unauthorized', 'unauthorized'],
    [429, 'retry after', 'retry after'],
    [503, 'ambiguous', 'retry after'],
  ])('%i stops the push: first batch %s, the others %s and never sent', async (status, first, rest) => {
    const { fetch, asked } = fakeFetch(() => json({}, status))
    const results = await hubspot.message.push(aContext(fetch), many(250, messageItem))
    expect(asked).toHaveLength(1)
    expect(results).toHaveLength(250)
    expect(results[99]).toMatchObject({ failure: { kind: first } })
    expect(results[100]).toMatchObject({ failure: { kind: rest } })
  })

  test.each([
    ['contact', contactItem(1)],
    ['ticket', ticketItem(1)],
    ['message', messageItem(1)],
  ] as const)('a lost answer on a new %s leaves it unknown', async (kind, item) => {
    const { fetch } = fakeFetch(() => Promise.reject(new RemoteCallError({ kind: 'ambiguous', message: 'timeout' })))
    expect(await hubspot[kind].push(aContext(fetch), [item])).toMatchObject([{ failure: { kind: 'ambiguous' } }])
  })

  test('a good status with a page of a proxy is no answer', async () => {
    const { fetch } = fakeFetch(() => new Response('<html>', { status: 200 }))
    expect(await hubspot.message.push(aContext(fetch), [messageItem(1)])).toMatchObject([
      { failure: { kind: 'ambiguous' } },
    ])
  })
})

describe('an e-mail that another contact of the account has', () => {
  const portal = (existing: { id: string; properties: Record<string, string | null> }) =>
    fakeFetch(asked => {
      if (asked.path.endsWith('/batch/read')) return json({ results: [existing] })
      if (!asked.path.endsWith('/batch/upsert')) return storeAll(asked)
      const [taken, ...others] = asked.body.inputs as [FakeInput, ...FakeInput[]]
      if (!taken.properties.email) return storeAll(asked)
      const context = { objectWriteTraceId: [taken.objectWriteTraceId] }
      const errors = [{ category: 'CONFLICT', message: 'Contact already exists. Existing ID: 77', context }]
      return json({ results: others.map(stored), errors }, 207)
    })
  const items = () => [
    toItem('contact-1', hubspot.contact.toRemote(settings, aContact(1, { email: 'ana@example.com' }), CONNECTION)),
    contactItem(2),
  ]

  test('is the same person: that contact gets our key, and only what it lacks', async () => {
    const properties = { email: 'Ana@example.com', wa_id: null, firstname: 'Ana María', lastname: 'P.', phone: '' }
    const { fetch, asked } = portal({ id: '77', properties })
    const results = await hubspot.contact.push(aContext(fetch), items())
    expect(asked.at(-1)?.body.inputs).toEqual([
      { id: '77', objectWriteTraceId: 'contact-1', properties: { wa_id: '34600000001', phone: '+34600000001' } },
    ])
    expect(results).toMatchObject([{ recordId: 'contact-2' }, { recordId: 'contact-1', remoteId: '77' }])
  })

  test('but with another WhatsApp number it is somebody else, and a person must decide', async () => {
    const { fetch, asked } = portal({ id: '77', properties: { email: 'ana@example.com', wa_id: '34999' } })
    const results = await hubspot.contact.push(aContext(fetch), items())
    expect(results.find(({ recordId }) => recordId === 'contact-1')).toMatchObject({
      failure: { kind: 'rejected', code: 'CONFLICT', field: 'email' },
    })
    expect(asked).toHaveLength(2)
  })
})

describe('records that may be there already', () => {
  const portal = (there: object, archived = false) =>
    fakeFetch(asked => {
      if (!asked.path.endsWith('/batch/read')) return storeAll(asked)
      return json({ results: [{ id: '61', archived, properties: there, updatedAt: '2026-11-20T10:00:00Z' }] })
    })
  const acts = (asked: Asked[]) => asked.map(({ path, body }) => `${path.split('/').at(-1)} ${body.inputs.length}`)
  const unheard = (item: PushItem, said: RemoteValues = {}) => ({ ...item, unheard: { ...item.values, ...said } })
  const items = () => [unheard(ticketItem(1), { subject: 'Antes' }), unheard(ticketItem(2))]
  const there = () => ({ ...ticketItem(1).values, subject: 'Antes' })

  test('are looked up by our key: those found are told as they are, the others created', async () => {
    const { fetch, asked } = portal(there())
    const results = await hubspot.ticket.push(aContext(fetch), items())
    expect(acts(asked)).toEqual(['read 2', 'create 1'])
    expect(asked[0]?.body).toMatchObject({
      idProperty: 'wa_ticket_id',
      inputs: [{ id: 'ticket-1' }, { id: 'ticket-2' }],
    })
    expect(results).toMatchObject([
      { remoteId: '61', there: there() },
      { recordId: 'ticket-2', kind: 'stored' },
    ])
    expect(results[0]).not.toHaveProperty('theirs')
  })

  test('a create that was stored after all since we looked is unknown, and no refusal', async () => {
    const { fetch } = fakeFetch(asked =>
      asked.path.endsWith('/batch/read')
        ? json({ results: [] })
        : json({ status: 'error', category: 'CONFLICT', message: 'wa_ticket_id is taken' }, 409),
    )
    const results = await hubspot.ticket.push(aContext(fetch), items())
    expect(results).toMatchObject([{ failure: { kind: 'ambiguous' } }, { failure: { kind: 'ambiguous' } }])
  })

  test('an archived one is not there', async () => {
    const { fetch, asked } = portal(there(), true)
    await hubspot.ticket.push(aContext(fetch), items())
    expect(acts(asked)).toEqual(['read 2', 'create 2'])
  })

  test.each([
    ['contact', contactItem(1), 'firstname', 'Anita'],
    ['ticket', ticketItem(1), 'subject', 'De una persona'],
  ] as const)('what somebody has changed in a %s since is left alone, and told', async (kind, item, field, value) => {
    const { fetch, asked } = portal({ ...item.values, [field]: value })
    const results = await hubspot[kind].push(aContext(fetch), [unheard(item)])
    expect(acts(asked)).toEqual(['read 1'])
    expect(results).toMatchObject([{ kind: 'stored', remoteId: '61', version: null, theirs: { [field]: value } }])
  })

  test('what only ours has changed since is not theirs', async () => {
    const { fetch } = portal({ ...ticketItem(1).values, subject: 'De una persona', hs_pipeline_stage: '2' })
    const item = unheard(ticketItem(1), { subject: 'Antes', hs_pipeline_stage: '2' })
    const [result] = await hubspot.ticket.push(aContext(fetch), [item])
    expect(result).toMatchObject({ there: { subject: 'De una persona', hs_pipeline_stage: '2' } })
    expect(result).toMatchObject({ theirs: { subject: 'De una persona' } })
    expect(Object.keys((result as { theirs: object }).theirs)).toEqual(['subject'])
  })

  test('a reading that fails stores nothing, and is tried again', async () => {
    const { fetch, asked } = fakeFetch(() => json({ message: 'busy' }, 503))
    const results = await hubspot.contact.push(aContext(fetch), [unheard(contactItem(1))])
    expect(acts(asked)).toEqual(['read 1'])
    expect(results).toMatchObject([{ kind: 'failed', failure: { kind: 'retry after' } }])
  })
})

describe('reading back unheard messages', () => {
  const twice = { text: 'ok', at: new Date('2026-11-20T10:00:01Z'), direction: 'out', status: 'read' } as const
  const given = { unheard: {}, parents: { contact: '5', ticket: '6' } }
  const communication = (id: string, state: string) => ({
    id,
    properties: { hs_timestamp: '2026-11-20T10:00:01Z', hs_communication_body: `→ Ana<br />ok<br />${state}` },
  })
  const portal = (existing: ReturnType<typeof communication>[]) =>
    fakeFetch(asked => {
      if (asked.path.includes('/associations/')) {
        return json({ results: [{ from: { id: '6' }, to: existing.map(({ id }) => ({ toObjectId: Number(id) })) }] })
      }
      if (!asked.path.endsWith('/batch/read')) return storeAll(asked)
      const ids = asked.body.inputs.map(({ id }) => id)
      return json({ results: existing.filter(({ id }) => ids.includes(id)) })
    })
  const acts = (asked: Asked[]) => asked.map(({ path }) => path.split('/').slice(-2).join('/'))

  test('matches one to one, updates the state, creates those that are missing', async () => {
    const { fetch, asked } = portal([communication('11', '✓ enviado')])
    const items = [messageItem(1, given, twice), messageItem(2, given, twice)]
    const results = await hubspot.message.push(aContext(fetch), items)
    expect(results.map(result => result.kind === 'stored' && result.remoteId)).toEqual(['11', 'r-message-2'])
    expect(acts(asked)).toEqual(['batch/read', 'batch/read', 'batch/update', 'batch/create'])
  })

  test("does not take another message's communication", async () => {
    const { fetch } = portal([communication('11', '✓ enviado')])
    const results = await hubspot.message.push(aContext(fetch), [messageItem(1, { ...given, taken: ['11'] }, twice)])
    expect(results).toMatchObject([{ remoteId: 'r-message-1' }])
  })

  test('creates nothing while reading is impossible', async () => {
    const { fetch, asked } = fakeFetch(() => json({}, 503))
    const results = await hubspot.message.push(aContext(fetch), [messageItem(1, given)])
    expect(results).toMatchObject([{ failure: { kind: 'retry after' } }])
    expect(acts(asked)).toEqual(['batch/read'])
  })
})

describe('states of replies from the inbox', () => {
  const source = { connectionId: CONNECTION, remoteId: 'abc' }
  const item = (status: 'queued' | 'delivered' | 'failed') =>
    messageItem(1, { remoteId: 'abc' }, { source, status, failureReason: 'Sin WhatsApp' })

  test('are told by the id of the message there', async () => {
    const { fetch, asked } = fakeFetch(() => json({ id: 'abc' }))
    const results = await hubspot.message.push(aContext(fetch), [
      item('delivered'),
      { ...item('failed'), recordId: 'm2' },
    ])
    expect(asked.map(({ method, path, body }) => ({ method, path, body }))).toEqual([
      {
        method: 'PATCH',
        path: '/conversations/custom-channels/2026-09/900/messages/abc',
        body: { statusType: 'SENT' },
      },
      {
        method: 'PATCH',
        path: '/conversations/custom-channels/2026-09/900/messages/abc',
        body: { statusType: 'FAILED', errorMessage: 'Sin WhatsApp' },
      },
    ])
    expect(results.every(({ kind }) => kind === 'stored')).toBe(true)
  })

  test('are not told before there is one', async () => {
    const { fetch, asked } = fakeFetch(() => json({}))
    expect(await hubspot.message.push(aContext(fetch), [item('queued')])).toMatchObject([
      { kind: 'stored', remoteId: 'abc' },
    ])
    expect(asked).toEqual([])
  })
})
