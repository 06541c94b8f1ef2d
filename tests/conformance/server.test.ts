/**
 * The cases on a real server, where INNGEST_BASE_URL, INNGEST_SIGNING_KEY and INNGEST_EVENT_KEY name one; it must have
 * been started with `--retry-interval 1 --tick 50`. And the driver itself, always, on a stub of the server's API.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { type Case, ordered } from './case.ts'
import { groups } from './cases/index.ts'
import { runOnServer, type Server } from './server-driver.ts'
import { startServerStub } from './server-stub.ts'

const cases = Object.values(groups).flat()
const { INNGEST_BASE_URL: baseUrl, INNGEST_SIGNING_KEY: signingKey, INNGEST_EVENT_KEY: eventKey } = process.env

describe.runIf(baseUrl && signingKey && eventKey)('on a real server', () => {
  const server = { baseUrl, signingKey, eventKey } as Server
  it.concurrent.each(cases.filter(each => !each.embeddedOnly))('$name', { timeout: 180_000 }, testCase =>
    asExpected(server, testCase),
  )
})

describe('the driver of a server', () => {
  let database: TestDatabase
  let stub: Awaited<ReturnType<typeof startServerStub>>
  beforeAll(async () => {
    database = await testDatabase()
    stub = await startServerStub(database.db)
  })
  afterAll(async () => {
    await stub.close()
    await database.close()
  })

  /** What it takes: several events at once, time that passes, a restart, functions that are called by others. */
  it.concurrent.each([
    'steps are executed once, in order, and hand on their results',
    'an event id is taken once by a function, and by each of them',
    'a sleep lasts as long as it says, also over a restart of the service',
    'a wait ends with null at its timeout, and an event after that changes nothing',
    'a function invokes another and has its result',
  ])('serves, registers, sends and waits: %s', async name => {
    await asExpected(stub, named(name))
  })

  it('is told when the server refuses the functions', async () => {
    const refused = { ...stub, signingKey: 'cd'.repeat(32) }
    await expect(runOnServer(refused, named('a function invokes another and has its result'))).rejects.toThrow(
      'The functions were not registered',
    )
  })
})

async function asExpected(server: Server, testCase: Case) {
  expect(ordered(testCase, await runOnServer(server, testCase))).toEqual(ordered(testCase, testCase.expected))
}

function named(name: string): Case {
  const found = cases.find(each => each.name === name)
  if (found === undefined) throw new Error(`No case is named "${name}"`)
  return found
}
