/** Small pictures: their size, their colours, how they are turned, and what none is made of. */
import decodeMozjpeg from '@jsquash/jpeg/codec/dec/mozjpeg_dec.js'
import encodeMozjpeg from '@jsquash/jpeg/codec/enc/mozjpeg_enc.js'
import { defaultOptions } from '@jsquash/jpeg/meta.js'
import { initEmscriptenModule } from '@jsquash/jpeg/utils.js'
import { encode as encodePng, initSync as startPng } from '@jsquash/png/codec/pkg/squoosh_png.js'
import { expect, it } from 'vitest'
import { makeThumbnail } from '../../src/inbox/thumbnail.ts'
import { compileCodec } from '../../src/node/picture-codecs.ts'

type Colour = readonly [number, number, number, number]
type Corner = keyof typeof COLOURS

const COLOURS = {
  R: [220, 20, 20, 255],
  G: [20, 200, 20, 255],
  B: [20, 20, 220, 255],
  W: [255, 255, 255, 255],
} as const

const thumbnail = (bytes: Uint8Array) => makeThumbnail(bytes, compileCodec)

/** Four quarters, named as they are read. */
function quarters(width: number, height: number, colours: readonly Colour[]): Uint8ClampedArray<ArrayBuffer> {
  const data = new Uint8ClampedArray(width * height * 4)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const quarter = (y < height / 2 ? 0 : 2) + (x < width / 2 ? 0 : 1)
      data.set(colours[quarter] ?? [], (y * width + x) * 4)
    }
  }
  return data
}

async function png(width: number, height: number, colours: readonly Colour[]) {
  startPng(await compileCodec('decode png'))
  return encodePng(new Uint8Array(quarters(width, height, colours).buffer), width, height, 8)
}

/** As a camera writes it that was held as `orientation` says. */
async function photo(width: number, height: number, colours: readonly Colour[], orientation: number) {
  const encoder = await initEmscriptenModule(encodeMozjpeg, await compileCodec('encode jpeg'))
  const jpeg = encoder.encode(quarters(width, height, colours), width, height, defaultOptions)
  const exif = `ffe1002245786966000049492a0008000000010012010300010000000${orientation}00000000000000`
  return Buffer.concat([jpeg.subarray(0, 2), Buffer.from(exif, 'hex'), jpeg.subarray(2)])
}

async function look(jpeg: Uint8Array<ArrayBuffer>) {
  const decoder = await initEmscriptenModule(decodeMozjpeg, await compileCodec('decode jpeg'))
  const picture = decoder.decode(jpeg, false)
  if (!picture) throw new Error('The thumbnail is no JPEG')
  const { data, width, height } = picture
  const nameAt = (x: number, y: number) => {
    const at = (Math.floor(y * height) * width + Math.floor(x * width)) * 4
    const distance = (colour: Colour) => Math.hypot(...[0, 1, 2].map(n => (colour[n] ?? 0) - (data[at + n] ?? 0)))
    return Object.entries(COLOURS).find(([, colour]) => distance(colour) < 40)?.[0] ?? '?'
  }
  const corners = [nameAt(0.25, 0.25), nameAt(0.75, 0.25), nameAt(0.25, 0.75), nameAt(0.75, 0.75)].join('')
  return { width, height, corners }
}

const named = (names: string) => [...names].map(name => COLOURS[name as Corner])

it.each([
  [1000, 500, 320, 160],
  [500, 1001, 160, 320],
  [320, 320, 320, 320],
  [90, 40, 90, 40],
  [2000, 2, 320, 1],
])('a picture of %i×%i becomes one of %i×%i, never larger than it was', async (width, height, w, h) => {
  const small = await look(await thumbnail(await png(width, height, named('RRRR'))))
  expect(small).toEqual({ width: w, height: h, corners: 'RRRR' })
})

it('nothing is where it was not, and what is transparent is white', async () => {
  const clear: Colour = [0, 0, 0, 0]
  const bytes = await png(700, 700, [COLOURS.R, COLOURS.G, COLOURS.B, clear])
  expect(await look(await thumbnail(bytes))).toEqual({ width: 320, height: 320, corners: 'RGBW' })
})

/** What is seen of RGBW in two rows, for each turn that EXIF knows. */
it.each([
  [1, 'RGBW'],
  [2, 'GRWB'],
  [3, 'WBGR'],
  [4, 'BWRG'],
  [5, 'RBGW'],
  [6, 'BRWG'],
  [7, 'WGBR'],
  [8, 'GWRB'],
])('a photo is turned as its camera noted: %i', async (orientation, corners) => {
  const small = await look(await thumbnail(await photo(640, 320, named('RGBW'), orientation)))
  const [width, height] = orientation >= 5 ? [160, 320] : [320, 160]
  expect(small).toEqual({ width, height, corners })
})

it.each([
  ['a GIF', Buffer.from('474946383961010001000000003b', 'hex')],
  ['a WebP that moves', movingWebp()],
  ['half a JPEG', Buffer.from('ffd8ffc0001108000a000a03012200021101031101', 'hex')],
  ['no picture', Buffer.from('a list of prices')],
])('of %s none is made', async (_, bytes) => {
  await expect(thumbnail(bytes)).rejects.toThrow()
})

/** Twice the same transparent pixel. */
function movingWebp() {
  return Buffer.from(
    'UklGRoAAAABXRUJQVlA4WAoAAAASAAAAAAAAAAAAQU5JTQYAAAD/////AABBTk1GJgAAAAAAAAAAAAAAAAAAAGQAAABWUDhMDQAAAC8AAAAQBxAREYiI/gcAQU5NRiYAAAAAAAAAAAAAAAAAAABkAAAAVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==',
    'base64',
  )
}
