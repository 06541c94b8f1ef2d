/** Errors as problem details (RFC 9457), in the language the caller asks for: Spanish, English or Portuguese. */
import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { AppError, type ErrorCode, errorSentence, type Language, languages } from '../core/errors.ts'
import { type FieldProblem, InvalidInput } from '../core/invalid-input.ts'
import type { Caller } from './runtime.ts'

const statuses = {
  unauthorized: 401,
  'bad signature': 401,
  'too large': 413,
  'not found': 404,
  'no such route': 404,
  'invalid input': 422,
  'malformed body': 400,
  'window closed': 409,
  'channel disconnected': 409,
  'channel paused': 409,
  'channel not connected': 422,
  'whatsapp refused': 502,
  'nothing to mark': 409,
  'nothing to decide': 409,
  'already exists': 409,
  'another ticket open': 409,
  'impossible move': 409,
  'changed since': 409,
  'somebody is replying': 409,
  'other contact': 409,
  'agents only': 422,
  'queue empty': 404,
  'at capacity': 409,
  'people only': 403,
  'missing permission': 403,
  'wrong password': 401,
  'wrong code': 401,
  'account locked': 429,
  'too many requests': 429,
  'no mail': 409,
  'mail failed': 502,
  'no workspace': 403,
  'sign in to consent': 403,
  'consent over': 403,
  'consent denied': 403,
  'not by invitation': 403,
  'another address': 403,
  'sign in first': 409,
  'last admin': 409,
  'not yours to give': 403,
  'in use': 409,
  'other request': 422,
  'in hand': 409,
  'same contact': 409,
  'already decided': 409,
  'nothing to undo': 409,
  'crm silent': 502,
  'crm refused': 422,
  'not there': 404,
  'conflict decided': 409,
  'field changed since': 409,
  'no draft': 409,
  'mapping blocked': 422,
  'draft changed': 409,
  'no earlier mapping': 409,
  'later merge': 409,
  'link over': 410,
  'beyond the end': 416,
  'nothing to fetch': 409,
  'connection failed': 422,
  'not held': 409,
  'plan over': 410,
  'plan applied': 409,
  'plan moved': 409,
  'not under way': 409,
  'already under way': 409,
  'cannot list': 422,
  'connection stopped': 409,
  'nothing to replay': 409,
  'operator only': 401,
  'cross site': 403,
  'runs elsewhere': 404,
  'nothing to retry': 409,
  'not running': 409,
} as const satisfies Record<ErrorCode, number>

/** `more`: members of this kind of problem. */
export function problem(c: Context, error: AppError, fields?: FieldProblem[], more: object = {}): Response {
  const status = statuses[error.code]
  const language = languageFor(c)
  const input = error instanceof InvalidInput ? error.in(language) : undefined
  const errors = fields ?? input?.fields
  const body = {
    type: `urn:buzon:problem:${error.code.replaceAll(' ', '-')}`,
    title: error.code,
    status,
    code: error.code.replaceAll(' ', '_'),
    detail: errorSentence(error.code, { ...error.facts, ...(input ? { problems: input.problems } : {}) }, language),
    ...(errors ? { errors } : {}),
    ...more,
  }
  return c.body(JSON.stringify(body), status, {
    'content-type': 'application/problem+json; charset=utf-8',
    'content-language': language,
  })
}

/** Anything that is not for people to fix is a 500 that says nothing of its inside; `report` gets it whole. */
export function onError(report: (error: unknown) => void) {
  return (error: Error, c: Context): Response => {
    if (error instanceof AppError) return problem(c, error)
    // The framework's own: a body that is not JSON.
    if (error instanceof HTTPException && error.status === 400) {
      return problem(c, new AppError('malformed body', {}, { cause: error }))
    }
    if (error instanceof HTTPException) return error.getResponse()
    report(error)
    const body = { type: 'about:blank', title: 'Internal Server Error', status: 500 }
    return c.body(JSON.stringify(body), 500, { 'content-type': 'application/problem+json; charset=utf-8' })
  }
}

/** The one that was asked for, else the workspace's. */
export function languageFor(c: Context): Language {
  const caller = c.get('caller') as Caller | undefined
  return languageOf(c.req.header('accept-language')) ?? caller?.language ?? 'en'
}

/** The first language of the header that we speak. */
export function languageOf(header: string | undefined): Language | undefined {
  for (const part of (header ?? '').split(',')) {
    const tag = part.trim().slice(0, 2).toLowerCase()
    const found = languages.find(language => language === tag)
    if (found) return found
  }
  return undefined
}
