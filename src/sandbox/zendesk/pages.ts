import type { Context } from 'hono'
import type { SandboxEnv } from '../runtime.ts'

/** `page[size]` and `page[after]`, in the order of ids. */
export function cursorPage<T extends { id: number }>(
  c: Context<SandboxEnv>,
  name: string,
  all: T[],
  view: (each: T) => unknown,
) {
  const size = Math.min(Number(c.req.query('page[size]') ?? 100), 100)
  const after = Number(c.req.query('page[after]') ?? 0)
  const rest = all.filter(({ id }) => id > after).sort((a, b) => a.id - b.id)
  const page = rest.slice(0, size)
  const last = page.at(-1)
  const has_more = rest.length > page.length
  return {
    [name]: page.map(view),
    meta: { has_more, after_cursor: last ? String(last.id) : null },
    links: { next: null },
  }
}

/** `role:end-user phone:*34600 phone:*34601` by property; what stands in quotes is one value. */
export function searchTerms(query: string): Map<string, string[]> {
  const terms = new Map<string, string[]>()
  for (const [, property = '', quoted, bare = ''] of query.matchAll(/([a-z_]+):(?:"([^"]*)"|(\S+))/g)) {
    terms.set(property, [...(terms.get(property) ?? []), quoted ?? bare])
  }
  return terms
}
