/**
 * A small picture of a picture, by the codecs of jSquash (mozjpeg, libwebp and Rust's png in WebAssembly): the same on Node and
 * Workers, which find the compiled codecs each in its own way. It decodes as long as it takes, so Node does it in a thread.
 */
import decodeMozjpeg from '@jsquash/jpeg/codec/dec/mozjpeg_dec.js'
import encodeMozjpeg from '@jsquash/jpeg/codec/enc/mozjpeg_enc.js'
import { defaultOptions } from '@jsquash/jpeg/meta.js'
import { initEmscriptenModule } from '@jsquash/jpeg/utils.js'
import { decode as decodePng, initSync as startPng } from '@jsquash/png/codec/pkg/squoosh_png.js'
import decodeLibwebp from '@jsquash/webp/codec/dec/webp_dec.js'
import { imageSize } from 'image-size'

export type Codec = 'decode jpeg' | 'decode png' | 'decode webp' | 'encode jpeg'
export type Codecs = (codec: Codec) => WebAssembly.Module | Promise<WebAssembly.Module>

type Picture = Pick<ImageData, 'data' | 'width' | 'height'>

/** Longest side; pixels. */
const SIDE = 320

/** Of a JPEG, out of 100. */
const QUALITY = 75

/** A JPEG, turned as the camera noted, on white. Throws where the bytes are no JPEG, PNG or still WebP. */
export async function makeThumbnail(bytes: Uint8Array, codecs: Codecs): Promise<Uint8Array<ArrayBuffer>> {
  const { type = 'file', orientation = 1 } = imageSize(bytes)
  const picture = await decode(type, bytes, codecs)
  if (!picture) throw new Error(`A picture of type ${type} that cannot be decoded`)
  const small = turn(shrink(picture), orientation)
  const encoder = await initEmscriptenModule(encodeMozjpeg, await codecs('encode jpeg'))
  const jpeg = encoder.encode(small.data, small.width, small.height, { ...defaultOptions, quality: QUALITY })
  return new Uint8Array(jpeg)
}

/** The memory of a codec goes with its instance, so each picture has one of its own; only PNG has one for all. */
async function decode(type: string, bytes: Uint8Array, codecs: Codecs): Promise<Picture | null> {
  switch (type) {
    case 'jpg':
      // It would turn it too, in twice the memory.
      return (await initEmscriptenModule(decodeMozjpeg, await codecs('decode jpeg'))).decode(
        bytes as BufferSource,
        false,
      )
    case 'webp':
      return (await initEmscriptenModule(decodeLibwebp, await codecs('decode webp'))).decode(bytes as BufferSource)
    case 'png':
      startPng(await codecs('decode png'))
      return decodePng(bytes)
    default:
      return null
  }
}

/** Each pixel is the mean of those it stands for. Done here: a codec for it would hold the whole picture once more. */
function shrink({ data, width, height }: Picture): Picture {
  const scale = Math.min(1, SIDE / Math.max(width, height))
  const [w, h] = [width, height].map(side => Math.max(1, Math.round(side * scale))) as [number, number]
  const small = new Uint8ClampedArray(w * h * 4).fill(255)
  for (let y = 0; y < h; y++) {
    const [top, bottom] = [Math.floor((y * height) / h), Math.floor(((y + 1) * height) / h)]
    for (let x = 0; x < w; x++) {
      const [left, right] = [Math.floor((x * width) / w), Math.floor(((x + 1) * width) / w)]
      let [red, green, blue, alpha] = [0, 0, 0, 0]
      for (let row = top; row < bottom; row++) {
        for (let at = (row * width + left) * 4; at < (row * width + right) * 4; at += 4) {
          const opaque = data[at + 3] as number
          red += (data[at] as number) * opaque
          green += (data[at + 1] as number) * opaque
          blue += (data[at + 2] as number) * opaque
          alpha += opaque
        }
      }
      const all = (bottom - top) * (right - left) * 255
      const white = (all - alpha) * 255
      small.set([(red + white) / all, (green + white) / all, (blue + white) / all], (y * w + x) * 4)
    }
  }
  return { data: small, width: w, height: h }
}

/** `orientation` is EXIF's, 1 to 8: from 5 on rows are columns. */
function turn({ data, width, height }: Picture, orientation: number): Picture {
  const turned = new Uint8ClampedArray(data.length)
  const [w, h] = orientation >= 5 ? [height, width] : [width, height]
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const [a, b] = orientation >= 5 ? [y, x] : [x, y]
      const column = [2, 3, 7, 8].includes(orientation) ? width - 1 - a : a
      const row = [3, 4, 6, 7].includes(orientation) ? height - 1 - b : b
      const from = (row * width + column) * 4
      turned.set(data.subarray(from, from + 4), (y * w + x) * 4)
    }
  }
  return { data: turned, width: w, height: h }
}
