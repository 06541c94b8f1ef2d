/** A customer who has not written yet, known from elsewhere by a number. */
import { spokenBy } from '../core/actor.ts'
import { canonicalWaId, displayPhone, identitiesOf, lockKeys, lookupKeys, waKey } from '../core/identity.ts'
import { invalidInput } from '../core/invalid-input.ts'
import { insertContacts, insertIdentities, lockSenders } from '../db/arrivals.ts'
import { writeAudit } from '../db/audit.ts'
import { contactOfKeys } from '../db/contacts.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { type InboxContext, newId } from './context.ts'
import { tell, wake } from './tell.ts'

/** `phone`: with its country's code, however it is written. */
export type NewContact = { phone: string; name: string | null; email: string | null }

/** The contact of that number, made where there is none. Throws `invalid input` for what is no number. */
export async function makeContact(ctx: InboxContext, given: NewContact): Promise<{ id: string; isNew: boolean }> {
  const waId = canonicalWaId(given.phone)
  if (!/^\d{8,15}$/.test(waId)) throw invalidInput('phone', 'is no phone number')
  const sender = { waId, userId: null, parentUserId: null }
  const [identity] = identitiesOf(sender)
  if (!identity) throw new Error('A number is an identity')
  const made = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    await lockSenders(tx, ctx.workspaceId, lockKeys(sender))
    const known = await contactOfKeys(tx, identity.kind, lookupKeys(identity))
    if (known) return { id: known, isNew: false, connectionIds: [] }
    const id = newId()
    const at = { createdAt: ctx.now, updatedAt: ctx.now }
    const contact = {
      ...{ id, workspaceId: ctx.workspaceId, name: given.name, phone: displayPhone(waId), waKey: waKey(sender) },
      ...{ email: given.email, category: 'standard' as const, tags: [], ...at, version: 1 },
      ...{ nameFrom: null, nameAt: null, username: null, usernameAt: null, mergedInto: null },
    }
    await insertContacts(tx, [contact])
    await insertIdentities(tx, [
      { id: newId(), workspaceId: ctx.workspaceId, contactId: id, ...identity, createdAt: ctx.now },
    ])
    const [connectionIds] = await Promise.all([
      tell(tx, ctx, 'contact', id, spokenBy(ctx.actor)),
      writeAudit(tx, ctx, newId(), {
        ...{ action: 'contact made', subjectKind: 'contact', subjectId: id },
        after: { name: given.name, phone: contact.phone, email: given.email },
      }),
    ])
    return { id, isNew: true, connectionIds }
  })
  await wake(ctx, made.connectionIds)
  return { id: made.id, isNew: made.isNew }
}
