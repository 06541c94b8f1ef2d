import type { Hook } from '@hono/zod-openapi'
import { AppError } from '../core/errors.ts'
import { problem } from './errors.ts'
import type { HttpEnv } from './runtime.ts'

/** What zod refused, said field by field. */
// biome-ignore lint/suspicious/noExplicitAny: the hook serves routes of every shape
export const invalid: Hook<any, HttpEnv, any, any> = (result, c) => {
  if (result.success) return
  const errors = result.error.issues.map((issue: { path: PropertyKey[]; message: string }) => ({
    field: issue.path.map(String).join('.') || result.target,
    message: issue.message,
  }))
  const problems = errors.map(error => `${error.field}: ${error.message}`).join('; ')
  return problem(c, new AppError('invalid input', { problems }), errors)
}
