/** An agent's role, teams, name and availability. */
import { changesOf, isUnchanged } from '../core/changes.ts'
import { AppError } from '../core/errors.ts'
import { writeAudit } from '../db/audit.ts'
import type { Tx } from '../db/client.ts'
import { countAdmins, lockPeople, type PersonRow, personBy, setTeams, updatePerson } from '../db/people.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { newId } from './context.ts'
import { mustBeTeams, mustBeTheirs, type PeopleContext, type RoleKey, roleOf, roleToGive } from './people.ts'
import { releaseAgentTickets } from './release-agent-tickets.ts'

export type PersonChange = {
  name?: string
  role?: RoleKey
  teamIds?: string[]
  available?: boolean
  /** Ends an absence by itself. */
  awayUntil?: Date | null
}

/**
 * Unchanged values change nothing. Whoever goes away leaves their tickets to others, where their team has it so; for whoever
 * comes back the queue is looked through. Throws `not found`, `not yours to give` (also for taking away what one has not),
 * and `last admin`.
 */
export async function changePerson(ctx: PeopleContext, agentId: string, change: PersonChange): Promise<PersonRow> {
  const person = await saveChange(ctx, agentId, change)
  if (change.available === false) await releaseAgentTickets(ctx, agentId, 'away')
  if (change.available) await ctx.emit([{ name: 'inbox/capacity.freed', data: { workspaceId: ctx.workspaceId } }])
  return person
}

function saveChange(ctx: PeopleContext, agentId: string, change: PersonChange): Promise<PersonRow> {
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    await lockPeople(tx)
    const person = await mustBePerson(tx, agentId)
    const { role, teamIds, ...rest } = change
    const values = { ...rest, ...(rest.available ? { awayUntil: null } : {}) }
    const kept = role === undefined ? {} : await roleToGive(tx, ctx, role)
    if (role !== undefined) mustBeTheirs(ctx, await roleOf(tx, person))
    if (teamIds) await mustBeTeams(tx, ctx, teamIds)
    const sorted = teamIds && [...new Set(teamIds)].sort()
    const changes = changesOf(person, { ...values, ...kept, ...(sorted ? { teamIds: sorted } : {}) })
    if (isUnchanged(changes)) return person
    const columns = { ...values, ...kept }
    if (Object.keys(columns).length > 0) await updatePerson(tx, agentId, columns)
    if (sorted) await setTeams(tx, ctx.workspaceId, agentId, sorted)
    await keepAnAdmin(tx, person)
    await writeAudit(tx, ctx, newId(), {
      ...{ action: 'agent changed', subjectKind: 'agent', subjectId: agentId },
      ...changes,
    })
    return mustBePerson(tx, agentId)
  })
}

/** Throws `not found`. */
export async function mustBePerson(tx: Tx, agentId: string): Promise<PersonRow> {
  const person = await personBy(tx, { id: agentId })
  if (!person) throw new AppError('not found', { what: 'agent' })
  return person
}

/** After a change of somebody who was an admin. Throws `last admin`, and so takes the change back. */
export async function keepAnAdmin(tx: Tx, before: PersonRow): Promise<void> {
  const wasAdmin = before.role === 'admin' && before.userId && !before.deactivatedAt
  if (wasAdmin && (await countAdmins(tx)) === 0) throw new AppError('last admin')
}
