import { describe, expect, test } from 'vitest'
import { parseWebhook, verifyWebhook } from '../../../src/connectors/hubspot/webhook.ts'
import { NOW } from '../records.ts'

const credentials = { accessToken: 'pat', clientSecret: '00000000-1111-2222-3333-444444444444', appId: '321' }
const url = 'https://hub.test/hooks/hubspot/c1?a=%C3%B1&b=x%3Ay%2f%20'
/** As HubSpot signs it: `:` and `/` decoded, everything else as it was. */
const signedUrl = 'https://hub.test/hooks/hubspot/c1?a=%C3%B1&b=x:y/%20'
const body = new TextEncoder().encode('[{"a":"ñ 🙂"}]')

async function signatureOf(text: string, secret = credentials.clientSecret): Promise<string> {
  const encode = (value: string) => new TextEncoder().encode(value)
  const key = await crypto.subtle.importKey('raw', encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const bytes = new Uint8Array(await crypto.subtle.sign('HMAC', key, encode(text)))
  return btoa(String.fromCharCode(...bytes))
}

async function verdict(given: {
  at?: number
  signature?: string | null
  headers?: [string, string][]
  bytes?: typeof body
}) {
  const at = given.at ?? NOW.getTime()
  const right = await signatureOf(`POST${signedUrl}${new TextDecoder().decode(body)}${at}`)
  const headers = new Headers({ 'X-HubSpot-Request-Timestamp': String(at) })
  if (given.signature !== null) headers.set('X-HubSpot-Signature-v3', given.signature ?? right)
  for (const [name, value] of given.headers ?? []) headers.set(name, value)
  return verifyWebhook(credentials, { method: 'POST', url, headers, body: given.bytes ?? body }, NOW)
}

describe('the signature', () => {
  test('agrees with openssl', async () => {
    const request = {
      method: 'POST',
      url: 'https://www.example.com/webhook_uri',
      headers: new Headers({
        'X-HubSpot-Signature-v3': 'dSzwsC3SXOVYCbFELpBu5Jv/ME6so2yFca579JyobKY=',
        'X-HubSpot-Request-Timestamp': '1700000000000',
      }),
      body: new TextEncoder().encode('{"example_field":"example_value"}'),
    }
    const at = new Date(1_700_000_000_000)
    expect(await verifyWebhook({ ...credentials, clientSecret: 'yyyy-secret' }, request, at)).toBe('valid')
  })

  test('is over the decoded URI and the raw bytes', async () => expect(await verdict({})).toBe('valid'))

  test.each([
    ['missing', { signature: null }],
    ['forged', { signature: btoa('x'.repeat(32)) }],
    ['not base64', { signature: 'firmé' }],
    ['of another body', { bytes: new TextEncoder().encode('[{}]') }],
    ['of another time', { headers: [['X-HubSpot-Request-Timestamp', '1700000000000']] as [string, string][] }],
    ['without a time', { headers: [['X-HubSpot-Request-Timestamp', 'ayer']] as [string, string][] }],
    ['not ASCII', { signature: 'ÿ'.repeat(44) }],
  ])('%s is invalid', async (_name, given) => expect(await verdict(given)).toBe('invalid'))

  test.each([-300_001, 300_001])('%i ms away is expired', async away => {
    expect(await verdict({ at: NOW.getTime() + away })).toBe('expired')
  })

  test.each([-299_000, 299_000])('%i ms away is valid', async away => {
    expect(await verdict({ at: NOW.getTime() + away })).toBe('valid')
  })
})

describe('the events', () => {
  const occurredAt = NOW.getTime()
  const ours = { changeSource: 'INTEGRATION', sourceId: '321:5', appId: 321 }
  const person = { changeSource: 'CRM_UI', sourceId: 'userId:61001', appId: 321 }
  const event = (subscriptionType: string, rest: object = person) => ({
    subscriptionType,
    objectId: 7,
    occurredAt,
    ...rest,
  })
  const parse = (payload: unknown) => parseWebhook(payload, NOW)

  test.each([
    ['object.propertyChange', { objectTypeId: '0-1' }, 'touched', 'contact'],
    ['object.creation', { objectTypeId: '0-5' }, 'touched', 'ticket'],
    ['object.restore', { objectTypeId: '0-5' }, 'touched', 'ticket'],
    ['contact.propertyChange', {}, 'touched', 'contact'],
    ['ticket.propertyChange', {}, 'touched', 'ticket'],
    ['object.deletion', { objectTypeId: '0-5' }, 'deleted', 'ticket'],
    ['contact.privacyDeletion', {}, 'erased', 'contact'],
    ['object.restore', { objectTypeId: '0-1' }, 'touched', 'contact'],
    [
      'object.associationChange',
      { objectId: undefined, fromObjectId: 7, fromObjectTypeId: '0-5', toObjectId: 8, toObjectTypeId: '0-1' },
      ...(['touched', 'ticket'] as const),
    ],
  ])('%s %o is a %s %s', (type, rest, kind, object) => {
    expect(parse([event(type, { ...person, ...rest })])).toMatchObject([{ kind, object, remoteId: '7', at: NOW }])
  })

  test.each([
    ['our app', ours, true, undefined],
    ['our app, alone', { ...ours, sourceId: '321' }, true, undefined],
    ['another app', { ...ours, sourceId: '999' }, false, undefined],
    ['a person', person, false, 'person'],
    ['a workflow', { ...ours, changeSource: 'AUTOMATION_PLATFORM' }, false, 'rule'],
  ])('a change of %s', (_who, rest, byUs, by) => {
    const [change] = parse([event('contact.propertyChange', rest)])
    expect(change).toMatchObject({ byUs })
    expect(change?.kind === 'touched' ? change.author?.by : 'none').toBe(by)
  })

  test('many events of one record are one change, and by us only if all are', () => {
    const later = { ...person, occurredAt: occurredAt + 1_000 }
    const changes = parse([
      event('contact.propertyChange', ours),
      event('contact.creation', later),
      event('contact.creation', ours),
    ])
    expect(changes).toEqual([
      {
        ...{ kind: 'touched', object: 'contact', remoteId: '7', at: new Date(occurredAt + 1_000), byUs: false },
        ...{ values: {}, tellings: {}, author: { by: 'person', user: '61001' } },
      },
    ])
  })

  test('of one property that both set, each is told with its time, whatever the order of the events', () => {
    const set = (propertyValue: string, by: object, ms: number) =>
      event('ticket.propertyChange', {
        ...{ ...by, propertyName: 'hs_pipeline_stage', propertyValue, occurredAt: occurredAt + ms },
      })
    const events = [set('4', person, 10), set('2', ours, 30), set('1', person, 0)]
    const tellings = {
      hs_pipeline_stage: { theirs: { value: '4', at: occurredAt + 10 }, ours: { value: '2', at: occurredAt + 30 } },
    }
    for (const turn of [0, 1, 2]) {
      const [change] = parse([...events.slice(turn), ...events.slice(0, turn), ...events])
      expect(change).toMatchObject({ byUs: false, values: { hs_pipeline_stage: '2' }, tellings })
    }
  })

  test('a merge tells the survivor and every id that leads to it', () => {
    const facts = { objectTypeId: '0-1', primaryObjectId: 7, mergedObjectIds: [8], newObjectId: 9 }
    expect(parse([event('object.merge', facts)])).toMatchObject([
      { kind: 'merged', remoteId: '9', mergedIds: ['7', '8'] },
    ])
    const kept = { ...facts, newObjectId: 7 }
    expect(parse([event('object.merge', kept)])).toMatchObject([{ kind: 'merged', remoteId: '7', mergedIds: ['8'] }])
  })

  test('what we do not know is left out, and stops nothing', () => {
    const odd = [event('object.associationChange'), event('deal.creation'), { hola: 1 }, event('contact.creation')]
    expect(parse(odd)).toHaveLength(1)
    expect(parse([])).toEqual([])
  })

  test.each(['text', 5, null, [5]])("%j is not HubSpot's", payload => expect(() => parse(payload)).toThrow())
})

describe('replies from the inbox', () => {
  const message = {
    id: 'm1',
    text: 'Hola & adiós',
    richText: '<p>Hola &amp; adiós</p>',
    createdAt: '2026-11-20T09:59:00Z',
    senders: [{ actorId: 'A-71001', name: 'Carmen Ruiz' }],
    recipients: [{ actorId: 'V-55', deliveryIdentifier: { type: 'HS_PHONE_NUMBER', value: '+34600' } }],
  }
  const event = (given: object = {}) => ({
    type: 'OUTGOING_CHANNEL_MESSAGE_CREATED',
    message: { ...message, ...given },
  })
  const reply = {
    kind: 'reply',
    remoteId: 'm1',
    to: { contactRemoteId: '55', phone: '+34600' },
    from: { phone: null },
    text: 'Hola & adiós',
    attachments: [],
    author: { remoteId: 'A-71001', name: 'Carmen Ruiz' },
    at: new Date('2026-11-20T09:59:00Z'),
  }

  test('alone and in a list, once however often', () => {
    expect(parseWebhook(event(), NOW)).toEqual([reply])
    expect(parseWebhook([event(), event()], NOW)).toEqual([reply])
  })

  test('from rich text where there is no other, and as of its arrival where it has no time', () => {
    const given = {
      text: null,
      richText: '<p>uno &lt;2&gt;</p><p>tres</p>',
      createdAt: null,
      senders: null,
      recipients: null,
    }
    expect(parseWebhook(event(given), NOW)).toEqual([
      {
        ...reply,
        text: 'uno <2>\ntres',
        at: NOW,
        author: { remoteId: null, name: null },
        to: { contactRemoteId: null, phone: null },
      },
    ])
  })

  test('with its files, as which number it is answered, and what was formatted', () => {
    const file = {
      id: 'a1',
      url: 'https://f.hubspotusercontent.com/1',
      name: 'foto.jpg',
      contentType: 'image/jpeg',
      size: 9,
    }
    const given = {
      senders: [{ actorId: 'A-1', deliveryIdentifier: { type: 'HS_PHONE_NUMBER', value: '+34910' } }],
      richText: '<p><b>Hola</b></p>',
      attachments: [file, { type: 'FILE', fileId: 7 }, 'odd'],
    }
    expect(parseWebhook(event(given), NOW)).toMatchObject([
      {
        ...{ text: '*Hola*', from: { phone: '+34910' } },
        attachments: [
          { remoteId: 'a1', url: file.url, name: 'foto.jpg', mimeType: 'image/jpeg', bytes: 9 },
          { remoteId: '7', url: null, name: null, mimeType: null, bytes: null },
        ],
      },
    ])
  })
})
