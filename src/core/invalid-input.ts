/** Bad input, said field by field in the reader's language: by zod's own languages, and by ours where the sentence is ours. */
import type { z } from 'zod'
import english from 'zod/v4/locales/en.js'
import spanish from 'zod/v4/locales/es.js'
import portuguese from 'zod/v4/locales/pt.js'
import { AppError, type Language } from './errors.ts'
import { type InputSentence, inputWords } from './input-words.ts'

type Own = { path: readonly string[]; message: InputSentence; facts?: Record<string, string> }
export type Issue = Own | z.core.$ZodIssue
export type FieldProblem = { field: string; message: string }

const zodSays = {
  es: spanish().localeError,
  en: english().localeError,
  pt: portuguese().localeError,
} satisfies Record<Language, unknown>

export class InvalidInput extends AppError<'invalid input'> {
  readonly issues: readonly Issue[]
  readonly given: unknown
  /** `given`: what was read, so that a sentence can say what it is. */
  constructor(issues: readonly Issue[], given?: unknown) {
    super('invalid input', { problems: inOneLine(issues.map(issue => fieldProblem(issue, given, 'en'))) })
    this.issues = issues
    this.given = given
  }

  in(language: Language): { problems: string; fields: FieldProblem[] } {
    const fields = this.issues.map(issue => fieldProblem(issue, this.given, language))
    return { problems: inOneLine(fields), fields }
  }
}

/** One field, in words of ours. */
export function invalidInput(field: string, message: InputSentence, facts?: Record<string, string>): InvalidInput {
  return new InvalidInput([{ path: [field], message, ...(facts ? { facts } : {}) }])
}

/** All in one line, each with its field. */
export function inOneLine(problems: readonly FieldProblem[]): string {
  return problems.map(({ field, message }) => (field ? `${field}: ${message}` : message)).join('; ')
}

function fieldProblem(issue: Issue, given: unknown, language: Language): FieldProblem {
  return { field: issue.path.map(String).join('.'), message: sentence(issue, given, language) }
}

function sentence(issue: Issue, given: unknown, language: Language): string {
  if (!('code' in issue)) return inOurWords(issue.message, issue.facts ?? {}, language)
  if (issue.code === 'invalid_type' && issue.message.endsWith(MISSING)) return inOurWords('is missing', {}, language)
  const raw = { ...issue, input: valueAt(given, issue.path) } as z.core.$ZodRawIssue
  const isZods = issue.message === textOf(zodSays.en(raw))
  return isZods ? (textOf(zodSays[language](raw)) ?? issue.message) : inOurWords(issue.message, {}, language)
}

function inOurWords(english: string, facts: Record<string, string>, language: Language): string {
  const words: Record<string, Partial<Record<Language, string>>> = inputWords
  const said = Object.hasOwn(words, english) ? (words[english]?.[language] ?? english) : english
  return said.replace(/\{(\w+)\}/g, (whole, name: string) => facts[name] ?? whole)
}

/** How zod ends what it says of a field that is not there, in English. */
const MISSING = 'received undefined'

function textOf(said: ReturnType<typeof zodSays.en>): string | undefined {
  return typeof said === 'string' ? said : said?.message
}

function valueAt(given: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key], given)
}
