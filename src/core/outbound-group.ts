import { type Composed, kindOf } from './outbound.ts'
import type { OutboundProblem } from './outbound-problem.ts'

/** What a group does not take (Meta, "Groups API"): buttons, lists, links, forms and requests. */
export function groupProblems(message: Composed): OutboundProblem[] {
  return kindOf(message) === 'interactive'
    ? [{ field: 'type', rule: 'not in groups', facts: { type: message.type } }]
    : []
}
