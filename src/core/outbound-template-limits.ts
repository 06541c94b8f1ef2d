/** A message made of a template, against the template as Meta has it. */
import type { OutboundTemplate } from './outbound.ts'
import type { OutboundProblem } from './outbound-problem.ts'
import { canBeSent, needsOf, type Template, type TemplateNeeds, type TemplateValues } from './template.ts'

/** Against the template as Meta has it. */
export function templateProblems(message: OutboundTemplate, template: Template | undefined): OutboundProblem[] {
  const { name, language } = message
  if (!template) return [{ field: 'name', rule: 'no such template', facts: { name, language } }]
  if (!canBeSent(template.status))
    return [{ field: 'name', rule: 'template not approved', facts: { name, status: template.status } }]
  if (message.code !== undefined) return codeProblems(message, template)
  const needs = needsOf(template)
  const cards = message.cards ?? []
  const facts = { needed: String(needs.cards?.length ?? 0), count: String(cards.length) }
  return [
    ...partProblems('', message, needs, template.parameterFormat),
    ...(cards.length === (needs.cards?.length ?? 0) ? [] : [{ field: 'cards', rule: 'wrong cards' as const, facts }]),
    ...(needs.cards ?? []).flatMap((needed, n) => {
      const card = cards[n]
      return card ? partProblems(`cards.${n}.`, card, needed, template.parameterFormat) : []
    }),
  ]
}

/** A code fills the text and the button by itself, whatever the button does with it (copy, one tap, zero tap). */
function codeProblems(message: OutboundTemplate, template: Template): OutboundProblem[] {
  if (template.category !== 'authentication') return [{ field: 'code', rule: 'not authentication', facts: {} }]
  const { header, body, buttons, cards } = message
  return header || body || buttons || cards ? [{ field: 'code', rule: 'code and more', facts: {} }] : []
}

type Part = Pick<OutboundTemplate, 'header' | 'body' | 'buttons'>

/** Of the template itself, or of a card of it. */
function partProblems(prefix: string, part: Part, needs: TemplateNeeds, format: Template['parameterFormat']) {
  const given = new Set(part.buttons?.map(button => button.index))
  const problems: OutboundProblem[] = [
    ...headerProblems(part.header, needs.header, format),
    ...valueProblems('body', needs.body, part.body ?? [], format),
    ...needs.buttons
      .filter(({ index }) => !given.has(index))
      .map(({ index, kind }) => ({
        ...{ field: 'buttons', rule: 'button without value' as const, facts: { index: String(index), kind } },
      })),
  ]
  return problems.map(problem => ({ ...problem, field: prefix + problem.field }))
}

function headerProblems(
  given: OutboundTemplate['header'],
  needed: TemplateNeeds['header'],
  format: Template['parameterFormat'],
): OutboundProblem[] {
  if (needed.kind === 'none') return given ? [{ field: 'header', rule: 'needless header', facts: {} }] : []
  if (given?.type !== needed.kind) return [{ field: 'header', rule: 'wrong header', facts: { needed: needed.kind } }]
  if (given.type !== 'text' || needed.kind !== 'text') return []
  return valueProblems('header.values', needed.placeholders, given.values, format)
}

function valueProblems(
  field: string,
  placeholders: string[],
  given: TemplateValues,
  format: Template['parameterFormat'],
): OutboundProblem[] {
  const isList = Array.isArray(given)
  if (placeholders.length > 0 && format === 'named' && isList && given.length > 0)
    return [{ field, rule: 'values by name', facts: {} }]
  if (placeholders.length > 0 && format === 'positional' && !isList)
    return [{ field, rule: 'values in order', facts: {} }]
  const entries: [string, string][] = isList
    ? given.map((value, n) => [placeholders[n] ?? String(n + 1), value])
    : Object.entries(given)
  const missing = placeholders.filter(key => !entries.some(([name]) => name === key))
  return [
    ...missing.map(placeholder => ({ field, rule: 'missing value' as const, facts: { placeholder } })),
    ...entries.flatMap(([placeholder, value]): OutboundProblem[] => {
      const place = `${field}.${isList ? placeholders.indexOf(placeholder) : placeholder}`
      if (!placeholders.includes(placeholder)) return [{ field, rule: 'unknown value', facts: { placeholder } }]
      if (value.trim() === '') return [{ field: place, rule: 'empty', facts: {} }]
      return /[\n\r\t]| {5}/.test(value) ? [{ field: place, rule: 'not a line', facts: {} }] : []
    }),
  ]
}
