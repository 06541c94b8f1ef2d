import postgres from 'postgres'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type TestDatabase, testDatabase } from '../database.ts'
import { openStatementProxy, type StatementProxy } from './statement-proxy.ts'

let database: TestDatabase
let proxy: StatementProxy
const clients: postgres.Sql[] = []

beforeAll(async () => {
  database = await testDatabase()
  proxy = await openStatementProxy(database.url)
  await database.owner`create table marks (n int)`
  await database.owner`grant all on marks to public`
})
afterAll(async () => {
  await Promise.all(clients.map(client => client.end({ timeout: 0 })))
  await proxy.close()
  await database.close()
})
beforeEach(() => database.owner`truncate marks`)

/** One connection, already open, so that nothing but the test's own statements is counted. */
async function connect(): Promise<postgres.Sql> {
  const sql = postgres(proxy.url, { max: 1, fetch_types: false, onnotice: () => {}, connect_timeout: 5 })
  clients.push(sql)
  await sql`select 1`
  return sql
}

const marks = async () => (await database.owner<{ n: number }[]>`select n from marks order by n`).map(row => row.n)

describe('statements', () => {
  it('are counted alone, prepared, in a simple query and in a transaction', async () => {
    const sql = await connect()
    const counted = async (work: () => Promise<unknown>) => {
      const before = proxy.count()
      await work()
      return proxy.count() - before
    }
    expect(await counted(() => sql`insert into marks values (${1})`)).toBe(1)
    expect(await counted(() => sql`insert into marks values (${2})`)).toBe(1)
    expect(await counted(() => sql.unsafe('insert into marks values (3); insert into marks values (4)'))).toBe(1)
    expect(await counted(() => sql.begin(tx => [tx`select 5`, tx`select 6`]))).toBe(4)
    expect(await marks()).toEqual([1, 2, 3, 4])
  })

  it('pass whole, however large', async () => {
    const sql = await connect()
    const text = 'ñ'.repeat(3_000_000)
    expect(await sql`select ${text}::text as text`).toEqual([{ text }])
  })
})

describe('a strike', () => {
  it('before a statement leaves it undone, and ends the connection', async () => {
    const sql = await connect()
    let killed = 0
    const struck = proxy.strike(2, 'before', () => killed++)
    await sql`insert into marks values (${1})`
    await expect(sql`insert into marks values (${2})`).rejects.toThrow()
    expect(await struck).toMatchObject({ sql: 'insert into marks values ($1)' })
    expect([killed, await marks()]).toEqual([1, [1]])
  })

  it('after a statement leaves it done, and its client without an answer', async () => {
    const sql = await connect()
    const struck = proxy.strike(2, 'after', () => {})
    await sql`insert into marks values (${1})`
    await expect(sql`insert into marks values (${2})`).rejects.toThrow()
    await struck
    expect(await marks()).toEqual([1, 2])
  })

  it.each([
    ['before', []],
    ['after', [1]],
  ] as const)('%s a commit decides whether the transaction was', async (moment, left) => {
    const sql = await connect()
    const struck = proxy.strike(3, moment, () => {})
    await expect(sql.begin(tx => tx`insert into marks values (${1})`)).rejects.toThrow()
    expect((await struck).sql).toBe('commit')
    expect(await marks()).toEqual(left)
  })

  it('answers what was asked before it on the same connection', async () => {
    const sql = await connect()
    const struck = proxy.strike(2, 'after', () => {})
    const [first, second] = await Promise.allSettled([
      sql`insert into marks values (${1}) returning n`,
      sql`insert into marks values (${2}) returning n`,
    ])
    await struck
    expect(first).toMatchObject({ status: 'fulfilled', value: [{ n: 1 }] })
    expect(second.status).toBe('rejected')
    expect(await marks()).toEqual([1, 2])
  })

  it('comes once, ends every open connection, and leaves those opened later alone', async () => {
    const [one, other] = [await connect(), await connect()]
    const struck = proxy.strike(1, 'before', () => {})
    await expect(one`insert into marks values (1)`).rejects.toThrow()
    await struck
    // The client of postgres.js connects anew.
    await expect
      .poll(() =>
        other`insert into marks values (2)`.then(
          () => true,
          () => false,
        ),
      )
      .toBe(true)
    await (await connect())`insert into marks values (3)`
    expect(await marks()).toEqual([2, 3])
  })

  it('that was disarmed does not come', async () => {
    const sql = await connect()
    void proxy.strike(1, 'before', () => {})
    proxy.disarm()
    await sql`insert into marks values (1)`
    expect(await marks()).toEqual([1])
  })
})
