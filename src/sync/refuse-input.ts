import { InvalidInput, type Issue } from '../core/invalid-input.ts'

/** What a schema of a connector's found wrong in what was given. Throws `invalid input` unless there is nothing. */
export function refuseInput(issues: readonly Issue[], given: Record<string, unknown>): void {
  if (issues.length > 0) throw new InvalidInput(issues, given)
}

type Read = { error?: { issues: Extract<Issue, { code: string }>[] } | undefined }

/** What was found wrong in a part of the input, by the part's name. */
export function wrongIn(part: 'credentials' | 'settings', { error }: Read): Issue[] {
  return (error?.issues ?? []).map(issue => ({ ...issue, path: [part, ...issue.path] }))
}
