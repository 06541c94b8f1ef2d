import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDb } from '../../src/db/client.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

/** Postgres keeps neither NUL nor halves of a surrogate pair. */
const texts = fc.string({ unit: 'grapheme' }).filter(text => !text.includes('\u0000'))
const awkward = fc.constantFrom(
  '',
  'NULL',
  'null',
  '{}',
  '{a}',
  'a,b',
  '"',
  '\\',
  '\\"',
  ' a ',
  "'",
  '\n',
  'ñ😀',
  '{"a":1}',
)
const maybe = <T>(each: fc.Arbitrary<T>) => fc.array(fc.option(fc.oneof(each)), { maxLength: 6 })
const json = fc
  .jsonValue({ maxDepth: 2 })
  .map(value => JSON.stringify(value))
  .filter(text => !text.includes('\\u0000'))
/** To the millisecond, in years that Postgres and JavaScript write alike. */
const instants = fc
  .date({ min: new Date('1000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map(date => date.toISOString())
const parsed = (text: unknown) => (text === null ? null : JSON.parse(String(text)))

it.each<[type: string, values: fc.Arbitrary<unknown[]>, read?: (element: unknown) => unknown]>([
  ['text', maybe(fc.oneof(texts, awkward))],
  ['uuid', maybe(fc.uuid())],
  ['integer', maybe(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }))],
  ['bigint', maybe(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String))],
  ['timestamptz', maybe(instants), text => text && new Date(String(text))],
  ['json', maybe(json), parsed],
  ['jsonb', maybe(json), parsed],
])('%s[] comes back as it went', async (type, arrays, read = value => value) => {
  const { db } = database
  await fc.assert(
    fc.asyncProperty(arrays, async values => {
      const [row] = await db<{ back: unknown[]; count: number }[]>`
        select a as back, cardinality(a) as count from (select ${values as never}::${db.unsafe(type)}[] as a) as given`
      expect(row?.count).toBe(values.length)
      expect(zero(row?.back)).toEqual(zero(values.map(read)))
    }),
    { numRuns: 60 },
  )
})

/** -0 is 0 in Postgres. */
function zero(value: unknown): unknown {
  return typeof value === 'object' ? JSON.parse(JSON.stringify(value)) : value
}

it('asks nothing before the first query', async () => {
  const db = openDb(database.url, { max: 1 })
  const [seen] = await db<{ n: number }[]>`select count(*)::integer as n from pg_prepared_statements`
  await db.end()
  expect(seen?.n).toBe(1)
})
