/**
 * The socket that postgres.js is given. Where its connection is lost within a transaction it lives on until the
 * transaction has been rolled back, and it closes at a moment when nothing is about to be written.
 *
 * postgres.js (3.4.9) takes a close at any other moment badly: what is written to the socket that is gone ends the process
 * (porsager/postgres#1208), a connection with unsent bytes never comes back, and statements of the lost transaction are
 * sent down the next connection, outside of any or inside another (#1216).
 */
import { EventEmitter } from 'node:events'
import type net from 'node:net'
import {
  createFramer,
  failure,
  fieldsOf,
  messagesOf,
  passwordRequest,
  readyAfterFailure,
  stringsOf,
  typeOf,
} from './messages.ts'

/** Statements that end a transaction, as postgres.js writes them. */
const ENDS = new Set(['commit', 'rollback'])

const LOST = failure('The connection to Postgres was lost; what became of the statement is not known')

/** What a client has written at once. */
type Written = {
  statements: { ends: boolean }[]
  /** A description is asked for (Flush), before the statement itself is sent. */
  asks: boolean
  password: boolean
}

const NOTHING: Written = { statements: [], asks: false, password: false }

export class LastingSocket extends EventEmitter {
  #socket: net.Socket | undefined
  /** Why there is no connection. */
  #refused: unknown
  /** Written before the connection was there. */
  #early: Buffer[] = []
  readonly #frame = createFramer()
  /** The first message of a client has no type byte; the first ReadyForQuery answers it. */
  #started = false
  #greeted = false
  #inTransaction = false
  /** Statements that were sent and not answered: whether each ends a transaction. */
  readonly #unanswered: boolean[] = []
  #asked = false
  /** Names of the prepared statements that end a transaction. */
  readonly #ends = new Set<string>()
  #ending = false
  #keepAlive = { on: false, delayMs: 0 }
  #lost = false
  #closed = false

  constructor(opening: Promise<net.Socket>) {
    super()
    opening.then(
      socket => this.#open(socket),
      error => {
        this.#refused = error
        if (this.#started) this.#fail()
      },
    )
  }

  get readyState(): string {
    return this.#closed ? 'closed' : 'open'
  }

  setKeepAlive(on: boolean, delayMs: number): this {
    this.#keepAlive = { on, delayMs }
    this.#socket?.setKeepAlive(on, delayMs)
    return this
  }

  write(bytes: Buffer, done?: () => void): boolean {
    const written = this.#started ? this.#read(bytes) : NOTHING
    this.#started = true
    if (this.#refused) {
      this.#fail()
      return false
    }
    if (!this.#lost) {
      for (const { ends } of written.statements) this.#unanswered.push(ends)
      this.#asked = written.asks
      if (this.#socket) return this.#socket.write(bytes, done)
      this.#early.push(bytes)
      return true
    }
    if (done) setImmediate(done)
    this.#answer(written)
    return true
  }

  end(bytes?: Buffer): this {
    this.#ending = true
    if (this.#lost || !this.#socket) this.#close()
    else if (bytes) this.#socket.end(bytes)
    else this.#socket.end()
    return this
  }

  destroy(): this {
    this.#ending = true
    if (this.#lost || !this.#socket) this.#close()
    else this.#socket.destroy()
    return this
  }

  /** Once its greeting is written: with unsent bytes the client would never come back. */
  #fail() {
    this.emit('error', this.#refused)
    this.#close(true)
  }

  #open(socket: net.Socket) {
    if (this.#closed) return void socket.destroy()
    this.#socket = socket
    socket.on('data', chunk => this.#receive(chunk))
    socket.on('drain', () => this.emit('drain'))
    socket.on('error', error => {
      this.#refused ??= this.#greeted ? undefined : error
    })
    socket.on('close', () => this.#lose())
    socket.setKeepAlive(this.#keepAlive.on, this.#keepAlive.delayMs)
    for (const bytes of this.#early.splice(0)) socket.write(bytes)
  }

  #receive(chunk: Buffer) {
    const bytes = this.#frame(chunk)
    if (!bytes) return
    let end = 0
    for (const message of messagesOf(bytes)) {
      const type = typeOf(message)
      if (type === 'E' && isFatal(message)) {
        // Before the greeting it says why there is none; after it, it is the farewell of a backend that is told to go, and
        // would be taken for the answer to a later statement.
        if (!this.#greeted) this.#refused ??= errorOf(message)
        break
      }
      end += message.length
      if (type !== 'Z') continue
      if (this.#greeted) this.#unanswered.shift()
      this.#greeted = true
      this.#inTransaction = message[5] !== 'I'.charCodeAt(0)
    }
    if (end > 0) this.emit('data', bytes.subarray(0, end))
  }

  /** A statement ends with Sync, or is a simple Query. */
  #read(bytes: Buffer): Written {
    const written: Written = { statements: [], asks: false, password: false }
    let ends = false
    for (const message of messagesOf(bytes)) {
      const type = typeOf(message)
      if (type === 'P') {
        const [name, sql] = stringsOf(message)
        ends = isEnd(sql)
        if (ends) this.#ends.add(name)
      } else if (type === 'B') ends = this.#ends.has(stringsOf(message)[1])
      else if (type === 'Q') written.statements.push({ ends: isEnd(stringsOf(message)[0]) })
      else if (type === 'S') written.statements.push({ ends })
      else if (type === 'H') written.asks = true
      else if (type === 'p') written.password = true
    }
    return written
  }

  #lose() {
    this.#lost = true
    if (this.#ending) return this.#close()
    // As an error, so that who waits hears of it and the next attempt is put off.
    if (!this.#greeted) {
      this.#refused ??= Object.assign(new Error('Postgres closed the connection'), { code: 'CONNECTION_CLOSED' })
      return this.#fail()
    }
    // A commit without an answer is the last that its sender has to say.
    if (this.#unanswered.includes(true)) this.#inTransaction = false
    if (!this.#inTransaction) return this.#nudge()
    this.#refuse(this.#unanswered.splice(0).length, this.#asked)
  }

  /** Who asked for a description says Sync after the error. */
  #refuse(statements: number, asked: boolean) {
    for (let n = 0; n < statements; n++) this.emit('data', Buffer.concat([LOST, readyAfterFailure]))
    if (asked) this.emit('data', LOST)
  }

  /** What is written after the loss. Within a transaction it is refused; what is under way outside fails by the close. */
  #answer({ statements, asks, password }: Written) {
    if (this.#inTransaction) {
      this.#inTransaction = !statements.some(statement => statement.ends)
      // Its sender first takes note of what it has written.
      if (this.#inTransaction) setImmediate(() => this.#refuse(statements.length, asks))
    }
    if (this.#inTransaction) return
    if (password && statements.length === 0) this.#close()
    else setImmediate(() => this.#nudge())
  }

  /** Asks for an answer that is written like any other, to know when all before it is written. */
  #nudge() {
    this.emit('data', passwordRequest)
  }

  #close(hadError = false) {
    if (this.#closed) return
    this.#closed = true
    this.emit('close', hadError)
  }
}

function isEnd(sql: string): boolean {
  return ENDS.has(sql.trim().toLowerCase())
}

/** Severity FATAL or PANIC, in the field that is never translated ("Error and Notice Message Fields"). */
function isFatal(message: Buffer): boolean {
  const { V } = fieldsOf(message)
  return V === 'FATAL' || V === 'PANIC'
}

function errorOf(message: Buffer): Error {
  const { M = 'Postgres refused the connection', C = '' } = fieldsOf(message)
  return Object.assign(new Error(M), { name: 'PostgresError', code: C, severity: 'FATAL' })
}
