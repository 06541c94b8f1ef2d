/** A template as people fill it in in a table: a list of values, instead of its parts. */
import type { Composed } from './outbound.ts'
import { needsOf, type Template } from './template.ts'

type Filled = Extract<Composed, { type: 'template' }>

/**
 * Values in the order in which they stand in the message, header before words before buttons; of a template with names
 * `name=value`. What is missing or too much stays so, for `templateProblems` to name.
 */
export function fillByLines(
  template: Pick<Template, 'name' | 'language' | 'parameterFormat' | 'components'>,
  lines: readonly string[],
): Filled {
  const { name, language, parameterFormat } = template
  const needs = needsOf(template)
  const inHeader = needs.header.kind === 'text' ? needs.header.placeholders : []
  const named = parameterFormat === 'named' ? lines.flatMap(pairOf) : []
  const rest = parameterFormat === 'named' ? lines.filter(line => pairOf(line).length === 0) : [...lines]
  const take = (count: number) => rest.splice(0, count)
  const valuesOf = (names: readonly string[], isIt: (key: string) => boolean) =>
    parameterFormat === 'named' ? Object.fromEntries(named.filter(([key]) => isIt(key))) : take(names.length)
  const header = valuesOf(inHeader, key => inHeader.includes(key))
  const body = valuesOf(needs.body, key => !inHeader.includes(key))
  const buttons = needs.buttons.flatMap(({ index, kind: type }) => take(1).map(value => ({ index, type, value })))
  return {
    ...{ type: 'template', name, language },
    ...(inHeader.length > 0 ? { header: { type: 'text', values: header } } : {}),
    body: Array.isArray(body) ? [...body, ...rest] : body,
    ...(buttons.length > 0 ? { buttons } : {}),
  }
}

function pairOf(line: string): [string, string][] {
  const [, key, value] = /^\s*([A-Za-z0-9_]+)\s*=\s*(.*?)\s*$/s.exec(line) ?? []
  return key && value !== undefined ? [[key, value]] : []
}
