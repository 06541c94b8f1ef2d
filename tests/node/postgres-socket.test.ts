/** Connections are lost at any moment; the process lives, the pool recovers, and no transaction is torn in two. */
import net from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Db } from '../../src/db/client.ts'
import { isTransient } from '../../src/db/errors.ts'
import { openDatabase } from '../../src/node/open-database.ts'
import { createFramer, messagesOf } from '../../src/node/postgres-socket/messages.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { openStatementProxy, type StatementProxy } from '../support/faults/statement-proxy.ts'

let database: TestDatabase
let proxy: StatementProxy
let db: Db

beforeAll(async () => {
  database = await testDatabase()
  await database.owner`create table pairs (id int, half int)`
  await database.owner`grant all on pairs to public`
  proxy = await openStatementProxy(database.url)
  db = openDatabase(proxy.url, { max: 2 })
})
afterAll(async () => {
  await db.end({ timeout: 1 })
  await proxy.close()
  await database.close()
})

let fresh = 0

/** Two rows or none; between them a statement that is always new. */
const pair = (sql: Db, id: number) =>
  sql.begin(async tx => {
    await tx`insert into pairs values (${id}, 1)`
    await Promise.all([
      tx`select ${id}::int as again, ${fresh++ % 7}::int`,
      tx.unsafe(`select ${fresh++} as fresh, $1::int`, [id]),
    ])
    await tx`insert into pairs values (${id}, 2)`
  })

describe('a lost connection', () => {
  it('fails what was under way with an error that is worth another try, and the next statement works', async () => {
    const asleep = db`select pg_sleep(30)`.catch(error => error)
    const others = [db`select 1`, db`select 2`].map(query => query.catch(error => error))
    const end = () => database.owner`
      select pg_terminate_backend(pid) from pg_stat_activity where query = 'select pg_sleep(30)' and state = 'active'`
    await expect.poll(end).toHaveLength(1)
    expect(isTransient(await asleep)).toBe(true)
    await Promise.all(others)
    for (let n = 0; n < 4; n++) expect(await db`select ${n}::int as n`).toEqual([{ n }])
  })

  it('while idle is not noticed by anybody', async () => {
    await Promise.all([db`select 1`, db`select 2`])
    const pids = await Promise.all(
      [1, 2].map(n => db<{ pid: number }[]>`select pg_backend_pid() as pid, ${n}::int as n`),
    )
    for (const [row] of pids) await database.owner`select pg_terminate_backend(${row?.pid ?? 0})`
    await new Promise(resolve => setTimeout(resolve, 50))
    for (let n = 0; n < 4; n++) expect(await db`select ${n}::int as n`).toEqual([{ n }])
  })

  it('within a transaction rolls it back, however many statements are sent after it', async () => {
    const lost = db.begin(async tx => {
      await tx`insert into pairs values (1, 1)`
      const [{ pid } = { pid: 0 }] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`
      await database.owner`select pg_terminate_backend(${pid})`
      await tx`insert into pairs values (1, 2)`.catch(() => {})
      await tx`insert into pairs values (1, 3)`.catch(() => {})
      await new Promise(resolve => setTimeout(resolve, 20))
      return tx`insert into pairs values (1, 4)`
    })
    await expect(lost).rejects.toMatchObject({ code: expect.stringMatching(/^08006$|^57P01$|^CONNECTION_CLOSED$/) })
    expect(await db`select * from pairs where id = 1`).toEqual([])
  })

  it('within a transaction, while a statement is being described, is no hang', async () => {
    const lost = db.begin(async tx => {
      const [{ pid } = { pid: 0 }] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`
      // Statements with parameters that are new to a connection are described first; here there are two in a row.
      const asleep = tx`select pg_sleep(${30}::float), ${1}::int`
      const after = tx`select ${2}::int`
      void database.owner`select pg_terminate_backend(${pid})`.execute()
      return Promise.all([asleep, after])
    })
    await expect(lost).rejects.toMatchObject({ code: expect.stringMatching(/^08006$|^CONNECTION_CLOSED$/) })
    expect(await db`select 1 as one`).toEqual([{ one: 1 }])
  })

  it('at any statement of many transactions: each is whole or was never, and the pool recovers', async () => {
    await database.owner`truncate pairs`
    let id = 1000
    const cuts = fc.record({ nth: fc.integer({ min: 1, max: 30 }), moment: fc.constantFrom('before', 'after') })
    await fc.assert(
      fc.asyncProperty(cuts, async ({ nth, moment }) => {
        const struck = proxy.strike(nth, moment as 'before' | 'after', () => {})
        const ids = Array.from({ length: 8 }, () => id++)
        const results = await Promise.allSettled(ids.map(each => pair(db, each)))
        await struck
        for (let n = 0; n < 3; n++) expect(await db`select ${n}::int as n`).toEqual([{ n }])
        const rows = await database.owner<{ id: number; halves: number }[]>`
          select id, count(*)::int as halves from pairs where id = any(${ids}) group by id`
        expect(rows.every(row => row.halves === 2)).toBe(true)
        const whole = new Set(rows.map(row => row.id))
        results.forEach((result, n) => {
          if (result.status === 'fulfilled') expect(whole).toContain(ids[n])
        })
      }),
      { numRuns: 60 },
    )
  })
})

it('a server that is not there is an error, again and again, and one that comes back is used', async () => {
  const target = new URL(database.url)
  const held = net.createServer().listen(0, '127.0.0.1')
  await new Promise(resolve => held.once('listening', resolve))
  const { port } = held.address() as net.AddressInfo
  await new Promise(resolve => held.close(resolve))
  const url = new URL(database.url)
  url.port = String(port)
  const sql = openDatabase(url.href, { max: 1 })
  for (let n = 0; n < 3; n++) await expect(sql`select 1`).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  const back = net.createServer(client => {
    const upstream = net.connect(Number(target.port), target.hostname)
    client.pipe(upstream).pipe(client)
    client.on('error', () => upstream.destroy())
    upstream.on('error', () => client.destroy())
  })
  await new Promise<void>(resolve => back.listen(port, '127.0.0.1', () => resolve()))
  await expect.poll(() => sql`select 1 as one`.catch(() => []), { timeout: 10_000 }).toEqual([{ one: 1 }])
  await sql.end()
  back.close()
})

it('frames messages however the stream is cut', () => {
  const message = fc.tuple(fc.constantFrom('Z', 'D', 'C'), fc.uint8Array({ maxLength: 40 })).map(([type, body]) => {
    const head = Buffer.alloc(5)
    head.write(type, 'latin1')
    head.writeUInt32BE(body.length + 4, 1)
    return Buffer.concat([head, body])
  })
  fc.assert(
    fc.property(fc.array(message, { minLength: 1, maxLength: 12 }), fc.array(fc.nat(300)), (messages, cuts) => {
      const stream = Buffer.concat(messages)
      const at = [0, ...cuts.map(cut => cut % (stream.length + 1)).sort((a, b) => a - b), stream.length]
      const frame = createFramer()
      const whole = at.slice(1).flatMap((end, n) => frame(stream.subarray(at[n], end)) ?? [])
      expect(Buffer.concat(whole)).toEqual(stream)
      expect(whole.flatMap(bytes => [...messagesOf(bytes)])).toEqual(messages)
    }),
  )
})

describe('a greeting that does not come', () => {
  /** A server that answers each connection by `act`, and counts them. */
  async function server(act: (client: net.Socket) => void) {
    let connections = 0
    const listening = net.createServer(client => {
      connections++
      client.on('error', () => {})
      client.once('data', () => act(client))
    })
    await new Promise<void>(resolve => listening.listen(0, '127.0.0.1', () => resolve()))
    const { port } = listening.address() as net.AddressInfo
    const close = () => new Promise(resolve => listening.close(resolve))
    return { url: `postgres://me:secret@127.0.0.1:${port}/db`, count: () => connections, close }
  }

  it('is an error, and not tried again at once, where the connection is closed without a word', async () => {
    const silent = await server(client => client.end())
    const sql = openDatabase(silent.url, { max: 1 })
    for (let n = 0; n < 3; n++) await expect(sql`select 1`).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' })
    expect(silent.count()).toBe(3)
    await sql.end({ timeout: 0 })
    await silent.close()
  })

  it('is the error that the server gives, each time anew', async () => {
    const codes = ['57P03', '53300', '28P01']
    const refusing = await server(client => {
      const body = Buffer.from(`SFATAL\0VFATAL\0C${codes[refusing.count() - 1]}\0Mnot now\0\0`)
      const head = Buffer.alloc(5)
      head.write('E', 'latin1')
      head.writeUInt32BE(body.length + 4, 1)
      client.end(Buffer.concat([head, body]))
    })
    const sql = openDatabase(refusing.url, { max: 1 })
    for (const code of codes) await expect(sql`select 1`).rejects.toMatchObject({ code, message: 'not now' })
    expect(refusing.count()).toBe(3)
    await sql.end({ timeout: 0 })
    await refusing.close()
  })
})
