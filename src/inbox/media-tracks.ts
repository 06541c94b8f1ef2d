/** Sound and film, looked into and repacked: no sound is decoded, its packets only change their box. */
import {
  ALL_FORMATS,
  BufferSource,
  BufferTarget,
  Conversion,
  Input,
  OggOutputFormat,
  Output,
  type Source,
} from 'mediabunny'

export type Tracks = {
  durationMs: number | null
  audio?: { codec: string | null; channels: number }
  video?: { codec: string | null; width: number; height: number }
}

/** Null for what is no sound or film that can be read: AMR, a broken file. */
export async function readTracks(bytes: Uint8Array<ArrayBuffer>): Promise<Tracks | null> {
  using input = inputOf(bytes)
  try {
    const [audio, video, duration] = await Promise.all([
      input.getPrimaryAudioTrack(),
      input.getPrimaryVideoTrack(),
      input.computeDuration(),
    ])
    return {
      durationMs: Number.isFinite(duration) ? Math.round(duration * 1000) : null,
      ...(audio ? { audio: { codec: audio.codec, channels: audio.numberOfChannels } } : {}),
      ...(video ? { video: { codec: video.codec, width: video.displayWidth, height: video.displayHeight } } : {}),
    }
  } catch {
    return null
  }
}

/**
 * What browsers record (Chrome, Edge: WebM with Opus) as what WhatsApp plays (Ogg with Opus). Null where that is not what
 * it is: another codec would have to be decoded.
 */
export async function toOggOpus(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer> | null> {
  using input = inputOf(bytes)
  const audio = await input.getPrimaryAudioTrack().catch(() => null)
  if (audio?.codec !== 'opus') return null
  const target = new BufferTarget()
  const output = new Output({ format: new OggOutputFormat(), target })
  const conversion = await Conversion.init({ input, output, video: { discard: true } })
  if (!conversion.isValid) return null
  await conversion.execute()
  return target.buffer && new Uint8Array(target.buffer)
}

function inputOf(bytes: Uint8Array<ArrayBuffer>): Input<Source> {
  return new Input({ formats: ALL_FORMATS, source: new BufferSource(bytes) })
}
