import { Environment } from '@marcbachmann/cel-js'
import { isJson, type Json } from './json.ts'

export type Expression = (event: Json) => unknown

/**
 * Compiles a CEL expression over `event`. As on Inngest's server, a path that does not exist is null, however deep:
 * CEL itself would throw. Throws when it is not CEL.
 */
export function compile(text: string): Expression {
  const parsed = environment.parse(nullSafe(text))
  const { valid, error } = parsed.check()
  if (!valid) throw error
  return event => parsed({ event })
}

const environment = new Environment({ unlistedVariablesAreDyn: false, homogeneousAggregateLiterals: false })
  .registerVariable('event', 'dyn')
  .registerFunction('path(dyn, list): dyn', follow)

function follow(start: unknown, names: unknown[]): unknown {
  let value = start
  for (const name of names) {
    if (Array.isArray(value)) value = value[Number(name)]
    else value = isJson(value) && Object.hasOwn(value, String(name)) ? value[String(name)] : null
  }
  return value ?? null
}

const STRING = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/.source
/** A name after a dot that is not called (`.startsWith(` is), or a literal index. */
const SEGMENT = `\\.[A-Za-z_]\\w*(?!\\w|\\s*\\()|\\[(?:\\d+|${STRING})\\]`
const PATHS = new RegExp(`${STRING}|(has\\(\\s*)?(?<![\\w.])event((?:${SEGMENT})+)(\\s*\\))?`, 'g')

/** `event.data.id` becomes `path(event, ["data", "id"])`, and `has(event.data.id)` a comparison with null. */
function nullSafe(text: string): string {
  return text.replace(PATHS, (match: string, has?: string, trail?: string, close = '') => {
    if (trail === undefined) return match
    const names = trail.match(new RegExp(SEGMENT, 'g')) ?? []
    const list = names.map(name => (name.startsWith('.') ? `"${name.slice(1)}"` : name.slice(1, -1)))
    const path = `path(event, [${list.join(', ')}])`
    return has === undefined ? `${path}${close}` : `(${path} != null)`
  })
}
