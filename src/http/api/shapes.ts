/** Shapes that several routes share: cursors, errors, and how rows are shown. Times are ISO 8601. */
import { createRoute, z } from '@hono/zod-openapi'
import { invalidInput } from '../../core/invalid-input.ts'
import { type Needs, permit } from '../permit.ts'

export const instant = z.iso.datetime().nullable()

export const problemShape = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.string(),
    detail: z.string().optional(),
    errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  })
  .openapi('Problem')

export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().optional().openapi({ description: '`nextCursor` of the page before' }),
})

export function pageOf<S extends z.ZodType>(item: S) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() })
}

/** A cursor is the instant and id of the last row seen. */
export function readCursor(cursor: string | undefined): { at: Date; id: string } | undefined {
  if (!cursor) return undefined
  const [ms = '', id = ''] = cursor.split('_')
  const at = new Date(Number(ms))
  if (Number.isNaN(at.getTime()) || !/^[0-9a-f-]{36}$/i.test(id)) {
    throw invalidInput('cursor', 'is not one of ours')
  }
  return { at, id }
}

/** One row more than the page was asked for, to know whether there is a next one. */
export function toPage<R, S>(
  rows: readonly R[],
  limit: number,
  key: (row: R) => { at: Date; id: string },
  show: (row: R) => S,
) {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const next = rows.length > limit && last ? key(last) : null
  return { items: shown.map(show), nextCursor: next ? `${next.at.getTime()}_${next.id}` : null }
}

export const iso = (date: Date | null | undefined): string | null => date?.toISOString() ?? null

export const idParam = z.object({ id: z.uuid() })

const problems = {
  401: { description: 'No valid API key', content: { 'application/problem+json': { schema: problemShape } } },
  403: {
    description: 'The permission is missing',
    content: { 'application/problem+json': { schema: problemShape } },
  },
  404: { description: 'Not there', content: { 'application/problem+json': { schema: problemShape } } },
  422: { description: 'Input that needs mending', content: { 'application/problem+json': { schema: problemShape } } },
} as const

type Method = 'get' | 'post' | 'patch' | 'put' | 'delete'

/** How a route that is made by hand says, and checks, what it needs. */
export function ofPermission(needs: Needs) {
  const security: Record<string, string[]>[] = [{ apiKey: [] }, { session: [] }]
  return { 'x-permission': needs, security, middleware: permit(needs) }
}

/** A route that answers JSON, with the errors all of them share, for those who have the permission. */
export function route<
  const P extends string,
  const M extends Method,
  const R extends object,
  S extends z.ZodType,
  const C extends 200 | 201 | 202 = 200,
>(needs: Needs, method: M, path: P, summary: string, request: R, answer: S, status: C = 200 as C) {
  const ok = { [status]: { description: summary, content: { 'application/json': { schema: answer } } } } as {
    [K in C]: { description: string; content: { 'application/json': { schema: S } } }
  }
  return createRoute({
    ...{ method, path, summary, request, responses: { ...problems, ...ok } },
    ...ofPermission(needs),
  })
}

export const jsonBody = <S extends z.ZodType>(schema: S) => ({
  body: { required: true as const, content: { 'application/json': { schema } } },
})
