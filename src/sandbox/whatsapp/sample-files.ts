/** Small files of each kind, made here: real enough to be shown, played and measured. */
import { deflateSync } from 'node:zlib'

export type SampleFile = { mimeType: string; data: Uint8Array; fileName?: string }

export function sampleFile(type: string): SampleFile | undefined {
  switch (type) {
    case 'image':
      return { mimeType: 'image/png', data: picture(240, 160) }
    case 'audio':
    case 'voice':
      return { mimeType: 'audio/ogg; codecs=opus', data: voiceNote(2) }
    case 'document':
      return { mimeType: 'application/pdf', data: pdf('Cotizacion 118'), fileName: 'Cotización.pdf' }
    case 'video':
      return { mimeType: 'video/mp4', data: box('ftyp', Buffer.from('isom\0\0\x02\0isomiso2avc1mp41', 'latin1')) }
    case 'sticker':
      // One transparent pixel, lossless.
      return {
        mimeType: 'image/webp',
        data: Buffer.from('UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==', 'base64'),
      }
    default:
      return undefined
  }
}

/** PNG of a bouquet's colours, more or less. */
function picture(width: number, height: number): Uint8Array {
  const rows = Buffer.alloc(height * (1 + width * 3))
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const petal = Math.hypot((x % 60) - 30, (y % 60) - 30) < 22
      const at = y * (1 + width * 3) + 1 + x * 3
      rows.set(petal ? [200 + (x % 55), 60 + (y % 60), 120] : [40, 110 + (y % 50), 70], at)
    }
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data])
  const frame = Buffer.alloc(body.length + 8)
  frame.writeUInt32BE(data.length, 0)
  body.copy(frame, 4)
  frame.writeUInt32BE(crc32(body), body.length + 4)
  return frame
}

function crc32(bytes: Buffer): number {
  let crc = ~0
  for (const byte of bytes) {
    crc ^= byte
    for (let n = 0; n < 8; n++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}

/** Ogg with Opus, mono: seconds of silence, a packet for each 20 ms (RFC 7845). */
function voiceNote(seconds: number): Uint8Array {
  const head = Buffer.concat([Buffer.from('OpusHead'), Buffer.from([1, 1, 0x38, 1, 0x80, 0xbb, 0, 0, 0, 0, 0])])
  const tags = Buffer.concat([
    Buffer.from('OpusTags'),
    Buffer.from([6, 0, 0, 0]),
    Buffer.from('Buzón', 'latin1'),
    Buffer.from([0, 0, 0, 0, 0]),
  ])
  const silence = Buffer.from([0xf8, 0xff, 0xfe])
  const packets = Array.from({ length: seconds * 50 }, () => silence)
  return Buffer.concat([
    page([head], 0, 2, 0n),
    page([tags], 1, 0, 0n),
    page(packets, 2, 4, BigInt(seconds * 48_000 + 312)),
  ])
}

function page(packets: Buffer[], number: number, flags: number, granule: bigint): Buffer {
  const header = Buffer.alloc(27)
  header.write('OggS', 0, 'latin1')
  header[5] = flags
  header.writeBigUInt64LE(granule, 6)
  header.writeUInt32LE(0x62757a6f, 14)
  header.writeUInt32LE(number, 18)
  header[26] = packets.length
  const whole = Buffer.concat([header, Buffer.from(packets.map(packet => packet.length)), ...packets])
  whole.writeUInt32LE(oggSum(whole), 22)
  return whole
}

function oggSum(bytes: Buffer): number {
  let crc = 0
  for (const byte of bytes) {
    crc ^= byte << 24
    for (let n = 0; n < 8; n++) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1
  }
  return crc >>> 0
}

function pdf(title: string): Uint8Array {
  const text = `BT /F1 24 Tf 60 760 Td (${title}) Tj ET`
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${text.length} >>\nstream\n${text}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ]
  let body = '%PDF-1.4\n'
  const places = objects.map((object, n) => {
    const at = body.length
    body += `${n + 1} 0 obj\n${object}\nendobj\n`
    return at
  })
  const table = places.map(at => `${String(at).padStart(10, '0')} 00000 n \n`).join('')
  const trailer = `trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n${body.length}\n%%EOF\n`
  return Buffer.from(`${body}xref\n0 6\n0000000000 65535 f \n${table}${trailer}`, 'latin1')
}

function box(name: string, data: Buffer): Uint8Array {
  const frame = Buffer.alloc(8)
  frame.writeUInt32BE(data.length + 8, 0)
  frame.write(name, 4, 'latin1')
  return Buffer.concat([frame, data])
}
