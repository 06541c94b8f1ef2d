import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Candidate,
  firstMatch,
  nextAgent,
  plain,
  type RoutingFacts,
  type RoutingRule,
  type RuleConditions,
  ruleActions,
  ruleConditions,
} from '../../src/core/routing.ts'

const facts: RoutingFacts = { text: '', inBusinessHours: true, category: 'standard', channelId: 'ventas' }
const rule = (id: string, conditions: RuleConditions): RoutingRule => ({
  id,
  position: 1,
  name: id,
  conditions,
  actions: {},
})

describe('keywords', () => {
  it.each([
    ['¿Puedo pedir una DEVOLUCIÓN?', 'devolucion'],
    ['quiero una devolucion', 'Devolución'],
    ['devolução, por favor', 'DEVOLUCAO'],
    ['Meu pedido não chegou', 'nao'],
    ['hola,factura!', 'factura'],
    ['FACTURA', 'factura'],
    ['mi\nfactura\tde mayo', 'factura de mayo'],
    ['la factura… de   mayo', 'Factura de Mayo'],
    ['pedido #4711', '4711'],
    ['“reembolso”', 'reembolso'],
    ['e\u0301xito asegurado', 'éxito'],
  ])('%j says %j', (text, keyword) => {
    expect(firstMatch([rule('r', { keywords: [keyword] })], { ...facts, text })).toMatchObject({ keyword })
  })

  it.each([
    ['facturas de mayo', 'factura'],
    ['prefactura', 'factura'],
    ['mayo de factura', 'factura de mayo'],
    ['factura urgente de mayo', 'factura de mayo'],
    ['', 'factura'],
    ['¡¡¡', '!!!'],
    ['cualquier cosa', '…'],
    ['47112', '4711'],
  ])('%j does not say %j', (text, keyword) => {
    expect(firstMatch([rule('r', { keywords: [keyword] })], { ...facts, text })).toBeNull()
  })

  it('names the first of a rule that is there', () => {
    const found = firstMatch([rule('r', { keywords: ['pago', 'Envío', 'pedido'] })], {
      ...facts,
      text: 'pedido sin envio',
    })
    expect(found?.keyword).toBe('Envío')
  })

  it('are found whatever the case, the accents and the punctuation around them', () => {
    const letters = 'aábcdeéfghiíjlmnñoóprstuúüvzãçõ'
    const word = fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 8 })
    const noise = fc.string({ unit: fc.constantFrom(...' .,;:!?¿¡()"\n-') })
    const spell = fc.constantFrom<(text: string) => string>(
      text => text,
      text => text.toUpperCase(),
      text => text.normalize('NFD'),
      text => text.normalize('NFD').replace(/\p{M}/gu, ''),
    )
    fc.assert(
      fc.property(word, noise, noise, spell, (keyword, before, behind, as) => {
        const text = `${before}${as(keyword)}${behind}`
        expect(firstMatch([rule('r', { keywords: [keyword] })], { ...facts, text })?.keyword).toBe(keyword)
        const longer = `${as(keyword)}x`
        expect(firstMatch([rule('r', { keywords: [keyword] })], { ...facts, text: longer })).toBeNull()
      }),
    )
  })
})

it('plain words are their own plain words', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), text => plain(plain(text)) === plain(text)))
})

describe('rules', () => {
  it.each<[string, RuleConditions, Partial<RoutingFacts>, boolean]>([
    ['no condition holds always', {}, {}, true],
    ['no keywords are no condition', { keywords: [] }, {}, true],
    ['inside hours', { inBusinessHours: true }, { inBusinessHours: true }, true],
    ['inside hours, but it is not', { inBusinessHours: true }, { inBusinessHours: false }, false],
    ['outside hours', { inBusinessHours: false }, { inBusinessHours: false }, true],
    ['outside hours, but it is not', { inBusinessHours: false }, { inBusinessHours: true }, false],
    ['category', { category: 'vip' }, { category: 'vip' }, true],
    ['another category', { category: 'vip' }, { category: 'standard' }, false],
    ['channel', { channelId: 'soporte' }, { channelId: 'soporte' }, true],
    ['another channel', { channelId: 'soporte' }, { channelId: 'ventas' }, false],
    ['all of several', { category: 'vip', keywords: ['pago'] }, { category: 'vip', text: 'mi pago' }, true],
    ['one of several missing', { category: 'vip', keywords: ['pago'] }, { category: 'vip', text: 'hola' }, false],
  ])('%s', (_, conditions, given, holds) => {
    expect(firstMatch([rule('r', conditions)], { ...facts, ...given }) !== null).toBe(holds)
  })

  it('are tried in order, and the first that holds decides', () => {
    const rules = [
      rule('vip', { category: 'vip' }),
      rule('facturas', { keywords: ['factura'] }),
      rule('resto', {}),
      rule('nunca', { keywords: ['factura'] }),
    ]
    const hit = (given: Partial<RoutingFacts>) => firstMatch(rules, { ...facts, ...given })?.rule.id
    expect(hit({ text: 'factura' })).toBe('facturas')
    expect(hit({ text: 'factura', category: 'vip' })).toBe('vip')
    expect(hit({ text: 'hola' })).toBe('resto')
    expect(firstMatch([], facts)).toBeNull()
  })

  it('are refused at the door when they hold what cannot be', () => {
    expect(ruleConditions.safeParse({ keywords: [''] }).success).toBe(false)
    expect(ruleConditions.safeParse({ category: 'gold' }).success).toBe(false)
    expect(ruleActions.safeParse({ priority: 'asap' }).success).toBe(false)
    expect(ruleActions.safeParse({ priority: 'urgent', tags: ['pago'] }).success).toBe(true)
  })
})

describe('round robin', () => {
  const member = (id: string, minutes: number | null, available = true): Candidate => ({
    id,
    name: id,
    available,
    lastAssignedAt: minutes === null ? null : new Date(minutes * 60_000),
  })

  it.each<[string, Candidate[], string | undefined]>([
    ['nobody', [], undefined],
    ['nobody available', [member('ana', null, false)], undefined],
    ['who has waited longest', [member('ana', 20), member('beto', 10), member('caro', 30)], 'beto'],
    ['who never had one goes first', [member('ana', 20), member('beto', null)], 'beto'],
    ['the unavailable are passed over', [member('ana', 20), member('beto', 10, false)], 'ana'],
    ['a tie goes by id', [member('caro', null), member('ana', null), member('beto', null)], 'ana'],
  ])('%s', (_, members, id) => {
    expect(nextAgent(members)?.id).toBe(id)
  })

  it('gives everybody their share, whatever the order of the list', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.stringMatching(/^[a-z]{1,4}$/), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 40 }),
        fc.infiniteStream(fc.nat()),
        (ids, rounds, random) => {
          const members = ids.map(id => member(id, null))
          const had = new Map(ids.map(id => [id, 0]))
          for (let n = 1; n <= rounds; n++) {
            const shuffled = members.toSorted(() => ((random.next().value ?? 0) % 2 ? 1 : -1))
            const chosen = nextAgent(shuffled)
            if (!chosen) throw new Error('nobody was chosen')
            chosen.lastAssignedAt = new Date(n)
            had.set(chosen.id, (had.get(chosen.id) ?? 0) + 1)
          }
          const counts = [...had.values()]
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
        },
      ),
    )
  })

  it('leaves the list as it was', () => {
    const members = [member('caro', null), member('ana', null)]
    nextAgent(members)
    expect(members.map(({ id }) => id)).toEqual(['caro', 'ana'])
  })
})
