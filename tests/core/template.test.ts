import { describe, expect, it } from 'vitest'
import {
  byLanguage,
  canBeSent,
  fillIn,
  needsOf,
  placeholdersOf,
  renderTemplate,
  templateComponents,
  templateStatus,
} from '../../src/core/template.ts'
import { fillByLines } from '../../src/core/template-lines.ts'

const components = templateComponents.parse([
  { type: 'HEADER', format: 'TEXT', text: 'Pedido {{1}}' },
  { type: 'BODY', text: 'Hola {{1}}: tu pedido {{2}} sale {{ 1 }}.', example: { body_text: [['Ana', '7']] } },
  { type: 'FOOTER', text: 'Librería Arrayán' },
  {
    type: 'BUTTONS',
    buttons: [
      { type: 'QUICK_REPLY', text: 'Gracias' },
      { type: 'URL', text: 'Seguir', url: 'https://example.com/p/{{1}}' },
      { type: 'URL', text: 'Ver', url: 'https://example.com' },
      { type: 'COPY_CODE', example: 'X7' },
    ],
  },
])

it('counts a placeholder once, in the order of first use', () => {
  expect(placeholdersOf('{{2}} {{1}} {{2}} {{first_name}} {{ 3 }} {not} {{}}')).toEqual(['2', '1', 'first_name', '3'])
})

it('says what has to be given', () => {
  expect(needsOf({ components })).toEqual({
    header: { kind: 'text', placeholders: ['1'] },
    body: ['1', '2'],
    buttons: [
      { index: 1, kind: 'url' },
      { index: 3, kind: 'copy_code' },
    ],
  })
})

it.each(['IMAGE', 'VIDEO', 'DOCUMENT', 'LOCATION'])('wants the %s of a header', format => {
  const header = templateComponents.parse([{ type: 'header', format }])
  expect(needsOf({ components: header })).toMatchObject({ header: { kind: format.toLowerCase() }, body: [] })
})

it('shows what the customer will read', () => {
  expect(renderTemplate({ components }, { header: ['7'], body: ['Ana', '7'] })).toBe(
    'Pedido 7\nHola Ana: tu pedido 7 sale Ana.\nLibrería Arrayán\n• Gracias\n• Seguir\n• Ver',
  )
})

it('fills in by name, and leaves open what is not given', () => {
  expect(fillIn('{{name}}, {{day}}', { name: '$& Ana' })).toBe('$& Ana, {{day}}')
})

describe('a state', () => {
  it.each([
    ['APPROVED', 'approved'],
    ['REINSTATED', 'approved'],
    ['IN_APPEAL', 'in_appeal'],
    ['PENDING_DELETION', 'pending_deletion'],
    ['LIMIT_EXCEEDED', 'limit_exceeded'],
    ['SOMETHING_NEW', 'unknown'],
  ])('%s is %s', (word, status) => {
    expect(templateStatus(word)).toBe(status)
  })

  it('lets only approved and flagged ones go out', () => {
    expect((['approved', 'flagged', 'paused', 'rejected', 'pending', 'unknown'] as const).map(canBeSent)).toEqual([
      ...[true, true, false, false, false, false],
    ])
  })
})

it('puts the language that is asked for first', () => {
  const names = ['en:a', 'es_MX:b', 'pt_BR:c', 'es:z'].map(tag => {
    const [language = '', name = ''] = tag.split(':')
    return { language, name }
  })
  expect(byLanguage(names, 'es').map(template => template.language)).toEqual(['es', 'es_MX', 'en', 'pt_BR'])
})

describe('filled by a list of values', () => {
  const template = { name: 'pedido', language: 'es', parameterFormat: 'positional' as const, components }

  it('takes them in the order of the message: header, words, buttons; what is too much stays for the check to name', () => {
    expect(fillByLines(template, ['7', 'Ana', '8', 'abc', 'X7'])).toEqual({
      ...{
        type: 'template',
        name: 'pedido',
        language: 'es',
        header: { type: 'text', values: ['7'] },
        body: ['Ana', '8'],
      },
      buttons: [
        { index: 1, type: 'url', value: 'abc' },
        { index: 3, type: 'copy_code', value: 'X7' },
      ],
    })
    expect(fillByLines(template, ['7', 'Ana'])).toMatchObject({ body: ['Ana'] })
    expect(fillByLines(template, ['1', '2', '3', '4', '5', '6'])).toMatchObject({ body: ['2', '3', '6'] })
  })

  it('takes those of a template with names by their names', () => {
    const named = templateComponents.parse([
      { type: 'HEADER', format: 'TEXT', text: 'Pedido {{pedido}}' },
      { type: 'BODY', text: 'Hola {{nombre}}' },
    ])
    const lines = ['nombre = Ana = 1', 'pedido=7']
    expect(fillByLines({ ...template, parameterFormat: 'named', components: named }, lines)).toEqual({
      ...{ type: 'template', name: 'pedido', language: 'es' },
      ...{ header: { type: 'text', values: { pedido: '7' } }, body: { nombre: 'Ana = 1' } },
    })
  })
})
