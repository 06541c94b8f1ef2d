import { AppError } from '../core/errors.ts'
import { writeAudit } from '../db/audit.ts'
import type { Db } from '../db/client.ts'
import { lockInvitation, updateInvitation } from '../db/invitations.ts'
import { insertPerson, lockPeople, personBy, setTeams, updatePerson } from '../db/people.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { newId } from './new-id.ts'

export type Accepting = {
  workspaceId: string
  invitationId: string
  user: { id: string; name: string; email: string }
}

/**
 * Makes the person an agent of the workspace; one whom the workspace knows by that e-mail, or who was deactivated, is the same
 * agent again, with their history. Throws `not found` where the invitation is over, `another address` where it is not for
 * them, and `already exists`. Returns the agent's id.
 */
export function acceptInvitation(ctx: { db: Db; now: Date }, { workspaceId, invitationId, user }: Accepting) {
  return inWorkspace(ctx.db, workspaceId, async tx => {
    await lockPeople(tx)
    const row = await lockInvitation(tx, invitationId)
    if (!row || row.acceptedAt || row.revokedAt || row.expiresAt <= ctx.now) {
      throw new AppError('not found', { what: 'invitation' })
    }
    if (row.email && row.email.toLowerCase() !== user.email.toLowerCase()) throw new AppError('another address')
    // By the account first: it may have had another address here.
    const known = (await personBy(tx, { userId: user.id })) ?? (await personBy(tx, { email: user.email }))
    if (known?.userId && (known.userId !== user.id || !known.deactivatedAt)) {
      throw new AppError('already exists', { what: user.email })
    }
    const { role, roleId, teamIds } = row
    const agentId = known?.id ?? newId()
    const values = { userId: user.id, role, roleId, deactivatedAt: null }
    if (known) await updatePerson(tx, agentId, values)
    else await insertPerson(tx, { id: agentId, workspaceId, name: user.name, email: user.email, ...values }, ctx.now)
    await setTeams(tx, workspaceId, agentId, teamIds)
    await updateInvitation(tx, invitationId, { acceptedAt: ctx.now, agentId })
    const actor = { kind: 'agent' as const, agentId, name: known?.name ?? user.name }
    await writeAudit(tx, { workspaceId, now: ctx.now, actor }, newId(), {
      ...{ action: 'invitation accepted', subjectKind: 'agent', subjectId: agentId },
      before: known ? { role: known.role, deactivatedAt: known.deactivatedAt } : {},
      after: { role: roleId ?? role, teamIds, invitationId },
    })
    return agentId
  })
}
