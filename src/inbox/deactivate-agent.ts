import { writeAudit } from '../db/audit.ts'
import { lockPeople, type PersonRow, updatePerson } from '../db/people.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { keepAnAdmin, mustBePerson } from './change-person.ts'
import { newId } from './context.ts'
import { mustBeTheirs, type PeopleContext, roleOf } from './people.ts'
import { releaseAgentTickets } from './release-agent-tickets.ts'

/**
 * Somebody leaves: they can no longer come in, their history stays, and their open tickets go to who is free in the team, or
 * to its queue, each with the reason. Twice is once. Throws `not found`, `not yours to give` for one who may do more than the actor, and
 * `last admin`.
 */
export async function deactivateAgent(ctx: PeopleContext, agentId: string): Promise<PersonRow> {
  const person = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    await lockPeople(tx)
    const person = await mustBePerson(tx, agentId)
    if (person.deactivatedAt) return person
    mustBeTheirs(ctx, await roleOf(tx, person))
    const values = { deactivatedAt: ctx.now, available: false }
    await updatePerson(tx, agentId, values)
    await keepAnAdmin(tx, person)
    await writeAudit(tx, ctx, newId(), {
      ...{ action: 'agent deactivated', subjectKind: 'agent', subjectId: agentId },
      ...{ before: { deactivatedAt: null, available: person.available }, after: values },
    })
    return { ...person, ...values }
  })
  // Also after a crash between the two: asked again, it takes what is left.
  await releaseAgentTickets(ctx, agentId, 'left')
  return person
}

/** They come back, with their role and history. Twice is once. Throws `not found`, and `not yours to give`. */
export function reactivateAgent(ctx: PeopleContext, agentId: string): Promise<PersonRow> {
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    await lockPeople(tx)
    const person = await mustBePerson(tx, agentId)
    if (!person.deactivatedAt) return person
    mustBeTheirs(ctx, await roleOf(tx, person))
    await updatePerson(tx, agentId, { deactivatedAt: null, available: true })
    await writeAudit(tx, ctx, newId(), {
      ...{ action: 'agent reactivated', subjectKind: 'agent', subjectId: agentId },
      ...{ before: { deactivatedAt: person.deactivatedAt }, after: { deactivatedAt: null } },
    })
    return { ...person, deactivatedAt: null, available: true }
  })
}
