import { describe, expect, it } from 'vitest'
import type { Language } from '../../src/core/errors.ts'
import { languageOfNumber, languageOfText } from '../../src/core/language.ts'

describe('a text', () => {
  it.each<[string, Language | null]>([
    ['Hola, quiero saber dónde está mi pedido', 'es'],
    ['Buenas tardes, necesito la factura de mayo', 'es'],
    ['¿cuanto cuesta el envio a Guadalajara?', 'es'],
    ['no me ha llegado nada todavia', 'es'],
    ['Olá, quero saber onde está o meu pedido', 'pt'],
    ['Bom dia, preciso da nota fiscal', 'pt'],
    ['vocês fazem entrega hoje?', 'pt'],
    ['obrigado, não chegou ainda', 'pt'],
    ['Hi, where is my order?', 'en'],
    ['I would like a refund please', 'en'],
    ['can you help me with the invoice', 'en'],
    ['ok', null],
    ['👍', null],
    ['', null],
    ['4711', null],
  ])('%j is %s', (text, language) => {
    expect(languageOfText(text)).toBe(language)
    expect(languageOfText(text.toUpperCase())).toBe(language)
  })
})

describe('a number', () => {
  it.each<[string | null, Language | null]>([
    ['+52 55 5000 1234', 'es'],
    ['+34 612 000 001', 'es'],
    ['+54 9 11 5000 1234', 'es'],
    ['+55 11 95000 1234', 'pt'],
    ['+351 910 000 000', 'pt'],
    ['+1 809 555 0100', 'es'],
    ['+1 415 555 0100', 'en'],
    ['+44 7700 900000', 'en'],
    ['+49 151 00000000', null],
    [null, null],
  ])('%s is %s', (phone, language) => {
    expect(languageOfNumber(phone)).toBe(language)
  })
})
