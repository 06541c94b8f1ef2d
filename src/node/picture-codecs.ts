/** The codecs of pictures as files of their packages, compiled when asked for. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Codec } from '../inbox/thumbnail.ts'

const files: Record<Codec, string> = {
  'decode jpeg': '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm',
  'decode png': '@jsquash/png/codec/pkg/squoosh_png_bg.wasm',
  'decode webp': '@jsquash/webp/codec/dec/webp_dec.wasm',
  'encode jpeg': '@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm',
}

export async function compileCodec(codec: Codec): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await readFile(createRequire(import.meta.url).resolve(files[codec])))
}
