import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { byteRange } from '../../src/core/byte-range.ts'

describe('byteRange', () => {
  it.each([
    [undefined, { kind: 'whole' }],
    ['', { kind: 'whole' }],
    ['bytes=', { kind: 'whole' }],
    ['bytes=-', { kind: 'whole' }],
    ['bytes=0-1,4-5', { kind: 'whole' }],
    ['items=0-1', { kind: 'whole' }],
    ['bytes=5-2', { kind: 'whole' }],
    ['bytes=a-b', { kind: 'whole' }],
    ['bytes=0-', { kind: 'part', start: 0, end: 9 }],
    ['bytes=0-0', { kind: 'part', start: 0, end: 0 }],
    ['bytes=3-99', { kind: 'part', start: 3, end: 9 }],
    ['bytes=-4', { kind: 'part', start: 6, end: 9 }],
    ['bytes=-99', { kind: 'part', start: 0, end: 9 }],
    ['bytes=10-', { kind: 'beyond' }],
    ['bytes=-0', { kind: 'beyond' }],
  ])('reads %j of ten bytes', (header, range) => {
    expect(byteRange(header, 10)).toEqual(range)
  })

  it('of an empty file nothing can be asked', () => {
    expect(byteRange('bytes=0-', 0)).toEqual({ kind: 'beyond' })
    expect(byteRange('bytes=-5', 0)).toEqual({ kind: 'beyond' })
  })

  it('never leaves the file, whatever is asked', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(1000), (text, size) => {
        for (const header of [text, `bytes=${text}`]) {
          const range = byteRange(header, size)
          if (range.kind !== 'part') continue
          expect(range.start).toBeGreaterThanOrEqual(0)
          expect(range.end).toBeLessThan(size)
          expect(range.start).toBeLessThanOrEqual(range.end)
        }
      }),
    )
  })

  it('pieces asked for one after the other make the whole', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 1, max: 700 }), (size, step) => {
        const bytes = Array.from({ length: size }, (_, n) => n)
        const got: number[] = []
        for (let at = 0; at < size; at += step) {
          const range = byteRange(`bytes=${at}-${at + step - 1}`, size)
          if (range.kind === 'part') got.push(...bytes.slice(range.start, range.end + 1))
        }
        expect(got).toEqual(bytes)
      }),
    )
  })
})
