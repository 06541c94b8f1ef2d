import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createVerifier, parseSignature, sameToken } from '../../../src/inbox/whatsapp/verify.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const sign = (body: string | Uint8Array, secret: string) =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`

/** As Meta writes it: non-ASCII characters and slashes escaped. */
const body = String.raw`{"entry":[{"changes":[{"value":{"messages":[{"text":{"body":"\u00bfD\u00f3nde est\u00e1? \ud83d\udce6 5\/6"}}]}}]}]}`
/** Computed with openssl, so that a mistake cannot be made twice: printf %s "$body" | openssl dgst -sha256 -hmac clave-de-prueba */
const signature = 'sha256=58d4e37e34ebd729b1685d8dededb6c21d4f40c5338bc9b65621860346c73a0a'
const verify = createVerifier(['clave-de-prueba'])

describe('a signed body', () => {
  it('is accepted over the very bytes received', async () => {
    expect(await verify(bytes(body), signature)).toBe(true)
  })

  it('is refused once it was parsed and written again', async () => {
    const again = JSON.stringify(JSON.parse(body))
    expect(again).not.toBe(body)
    expect(await verify(bytes(again), signature)).toBe(false)
  })

  it('is refused under another secret', async () => {
    expect(await createVerifier(['otra-clave'])(bytes(body), signature)).toBe(false)
  })

  it('is refused when nothing is configured', async () => {
    expect(await createVerifier([])(bytes(body), signature)).toBe(false)
  })

  it('is accepted under either secret while one replaces the other', async () => {
    for (const secrets of [
      ['clave-nueva', 'clave-de-prueba'],
      ['clave-de-prueba', 'clave-nueva'],
    ]) {
      expect(await createVerifier(secrets)(bytes(body), signature)).toBe(true)
      expect(await createVerifier(secrets)(bytes(`${body} `), signature)).toBe(false)
    }
  })

  it('is accepted with the signature in capital hex', async () => {
    expect(await verify(bytes(body), signature.toUpperCase().replace('SHA256', 'sha256'))).toBe(true)
  })

  it('may be empty, and may hold any bytes', async () => {
    expect(await verify(new Uint8Array(), sign('', 'clave-de-prueba'))).toBe(true)
    const binary = new Uint8Array([0, 255, 254, 128])
    expect(await verify(binary, sign(binary, 'clave-de-prueba'))).toBe(true)
  })
})

const hex = signature.slice('sha256='.length)
it.each<[string, string | null | undefined]>([
  ['no header', undefined],
  ['a null header', null],
  ['an empty header', ''],
  ['no digest', 'sha256='],
  ['the hex alone', hex],
  ['one digit short', `sha256=${hex.slice(1)}`],
  ['one digit long', `sha256=${hex}0`],
  ['the older algorithm', `sha1=${hex.slice(0, 40)}`],
  ['another name', `sha512=${hex}`],
  ['not hex', `sha256=g${hex.slice(1)}`],
  ['letters outside ASCII', `sha256=${'é'.repeat(64)}`],
  ['digits outside ASCII', `sha256=${'１'.repeat(64)}`],
  ['a space before', ` sha256=${hex}`],
  ['a line end', `sha256=${hex}\n`],
  ['two digests', `sha256=${hex},sha256=${hex}`],
  ['base64', `sha256=${Buffer.from(hex, 'hex').toString('base64')}`],
])('is refused: %s', async (_, header) => {
  expect(await verify(bytes(body), header)).toBe(false)
  expect(parseSignature(header)).toBeNull()
})

describe('properties', () => {
  const binary = fc.uint8Array({ maxLength: 200 }).map(list => new Uint8Array(list))

  it('accepts what was signed, and not with a bit changed', async () => {
    await fc.assert(
      fc.asyncProperty(binary, fc.nat(), async (list, at) => {
        const signed = sign(list, 'clave-de-prueba')
        expect(await verify(list, signed)).toBe(true)
        const changed = list.length > 0 ? list.slice() : new Uint8Array([0])
        const n = at % changed.length
        if (list.length > 0) changed[n] = (changed[n] ?? 0) ^ (1 << (at % 8))
        expect(await verify(changed, signed)).toBe(false)
      }),
    )
  })

  it('never throws for any header', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async header => {
        expect(await verify(bytes(body), header)).toBe(false)
        expect(await verify(bytes(body), `sha256=${header}`)).toBe(false)
      }),
    )
  })
})

it('compares tokens', async () => {
  expect(await sameToken('señal-secreta', 'señal-secreta')).toBe(true)
  expect(await sameToken('señal-secreta', 'señal-secret')).toBe(false)
  expect(await sameToken('', 'señal-secreta')).toBe(false)
  expect(await sameToken('', '')).toBe(true)
})
