/** What bytes are, whatever they are called; and what recorders make, repacked. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import {
  ALL_FORMATS,
  BufferSource,
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedPacketSink,
  Input,
  Output,
  WebMOutputFormat,
} from 'mediabunny'
import { expect, it } from 'vitest'
import { passThrough, peek, readWhole, typeOf } from '../../src/inbox/media-bytes.ts'
import { readTracks, toOggOpus } from '../../src/inbox/media-tracks.ts'
import { sampleFile } from '../../src/sandbox/whatsapp/sample-files.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const streamOf = (chunks: Uint8Array[]) => {
  const left = [...chunks]
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      const chunk = left.shift()
      if (chunk) controller.enqueue(chunk)
      else controller.close()
    },
  })
}

it.each([
  ['a picture', sampleFile('image')?.data, 'application/pdf', 'image/png'],
  ['a voice note', sampleFile('audio')?.data, 'audio/ogg', 'audio/ogg; codecs=opus'],
  ['a PDF', sampleFile('document')?.data, 'image/jpeg', 'application/pdf'],
  ['HTML that is called a picture', bytes('<html><script>'), 'image/png', 'text/plain'],
  ['SVG', bytes('<svg xmlns="http://www.w3.org/2000/svg"></svg>'), 'image/svg+xml', 'text/plain'],
  ['text', bytes('a;b\n1;2\n'), 'text/csv', 'text/plain'],
  ['nothing that is known', new Uint8Array([0, 1, 2, 3]), 'video/mp4', 'application/octet-stream'],
  ['what its own program knows', new Uint8Array([0, 1, 2, 3]), 'application/x-own', 'application/x-own'],
] as const)('%s is told by its bytes', async (_, data, claimed, type) => {
  expect(await typeOf(data ?? new Uint8Array(), claimed)).toBe(type)
})

const pieces = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 })

it('passes on what it hashes, in whatever pieces it comes', async () => {
  await fc.assert(
    fc.asyncProperty(pieces, async chunks => {
      const whole = Buffer.concat(chunks)
      const passage = passThrough(streamOf(chunks), 10_000)
      expect(await readWhole(passage.stream, 10_000)).toEqual(new Uint8Array(whole))
      const sha256 = createHash('sha256').update(whole).digest('hex')
      expect(passage.seen()).toMatchObject({ sha256, bytes: whole.length })
    }),
    { numRuns: 30 },
  )
})

it('is read from its beginning though somebody has looked', async () => {
  await fc.assert(
    fc.asyncProperty(pieces, async chunks => {
      const whole = new Uint8Array(Buffer.concat(chunks))
      const { head, stream } = await peek(streamOf(chunks))
      expect(head).toEqual(whole.subarray(0, head.length))
      expect(await readWhole(stream, 10_000)).toEqual(whole)
    }),
    { numRuns: 30 },
  )
})

it('stops at its limit, and asks for nothing after it', async () => {
  let given = 0
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      given++
      controller.enqueue(new Uint8Array(1000))
    },
  })
  const passage = passThrough(endless, 5_000)
  await expect(readWhole(passage.stream, 1e9)).rejects.toThrow()
  expect(passage.isTooLong()).toBe(true)
  expect(given).toBeLessThan(12)
})

/** As Chrome's MediaRecorder makes it: WebM, Opus, one channel. */
async function recording(channels = 1) {
  const target = new BufferTarget()
  const output = new Output({ format: new WebMOutputFormat(), target })
  const source = new EncodedAudioPacketSource('opus')
  output.addAudioTrack(source)
  await output.start()
  const description = new Uint8Array([...bytes('OpusHead'), 1, channels, 0x38, 1, 0x80, 0xbb, 0, 0, 0, 0, 0])
  const decoderConfig = { codec: 'opus', sampleRate: 48_000, numberOfChannels: channels, description }
  for (let n = 0; n < 100; n++) {
    const packet = new EncodedPacket(new Uint8Array([0xf8, 0xff, n]), 'key', n * 0.02, 0.02)
    await source.add(packet, n === 0 ? { decoderConfig } : undefined)
  }
  await output.finalize()
  return new Uint8Array(target.buffer ?? new ArrayBuffer())
}

it('a recording of a browser becomes a voice note, as long as it was', async () => {
  const webm = await recording()
  const ogg = await toOggOpus(webm)
  expect(await typeOf(ogg ?? new Uint8Array(), '')).toBe('audio/ogg; codecs=opus')
  const tracks = await readTracks(ogg ?? new Uint8Array())
  expect(tracks).toMatchObject({ audio: { codec: 'opus', channels: 1 } })
  expect(Math.abs((tracks?.durationMs ?? 0) - 2000)).toBeLessThan(50)
  // Not one packet is decoded, left out or altered.
  expect(await packetsOf(ogg ?? new Uint8Array())).toEqual(await packetsOf(webm))
})

async function packetsOf(file: Uint8Array<ArrayBuffer>) {
  using input = new Input({ formats: ALL_FORMATS, source: new BufferSource(file) })
  const track = await input.getPrimaryAudioTrack()
  if (!track) return []
  const packets: number[][] = []
  for await (const { data } of new EncodedPacketSink(track).packets()) packets.push([...data])
  return packets
}

it('what is no sound is neither read nor repacked', async () => {
  expect(await readTracks(bytes('no sound at all'))).toBeNull()
  expect(await toOggOpus(bytes('no sound at all'))).toBeNull()
})
