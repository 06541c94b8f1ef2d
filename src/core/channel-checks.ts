/**
 * What a check of a number found, as data: each prerequisite of Meta's with its state, what was seen and the exact fix.
 * The sentences are in `channel-findings.ts`; who judges is `channel-diagnosis.ts`.
 */
import { z } from 'zod'
import type { CheckState } from './channel-finding.ts'
import { checkTitles, type Finding, findings } from './channel-findings.ts'
import type { Language } from './errors.ts'

export type { CheckState } from './channel-finding.ts'

export const checkStates = ['ok', 'warning', 'failed', 'unknown'] as const satisfies CheckState[]

export type CheckId = keyof typeof checkTitles

/** `finding` is a key of the catalogue; `facts` fill its sentences. */
export type Check = { id: CheckId; state: CheckState; finding: Finding; facts: Record<string, string> }

/** In the order in which they are to be mended: what comes first may be the cause of what follows. */
export const checkIds = Object.keys(checkTitles) as CheckId[]

/** As kept; a check that a later version does not know is left out. */
export const keptChecks = z.array(z.unknown()).transform(list => list.flatMap(each => kept.safeParse(each).data ?? []))

const kept = z.object({
  id: z.enum(checkIds as [CheckId, ...CheckId[]]),
  state: z.enum(checkStates),
  finding: z.enum(Object.keys(findings) as [Finding, ...Finding[]]),
  facts: z.record(z.string(), z.string()),
})

export type ExplainedCheck = {
  id: CheckId
  state: CheckState
  title: string
  /** What was seen. */
  seen: string
  /** What to do; null where there is nothing. */
  fix: string | null
  /** The page of Meta's where it is done. */
  page: string | null
}

export function explainCheck({ id, state, finding, facts }: Check, language: Language): ExplainedCheck {
  const { seen, fix, page } = findings[finding]
  return {
    ...{ id, state, title: checkTitles[id][language] },
    seen: filled(seen[language], facts),
    fix: fix ? filled(fix[language], facts) : null,
    // Without the id in it, the page before it.
    page: page ? filled(page, facts).replace(/\{\w+\}.*$/, '') : null,
  }
}

function filled(words: string, facts: Record<string, string>): string {
  return words.replace(/\{(\w+)\}/g, (whole, name: string) => facts[name] ?? whole)
}

/** The worst of them; what is not known is worse than nothing only. */
export function worstOf(checks: Pick<Check, 'state'>[]): CheckState {
  const order: CheckState[] = ['failed', 'warning', 'unknown']
  return order.find(state => checks.some(check => check.state === state)) ?? 'ok'
}
