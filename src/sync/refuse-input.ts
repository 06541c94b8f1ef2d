import { AppError } from '../core/errors.ts'

type Issue = { path: PropertyKey[]; message: string }

/** What a schema of a connector's found wrong, a sentence for each. Throws `invalid input` unless there is nothing. */
export function refuseInput(issues: readonly Issue[]): void {
  if (issues.length === 0) return
  const problems = issues.map(({ path, message }) => `${path.map(String).join('.')}: ${message}`).join('; ')
  throw new AppError('invalid input', { problems })
}
