/** Files at WhatsApp: sent by customers (ids live 7 days) or uploaded by the business (30 days); addresses live 5 minutes. */
import { createHash, createHmac, randomInt } from 'node:crypto'
import type { Runtime } from '../runtime.ts'
import { sampleFile } from './sample-files.ts'
import type { Phone, WhatsAppState } from './state.ts'

export type SimulatedFile = {
  id: string
  phoneNumberId: string
  mimeType: string
  fileName?: string | undefined
  /** Hex. */
  sha256: string
  /** Base64; or so many bytes of a pattern, so that a large file needs no memory. */
  data?: string | undefined
  patternBytes?: number | undefined
  at: number
  uploaded: boolean
  /** The next downloads go wrong: other bytes than announced; in the middle it breaks off, or nothing more comes. */
  spoil?: { how: 'other bytes' | 'cut' | 'stall'; times: number } | undefined
}

export type GivenFile = {
  mimeType?: string | undefined
  fileName?: string | undefined
  /** Base64. */
  data?: string | undefined
  patternBytes?: number | undefined
  spoil?: SimulatedFile['spoil']
}

const DAY_MS = 86_400_000
const ADDRESS_MS = 5 * 60_000
const PATTERN = Buffer.from(Uint8Array.from({ length: 65_536 }, (_, n) => (n * 31 + (n >> 8)) & 255))

export function keepFile({ world, clock }: Runtime, phone: Phone, given: GivenFile & { uploaded?: boolean }) {
  const id = String(randomInt(10 ** 12, 2 * 10 ** 14))
  const { patternBytes, data = '', uploaded = false, mimeType = 'application/octet-stream', ...rest } = given
  const hash = createHash('sha256')
  const file: SimulatedFile = {
    ...{ ...rest, id, phoneNumberId: phone.phoneNumberId, mimeType, sha256: '', at: clock.now(), uploaded },
    ...(patternBytes === undefined ? { data } : { patternBytes }),
  }
  for (const piece of bytesOf(file)) hash.update(piece)
  file.sha256 = hash.digest('hex')
  world.whatsapp.files.set(id, file)
  return file
}

/** Nothing when its id is over. */
export function fileById({ files }: WhatsAppState, id: string, now: number): SimulatedFile | undefined {
  const file = files.get(id)
  const lifeMs = file?.uploaded ? 30 * DAY_MS : 7 * DAY_MS
  return file && now < file.at + lifeMs ? file : undefined
}

/** What a webhook says of a file that a customer sends; a sample where none is given. */
export function inboundFile(
  runtime: Runtime,
  phone: Phone,
  type: string,
  given: GivenFile | undefined,
  caption?: string,
) {
  const sample = sampleFile(type)
  if (!given && !sample) return undefined
  const data = sample && Buffer.from(sample.data).toString('base64')
  const whole = given?.data === undefined && given?.patternBytes === undefined ? { ...sample, data, ...given } : given
  const file = keepFile(runtime, phone, whole)
  return {
    id: file.id,
    mime_type: file.mimeType,
    sha256: Buffer.from(file.sha256, 'hex').toString('base64'),
    ...(phone.directUrls === false ? {} : { url: addressOf(runtime, phone, file, 'webhook') }),
    ...(type === 'audio' ? { voice: file.mimeType.includes('opus') } : {}),
    ...(type === 'sticker' ? { animated: false } : {}),
    ...(type === 'document' ? { filename: file.fileName ?? 'documento' } : {}),
    ...(caption === undefined || type === 'audio' || type === 'sticker' ? {} : { caption }),
  }
}

/** Good for five minutes, and for whoever has the number's token. */
export function addressOf({ clock, origin }: Runtime, phone: Phone, { id }: SimulatedFile, source: string): string {
  const ext = String(Math.floor((clock.now() + ADDRESS_MS) / 1000))
  const query = new URLSearchParams({ mid: id, source, ext, hash: sign(phone, id, ext) })
  return `${origin.url}/whatsapp/attachments/?${query}`
}

export function isAddressGood(phone: Phone, id: string, ext: string, hash: string, now: number): boolean {
  return hash === sign(phone, id, ext) && now < Number(ext) * 1000
}

/** Its bytes, as they are sent: spoiled where somebody wanted it so. */
export function* downloadOf(file: SimulatedFile): Generator<Uint8Array | 'breaks off' | 'stalls', void> {
  const spoil = file.spoil && file.spoil.times > 0 ? file.spoil : undefined
  if (spoil) spoil.times--
  let isFirst = true
  for (const piece of bytesOf(file)) {
    if (spoil?.how === 'other bytes' && isFirst) {
      const other = Buffer.from(piece)
      other[0] = (other[0] ?? 0) ^ 255
      yield other
    } else if (spoil?.how === 'cut' || spoil?.how === 'stall') {
      yield piece.subarray(0, piece.length >> 1)
      yield spoil.how === 'cut' ? 'breaks off' : 'stalls'
      return
    } else yield piece
    isFirst = false
  }
}

export function sizeOfFile({ data, patternBytes }: SimulatedFile): number {
  return patternBytes ?? Buffer.from(data ?? '', 'base64').length
}

function* bytesOf({ data, patternBytes }: SimulatedFile): Generator<Buffer> {
  if (patternBytes === undefined) {
    yield Buffer.from(data ?? '', 'base64')
    return
  }
  for (let left = patternBytes; left > 0; left -= PATTERN.length)
    yield PATTERN.subarray(0, Math.min(left, PATTERN.length))
}

function sign({ appSecret }: Phone, id: string, ext: string): string {
  return createHmac('sha256', appSecret).update(`${id} ${ext}`).digest('base64url').slice(0, 32)
}
