import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { languages } from '../../src/core/errors.ts'
import {
  type Composed,
  composed,
  filesIn,
  fromContent,
  isAnAnswer,
  kindOf,
  ownFilesIn,
  toContent,
  withFiles,
  wordsOf,
} from '../../src/core/outbound.ts'
import { addresseeProblems, explainProblem, problemsOf, templateProblems } from '../../src/core/outbound-limits.ts'
import { renderTemplate, type Template, templateComponents } from '../../src/core/template.ts'

const media = { link: 'https://example.com/a.pdf' }
const rowsOf = (count: number) => Array.from({ length: count }, (_, n) => ({ id: `r${n}`, title: `Fila ${n}` }))
const productsOf = (sections: { title?: string; productIds: string[] }[]): Composed => ({
  ...{ type: 'product_list', header: { type: 'text', text: 'Rosas' }, body: 'Elige', catalogId: '9' },
  sections,
})
const buttonsOf = (count: number) => Array.from({ length: count }, (_, n) => ({ id: `b${n}`, title: `Opción ${n}` }))

/** One of each type, with its kind and what a person reads. */
const samples: [Composed, string, string][] = [
  [{ type: 'text', text: 'Hola' }, 'text', 'Hola'],
  [{ type: 'image', media, caption: 'Así llegó' }, 'image', 'Así llegó'],
  [{ type: 'video', media: { mediaId: '77' } }, 'video', ''],
  [{ type: 'audio', media }, 'audio', ''],
  [{ type: 'voice', media }, 'voice', ''],
  [{ type: 'document', media, filename: 'Factura.pdf', caption: 'La factura' }, 'document', 'La factura'],
  [{ type: 'sticker', media }, 'sticker', ''],
  [
    { type: 'location', latitude: 19.4, longitude: -99.1, name: 'Taller', address: 'Calle 1' },
    'location',
    'Taller, Calle 1',
  ],
  [
    { type: 'contacts', cards: [{ name: { formatted: 'Ana Luz' }, phones: [{ phone: '+52 55 1' }] }] },
    'contacts',
    'Ana Luz +52 55 1',
  ],
  [{ type: 'reaction', messageId: '0192f3a0-7c00-7000-8000-000000000001', emoji: '👍🏽' }, 'reaction', '👍🏽'],
  [{ type: 'template', name: 'aviso', language: 'es', body: ['Ana'] }, 'template', '[aviso]'],
  [
    { type: 'buttons', header: { type: 'text', text: 'Cita' }, body: '¿Vienes?', footer: 'Hoy', buttons: buttonsOf(2) },
    'interactive',
    'Cita\n¿Vienes?\nHoy\n• Opción 0\n• Opción 1',
  ],
  [
    { type: 'list', body: 'Elige', button: 'Ver', sections: [{ title: 'Libros', rows: rowsOf(1) }] },
    'interactive',
    'Elige\nLibros\n• Fila 0',
  ],
  [
    { type: 'cta_url', body: 'Paga aquí', button: 'Pagar', url: 'https://example.com/p' },
    'interactive',
    'Paga aquí\n• Pagar: https://example.com/p',
  ],
  [{ type: 'flow', body: 'Rellena', button: 'Abrir', flowId: '1' }, 'interactive', 'Rellena\n• Abrir'],
  [{ type: 'location_request', body: '¿Dónde estás?' }, 'interactive', '¿Dónde estás?'],
  [{ type: 'request_contact_info', body: '¿Tu número?' }, 'interactive', '¿Tu número?'],
  [{ type: 'product', catalogId: '9', productId: 'ROSA-12' }, 'interactive', '• ROSA-12'],
  [
    {
      type: 'product_list',
      ...{ header: { type: 'text', text: 'Rosas' }, body: 'Elige', catalogId: '9' },
      sections: [{ title: 'Docena', productIds: ['ROSA-12', 'ROSA-24'] }],
    },
    'interactive',
    'Rosas\nElige\nDocena\n• ROSA-12\n• ROSA-24',
  ],
  [{ type: 'catalog', body: 'Todo', footer: 'Hoy', thumbnailProductId: 'R' }, 'interactive', 'Todo\nHoy'],
  [
    { type: 'address_request', body: '¿Adónde?', country: 'IN', values: { city: 'Pune' }, saved: [] },
    'interactive',
    '¿Adónde?',
  ],
  [{ type: 'template', name: 'clave', language: 'es', code: '482915' }, 'template', '[clave]'],
  [
    {
      type: 'template',
      ...{ name: 'ofertas', language: 'es', body: ['Ana'] },
      cards: [{ header: { type: 'image', media }, body: ['10'], buttons: [{ index: 0, type: 'url', value: 'a' }] }],
    },
    'template',
    '[ofertas]',
  ],
]

describe.each(samples)('%j', (message, kind, words) => {
  it('is a message, of a kind, with words, within the limits', () => {
    expect(composed.parse(message)).toEqual(message)
    expect(kindOf(message)).toBe(kind)
    expect(wordsOf(message)).toBe(words)
    expect(problemsOf(message)).toEqual([])
  })

  it('is kept and read back as it was', () => {
    const kept = message.type === 'reaction' ? { ...message, targetWamid: 'wamid.T' } : message
    const stored: unknown = JSON.parse(JSON.stringify(toContent(kept)))
    expect(fromContent(stored, wordsOf(kept))).toEqual(kept)
  })

  it('is an answer, unless it is a reaction', () => {
    expect(isAnAnswer(message)).toBe(kind !== 'reaction')
  })
})

it.each([
  [{ type: 'image', media: { link: 'https://example.com', mediaId: '1' } }],
  [{ type: 'image', media: {} }],
  [{ type: 'image', media: { link: 'ftp://example.com/a' } }],
  [{ type: 'audio', media, caption: 'no' }],
  [{ type: 'sticker', media, caption: 'no' }],
  [{ type: 'poll', text: 'x' }],
  [{ text: 'x' }],
])('%j is no message', message => {
  expect(composed.safeParse(message).success).toBe(false)
})

describe('limits', () => {
  const body = 'Elige'
  const long = (length: number) => 'x'.repeat(length)
  it.each<[Composed, string, string]>([
    [{ type: 'text', text: ' ' }, 'text', 'empty'],
    [{ type: 'text', text: long(4097) }, 'text', 'too long'],
    [{ type: 'image', media, caption: long(1025) }, 'caption', 'too long'],
    [{ type: 'location', latitude: 91, longitude: 0 }, 'latitude', 'out of range'],
    [{ type: 'location', latitude: 0, longitude: -181 }, 'longitude', 'out of range'],
    [{ type: 'contacts', cards: [] }, 'cards', 'too few'],
    [{ type: 'reaction', messageId: '', emoji: 'ok' }, 'emoji', 'not one emoji'],
    [{ type: 'reaction', messageId: '', emoji: '👍👍' }, 'emoji', 'not one emoji'],
    [{ type: 'reaction', messageId: '', emoji: '7' }, 'emoji', 'not one emoji'],
    [{ type: 'buttons', body, buttons: [] }, 'buttons', 'too few'],
    [{ type: 'product', catalogId: '9', productId: 'R', body: long(1025) }, 'body', 'too long'],
    [productsOf([{ productIds: [] }]), 'sections.productIds', 'too few'],
    [productsOf([{ productIds: Array.from({ length: 31 }, (_, n) => `P${n}`) }]), 'sections.productIds', 'too many'],
    [productsOf([{ productIds: ['A', 'A'] }]), 'sections.productIds', 'not unique'],
    [productsOf([{ productIds: ['A'] }, { title: 'B', productIds: ['B'] }]), 'sections.0', 'no title'],
    [productsOf([{ title: long(25), productIds: ['A'] }]), 'sections.0.title', 'too long'],
    [productsOf(Array.from({ length: 11 }, (_, n) => ({ title: 't', productIds: [`${n}`] }))), 'sections', 'too many'],
    [{ type: 'catalog', body: ' ' }, 'body', 'empty'],
    [{ type: 'address_request', body: long(1025), country: 'SG' }, 'body', 'too long'],
    [{ type: 'template', name: 'c', language: 'es', code: long(16) }, 'code', 'too long'],
    [{ type: 'template', name: 'c', language: 'es', code: ' ' }, 'code', 'empty'],
    [{ type: 'template', name: 'c', language: 'es', cards: [] }, 'cards', 'too few'],
    [{ type: 'buttons', body, buttons: buttonsOf(4) }, 'buttons', 'too many'],
    [{ type: 'buttons', body, buttons: [{ id: 'a', title: long(21) }] }, 'buttons.0.title', 'too long'],
    [{ type: 'buttons', body, buttons: [...buttonsOf(1), ...buttonsOf(1)] }, 'buttons', 'not unique'],
    [{ type: 'buttons', body: long(1025), buttons: buttonsOf(1) }, 'body', 'too long'],
    [{ type: 'buttons', body, footer: long(61), buttons: buttonsOf(1) }, 'footer', 'too long'],
    [{ type: 'list', body, button: long(21), sections: [{ rows: rowsOf(1) }] }, 'button', 'too long'],
    [{ type: 'list', body, button: 'Ver', sections: [{ rows: rowsOf(11) }] }, 'sections.rows', 'too many'],
    [
      {
        type: 'list',
        body,
        button: 'Ver',
        sections: [{ rows: rowsOf(1) }, { title: 'B', rows: [{ id: 'z', title: 'z' }] }],
      },
      'sections.0',
      'no title',
    ],
    [{ type: 'cta_url', body, button: '', url: 'https://example.com' }, 'button', 'empty'],
    [{ type: 'location_request', body: long(1025) }, 'body', 'too long'],
  ])('%j: %s is %s', (message, field, rule) => {
    expect(problemsOf(message)).toContainEqual(expect.objectContaining({ field, rule }))
  })

  it('take an empty emoji: the reaction is taken back', () => {
    for (const emoji of ['', '❤️', '🇲🇽', '👨‍👩‍👧', '1️⃣'])
      expect(problemsOf({ type: 'reaction', messageId: '', emoji })).toEqual([])
  })

  it('take a text exactly while it has 4,096 characters and words', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), length => {
        expect(problemsOf({ type: 'text', text: long(length) }).length === 0).toBe(length <= 4096)
      }),
    )
  })

  it('say what to mend, in three languages', () => {
    const [problem] = problemsOf({ type: 'text', text: long(4100) })
    if (!problem) throw new Error('no problem')
    expect(languages.map(language => explainProblem(problem, language))).toEqual([
      'text: tiene 4100 caracteres y WhatsApp admite 4096: acórtalo',
      'text: has 4100 characters and WhatsApp takes 4096: shorten it',
      'text: tem 4100 caracteres e o WhatsApp aceita 4096: encurte',
    ])
  })
})

describe('a template', () => {
  const template: Template = {
    ...{ name: 'pedido', language: 'es', category: 'utility', status: 'approved', parameterFormat: 'positional' },
    components: templateComponents.parse([
      { type: 'HEADER', format: 'IMAGE' },
      { type: 'BODY', text: 'Hola {{1}}, tu pedido {{2}}' },
      { type: 'BUTTONS', buttons: [{ type: 'URL', text: 'Ver', url: 'https://example.com/{{1}}' }] },
    ]),
  }
  const whole = {
    ...{ type: 'template' as const, name: 'pedido', language: 'es', body: ['Ana', '7'] },
    header: { type: 'image' as const, media },
    buttons: [{ index: 0, type: 'url' as const, value: '7' }],
  }
  const rules = (message: Parameters<typeof templateProblems>[0], of: Template | undefined = template) =>
    templateProblems(message, of).map(({ field, rule }) => `${field} ${rule}`)

  it('goes out with all that it needs', () => {
    expect(rules(whole)).toEqual([])
  })

  it('does not go out without, and says what is missing', () => {
    expect(rules({ ...whole, body: ['Ana'] })).toEqual(['body missing value'])
    expect(rules({ ...whole, body: ['Ana', '7', '8'] })).toEqual(['body unknown value'])
    expect(rules({ ...whole, body: { name: 'Ana' } })).toEqual(['body values in order'])
    expect(rules({ ...whole, body: ['Ana', 'a\nb'] })).toEqual(['body.1 not a line'])
    expect(rules({ ...whole, header: undefined })).toEqual(['header wrong header'])
    expect(rules({ ...whole, buttons: [] })).toEqual(['buttons button without value'])
    expect(templateProblems(whole, undefined)).toMatchObject([{ rule: 'no such template' }])
    expect(rules(whole, { ...template, status: 'paused' })).toEqual(['name template not approved'])
  })

  it('takes names where it was made with names', () => {
    const named: Template = {
      ...template,
      parameterFormat: 'named',
      components: templateComponents.parse([{ type: 'BODY', text: 'Hola {{first_name}}' }]),
    }
    const message = { type: 'template' as const, name: 'pedido', language: 'es' }
    expect(rules({ ...message, body: { first_name: 'Ana' } }, named)).toEqual([])
    expect(rules({ ...message, body: ['Ana'] }, named)).toEqual(['body values by name'])
    expect(rules({ ...message, body: { last_name: 'Luz' } }, named)).toEqual([
      'body missing value',
      'body unknown value',
    ])
    expect(rules(message, named)).toEqual(['body missing value'])
    const [missing] = templateProblems(message, named)
    expect(missing && explainProblem(missing, 'es')).toBe('body: falta el valor de {{first_name}}: escríbelo')
  })
})

describe('to whom it goes', () => {
  it.each<[Composed, string | null, string | undefined]>([
    [{ type: 'address_request', body: 'x', country: 'IN' }, '919812345678', undefined],
    [{ type: 'address_request', body: 'x', country: 'IN' }, '5215550001234', 'wrong country'],
    [{ type: 'address_request', body: 'x', country: 'SG' }, '919812345678', 'wrong country'],
    [{ type: 'address_request', body: 'x', country: 'SG' }, null, 'wrong country'],
    [{ type: 'template', name: 'clave', language: 'es', code: '1' }, null, 'needs number'],
    [{ type: 'template', name: 'clave', language: 'es', code: '1' }, '5215550001234', undefined],
    [{ type: 'template', name: 'aviso', language: 'es' }, null, undefined],
    [{ type: 'text', text: 'x' }, null, undefined],
  ])('%j to %s: %s', (message, waId, rule) => {
    const [problem] = addresseeProblems(message, waId)
    expect(problem?.rule).toBe(rule)
    for (const language of languages) if (problem) expect(explainProblem(problem, language)).not.toMatch(/[{}]/)
  })
})

describe('a code, and cards', () => {
  const card = (text: string) => ({
    components: [
      { type: 'HEADER', format: 'IMAGE' },
      { type: 'BODY', text },
      { type: 'BUTTONS', buttons: [{ type: 'URL', text: 'Ver', url: 'https://example.com/{{1}}' }] },
    ],
  })
  const made = (category: string, components: object[]): Template => ({
    ...{ name: 'ofertas', language: 'es', category, status: 'approved', parameterFormat: 'positional' },
    components: templateComponents.parse(components),
  })
  const carousel = made('marketing', [
    { type: 'BODY', text: 'Hola {{1}}' },
    { type: 'CAROUSEL', cards: [card('Rosas a {{1}}'), card('Lirios')] },
  ])
  const clave = made('authentication', [{ type: 'BODY', text: '{{1}} es tu código.' }])
  const header = { type: 'image' as const, media }
  const buttons = [{ index: 0, type: 'url' as const, value: 'a' }]
  const base = { type: 'template' as const, name: 'ofertas', language: 'es' }
  const rulesOf = (message: Parameters<typeof templateProblems>[0], template: Template) =>
    templateProblems(message, template).map(({ field, rule }) => `${field} ${rule}`)

  it('cards are filled one by one, as many as there are', () => {
    const cards = [
      { header, body: ['10'], buttons },
      { header, buttons },
    ]
    expect(rulesOf({ ...base, body: ['Ana'], cards }, carousel)).toEqual([])
    expect(rulesOf({ ...base, body: ['Ana'], cards: cards.slice(1) }, carousel)).toContain('cards wrong cards')
    expect(rulesOf({ ...base, body: ['Ana'] }, carousel)).toEqual(['cards wrong cards'])
    const wrong = [
      { header: { type: 'video' as const, media }, body: [] },
      { header, buttons },
    ]
    expect(rulesOf({ ...base, body: ['Ana'], cards: wrong }, carousel)).toEqual([
      ...['cards.0.header wrong header', 'cards.0.body missing value', 'cards.0.buttons button without value'],
    ])
    expect(rulesOf({ ...base, body: ['1'], cards }, clave)).toEqual(['cards wrong cards'])
  })

  it('the customer reads each card', () => {
    const read = renderTemplate(carousel, { body: ['Ana'], cards: [{ body: ['10'] }, {}] })
    expect(read).toBe('Hola Ana\n1. Rosas a 10\n2. Lirios')
  })

  it('a code stands alone, and in templates of authentication only', () => {
    expect(rulesOf({ ...base, code: '482915' }, clave)).toEqual([])
    expect(rulesOf({ ...base, code: '482915', body: ['482915'] }, clave)).toEqual(['code code and more'])
    expect(rulesOf({ ...base, code: '482915' }, carousel)).toEqual(['code not authentication'])
  })

  it('files on cards are found and changed where they stand', () => {
    const own = { id: '0192f3a0-7c00-7000-8000-000000000009' }
    const message: Composed = { ...base, cards: [{ header }, { header: { type: 'video', media: own } }] }
    expect(filesIn(message).map(({ field, kind }) => `${field} ${kind}`)).toEqual([
      ...['cards.0.header.media image', 'cards.1.header.media video'],
    ])
    expect(ownFilesIn(message)).toEqual([own.id])
    const changed = withFiles(message, () => ({ mediaId: '7' }))
    expect(filesIn(changed).map(({ source }) => source)).toEqual([{ mediaId: '7' }, { mediaId: '7' }])
  })
})
