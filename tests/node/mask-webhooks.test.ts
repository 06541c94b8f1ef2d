import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMask } from '../../scripts/webhooks/mask.ts'
import { canonicalWaId } from '../../src/core/identity.ts'
import { type NormalizedItem, normalize } from '../../src/inbox/whatsapp/normalize.ts'
import { bodies, scene } from '../fixtures/whatsapp.ts'

const secret = 'of this recording'
const arrived = { receivedAt: new Date('2026-05-04T12:00:00Z') }
const all = bodies(scene)

/** A body in which a person stands wherever one can. */
function about({ phone, name, words }: { phone: string; name: string; words: string }) {
  const metadata = { display_phone_number: `+${phone}`, phone_number_id: `${phone}11` }
  return {
    object: 'whatsapp_business_account',
    entry: [
      {
        id: `${phone}99`,
        changes: [
          {
            field: 'messages',
            value: {
              metadata,
              contacts: [{ profile: { name, username: name }, wa_id: phone, user_id: `MX.${phone}` }],
              messages: [
                {
                  from: phone,
                  id: `wamid.${phone}${name}`,
                  timestamp: '1777888800',
                  type: 'text',
                  text: { body: words },
                },
                {
                  from: Number(phone),
                  id: `wamid.2${name}`,
                  type: 'document',
                  document: { filename: `${name}.pdf`, caption: words },
                },
                {
                  type: 'contacts',
                  contacts: [{ name: { formatted_name: name }, phones: [{ phone: `+${phone}` }], vcard: words }],
                },
                { type: 'location', location: { latitude: 20.97, longitude: -89.62, name, address: words } },
                {
                  type: 'interactive',
                  interactive: {
                    type: 'nfm_reply',
                    nfm_reply: { response_json: JSON.stringify({ name, phone, words }) },
                  },
                },
                { type: 'system', system: { body: `${name} ${phone}`, wa_id: phone } },
                { type: 'hologram', hologram: { unheard: [{ of: words }, name, phone] } },
              ],
              statuses: [{ id: `wamid.${phone}`, recipient_id: phone, errors: [{ code: 131026, message: words }] }],
            },
          },
        ],
      },
    ],
  }
}

const word = fc.stringMatching(/^[A-Za-záéíóúñ]{6,12}$/)
const person = fc.record({
  phone: fc.stringMatching(/^[1-9][0-9]{10,12}$/),
  name: fc.tuple(word, word).map(list => list.join(' ')),
  words: fc.array(word, { minLength: 1, maxLength: 5 }).map(list => list.join(' ')),
})

describe('a masked body', () => {
  it('has no number, name or text of anybody', () => {
    fc.assert(
      fc.property(person, given => {
        const masked = JSON.stringify(createMask(secret)(about(given)))
        for (const part of [...given.name.split(' '), ...given.words.split(' ')]) expect(masked).not.toContain(part)
        // The local part; a country is nobody.
        expect(masked).not.toContain(given.phone)
        expect(masked).not.toContain(given.phone.slice(-8))
        expect(masked).not.toContain('20.97')
      }),
      { numRuns: 500 },
    )
  })

  it.each(Object.keys(all))('has the shape of what was recorded: %s', name => {
    const body = all[name]
    const masked = createMask(secret)(body)
    expect(shapeOf(masked)).toEqual(shapeOf(body))
    expect(normalize(JSON.stringify(masked), arrived).map(gist)).toEqual(
      normalize(JSON.stringify(body), arrived).map(gist),
    )
  })

  it('names the same the same, in whatever body, and otherwise in another recording', () => {
    fc.assert(
      fc.property(person, given => {
        const mask = createMask(secret)
        expect(mask(about(given))).toEqual(mask(structuredClone(about(given))))
        expect(mask({ from: given.phone })).not.toEqual(createMask('of another')({ from: given.phone }))
      }),
    )
  })

  it.each([
    ['5215512345678', '525512345678'],
    ['5541988887777', '554188887777'],
    ['5215512345678', '+52 1 55 1234 5678'],
  ])('keeps %s and %s one number', (one, other) => {
    const masked = createMask(secret)([one, other]) as string[]
    const [a = '', b = ''] = masked.map(canonicalWaId)
    expect(a).toBe(b)
    expect(masked[0]).not.toBe(one)
  })
})

/** Types, lengths and kinds of characters; not what is said. */
function shapeOf(value: unknown): unknown {
  if (typeof value === 'string') return `text of ${value.length}`
  if (typeof value === 'number') return 'number'
  if (Array.isArray(value)) return value.map(shapeOf)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shapeOf(item)]))
}

/** What the inbox does with an item. */
function gist(item: NormalizedItem): unknown {
  switch (item.kind) {
    case 'message': {
      const { via, direction, origin, kind, status, at, content } = item.message
      return [item.place, via, direction, origin, kind, status, at, Object.keys(content ?? {})]
    }
    case 'status':
      return [item.place, item.status.status, item.status.at]
    case 'event':
      return [item.place, item.event.field, item.event.event]
    default:
      return [item.place, item.kind]
  }
}
