/** PostgreSQL's messages on the wire (manual, "Message Formats"): a type byte, a length that counts itself, a body. */

const HEADER = 5

/** The messages at the start of `bytes` that are complete. */
export function* messagesOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at + HEADER <= bytes.length; ) {
    const end = at + 1 + bytes.readUInt32BE(at + 1)
    if (end > bytes.length) return
    yield bytes.subarray(at, end)
    at = end
  }
}

export function typeOf(message: Buffer): string {
  return String.fromCharCode(message[0] ?? 0)
}

/** The first two zero-terminated strings of a message: of Parse its name and SQL, of Bind its portal and name. */
export function stringsOf(message: Buffer): [string, string] {
  const one = message.indexOf(0, HEADER)
  const two = message.indexOf(0, one + 1)
  return [message.toString('utf8', HEADER, one), message.toString('utf8', one + 1, two)]
}

/** Whole messages of a stream. What is not complete waits for the rest of it. */
export function createFramer(): (chunk: Buffer) => Buffer | undefined {
  let parts: Buffer[] = []
  let length = 0
  let needed = HEADER
  return chunk => {
    parts.push(chunk)
    length += chunk.length
    if (length < needed) return undefined
    const bytes = parts.length === 1 ? chunk : Buffer.concat(parts, length)
    let end = 0
    needed = HEADER
    while (bytes.length - end >= HEADER) {
      needed = 1 + bytes.readUInt32BE(end + 1)
      if (bytes.length - end < needed) break
      end += needed
      needed = HEADER
    }
    const rest = bytes.subarray(end)
    parts = rest.length > 0 ? [rest] : []
    length = rest.length
    return end > 0 ? bytes.subarray(0, end) : undefined
  }
}

/** Of an ErrorResponse: by their letter, V for severity, C for code, M for the message. */
export function fieldsOf(message: Buffer): Record<string, string> {
  const fields = message.toString('utf8', HEADER).split('\0')
  return Object.fromEntries(fields.filter(Boolean).map(field => [field.slice(0, 1), field.slice(1)]))
}

/** ErrorResponse, of class 08 (connection exception). */
export function failure(why: string): Buffer {
  return message('E', Buffer.from(`SFATAL\0VFATAL\0C08006\0M${why}\0\0`))
}

/** ReadyForQuery within a transaction that has failed. */
export const readyAfterFailure = message('Z', Buffer.from('E'))

/** AuthenticationCleartextPassword: its receiver answers with a PasswordMessage. */
export const passwordRequest = message('R', Buffer.from([0, 0, 0, 3]))

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(HEADER)
  head.write(type, 'latin1')
  head.writeUInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}
