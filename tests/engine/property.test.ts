import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { DAY, type Functions, startApp } from './harness.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

/** A program of steps: one after the other, side by side, a sleep, or a step that fails some times before it works. */
type Program =
  | { kind: 'run'; failures: number }
  | { kind: 'sleep'; seconds: number }
  | { kind: 'all' | 'each'; parts: Program[] }

const program: fc.Arbitrary<Program> = fc.letrec<{ program: Program }>(tie => ({
  program: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ kind: fc.constant('run' as const), failures: fc.nat({ max: 4 }) }),
    fc.record({ kind: fc.constant('sleep' as const), seconds: fc.integer({ min: 1, max: 9_999 }) }),
    fc.record({
      kind: fc.constantFrom('all' as const, 'each' as const),
      parts: fc.array(tie('program'), { minLength: 1, maxLength: 4 }),
    }),
  ),
})).program

const MAX_ATTEMPTS = 3

/** What the program comes to: its steps' names, or `failed` for one that fails too often and is caught. */
function expected(given: Program, path = 'p'): string[] {
  if (given.kind === 'run') return [given.failures < MAX_ATTEMPTS ? path : `${path} failed`]
  if (given.kind === 'sleep') return []
  return given.parts.flatMap((part, n) => expected(part, `${path}.${n}`))
}

it('records each success of a step once, whatever fails, sleeps, runs side by side or crashes', async () => {
  await fc.assert(
    fc.asyncProperty(program, fc.nat({ max: 6 }), async (given, crashAt) => {
      const successes = new Map<string, number>()
      const failures = new Map<string, number>()
      let calls = 0
      let crashed = false
      const functions: Functions = inngest => [
        inngest.createFunction({ id: 'program', retries: 2, triggers: { event: 'demo/program' } }, async ({ step }) => {
          const run = async (part: Program, path: string): Promise<string[]> => {
            if (part.kind === 'sleep') {
              await step.sleep(path, part.seconds * 1_000)
              return []
            }
            if (part.kind === 'run') {
              return step
                .run(path, () => {
                  const failed = failures.get(path) ?? 0
                  failures.set(path, failed + 1)
                  if (failed < part.failures) throw new Error(`${path} failed`)
                  successes.set(path, (successes.get(path) ?? 0) + 1)
                  return [path]
                })
                .catch((error: Error) => [error.message])
            }
            if (part.kind === 'all')
              return (await Promise.all(part.parts.map((each, n) => run(each, `${path}.${n}`)))).flat()
            const results: string[] = []
            for (const [n, each] of part.parts.entries()) results.push(...(await run(each, `${path}.${n}`)))
            return results
          }
          return run(given, 'p')
        }),
      ]
      // The first engine dies on its way to a call: the handler never answers.
      const first = await startApp(database.db, functions, {
        wrap: handler => request => {
          if (request.method === 'POST' && calls++ >= crashAt) {
            crashed = true
            return new Promise(() => {})
          }
          return handler(request)
        },
      })
      await first.inngest.send({ name: 'demo/program' })
      const settled = first.engine.settle()
      await Promise.race([settled, expect.poll(() => crashed).toBe(true)])

      const second = await startApp(database.db, functions, { appId: first.appId, clock: first.clock })
      const functionId = `${first.appId}-program`
      for (let n = 0; n < 200; n++) {
        await second.engine.settle()
        const [run] = await second.engine.runs({ functionId })
        if (run?.state !== 'running') break
        first.clock.advance(DAY)
      }
      const [run] = await second.engine.runs({ functionId })
      expect(run).toMatchObject({ state: 'completed', output: expected(given) })
      expect(new Set(successes.values()).size).toBeLessThanOrEqual(1)
      expect([...successes.values()].every(count => count === 1)).toBe(true)
      const recorded = run?.steps ?? []
      expect(new Set(recorded).size).toBe(recorded.length)
      expect(await database.owner`select id from engine.items where function_id = ${functionId}`).toEqual([])
    }),
    { numRuns: 60 },
  )
}, 120_000)
