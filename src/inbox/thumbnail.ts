/**
 * A small picture of a picture, by Photon (Rust in WebAssembly): the same on Node and Workers. It decodes as long as it takes,
 * so Node does it in a thread.
 */
import { PhotonImage, resize, SamplingFilter } from '@cf-wasm/photon'

/** Longest side; pixels. */
const SIDE = 320

/** Of a JPEG, out of 100. */
const QUALITY = 75

export function makeThumbnail(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const picture = PhotonImage.new_from_byteslice(bytes)
  try {
    const [width, height] = [picture.get_width(), picture.get_height()]
    const scale = Math.min(1, SIDE / Math.max(width, height))
    const [w, h] = [width, height].map(side => Math.max(1, Math.round(side * scale))) as [number, number]
    const small = resize(picture, w, h, SamplingFilter.Triangle)
    try {
      return new Uint8Array(small.get_bytes_jpeg(QUALITY))
    } finally {
      small.free()
    }
  } finally {
    picture.free()
  }
}
