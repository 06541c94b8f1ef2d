import type { Reporter, TestModule } from 'vitest/node'

/** Closes a run with one plain line, and prints what failed; nothing else. */
export default class QuietReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]) {
    let [passed, failed, skipped] = [0, errors.length, 0]
    for (const module of modules) {
      for (const error of module.errors()) {
        failed++
        print(module.moduleId, error)
      }
      for (const test of module.children.allTests()) {
        const result = test.result()
        if (result.state === 'passed') passed++
        else if (result.state === 'skipped') skipped++
        else {
          failed++
          for (const error of result.errors ?? []) print(`${module.moduleId} > ${test.fullName}`, error)
        }
      }
    }
    for (const error of errors) print('outside of tests', error)
    process.stdout.write(`\n${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}\n`)
  }
}

function print(place: string, error: unknown) {
  if (!process.env.CI) return
  const { message = String(error), stack = '' } = (error ?? {}) as { message?: string; stack?: string }
  process.stdout.write(`\nFAILED ${place}\n${message}\n${stack}\n`)
}
