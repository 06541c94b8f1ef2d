/** What a report counts of one ticket, folded from its chronology at provider time: the same in any order of arrival. */
import { type Calendar, workingMs } from './business-hours.ts'

export type TicketFacts = {
  openedAt: Date
  resolvedAt: Date | null
  firstAnswerAt: Date | null
  /** Milliseconds; `Business` by the workspace's hours. */
  frtMs: number | null
  frtBusinessMs: number | null
  nextAnswers: number
  nrtMs: number
  nrtBusinessMs: number
  ttrMs: number | null
  ttrBusinessMs: number | null
  reopened: number
  firstContact: boolean | null
}

/** Undefined for a chronology without a beginning. */
export function foldTicketFacts(
  events: readonly { kind: string; at: Date }[],
  calendar: Calendar | null,
): TicketFacts | undefined {
  const ordered = [...events].sort((a, b) => a.at.getTime() - b.at.getTime())
  const openedAt = ordered.find(({ kind }) => kind === 'opened')?.at
  if (!openedAt) return undefined
  const between = (from: Date, to: Date) => [to.getTime() - from.getTime(), workingMs(calendar, from, to)] as const
  const facts: TicketFacts = {
    ...{ openedAt, resolvedAt: null, firstAnswerAt: null, frtMs: null, frtBusinessMs: null },
    ...{
      nextAnswers: 0,
      nrtMs: 0,
      nrtBusinessMs: 0,
      ttrMs: null,
      ttrBusinessMs: null,
      reopened: 0,
      firstContact: null,
    },
  }
  let askedAt: Date | null = null
  for (const { kind, at } of ordered) {
    if (kind === 'answered' && !facts.firstAnswerAt) {
      facts.firstAnswerAt = at
      ;[facts.frtMs, facts.frtBusinessMs] = between(openedAt, at)
      askedAt = null
    } else if (kind === 'answered' && askedAt) {
      const [ms, businessMs] = between(askedAt, at)
      facts.nextAnswers++
      facts.nrtMs += ms
      facts.nrtBusinessMs += businessMs
      askedAt = null
    } else if (kind === 'customer wrote') askedAt ??= at
    else if (kind === 'resolved') {
      facts.resolvedAt = at
      askedAt = null
    } else if (kind === 'reopened') {
      facts.resolvedAt = null
      facts.reopened++
      askedAt = at
    }
  }
  if (facts.resolvedAt) {
    ;[facts.ttrMs, facts.ttrBusinessMs] = between(openedAt, facts.resolvedAt)
    facts.firstContact = facts.reopened === 0 && facts.nextAnswers === 0 && facts.firstAnswerAt !== null
  }
  return facts
}
