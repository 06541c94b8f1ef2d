/** Sound and film, looked into and repacked: no sound is decoded, its packets only change their box. */
import {
  ADTS,
  BufferSource,
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacketSink,
  FLAC,
  Input,
  type InputAudioTrack,
  MATROSKA,
  MP3,
  MP4,
  OGG,
  OggOutputFormat,
  Output,
  QTFF,
  type Source,
  WAVE,
  WEBM,
} from 'mediabunny'

/** What people attach and browsers record. Streams in pieces (HLS, MPEG-TS) are no files, and would weigh on the Worker. */
const FORMATS = [MP4, QTFF, WEBM, MATROSKA, OGG, MP3, ADTS, WAVE, FLAC]

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
 * it is, another codec that would have to be decoded, or a file that breaks off.
 */
export async function toOggOpus(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer> | null> {
  using input = inputOf(bytes)
  const audio = await input.getPrimaryAudioTrack().catch(() => null)
  if (audio?.codec !== 'opus') return null
  const target = new BufferTarget()
  const output = new Output({ format: new OggOutputFormat(), target })
  const packets = new EncodedAudioPacketSource('opus')
  output.addAudioTrack(packets)
  try {
    await repack(audio, packets, output)
  } catch {
    return null
  }
  return target.buffer && new Uint8Array(target.buffer)
}

/** The first packet begins at 0, wherever the recording's clock stood. */
async function repack(audio: InputAudioTrack, packets: EncodedAudioPacketSource, output: Output) {
  const decoderConfig = (await audio.getDecoderConfig()) ?? undefined
  let begin: number | undefined
  await output.start()
  for await (const packet of new EncodedPacketSink(audio).packets()) {
    begin ??= packet.timestamp
    await packets.add(packet.clone({ timestamp: packet.timestamp - begin }), decoderConfig && { decoderConfig })
  }
  await output.finalize()
}

function inputOf(bytes: Uint8Array<ArrayBuffer>): Input<Source> {
  return new Input({ formats: FORMATS, source: new BufferSource(bytes) })
}
