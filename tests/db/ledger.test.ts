/** The front door under load: every body is stored once, whoever comes at the same time, and each caller hears of its own. */
import { setTimeout as delay } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createLedger } from '../../src/db/ledger.ts'
import { newId } from '../../src/inbox/context.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'

let database: TestDatabase
const now = () => new Date('2026-11-02T17:00:00Z')

beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

it('stores each body once, in whatever crowds they come', async () => {
  let run = 0
  const crowds = fc.array(fc.record({ bodies: fc.array(fc.nat(60), { maxLength: 90 }), pauseMs: fc.nat(2) }), {
    maxLength: 6,
  })
  const check = async (said: { bodies: number[]; pauseMs: number }[]) => {
    const source = `whatsapp:run ${run++}`
    const ledger = createLedger(database.db, now)
    const answers: Promise<[number, boolean]>[] = []
    for (const { bodies, pauseMs } of said) {
      for (const body of bodies) {
        const stored = ledger.store({ id: newId(), source, body: `{"n":${body}}`, workspaceId: null })
        answers.push(stored.then(isNew => [body, isNew]))
      }
      if (pauseMs > 0) await delay(pauseMs)
    }
    const told = await Promise.all(answers)
    const fresh = told.filter(([, isNew]) => isNew).map(([body]) => body)
    const distinct = [...new Set(said.flatMap(({ bodies }) => bodies))]
    expect(fresh.toSorted()).toEqual(distinct.toSorted())
    const rows = await database.owner`select body from deliveries where source = ${source}`
    expect(rows.map(row => JSON.parse(row.body).n).toSorted()).toEqual(distinct.toSorted())
    expect(ledger.busy()).toBe(false)
  }
  await fc.assert(fc.asyncProperty(crowds, check), { numRuns: 30 })
})

it('stores each body once for several processes that are sent it, in whatever order, and none refuses it', async () => {
  const bodies = Array.from({ length: 60 }, (_, n) => n)
  const sentTo = fc.array(fc.shuffledSubarray(bodies, { minLength: 30 }), { minLength: 2, maxLength: 4 })
  let run = 0
  const check = async (processes: number[][]) => {
    const source = `whatsapp:crossing ${run++}`
    const told = await Promise.all(
      processes.flatMap(sent => {
        const ledger = createLedger(database.db, now)
        return sent.map(async n => {
          const isNew = await ledger.store({ id: newId(), source, body: `{"n":${n}}`, workspaceId: null })
          return isNew ? [n] : []
        })
      }),
    )
    const byNumber = (a: number, b: number) => a - b
    expect(told.flat().toSorted(byNumber)).toEqual([...new Set(processes.flat())].toSorted(byNumber))
  }
  await fc.assert(fc.asyncProperty(sentTo, check), { numRuns: 40 })
})

it('refuses those that could not be stored, and goes on', async () => {
  const ledger = createLedger(database.db, now)
  const source = 'whatsapp:refused'
  const refused = ledger.store({ id: 'no id', source, body: '{}', workspaceId: null })
  await expect(refused).rejects.toThrow(/uuid/)
  expect(await ledger.store({ id: newId(), source, body: '{}', workspaceId: null })).toBe(true)
  expect(await ledger.store({ id: newId(), source, body: '{}', workspaceId: null })).toBe(false)
})
