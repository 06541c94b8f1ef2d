import { describe, expect, it } from 'vitest'
import { errorWords } from '../../src/core/error-words.ts'
import { AppError, type ErrorCode, errorCatalogue, errorSentence, languages } from '../../src/core/errors.ts'

const codes = Object.keys(errorCatalogue) as ErrorCode[]

describe.each(codes)('%s', code => {
  const factsOf = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(match => match[1]).sort()

  it('has a sentence in every language, with the same facts', () => {
    expect(Object.keys(errorCatalogue[code]).sort()).toEqual([...languages].sort())
    for (const language of languages) {
      const text = errorCatalogue[code][language]
      expect(text).toMatch(/^(\p{Lu}|\{).+\.$/su)
      expect(factsOf(text)).toEqual(factsOf(errorCatalogue[code].es))
    }
  })

  it('is said differently in each language', () => {
    expect(new Set(Object.values(errorCatalogue[code])).size).toBe(languages.length)
  })
})

it('fills in the facts, and shows which is missing', () => {
  expect(errorSentence('not found', { what: 'ticket' }, 'en')).toBe('There is no ticket with that id.')
  expect(errorSentence('connection failed', { connector: 'HubSpot' }, 'es')).toBe(
    'HubSpot no aceptó la conexión: {reason}.',
  )
  expect(errorSentence('not found', { what: '$& {what}' }, 'en')).toBe('There is no $& {what} with that id.')
})

describe.each(Object.entries(errorWords))('%s', (_, said) => {
  it('is a word in every language', () => {
    expect(Object.keys(said).sort()).toEqual([...languages].sort())
    for (const word of Object.values(said)) expect(word).toMatch(/^\p{L}.*[^.]$/u)
  })
})

it('says words of ours in the reader’s language, and leaves the words of others', () => {
  expect(errorSentence('not found', { what: 'connection' }, 'es')).toBe(
    'No se encontró la conexión con ese identificador.',
  )
  expect(errorSentence('impossible move', { state: 'in_progress' }, 'pt')).toContain('«em andamento»')
  expect(errorSentence('connection stopped', { reason: 'paused' }, 'es')).toContain('en pausa')
  expect(errorSentence('connection stopped', { reason: 'Token expired' }, 'es')).toContain('Token expired')
  // A team that is called so.
  expect(errorSentence('already exists', { what: 'ticket' }, 'es')).toBe('Ya existe ticket.')
  expect(errorSentence('not found', { what: 'toString' }, 'es')).toContain('toString')
})

it('keeps its code, its facts and its cause', () => {
  const cause = new Error('socket')
  const error = new AppError('too large', { limit: '3 MB' }, { cause })
  expect(error).toBeInstanceOf(Error)
  expect(error).toMatchObject({
    name: 'AppError',
    code: 'too large',
    facts: { limit: '3 MB' },
    message: 'The body is larger than 3 MB.',
    cause,
  })
})
