/**
 * `Idempotency-Key` on POST: the same key with the same request gets the answer of the first for a day, whatever happened to
 * that answer on its way; with another request it is refused, and while the first is in hand the second is told to wait.
 */
import { createMiddleware } from 'hono/factory'
import { AppError } from '../core/errors.ts'
import { invalidInput } from '../core/invalid-input.ts'
import { freeIdempotencyKey, keepAnswer, takeIdempotencyKey } from '../db/idempotency.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { hashKey } from './auth.ts'
import { problem } from './errors.ts'
import type { HttpEnv } from './runtime.ts'

const LONGEST_KEY = 200

export const idempotent = createMiddleware<HttpEnv>(async (c, next) => {
  const key = c.req.header('idempotency-key')
  // Uploads are read as they are stored, never whole.
  const isForm = c.req.header('content-type')?.startsWith('multipart/') === true
  if (c.req.method !== 'POST' || key === undefined || isForm) return next()
  if (key === '' || key.length > LONGEST_KEY) {
    throw invalidInput('Idempotency-Key', 'must have 1 to {most} characters', { most: String(LONGEST_KEY) })
  }
  const { services, onError } = c.var.runtime
  const { workspaceId, id: caller } = c.var.caller
  const requestHash = await hashKey(`${c.req.method} ${c.req.path}\n${await c.req.text()}`)
  const taken = await inWorkspace(services.db, workspaceId, tx =>
    takeIdempotencyKey(tx, { workspaceId, caller, key, requestHash }, services.now()),
  )
  switch (taken.kind) {
    case 'other request':
      return problem(c, new AppError('other request'))
    case 'in hand': {
      const answer = problem(c, new AppError('in hand'))
      answer.headers.set('retry-after', '1')
      return answer
    }
    case 'again': {
      const { status, contentType, body } = taken.answer
      return c.body(body, status as 200, { 'content-type': contentType, 'idempotency-replayed': 'true' })
    }
    case 'first':
  }
  const free = () => inWorkspace(services.db, workspaceId, tx => freeIdempotencyKey(tx, caller, key))
  await next()
  // Whatever is not for good may be asked again.
  // Nor is what must not be kept: keys and links that are shown once.
  if (c.res.status >= 500 || c.res.status === 429 || c.res.headers.get('cache-control') === 'no-store') {
    await free().catch(onError)
    return
  }
  const answer = {
    status: c.res.status,
    contentType: c.res.headers.get('content-type') ?? '',
    body: await c.res.clone().text(),
  }
  await inWorkspace(services.db, workspaceId, tx => keepAnswer(tx, caller, key, answer))
})
