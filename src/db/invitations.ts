/** Invitations to a workspace. */
import type { Language } from '../core/errors.ts'
import type { Queryable, Tx } from './client.ts'
import { jsonRows } from './rows.ts'

export type InvitationRow = {
  id: string
  workspaceId: string
  email: string | null
  role: string
  roleId: string | null
  teamIds: string[]
  tokenHash: string
  invitedBy: string
  createdAt: Date
  expiresAt: Date
  acceptedAt: Date | null
  agentId: string | null
  revokedAt: Date | null
}

export function insertInvitation(tx: Tx, row: InvitationRow) {
  return tx`
    insert into invitations select * from jsonb_populate_recordset(null::invitations, ${jsonRows(tx, [row])})`
}

export function listInvitations(sql: Queryable, page: { limit: number; after?: { at: Date; id: string } }) {
  return sql<InvitationRow[]>`
    select * from invitations where true
      ${page.after ? sql`and (created_at, id) < (${page.after.at}, ${page.after.id})` : sql``}
    order by created_at desc, id desc limit ${page.limit}`
}

export async function lockInvitation(tx: Tx, id: string) {
  const [row] = await tx<InvitationRow[]>`select * from invitations where id = ${id} for update`
  return row
}

export function updateInvitation(
  tx: Tx,
  id: string,
  values: Partial<Pick<InvitationRow, 'tokenHash' | 'expiresAt' | 'acceptedAt' | 'agentId' | 'revokedAt'>>,
) {
  return tx`update invitations set ${tx(values)} where id = ${id}`
}

export type FoundInvitation = {
  id: string
  workspaceId: string
  workspaceName: string
  language: Language
  email: string | null
  invitedBy: string
  expiresAt: Date
}

/** One that can still be accepted. `hash` is SHA-256 of what is in the link, hex. */
export async function findInvitation(sql: Queryable, hash: string, now: Date) {
  const [row] = await sql<FoundInvitation[]>`select * from find_invitation(${hash}, ${now})`
  return row
}
