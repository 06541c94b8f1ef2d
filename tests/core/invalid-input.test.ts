/** Bad input is explained in the language of whoever reads it. */
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { languages } from '../../src/core/errors.ts'
import { inputWords } from '../../src/core/input-words.ts'
import { InvalidInput, invalidInput } from '../../src/core/invalid-input.ts'

const shape = z.object({
  name: z.string(),
  count: z.number().min(3),
  zone: z.string().refine(zone => zone !== 'Mars', 'must be a time zone such as America/Mexico_City'),
  other: z.string().refine(() => false, 'said by nobody'),
})

function problemsOf(given: object, language: (typeof languages)[number]) {
  const { error } = shape.safeParse(given)
  return Object.fromEntries(
    new InvalidInput(error?.issues ?? [], given).in(language).fields.map(({ field, message }) => [field, message]),
  )
}

describe('what zod refused', () => {
  const given = { name: 7, zone: 'Mars', other: '' }

  it('is said in Spanish, with what was given', () => {
    expect(problemsOf(given, 'es')).toEqual({
      name: 'Entrada inválida: se esperaba texto, recibido número',
      count: 'falta',
      zone: 'debe ser una zona horaria como America/Mexico_City',
      other: 'said by nobody',
    })
  })

  it('is said in Portuguese', () => {
    const { name, zone } = problemsOf(given, 'pt')
    expect(name).toBe('Entrada inválida: esperava um texto, recebeu um número')
    expect(zone).toContain('fuso horário')
  })

  it('is said in English as zod says it', () => {
    const { error } = shape.safeParse(given)
    const said = Object.fromEntries(error?.issues.map(issue => [issue.path.join('.'), issue.message]) ?? [])
    expect(problemsOf(given, 'en')).toEqual({ ...said, count: 'is missing' })
  })
})

it('a sentence of ours stands beside its field, with its facts', () => {
  const error = invalidInput('kind', 'at most {most} of a kind', { most: '100' })
  expect(error.message).toBe('The input is not valid: kind: at most 100 of a kind.')
  expect(error.in('es')).toEqual({
    problems: 'kind: como máximo 100 de cada tipo',
    fields: [{ field: 'kind', message: 'como máximo 100 de cada tipo' }],
  })
})

it.each(Object.entries(inputWords))('%s: the same facts in every language', (english, said) => {
  const factsOf = (text: string) => text.match(/\{\w+\}/g)?.sort() ?? []
  expect(Object.keys(said).sort()).toEqual(languages.filter(language => language !== 'en').sort())
  for (const sentence of Object.values(said)) expect(factsOf(sentence)).toEqual(factsOf(english))
})
