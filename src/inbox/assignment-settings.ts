/** How teams hand out tickets, what agents can take, and who is on call when. */
import { DEFAULT_ASSIGNMENT, type TeamAssignment } from '../core/assignment.ts'
import { changesOf, isUnchanged } from '../core/changes.ts'
import { AppError } from '../core/errors.ts'
import { InvalidInput, invalidInput } from '../core/invalid-input.ts'
import { writeAudit } from '../db/audit.ts'
import * as config from '../db/config-rows.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { makeConfig, mustHave, removeConfig } from './change-config.ts'
import { type InboxContext, newId } from './context.ts'

/** Throws `not found`, of what it names too, and `invalid input` where a team would stand in for itself. */
export async function setTeamAssignment(
  ctx: InboxContext,
  id: string,
  assignment: TeamAssignment,
): Promise<TeamAssignment> {
  await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    await config.lockConfig(tx)
    const team = await config.teamAssignmentOf(tx, id)
    if (!team) throw new AppError('not found', { what: 'team' })
    const { calendarId, afterHoursTeamId, overflowTeamId, leadIds, managerIds } = assignment
    const itself = Object.entries({ afterHoursTeamId, overflowTeamId }).filter(([, teamId]) => teamId === id)
    if (itself.length > 0) {
      throw new InvalidInput(itself.map(([field]) => ({ path: [field], message: 'must be another team' })))
    }
    await mustHave(tx, {
      ...{ calendar: [calendarId], team: [afterHoursTeamId, overflowTeamId], agent: [...leadIds, ...managerIds] },
    })
    const changes = changesOf({ ...DEFAULT_ASSIGNMENT, ...team.assignment }, assignment)
    if (isUnchanged(changes)) return
    await config.saveTeamAssignment(tx, id, assignment)
    await writeAudit(tx, ctx, newId(), {
      ...{ action: 'team assignment changed', subjectKind: 'team', subjectId: id },
      ...changes,
    })
  })
  await ctx.emit([{ name: 'inbox/capacity.freed', data: { workspaceId: ctx.workspaceId } }])
  return assignment
}

/** Throws `not found`. */
export async function teamAssignment(ctx: InboxContext, id: string): Promise<TeamAssignment> {
  const team = await inWorkspace(ctx.db, ctx.workspaceId, tx => config.teamAssignmentOf(tx, id))
  if (!team) throw new AppError('not found', { what: 'team' })
  return { ...DEFAULT_ASSIGNMENT, ...team.assignment }
}

export type Work = { capacity: number | null; skills: string[]; calendarId: string | null }

/** Throws `not found`. */
export async function agentWork(ctx: InboxContext, agentId: string): Promise<Work> {
  const work = await inWorkspace(ctx.db, ctx.workspaceId, tx => config.workOf(tx, agentId))
  if (!work) throw new AppError('not found', { what: 'agent' })
  return toWork(work)
}

/** Unchanged values change nothing. Throws `not found`, of the calendar too. */
export async function setAgentWork(ctx: InboxContext, agentId: string, change: Partial<Work>): Promise<Work> {
  const work = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    await config.lockConfig(tx)
    const row = await config.workOf(tx, agentId)
    if (!row) throw new AppError('not found', { what: 'agent' })
    const changes = changesOf(toWork(row), change)
    if (isUnchanged(changes)) return toWork(row)
    const after = { ...toWork(row), ...changes.after } as Work
    await mustHave(tx, { calendar: [after.calendarId] })
    await config.saveWork(tx, agentId, after)
    await writeAudit(tx, ctx, newId(), {
      ...{ action: 'agent work changed', subjectKind: 'agent', subjectId: agentId },
      ...changes,
    })
    return after
  })
  await ctx.emit([{ name: 'inbox/capacity.freed', data: { workspaceId: ctx.workspaceId } }])
  return work
}

function toWork({ capacity, skills, calendarId }: config.WorkRow): Work {
  return { capacity, skills: skills ?? [], calendarId }
}

export type ShiftInput = { teamId: string; agentId: string; fromAt: Date; toAt: Date }

/** Shifts may overlap: then several are on call. Throws `not found`, and `invalid input` for one that ends before it begins. */
export function makeShift(ctx: InboxContext, input: ShiftInput): Promise<config.ShiftRow> {
  if (input.toAt <= input.fromAt) throw invalidInput('to', 'must be after from')
  return makeConfig(ctx, 'on_call_shifts', async () => input, {
    names: ({ teamId, agentId }) => ({ team: [teamId], agent: [agentId] }),
  })
}

export function removeShift(ctx: InboxContext, id: string): Promise<config.ShiftRow> {
  return removeConfig(ctx, 'on_call_shifts', id)
}
