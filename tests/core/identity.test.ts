import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  akinKeys,
  canonicalWaId,
  displayPhone,
  type Identity,
  identitiesOf,
  lockKeys,
  lookupKeys,
  matchContact,
  type Sender,
  waKey,
} from '../../src/core/identity.ts'

const by = (waId: string | null, userId: string | null = null, parentUserId: string | null = null): Sender => ({
  waId,
  userId,
  parentUserId,
})
const number = (waId: string): Identity => ({ kind: 'wa_id', value: waId, matchKey: canonicalWaId(waId) })

/** Whether a message from `later` finds the contact that `earlier` opened. */
function finds(later: string, earlier: string): boolean {
  return lookupKeys(number(later)).includes(number(earlier).matchKey)
}

describe('numbers of one person', () => {
  it.each([
    ['Mexico: the old mobile 1', '5215544332211', '525544332211'],
    ['Mexico, the other way', '525544332211', '5215544332211'],
    ['Brazil: the ninth digit', '5561991234567', '556191234567'],
    ['Brazil, the other way', '556191234567', '5561991234567'],
    ['Brazil: eight digits from 6 on', '5511961234567', '551161234567'],
    ['Argentina: the mobile 9, stored without', '5491144556677', '541144556677'],
    ["Côte d'Ivoire: eight digits of before 2021, Orange", '22507081234', '2250707081234'],
    ["Côte d'Ivoire: eight digits of before 2021, MTN", '2250545123456', '22545123456'],
    ["Côte d'Ivoire: eight digits of before 2021, Moov", '22501123456', '2250101123456'],
    ['the same digits', '34612345678', '34612345678'],
    ['the same digits with a plus', '+34612345678', '34612345678'],
  ])('%s', (_, later, earlier) => {
    expect(finds(later, earlier)).toBe(true)
  })
})

describe('numbers that are, or may be, two people', () => {
  it.each([
    ['Argentina: 54… may be a landline', '541144556677', '5491144556677'],
    ["Côte d'Ivoire: another operator's", '22507081234', '2250507081234'],
    ["Côte d'Ivoire: a landline", '22520212223', '2250720212223'],
    ['Brazil: a landline is not the mobile with a 9 before it', '556132345678', '5561932345678'],
    ['Brazil, the other way', '5561932345678', '556132345678'],
    ['Brazil: a landline that begins with 5', '5561951234567', '556151234567'],
    ['Brazil: another area', '5561991234567', '556291234567'],
    ['Mexico: too short to hold the 1', '52155443322', '5255443322'],
    ['Mexico: too long to hold the 1', '52155443322110', '5255443322110'],
    ['Brazil: too long to hold the 9', '55619912345678', '5561912345678'],
    ['Argentina: too short to hold the 9', '549114455667', '54114455667'],
    ['a number of another country that begins alike', '15215544332211', '1525544332211'],
  ])('%s', (_, later, earlier) => {
    expect(finds(later, earlier)).toBe(false)
  })
})

it.each([
  ['5215544332211', '+525544332211'],
  ['525544332211', '+525544332211'],
  ['556191234567', '+5561991234567'],
  ['5561991234567', '+5561991234567'],
  ['556132345678', '+556132345678'],
  ['5491144556677', '+5491144556677'],
  ['541144556677', '+541144556677'],
  ['34612345678', '+34612345678'],
  ['22507081234', '+2250707081234'],
  [null, null],
  ['', null],
])('%s is shown as %s', (waId, phone) => {
  expect(displayPhone(waId)).toBe(phone)
})

it('gives the identities strongest first, verbatim and with the key to compare', () => {
  expect(identitiesOf(by('5215544332211', 'MX.K7', 'MX.ENT.P9'))).toEqual([
    { kind: 'wa_id', value: '5215544332211', matchKey: '525544332211' },
    { kind: 'bsuid', value: 'MX.K7', matchKey: 'MX.K7' },
    { kind: 'parent_bsuid', value: 'MX.ENT.P9', matchKey: 'MX.ENT.P9' },
  ])
})

it('takes an empty id for none', () => {
  expect(identitiesOf(by('', '', ''))).toEqual([])
  expect(lockKeys(by('', '', ''))).toEqual([])
})

it.each([
  [by('5215544332211', 'MX.K7'), '525544332211'],
  [by(null, 'MX.K7', 'MX.ENT.P9'), 'MX.K7'],
  [by(null, null, 'MX.ENT.P9'), 'MX.ENT.P9'],
  [by(null), ''],
])('%j has the CRM key %s', (sender, key) => {
  expect(waKey(sender)).toBe(key)
})

describe('properties', () => {
  const digits = (length: number) => fc.stringMatching(new RegExp(`^[0-9]{${length}}$`))
  const waId = fc.oneof(
    digits(10).map(rest => `52${rest}`),
    digits(10).map(rest => `521${rest}`),
    digits(10).map(rest => `55${rest}`),
    fc.tuple(digits(2), digits(8)).map(([area, rest]) => `55${area}9${rest}`),
    digits(10).map(rest => `54${rest}`),
    digits(10).map(rest => `549${rest}`),
    fc.stringMatching(/^[1-9][0-9]{7,14}$/),
  )
  /** A number, and perhaps the same number in another spelling. */
  const pair = fc.tuple(waId, fc.constantFrom('same', '521', '9', '54')).map(([one, how]): [string, string] => {
    if (how === '521') return [one, one.replace(/^521?/, '521')]
    if (how === '9') return [one, `${one.slice(0, 4)}9${one.slice(4)}`]
    if (how === '54') return [one, one.replace(/^549/, '54')]
    return [one, one]
  })

  it('the canonical form is its own canonical form', () => {
    fc.assert(fc.property(waId, id => canonicalWaId(canonicalWaId(id)) === canonicalWaId(id)))
  })

  it('looks first for the number itself', () => {
    fc.assert(fc.property(waId, id => lookupKeys(number(id))[0] === canonicalWaId(id)))
  })

  it('whoever can be taken for one person waits for the same lock', () => {
    fc.assert(
      fc.property(pair, ([later, earlier]) => {
        fc.pre(finds(later, earlier))
        expect(lockKeys(by(later))).toEqual(lockKeys(by(earlier)))
      }),
    )
  })

  it('whoever shares any identity shares a lock', () => {
    const id = fc.option(fc.constantFrom('A', 'B', 'C'), { nil: null })
    const number = fc.option(fc.constantFrom('5491144556677', '541144556677', '34612345678'), { nil: null })
    const sender = fc.tuple(number, id, id).map(([phone, user, parent]) => by(phone, user, parent))
    fc.assert(
      fc.property(sender, sender, (later, earlier) => {
        const known = identitiesOf(earlier).map(({ kind, matchKey }) => ({ kind, matchKey, contactId: 'p' }))
        fc.pre(matchContact(later, known).contactId !== null)
        expect(lockKeys(later).filter(key => lockKeys(earlier).includes(key))).not.toEqual([])
      }),
    )
  })

  it('locks are in order, so that two batches cannot wait for each other', () => {
    fc.assert(
      fc.property(waId, fc.string({ minLength: 1 }), (phone, user) => {
        const keys = lockKeys(by(phone, user))
        expect(keys).toEqual([...keys].sort())
      }),
    )
  })

  it('shows digits only, and the same for every spelling', () => {
    fc.assert(
      fc.property(waId, id => {
        expect(displayPhone(id)).toMatch(/^\+\d+$/)
        expect(displayPhone(canonicalWaId(id))).toBe(displayPhone(id))
      }),
    )
  })
})

describe('matching a contact', () => {
  const row = (kind: Identity['kind'], matchKey: string, contactId: string) => ({ kind, matchKey, contactId })

  it.each([
    ['nobody is known', by('34612345678', 'ES.A'), [], { contactId: null, conflict: [] }],
    ['the number', by('34612345678'), [row('wa_id', '34612345678', 'p1')], { contactId: 'p1', conflict: [] }],
    ['the BSUID alone', by(null, 'ES.A'), [row('bsuid', 'ES.A', 'p1')], { contactId: 'p1', conflict: [] }],
    [
      'the parent, when the BSUID is new',
      by(null, 'ES.B', 'ES.ENT.P'),
      [row('parent_bsuid', 'ES.ENT.P', 'p1')],
      { contactId: 'p1', conflict: [] },
    ],
    [
      'number and BSUID of one contact',
      by('34612345678', 'ES.A'),
      [row('wa_id', '34612345678', 'p1'), row('bsuid', 'ES.A', 'p1')],
      { contactId: 'p1', conflict: [] },
    ],
    [
      'a new number of a known BSUID',
      by('34600000000', 'ES.A'),
      [row('bsuid', 'ES.A', 'p1')],
      { contactId: 'p1', conflict: [] },
    ],
    [
      'a conflict: the number decides, the other is named',
      by('34612345678', 'ES.A'),
      [row('bsuid', 'ES.A', 'p2'), row('wa_id', '34612345678', 'p1')],
      { contactId: 'p1', conflict: ['p2'] },
    ],
    [
      'a conflict of three, each named once',
      by('34612345678', 'ES.A', 'ES.ENT.P'),
      [row('parent_bsuid', 'ES.ENT.P', 'p3'), row('bsuid', 'ES.A', 'p2'), row('wa_id', '34612345678', 'p1')],
      { contactId: 'p1', conflict: ['p2', 'p3'] },
    ],
    [
      'a conflict of two with the same other',
      by('34612345678', 'ES.A', 'ES.ENT.P'),
      [row('parent_bsuid', 'ES.ENT.P', 'p2'), row('bsuid', 'ES.A', 'p2'), row('wa_id', '34612345678', 'p1')],
      { contactId: 'p1', conflict: ['p2'] },
    ],
    [
      'Argentina: the exact spelling wins over the other, which is no conflict',
      by('5491144556677'),
      [row('wa_id', '541144556677', 'landline'), row('wa_id', '5491144556677', 'mobile')],
      { contactId: 'mobile', conflict: [] },
    ],
    [
      'an id is compared with ids of its own kind only',
      by(null, '34612345678'),
      [row('wa_id', '34612345678', 'p1')],
      { contactId: null, conflict: [] },
    ],
  ])('%s', (_, sender, known, expected) => {
    expect(matchContact(sender, known)).toEqual(expected)
  })
})

it('of an Argentine number without its 9 says that the mobile may be the same', () => {
  expect(akinKeys(number('541144556677'))).toEqual(['5491144556677'])
  expect(akinKeys(number('5491144556677'))).toEqual([])
  expect(akinKeys(number('525544332211'))).toEqual([])
})
