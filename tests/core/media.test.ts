import { describe, expect, it } from 'vitest'
import { languages } from '../../src/core/errors.ts'
import {
  explainMediaProblem,
  type FileFacts,
  kindOfMime,
  type MediaKind,
  mediaProblems,
  readSha256,
  waitAfterTries,
} from '../../src/core/media.ts'

const MB = 1024 * 1024
const file = (mime: string, more: Partial<FileFacts> = {}): FileFacts => ({ mime, bytes: 1000, ...more })
const opus = (channels: number) => ({ audio: { codec: 'opus', channels } })

describe('what WhatsApp takes', () => {
  it.each<[MediaKind, FileFacts, string | null]>([
    ['image', file('image/jpeg'), null],
    ['image', file('image/png', { bytes: 5 * MB }), null],
    ['image', file('image/png', { bytes: 5 * MB + 1 }), 'too large'],
    ['image', file('image/webp'), 'image type'],
    ['image', file('image/heic'), 'image type'],
    ['image', file('image/png', { bytes: 0 }), 'empty file'],
    ['video', file('video/mp4', { video: { codec: 'avc' }, audio: { codec: 'aac', channels: 2 } }), null],
    ['video', file('video/mp4', { video: { codec: 'hevc' } }), 'video codec'],
    ['video', file('video/mp4', { video: { codec: 'avc' }, audio: { codec: 'opus', channels: 2 } }), 'video codec'],
    ['video', file('video/webm'), 'video type'],
    ['audio', file('audio/mpeg'), null],
    ['audio', file('audio/ogg; codecs=opus', opus(1)), null],
    ['audio', file('audio/ogg', opus(2)), 'not mono'],
    ['audio', file('audio/ogg', { audio: { codec: 'vorbis', channels: 1 } }), 'ogg codec'],
    ['audio', file('audio/wav'), 'audio type'],
    ['audio', file('audio/mpeg', { bytes: 16 * MB + 1 }), 'too large'],
    ['voice', file('audio/ogg', opus(1)), null],
    ['voice', file('audio/mp4'), 'voice type'],
    ['document', file('application/pdf', { bytes: 100 * MB }), null],
    ['document', file('application/pdf', { bytes: 100 * MB + 1 }), 'too large'],
    ['document', file('application/zip'), 'document type'],
    ['sticker', file('image/webp', { bytes: 100 * 1024, animated: false, width: 512, height: 512 }), null],
    ['sticker', file('image/webp', { bytes: 100 * 1024 + 1, animated: false }), 'too large'],
    ['sticker', file('image/webp', { bytes: 500 * 1024, animated: true }), null],
    ['sticker', file('image/webp', { width: 500, height: 512 }), 'sticker size'],
    ['sticker', file('image/png'), 'sticker type'],
  ])('as %s, %j: %s', (kind, facts, rule) => {
    const [problem] = mediaProblems(kind, facts)
    expect(problem?.rule ?? null).toBe(rule)
    if (!problem) return
    for (const language of languages) {
      const words = explainMediaProblem(problem, language)
      expect(words).not.toMatch(/[{}]|undefined/)
      expect(words).toContain(': ')
    }
  })

  it('a picture that is too large may go as a document, a sticker may not', () => {
    const words = (kind: MediaKind, facts: FileFacts) =>
      mediaProblems(kind, facts).map(problem => explainMediaProblem(problem, 'es'))
    expect(words('image', file('image/png', { bytes: 6 * MB }))).toEqual([
      'pesa más de 5 MB, lo que WhatsApp admite como imagen: redúcelo, o envíalo como documento',
    ])
    expect(words('sticker', file('image/webp', { bytes: 6 * MB }))).toEqual([
      'pesa más de 500 KB, lo que WhatsApp admite como sticker: redúcelo',
    ])
  })
})

it.each([
  ['image/jpeg', 'image'],
  ['image/webp', 'sticker'],
  ['audio/ogg; codecs=opus', 'audio'],
  ['video/mp4', 'video'],
  ['application/pdf', 'document'],
  ['text/plain', 'document'],
])('%s goes as %s', (mime, kind) => {
  expect(kindOfMime(mime)).toBe(kind)
})

it('hashes are read in both spellings, and what is none is not known', () => {
  const hex = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
  expect(readSha256('ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=')).toBe(hex)
  expect(readSha256(hex.toUpperCase())).toBe(hex)
  for (const text of ['4654+8g=', '', 7, null, `${hex}0`]) expect(readSha256(text)).toBeNull()
})

it('waits longer after each try, and gives up after eight', () => {
  const waits = [1, 2, 3, 4, 5, 6, 7].map(tries => waitAfterTries(tries) ?? 0)
  expect(waits).toEqual([...waits].sort((a, b) => a - b))
  expect(waitAfterTries(8)).toBeNull()
})
