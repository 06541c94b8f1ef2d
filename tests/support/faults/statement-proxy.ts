/**
 * A proxy between a process and its Postgres that counts statements and strikes at a chosen one. A statement is what the
 * client ends with Sync or sends as a simple Query (PostgreSQL, "Message Formats"): what Postgres executes or does not.
 */
import net from 'node:net'

/** `before`: Postgres never sees the statement. `after`: it has executed it, and the client never hears of it. */
export type Moment = 'before' | 'after'
export type Statement = { number: number; sql: string }

export type StatementProxy = {
  /** The database's address through the proxy. */
  url: string
  /** Statements seen so far, on all connections together. */
  count(): number
  /**
   * Strikes once, at the `nth` statement from now: calls `act`, which kills the client, and cuts every connection that
   * was open. Connections opened later work. Resolves with the statement that was struck.
   */
  strike(nth: number, moment: Moment, act: () => void): Promise<Statement>
  /** Forgets a strike that has not come about. */
  disarm(): void
  close(): Promise<void>
}

type Strike = { at: number; moment: Moment; act: () => void; struck: (statement: Statement) => void }

/** Without TLS: the address is one of this machine. */
export async function openStatementProxy(databaseUrl: string): Promise<StatementProxy> {
  const target = new URL(databaseUrl)
  const sockets = new Set<net.Socket>()
  let count = 0
  let armed: Strike | undefined

  const server = net.createServer({ noDelay: true }, client => {
    const upstream = net.connect({ port: Number(target.port || 5432), host: target.hostname, noDelay: true })
    pair(client, upstream, sockets)
    /** The statement of this connection whose answer is not passed on, and how many answers come before it. */
    let withheld: { strike: Strike; statement: Statement; answersBefore: number } | undefined
    let unanswered = 0
    let cut = false
    /** Held until the statement ends: Postgres executes a commit before its Sync. */
    let held: Buffer[] = []

    function carryOut(strike: Strike, statement: Statement) {
      cut = true
      strike.act()
      for (const socket of sockets) socket.destroy()
      strike.struck(statement)
    }

    const fromClient = messages(1)
    const statementEnd = statements()
    client.on('data', chunk => {
      for (const message of fromClient(chunk)) {
        const sql = statementEnd(message)
        if (sql !== undefined) {
          const statement = { number: ++count, sql }
          const strike = armed && count >= armed.at ? armed : undefined
          if (strike) armed = undefined
          if (strike?.moment === 'before') return carryOut(strike, statement)
          if (strike) withheld = { strike, statement, answersBefore: unanswered }
          unanswered++
        }
        held.push(message)
        if (sql === undefined && !passesAlone(message)) continue
        upstream.write(Buffer.concat(held))
        held = []
      }
    })

    const fromServer = messages(0)
    /** The first ReadyForQuery ends the greeting; each one after it, a statement. */
    let greeted = false
    upstream.on('data', chunk => {
      for (const message of fromServer(chunk)) {
        if (cut) return
        const ready = typeOf(message) === 'Z'
        if (withheld?.answersBefore === 0) {
          if (ready) return carryOut(withheld.strike, withheld.statement)
          continue
        }
        client.write(message)
        if (ready && greeted) unanswered--
        if (ready && greeted && withheld) withheld.answersBefore--
        if (ready) greeted = true
      }
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const url = new URL(databaseUrl)
  url.hostname = '127.0.0.1'
  url.port = String((server.address() as net.AddressInfo).port)

  return {
    url: url.href,
    count: () => count,
    strike: (nth, moment, act) =>
      new Promise(struck => {
        armed = { at: count + nth, moment, act, struck }
      }),
    disarm() {
      armed = undefined
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

/** What befalls one end befalls the other. */
function pair(client: net.Socket, upstream: net.Socket, sockets: Set<net.Socket>) {
  for (const [one, other] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    sockets.add(one)
    one.on('error', () => other.destroy())
    one.on('close', () => {
      sockets.delete(one)
      other.destroy()
    })
  }
}

/** Cuts a stream into its messages. The first `untyped` ones, of a client, have no type byte. */
function messages(untyped: number) {
  let rest: Buffer<ArrayBufferLike> = Buffer.alloc(0)
  let startup = untyped
  return function* (chunk: Buffer): Generator<Buffer> {
    rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
    for (;;) {
      const at = startup > 0 ? 0 : 1
      if (rest.length < at + 4) return
      const length = at + rest.readUInt32BE(at)
      if (rest.length < length) return
      const message = rest.subarray(0, length)
      rest = rest.subarray(length)
      if (startup > 0) startup--
      yield message
    }
  }
}

function typeOf(message: Buffer): string {
  return String.fromCharCode(message[0] ?? 0)
}

/** What asks for an answer without ending a statement: Flush, the greeting (without type), passwords and the farewell. */
function passesAlone(message: Buffer): boolean {
  return ['H', 'p', 'X', '\0'].includes(typeOf(message))
}

/** Reads a client's messages: answers the SQL where a statement ends, and undefined before that. */
function statements() {
  const prepared = new Map<string, string>()
  let started = false
  let sql = ''
  return (message: Buffer): string | undefined => {
    if (!started) {
      started = true
      return undefined
    }
    const type = typeOf(message)
    if (type === 'P') {
      const [name, text] = strings(message)
      prepared.set(name, text)
      sql = text
    }
    if (type === 'B') {
      const [, name] = strings(message)
      sql = prepared.get(name) ?? ''
    }
    if (type === 'Q') return strings(message)[0]
    return type === 'S' ? sql : undefined
  }
}

/** The first two zero-terminated strings of a message. */
function strings(message: Buffer): [string, string] {
  const [first = '', second = ''] = message.subarray(5).toString('utf8').split('\0', 2)
  return [first, second]
}
