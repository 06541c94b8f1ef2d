/** Invitations: made, sent anew under another link, taken back. What is in the link is kept as its hash only. */
import { AppError } from '../core/errors.ts'
import { writeAudit } from '../db/audit.ts'
import { type InvitationRow, insertInvitation, lockInvitation, updateInvitation } from '../db/invitations.ts'
import { personBy } from '../db/people.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { nameOf } from './assign-ticket.ts'
import { newId } from './context.ts'
import { mustBeTeams, mustBeTheirs, type PeopleContext, type RoleKey, roleOf, roleToGive } from './people.ts'

const DAY_MS = 24 * 3_600_000

export type Invite = {
  /** Null: whoever has the link may accept. */
  email: string | null
  role: RoleKey
  teamIds: string[]
  days: number
}

/** Throws `not found`, `not yours to give`, and `already exists` for somebody who is in the workspace. */
export function invitePerson(ctx: PeopleContext, invite: Invite, tokenHash: string): Promise<InvitationRow> {
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const kept = await roleToGive(tx, ctx, invite.role)
    await mustBeTeams(tx, ctx, invite.teamIds)
    const known = invite.email ? await personBy(tx, { email: invite.email }) : undefined
    if (known?.userId && !known.deactivatedAt) throw new AppError('already exists', { what: known.email })
    const { email, teamIds } = invite
    const row: InvitationRow = {
      ...{ id: newId(), workspaceId: ctx.workspaceId, email, teamIds, tokenHash, ...kept },
      ...{ invitedBy: nameOf(ctx.actor), createdAt: ctx.now, expiresAt: after(ctx.now, invite.days) },
      ...{ acceptedAt: null, agentId: null, revokedAt: null },
    }
    await insertInvitation(tx, row)
    const values = { email, role: invite.role, teamIds, expiresAt: row.expiresAt }
    await audit(tx, ctx, 'person invited', row.id, {}, values)
    return row
  })
}

/** A new link for another so many days; the one before opens nothing any more. */
export function renewInvitation(
  ctx: PeopleContext,
  id: string,
  tokenHash: string,
  days: number,
): Promise<InvitationRow> {
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const row = await open(tx, id)
    mustBeTheirs(ctx, await roleOf(tx, row))
    const expiresAt = after(ctx.now, days)
    await updateInvitation(tx, id, { tokenHash, expiresAt })
    await audit(tx, ctx, 'invitation renewed', id, { expiresAt: row.expiresAt }, { expiresAt })
    return { ...row, tokenHash, expiresAt }
  })
}

export function revokeInvitation(ctx: PeopleContext, id: string): Promise<InvitationRow> {
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const row = await open(tx, id)
    await updateInvitation(tx, id, { revokedAt: ctx.now })
    await audit(tx, ctx, 'invitation revoked', id, { revokedAt: null }, { revokedAt: ctx.now })
    return { ...row, revokedAt: ctx.now }
  })
}

type Tx = Parameters<typeof lockInvitation>[0]

/** Throws `not found` also for one that is accepted or revoked: there is nothing more to do with it. */
async function open(tx: Tx, id: string): Promise<InvitationRow> {
  const row = await lockInvitation(tx, id)
  if (!row || row.acceptedAt || row.revokedAt) throw new AppError('not found', { what: 'invitation' })
  return row
}

function audit(tx: Tx, ctx: PeopleContext, action: string, subjectId: string, before: object, after: object) {
  return writeAudit(tx, ctx, newId(), { action, subjectKind: 'invitation', subjectId, before, after })
}

function after(now: Date, days: number): Date {
  return new Date(now.getTime() + days * DAY_MS)
}
