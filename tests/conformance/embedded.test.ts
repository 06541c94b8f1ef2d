/** Each case on the embedded engine, undisturbed: the log is exactly the one expected. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { ordered } from './case.ts'
import { groups } from './cases/index.ts'
import { refusals } from './cases/refusals.ts'
import { runEmbedded } from './embedded-driver.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

describe.each(Object.entries(groups))('%s', (_group, cases) => {
  it.each(cases)('$name', async testCase => {
    expect(ordered(testCase, await runEmbedded(database.db, testCase))).toEqual(ordered(testCase, testCase.expected))
  })
})

describe('refused at start', () => {
  it.each(refusals)('$what', async ({ what, functions }) => {
    const refused = { name: what, functions, drive: async () => {}, expected: [] }
    await expect(runEmbedded(database.db, refused)).rejects.toThrow(new RegExp(`^Function "case-\\w+-fn".*${what}`))
  })
})
