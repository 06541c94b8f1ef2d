import type { Hook } from '@hono/zod-openapi'
import { InvalidInput } from '../core/invalid-input.ts'
import { problem } from './errors.ts'
import type { HttpEnv } from './runtime.ts'

/** What zod refused, said field by field. */
// biome-ignore lint/suspicious/noExplicitAny: the hook serves routes of every shape
export const invalid: Hook<any, HttpEnv, any, any> = (result, c) => {
  if (result.success) return
  const { target, error } = result
  const issues = error.issues.map(issue => (issue.path.length > 0 ? issue : { ...issue, path: [target] }))
  // What was read is handed on beside the error.
  return problem(c, new InvalidInput(issues, 'data' in result ? result.data : undefined))
}
