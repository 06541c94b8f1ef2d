import { type ASTNode, Environment, EvaluationError, type ParseResult } from '@marcbachmann/cel-js'
import { isJson, type Json } from './json.ts'

export type Expression = (event: Json) => unknown

/** Compiles a CEL expression over `event`. Throws when it is not CEL. */
export function compile(text: string): Expression {
  const parsed = parse(overEvent, text)
  return event => parsed({ event })
}

/** Whether an event is one that is asked for. Throws where the two do not fit. */
export type Test = (event: Json) => boolean

/** Compiles a CEL condition over `event`. Throws when it is not CEL. */
export function compileTest(text: string): Test {
  const parsed = parse(overEvent, text)
  return event => holds(parsed, { event })
}

/** A condition over `event`, which started a run, and `async`, a later event. */
export type Condition = {
  /** Throws where the events do not fit the condition. */
  holds(event: Json, async: Json): boolean
  equality?: Equality
}
/** What the condition cannot hold without: the later event has this value at this path. */
export type Equality = {
  path: string[]
  valueFor(event: Json): unknown
  /** The condition asks nothing else. */
  alone: boolean
}

/** Compiles a CEL condition over `event` and `async`. Throws when it is not CEL. */
export function compileCondition(text: string): Condition {
  const parsed = parse(overBoth, text)
  return { holds: (event, async) => holds(parsed, { event, async }), equality: findEquality(parsed.ast) }
}

/** The value at a path; null when there is none, however deep. */
export function follow(start: unknown, names: unknown[]): unknown {
  let value = start
  for (const name of names) {
    if (Array.isArray(value)) value = value[Number(name)]
    else value = isJson(value) && Object.hasOwn(value, String(name)) ? value[String(name)] : null
  }
  return value ?? null
}

const overEvent = environment().registerVariable('event', 'dyn')
const overBoth = environment().registerVariable('event', 'dyn').registerVariable('async', 'dyn')

function environment(): Environment {
  return new Environment({ unlistedVariablesAreDyn: false, homogeneousAggregateLiterals: false }).registerFunction(
    'path(dyn, list): dyn',
    follow,
  )
}

function parse(over: Environment, text: string): ParseResult {
  const parsed = over.parse(nullSafe(text))
  const { valid, error } = parsed.check()
  if (!valid) throw error
  return parsed
}

/** To CEL it is an error to compare what is not there; here it is no match. */
function holds(parsed: ParseResult, values: Json): boolean {
  try {
    return parsed(values) === true
  } catch (error) {
    if (isOfMissing(error)) return false
    throw error
  }
}

/** A key, an item of a list or a path (which is null) that is not there. The summary names the types at hand. */
function isOfMissing(error: unknown): boolean {
  if (!(error instanceof EvaluationError)) return false
  return ['no_such_key', 'index_out_of_bounds'].includes(error.code) || /\bnull\b/.test(error.summary)
}

const STRING = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/.source
/** A name after a dot that is not called (`.startsWith(` is), or a literal index. */
const SEGMENT = `\\.[A-Za-z_]\\w*(?!\\w|\\s*\\()|\\[(?:\\d+|${STRING})\\]`
const PATHS = new RegExp(`${STRING}|(has\\(\\s*)?(?<![\\w.])(event|async)((?:${SEGMENT})+)(\\s*\\))?`, 'g')

/**
 * As on Inngest's server, a path that does not exist is null, where CEL itself would throw: `event.data.id` becomes
 * `path(event, ["data", "id"])`, and `has(event.data.id)` a comparison with null.
 */
function nullSafe(text: string): string {
  return text.replace(PATHS, (match: string, has?: string, root?: string, trail?: string, close = '') => {
    if (trail === undefined) return match
    const names = trail.match(new RegExp(SEGMENT, 'g')) ?? []
    const list = names.map(name => (name.startsWith('.') ? `"${name.slice(1)}"` : name.slice(1, -1)))
    const path = `path(${root}, [${list.join(', ')}])`
    return has === undefined ? `${path}${close}` : `(${path} != null)`
  })
}

function findEquality(ast: ASTNode): Equality | undefined {
  const terms = conjuncts(ast)
  for (const term of terms) {
    if (term.op !== '==') continue
    const [left, right] = term.args
    const found = asEquality(left, right) ?? asEquality(right, left)
    if (found) return { ...found, alone: terms.length === 1 }
  }
  return undefined
}

function conjuncts(node: ASTNode): ASTNode[] {
  return node.op === '&&' ? node.args.flatMap(conjuncts) : [node]
}

function asEquality(side: ASTNode, other: ASTNode): Omit<Equality, 'alone'> | undefined {
  const path = pathFrom('async', side)
  if (path === undefined) return undefined
  const own = pathFrom('event', other)
  if (own) return { path, valueFor: event => follow(event, own) }
  if (other.op !== 'value') return undefined
  const literal = typeof other.args === 'bigint' ? Number(other.args) : other.args
  const isPlain = literal === null || typeof literal === 'string' || typeof literal === 'boolean'
  return isPlain || Number.isSafeInteger(literal) ? { path, valueFor: () => literal } : undefined
}

/** The names of `path(root, ["data", "id"])`. */
function pathFrom(root: string, node: ASTNode): string[] | undefined {
  if (node.op !== 'call' || node.args[0] !== 'path') return undefined
  const [start, list] = node.args[1]
  if (start?.op !== 'id' || start.args !== root || list?.op !== 'list') return undefined
  return list.args.map(name => String(name.args))
}
