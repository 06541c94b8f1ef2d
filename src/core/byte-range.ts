/** Which bytes of a file a request asks for (RFC 9110 §14): players fetch sound and video in pieces, and skip. */
export type ByteRange =
  /** No range, one of several, or one that cannot be read: the whole is a right answer to each. */
  | { kind: 'whole' }
  /** Both included. */
  | { kind: 'part'; start: number; end: number }
  /** Beyond the end. */
  | { kind: 'beyond' }

/** `header` as it came; `size` in bytes. */
export function byteRange(header: string | undefined, size: number): ByteRange {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '')
  const [, first = '', last = ''] = match ?? []
  if (!match || (first === '' && last === '')) return { kind: 'whole' }
  if (first === '') {
    const length = Math.min(Number(last), size)
    return length === 0 ? { kind: 'beyond' } : { kind: 'part', start: size - length, end: size - 1 }
  }
  const start = Number(first)
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (last !== '' && Number(last) < start) return { kind: 'whole' }
  return start >= size ? { kind: 'beyond' } : { kind: 'part', start, end }
}
