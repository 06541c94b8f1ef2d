/** Teams and who is in them. */
import { changesOf, isUnchanged } from '../core/changes.ts'
import { AppError } from '../core/errors.ts'
import { writeAudit } from '../db/audit.ts'
import type { Tx } from '../db/client.ts'
import * as people from '../db/people.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { type InboxContext, newId } from './context.ts'
import { mustBeTeams } from './people.ts'

export type TeamChange = {
  name?: string | undefined
  isDefault?: boolean | undefined
  memberIds?: string[] | undefined
}

/** Throws `not found` for a member who is not of the workspace, and `already exists`. */
export function makeTeam(ctx: InboxContext, { name, memberIds }: { name: string; memberIds: string[] }) {
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    await people.lockPeople(tx)
    await mustBeFree(tx, name, null)
    const id = newId()
    await people.insertTeam(tx, { id, workspaceId: ctx.workspaceId, name })
    await setMembers(tx, ctx, id, memberIds)
    await audit(tx, ctx, 'team made', id, {}, { name, memberIds })
    return mustBeTeam(tx, id)
  })
}

/** Unchanged values change nothing. Throws `not found`, `already exists`, `not yours to give` for another team's members, and `in use` for taking the default from nobody's. */
export function changeTeam(ctx: InboxContext, id: string, change: TeamChange): Promise<people.TeamRow> {
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    await people.lockPeople(tx)
    const team = await mustBeTeam(tx, id)
    const { memberIds, ...values } = change
    const changes = changesOf(team, { ...values, ...(memberIds ? { memberIds: [...new Set(memberIds)].sort() } : {}) })
    if (isUnchanged(changes)) return team
    if (memberIds) await mustBeTeams(tx, ctx, [id])
    if (values.name) await mustBeFree(tx, values.name, id)
    // Another becomes the default; none can only cease to be.
    if (values.isDefault === false && team.isDefault) throw new AppError('in use', { by: team.name })
    const columns = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
    if (Object.keys(columns).length > 0) await people.updateTeam(tx, id, columns)
    if (memberIds) await setMembers(tx, ctx, id, memberIds)
    await audit(tx, ctx, 'team changed', id, changes.before, changes.after)
    return mustBeTeam(tx, id)
  })
}

/** Throws `not found`, and `in use` where it is the default, or open tickets or rules name it. */
export function removeTeam(ctx: InboxContext, id: string): Promise<people.TeamRow> {
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    await people.lockPeople(tx)
    const team = await mustBeTeam(tx, id)
    const { tickets, rules } = await people.usesOfTeam(tx, id)
    const uses = [team.isDefault ? 'default' : '', tickets ? `tickets: ${tickets}` : '', rules ? `rules: ${rules}` : '']
    const by = uses.filter(Boolean).join(', ')
    if (by) throw new AppError('in use', { by })
    await people.deleteTeam(tx, id)
    await audit(tx, ctx, 'team removed', id, { name: team.name, memberIds: team.memberIds }, {})
    return team
  })
}

async function mustBeTeam(tx: Tx, id: string): Promise<people.TeamRow> {
  const team = await people.teamById(tx, id)
  if (!team) throw new AppError('not found', { what: 'team' })
  return team
}

async function mustBeFree(tx: Tx, name: string, id: string | null): Promise<void> {
  const same = (await people.listTeams(tx)).find(each => each.name.toLowerCase() === name.toLowerCase())
  if (same && same.id !== id) throw new AppError('already exists', { what: name })
}

async function setMembers(tx: Tx, ctx: InboxContext, id: string, memberIds: string[]): Promise<void> {
  const known = await people.agentIdsAmong(tx, memberIds)
  if (known.length < new Set(memberIds).size) throw new AppError('not found', { what: 'agent' })
  await people.setMembers(tx, ctx.workspaceId, id, memberIds)
}

function audit(tx: Tx, ctx: InboxContext, action: string, subjectId: string, before: object, after: object) {
  return writeAudit(tx, ctx, newId(), { action, subjectKind: 'team', subjectId, before, after })
}
