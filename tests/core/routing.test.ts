import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  compileRules,
  firstMatch,
  plain,
  type RoutingFacts,
  type RoutingRule,
  type RuleActions,
  type RuleConditions,
  route,
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

describe('conditions', () => {
  const ad = { sourceType: 'ad', sourceId: '120', text: 'Ofertas de Otoño' }
  const crm = [{ connectionId: 'c1', values: { lifecyclestage: 'Customer', vip: '' } }]
  const contact = { name: 'Taller Peña', phone: '+52 55 5000 1234', email: 'ana@Taller.example' }
  it.each<[string, RuleConditions, Partial<RoutingFacts>, boolean]>([
    ['all words', { allKeywords: ['pago', 'tarjeta'] }, { text: 'la tarjeta y mi pago' }, true],
    ['all words, one missing', { allKeywords: ['pago', 'tarjeta'] }, { text: 'mi pago' }, false],
    ['a named calendar, open', { hours: { calendarId: 'k', open: true } }, { openCalendars: new Set(['k']) }, true],
    ['a named calendar, closed', { hours: { calendarId: 'k', open: false } }, { openCalendars: new Set() }, true],
    ['a calendar that is gone is closed', { hours: { calendarId: 'k', open: true } }, {}, false],
    ['priority', { priorities: ['high', 'urgent'] }, { priority: 'high' }, true],
    ['priority where none was given', { priorities: ['normal'] }, {}, true],
    ['language', { languages: ['pt'] }, { language: 'pt' }, true],
    ['a language that cannot be told', { languages: ['pt'] }, { language: null }, false],
    ['tag', { tags: ['mayorista', 'vip'] }, { tags: ['vip'] }, true],
    ['no such tag', { tags: ['mayorista'] }, { tags: ['vip'] }, false],
    ['one of several numbers', { channelIds: ['soporte', 'ventas'] }, {}, true],
    ['by an advertisement', { ad: {} }, { ad }, true],
    ['by this one', { ad: { sourceTypes: ['ad'], sourceIds: ['120'] } }, { ad }, true],
    ['by another one', { ad: { sourceIds: ['121'] } }, { ad }, false],
    ['by one that says', { ad: { keywords: ['otono'] } }, { ad }, true],
    ['by none', { ad: {} }, {}, false],
    ['CRM field', { crm: { field: 'lifecyclestage', is: ['CUSTOMER', 'lead'] } }, { crm }, true],
    ['CRM field of another connection', { crm: { connectionId: 'c2', field: 'lifecyclestage' } }, { crm }, false],
    ['CRM field that is not empty', { crm: { field: 'lifecyclestage' } }, { crm }, true],
    ['CRM field that is empty', { crm: { field: 'vip' } }, { crm }, false],
    ['first contact', { firstContact: true }, { firstContact: true }, true],
    ['a customer who comes again', { firstContact: false }, { firstContact: true }, false],
    ['number', { contact: { phonePrefixes: ['+52 55'] } }, { contact }, true],
    ['another number', { contact: { phonePrefixes: ['+34'] } }, { contact }, false],
    ['mail', { contact: { emailDomains: ['taller.example'] } }, { contact }, true],
    ['name', { contact: { nameKeywords: ['pena'] } }, { contact }, true],
    ['any of a group', { any: [{ category: 'vip' }, { keywords: ['pago'] }] }, { text: 'pago' }, true],
    ['none of a group', { any: [{ category: 'vip' }, { keywords: ['pago'] }] }, { text: 'hola' }, false],
    ['each of a group', { all: [{ category: 'vip' }, { keywords: ['pago'] }] }, { text: 'pago' }, false],
    ['not', { not: [{ category: 'vip' }, { keywords: ['pago'] }] }, { text: 'hola' }, true],
    ['not, but it does', { not: [{ category: 'vip' }, { keywords: ['pago'] }] }, { text: 'pago' }, false],
    [
      'a group in a group',
      { any: [{ category: 'vip', not: [{ keywords: ['baja'] }] }] },
      { category: 'vip', text: 'hola' },
      true,
    ],
  ])('%s', (_, conditions, given, holds) => {
    expect(firstMatch([rule('r', conditions)], { ...facts, ...given }) !== null).toBe(holds)
  })

  it('name the keyword that told, also within a group', () => {
    const found = firstMatch([rule('r', { any: [{ category: 'vip' }, { keywords: ['Pago'] }] })], {
      ...facts,
      text: 'mi pago',
    })
    expect(found?.keyword).toBe('Pago')
  })

  it('are refused where a word is misspelt, so that no rule holds by mistake', () => {
    expect(ruleConditions.safeParse({ keyword: ['pago'] }).success).toBe(false)
    expect(ruleConditions.safeParse({ any: [{ any: [{ category: 'vip' }] }] }).success).toBe(true)
  })
})

describe('a rule that goes on', () => {
  const acting = (id: string, conditions: RuleConditions, actions: RuleActions): RoutingRule => ({
    ...{ id, position: Number(id), name: id, conditions, actions },
  })
  const rules = compileRules([
    acting('3', { tags: ['pago'], priorities: ['urgent'] }, { teamId: 'c', priority: 'low', tags: ['visto'] }),
    acting('1', { keywords: ['pago'] }, { priority: 'urgent', tags: ['pago'], skills: ['cobros'], continue: true }),
    acting('2', { category: 'vip' }, { teamId: 'b', continue: true }),
    acting('4', {}, { teamId: 'd' }),
  ])

  it('lets later ones add what it has not said, and see what it gave', () => {
    const { matches, actions } = route(rules, { ...facts, text: 'mi pago' })
    expect(matches.map(({ rule }) => rule.id)).toEqual(['1', '3'])
    expect(actions).toEqual({ teamId: 'c', priority: 'urgent', tags: ['pago', 'visto'], skills: ['cobros'] })
  })

  it('changes nothing where it does not hold', () => {
    expect(route(rules, facts)).toMatchObject({ matches: [{ rule: { id: '4' } }], actions: { teamId: 'd' } })
  })
})

it('the same rules hold for the same message in whatever order they are listed', () => {
  const words = ['pago', 'factura', 'envio', 'baja']
  const someRule = fc.record({
    keywords: fc.subarray(words),
    category: fc.constantFrom('vip' as const, 'standard' as const, undefined),
    goesOn: fc.boolean(),
  })
  fc.assert(
    fc.property(
      fc.array(someRule, { maxLength: 8 }),
      fc.subarray(words),
      fc.infiniteStream(fc.nat()),
      (list, said, random) => {
        const rules = list.map(({ keywords, category, goesOn }, n) => ({
          ...rule(String(n), { keywords, ...(category ? { category } : {}) }),
          ...{ position: n, actions: { tags: [`t${n}`], continue: goesOn } },
        }))
        const shuffled = rules.toSorted(() => ((random.next().value ?? 0) % 2 ? 1 : -1))
        const told = { ...facts, text: said.join(' ') }
        expect(route(compileRules(shuffled), told)).toEqual(route(compileRules(rules), told))
      },
    ),
  )
})
