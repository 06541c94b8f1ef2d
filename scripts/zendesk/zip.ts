/** A ZIP archive of files that are stored as they are (APPNOTE.TXT 6.3.10, method 0). The same files give the same bytes. */
import { crc32 } from 'node:zlib'

export type Entry = { name: string; bytes: Uint8Array }

/** 1 January 1980, the first day there is. */
const DATE = 0x0021

export function zip(entries: Entry[]): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { name, bytes } of entries) {
    const path = Buffer.from(name, 'utf8')
    const facts = factsOf(path, bytes)
    const local = Buffer.concat([word(0x04034b50, 4), facts, path, bytes])
    const central = [
      word(0x02014b50, 4),
      word(20, 2),
      facts,
      word(0, 2),
      word(0, 2),
      word(0, 2),
      word(0, 4),
      word(offset, 4),
    ]
    parts.push(local)
    directory.push(Buffer.concat([...central, path]))
    offset += local.length
  }
  const central = Buffer.concat(directory)
  const end = [word(0x06054b50, 4), word(0, 2), word(0, 2), word(entries.length, 2), word(entries.length, 2)]
  return Buffer.concat([...parts, central, ...end, word(central.length, 4), word(offset, 4), word(0, 2)])
}

/** Version, flags (names are UTF-8), method, time, date, checksum, sizes, lengths of name and extra. */
function factsOf(path: Buffer, bytes: Uint8Array): Buffer {
  return Buffer.concat([
    ...[word(20, 2), word(0x0800, 2), word(0, 2), word(0, 2), word(DATE, 2), word(crc32(bytes), 4)],
    ...[word(bytes.length, 4), word(bytes.length, 4), word(path.length, 2), word(0, 2)],
  ])
}

function word(value: number, size: 2 | 4): Buffer {
  const bytes = Buffer.alloc(size)
  if (size === 2) bytes.writeUInt16LE(value)
  else bytes.writeUInt32LE(value >>> 0)
  return bytes
}
