/** The service of one case as a process that may be killed at any statement. Its parent asks, and holds the clock. */
import { flushCompileCache } from 'node:module'
import { openDb } from '../../src/db/client.ts'
import type { CaseEvent } from './case.ts'
import { groups } from './cases/index.ts'
import { type Service, startService } from './embedded.ts'
import { tableLog } from './table-log.ts'

/** Every question carries the time that it is then. */
export type Question = { now: number } & (
  | { kind: 'start'; name: string; appId: string; databaseUrl: string; logUrl: string }
  | { kind: 'send'; events: CaseEvent[] }
  | { kind: 'settle' }
)
export type Answer = { error?: string }

// Node writes it when a process ends, which these never do by themselves.
flushCompileCache()

let time = 0
let service: Service | undefined

process.on('message', async (question: Question) => {
  try {
    time = question.now
    await act(question)
    process.send?.({} satisfies Answer)
  } catch (error) {
    process.send?.({
      error: error instanceof Error ? `${error.stack}\n${error.cause}` : String(error),
    } satisfies Answer)
  }
})
process.on('disconnect', () => process.exit(0))

async function act(question: Question) {
  if (question.kind === 'send') return service?.send(question.events)
  if (question.kind === 'settle') return service?.settle()
  const testCase = Object.values(groups)
    .flat()
    .find(each => each.name === question.name)
  if (testCase === undefined) throw new Error(`No case is named "${question.name}"`)
  const db = openDb(question.databaseUrl, { max: 3 })
  const log = tableLog(openDb(question.logUrl, { max: 1, asOwner: true }))
  service = await startService({ db, testCase, appId: question.appId, now: () => new Date(time), log })
}
