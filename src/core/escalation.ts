/**
 * What happens when a deadline comes near or passes and nobody has acted: a chain of steps, each once for each clock.
 * Minutes run in the time of the policy, so that nobody is called at night for a promise of office hours.
 */
import { z } from 'zod'
import type { TeamFacts } from './assignment.ts'
import { addWorkingMs, type Calendar } from './business-hours.ts'
import { priorities } from './ticket.ts'

export const escalationStep = z.strictObject({
  after: z.enum(['warning', 'breach']),
  /** Of one kind of clock; absent, of any. */
  clock: z.enum(['frt', 'nrt', 'ttr']).optional(),
  minutes: z.number().int().min(0).max(525_600),
  /** Who is told; `lead` and `manager` are those of the ticket's team. */
  notify: z.array(z.enum(['owner', 'lead', 'manager'])).default([]),
  notifyAgentIds: z.array(z.uuid()).default([]),
  /** The ticket's level from then on; it never falls. */
  level: z.number().int().min(1).max(9).optional(),
  /** The team that takes over. */
  teamId: z.uuid().optional(),
  priority: z.enum(priorities).optional(),
})
export type EscalationStep = z.infer<typeof escalationStep>

export type DueStep = { step: number; dueAt: Date }

/** The steps that a warning or a breach of a clock sets in motion, and when each is due. A step that is never due is left out. */
export function stepsAfter(
  chain: EscalationStep[],
  what: { after: EscalationStep['after']; clock: string; at: Date },
  calendar: Calendar | null,
): DueStep[] {
  return chain.flatMap(({ after, clock, minutes }, nth) => {
    if (after !== what.after || (clock && clock !== what.clock)) return []
    const dueAt = minutes === 0 ? what.at : addWorkingMs(calendar, what.at, minutes * 60_000)
    return dueAt ? [{ step: nth, dueAt }] : []
  })
}

/** Agent ids, each once. A team without managers has its leads for them, and without leads its managers. */
export function whoIsTold(
  step: Pick<EscalationStep, 'notify' | 'notifyAgentIds'>,
  ticket: { ownerId: string | null },
  team: TeamFacts | undefined,
): string[] {
  const { leadIds = [], managerIds = [] } = team?.assignment ?? {}
  const either = (first: string[], else_: string[]) => (first.length > 0 ? first : else_)
  const people = {
    owner: ticket.ownerId ? [ticket.ownerId] : either(leadIds, managerIds),
    lead: either(leadIds, managerIds),
    manager: either(managerIds, leadIds),
  }
  return [...new Set([...step.notify.flatMap(whom => people[whom]), ...step.notifyAgentIds])]
}

/** Whether a step that is due is still wanted: not once the clock has stopped, or the ticket is resolved. */
export function isStillWanted(ticket: { state: string }, clock: { stoppedAt: Date | null } | undefined): boolean {
  return ticket.state !== 'resolved' && clock !== undefined && clock.stoppedAt === null
}
