import { asList, asObject, defined, isObject, type Loose, string } from './loose.ts'

/** An error of Meta's. It comes at three levels of a webhook, its details beside the code or under `error_data`. */
export type Problem = { code?: string; title?: string; message?: string; details?: string }

export function readProblems(value: unknown): Problem[] {
  return asList(value).filter(isObject).map(readProblem)
}

/** The most exact words there are. */
export function wordsOf(problem: Problem): string | null {
  return problem.details ?? problem.message ?? problem.title ?? null
}

function readProblem(error: Loose): Problem {
  const title = string(error.title)
  const message = string(error.message)
  const details = string(asObject(error.error_data).details) || string(error.details)
  return defined({ code: string(error.code), title, message: message === title ? '' : message, details })
}
