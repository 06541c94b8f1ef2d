/** The part of SOQL that a connector needs: one object, fields of it and of what it refers to, conditions, order, limit. */
import { SfRefused } from './errors.ts'

export type Literal = string | number | boolean | null | Date
export type Condition =
  | { kind: 'and' | 'or'; parts: Condition[] }
  | { kind: 'not'; part: Condition }
  | { kind: 'compare'; path: string[]; op: string; value: Literal | Literal[] }
export type Query = {
  /** Empty for COUNT(). */
  fields: string[][]
  /** Queries within, of records that hang on these: by the name of the relation. */
  children: { relation: string; fields: string[][] }[]
  from: string
  where?: Condition
  order: { path: string[]; down: boolean }[]
  limit?: number
}

type Token = { kind: 'word' | 'string' | 'number' | 'instant' | 'mark'; text: string }

const PATTERN =
  /\s+|(?<string>'(?:\\.|[^'\\])*')|(?<instant>\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))?)|(?<number>-?\d+(?:\.\d+)?)|(?<word>[A-Za-z_][\w.]*)|(?<mark><=|>=|!=|<>|[=<>(),])/gy

function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  PATTERN.lastIndex = 0
  while (PATTERN.lastIndex < text.length) {
    const at = PATTERN.lastIndex
    const match = PATTERN.exec(text)
    if (!match) throw malformed(`unexpected token: ${text.slice(at, at + 20)}`)
    const [kind, found] = Object.entries(match.groups ?? {}).find(([, value]) => value !== undefined) ?? []
    if (kind && found !== undefined) tokens.push({ kind: kind as Token['kind'], text: found })
  }
  return tokens
}

export function parseQuery(text: string): Query {
  const tokens = tokensOf(text)
  let at = 0
  const peek = () => tokens[at]
  const is = (word: string) => tokens[at]?.text.toUpperCase() === word && tokens[at]?.kind !== 'string'
  const take = (word: string) => {
    if (!is(word)) throw malformed(`expecting '${word}', found ${tokens[at]?.text ?? 'EOF'}`)
    at++
  }
  const optional = (word: string) => {
    if (!is(word)) return false
    at++
    return true
  }
  const name = (): string[] => {
    const token = tokens[at++]
    if (token?.kind !== 'word') throw malformed(`expecting a field, found ${token?.text ?? 'EOF'}`)
    return token.text.split('.')
  }

  take('SELECT')
  const fields: string[][] = []
  const children: Query['children'] = []
  if (is('COUNT') && tokens[at + 1]?.text === '(') {
    at += 2
    take(')')
  } else {
    do {
      if (optional('(')) children.push(child())
      else fields.push(name())
    } while (optional(','))
  }
  take('FROM')
  const from = name().join('.')
  const where = optional('WHERE') ? anyOf() : undefined
  const order: Query['order'] = []
  if (optional('ORDER')) {
    take('BY')
    do {
      const path = name()
      const down = optional('DESC')
      if (!down) optional('ASC')
      order.push({ path, down })
    } while (optional(','))
  }
  let limit: number | undefined
  if (optional('LIMIT')) limit = Number(tokens[at++]?.text)
  if (at < tokens.length) throw malformed(`unexpected token: ${peek()?.text}`)
  return { fields, children, from, order, ...(where ? { where } : {}), ...(limit === undefined ? {} : { limit }) }

  function child(): Query['children'][number] {
    take('SELECT')
    const fields: string[][] = []
    do fields.push(name())
    while (optional(','))
    take('FROM')
    const relation = name().join('.')
    take(')')
    return { relation, fields }
  }

  /** Salesforce takes AND and OR beside each other only in parentheses. */
  function anyOf(): Condition {
    const first = one()
    const word = is('AND') ? 'AND' : is('OR') ? 'OR' : undefined
    if (!word) return first
    const parts = [first]
    while (optional(word)) parts.push(one())
    if (is('AND') || is('OR')) throw malformed(`unexpected token: ${peek()?.text}`)
    return { kind: word === 'AND' ? 'and' : 'or', parts }
  }

  function one(): Condition {
    if (optional('NOT')) return { kind: 'not', part: one() }
    if (optional('(')) {
      const inner = anyOf()
      take(')')
      return inner
    }
    const path = name()
    if (optional('NOT')) {
      take('IN')
      return { kind: 'not', part: { kind: 'compare', path, op: 'IN', value: list() } }
    }
    if (optional('IN')) return { kind: 'compare', path, op: 'IN', value: list() }
    const op = tokens[at++]?.text.toUpperCase() ?? ''
    if (!['=', '!=', '<>', '<', '>', '<=', '>=', 'LIKE'].includes(op)) throw malformed(`unexpected token: ${op}`)
    return { kind: 'compare', path, op: op === '<>' ? '!=' : op, value: literal() }
  }

  function list(): Literal[] {
    take('(')
    const values: Literal[] = []
    do values.push(literal())
    while (optional(','))
    take(')')
    return values
  }

  function literal(): Literal {
    const token = tokens[at++]
    switch (token?.kind) {
      case 'string':
        return token.text.slice(1, -1).replace(/\\(.)/g, (_, escaped: string) => ESCAPES[escaped] ?? escaped)
      case 'number':
        return Number(token.text)
      case 'instant':
        return new Date(token.text)
      case 'word': {
        const word = token.text.toLowerCase()
        if (word === 'null') return null
        if (word === 'true' || word === 'false') return word === 'true'
      }
    }
    throw malformed(`unexpected token: ${token?.text ?? 'EOF'}`)
  }
}

const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t' }

function malformed(message: string): SfRefused {
  return new SfRefused(400, 'MALFORMED_QUERY', message)
}
