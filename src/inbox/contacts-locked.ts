import { lockKey } from '../core/identity.ts'
import type { ContactRow, IdentityRow } from '../db/arrivals.ts'
import { lockSenders } from '../db/arrivals.ts'
import type { Tx } from '../db/client.ts'
import { identitiesOfContacts, lockContacts } from '../db/contact-merges.ts'

/**
 * Two contacts of which nobody learns or changes anything until the transaction ends: the locks are those that inbound
 * messages take, in the same order.
 */
export async function contactsLocked(
  tx: Tx,
  workspaceId: string,
  ids: string[],
): Promise<{ contacts: Map<string, ContactRow>; identities: IdentityRow[] }> {
  const known = await identitiesOfContacts(tx, ids)
  const keys = [...new Set(known.map(lockKey))].sort()
  const locking = lockSenders(tx, workspaceId, keys).execute()
  const [, contacts, identities] = await Promise.all([
    locking,
    lockContacts(tx, ids).execute(),
    identitiesOfContacts(tx, ids),
  ])
  return { contacts: new Map(contacts.map(row => [row.id, row])), identities: [...identities] }
}
