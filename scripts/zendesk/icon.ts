/** The app's icon, an envelope on green, as PNG (W3C PNG 3): Zendesk asks for one of 320 pixels and one of 128. */
import { crc32, deflateSync } from 'node:zlib'

export function icon(size: number): Buffer {
  const rows: Buffer[] = []
  for (let y = 0; y < size; y++) {
    const row = Buffer.alloc(1 + size * 3)
    for (let x = 0; x < size; x++) row.set(colourAt(x / size, y / size), 1 + x * 3)
    rows.push(row)
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(size, 0)
  header.writeUInt32BE(size, 4)
  // Eight bits of red, green and blue.
  header.set([8, 2, 0, 0, 0], 8)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([
    ...[
      signature,
      chunk('IHDR', header),
      chunk('IDAT', deflateSync(Buffer.concat(rows))),
      chunk('IEND', Buffer.alloc(0)),
    ],
  ])
}

const GREEN = [31, 122, 92]
const PAPER = [255, 255, 255]

/** In parts of the side: a sheet in the middle, with the fold of its flap. */
function colourAt(x: number, y: number): number[] {
  const isSheet = x > 0.18 && x < 0.82 && y > 0.28 && y < 0.72
  const fold = 0.28 + 0.26 * (1 - Math.abs(x - 0.5) / 0.32)
  return isSheet && Math.abs(y - fold) > 0.025 ? PAPER : GREEN
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'ascii'), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}
