/**
 * A wire to Postgres that counts. Answers are held back a little, so that everything the client sends without waiting
 * for an answer is one turn, however many packets it takes.
 */
import net from 'node:net'

export type Wire = {
  url: string
  /** Since the last time it was asked. */
  count(): { turns: number; statements: number }
  close(): void
}

/** Longer than a client takes to send what it need not wait for; ms. */
const HELD_MS = 15

export async function openWire(databaseUrl: string): Promise<Wire> {
  const target = new URL(databaseUrl)
  let turns = 0
  let statements = 0
  const sockets = new Set<net.Socket>()
  const server = net.createServer({ noDelay: true }, client => {
    const upstream = net.connect({ port: Number(target.port), host: target.hostname, noDelay: true })
    sockets.add(client).add(upstream)
    const messages = frontend(() => statements++)
    let answered = true
    client.on('data', chunk => {
      if (answered) turns++
      answered = false
      messages(chunk)
      upstream.write(chunk)
    })
    upstream.on('data', chunk => {
      setTimeout(() => {
        answered = true
        client.write(chunk)
      }, HELD_MS)
    })
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on('error', () => other.destroy())
      one.on('close', () => other.destroy())
    }
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const url = new URL(databaseUrl)
  url.port = String((server.address() as net.AddressInfo).port)
  return {
    url: url.href,
    count() {
      const counted = { turns, statements }
      turns = 0
      statements = 0
      return counted
    },
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** Reads the client's messages and tells of each Execute and Query (PostgreSQL, "Message formats"). */
function frontend(onStatement: () => void) {
  let rest: Buffer<ArrayBufferLike> = Buffer.alloc(0)
  let started = false
  return (chunk: Buffer) => {
    rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
    for (;;) {
      // The first message has no type byte.
      const at = started ? 1 : 0
      if (rest.length < at + 4) return
      const length = at + rest.readUInt32BE(at)
      if (rest.length < length) return
      const type = started ? String.fromCharCode(rest[0] ?? 0) : ''
      if (type === 'E' || type === 'Q') onStatement()
      started = true
      rest = rest.subarray(length)
    }
  }
}
