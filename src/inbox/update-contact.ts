import { spokenBy } from '../core/actor.ts'
import { changesOf } from '../core/changes.ts'
import type { ContactCategory } from '../core/contact.ts'
import { AppError } from '../core/errors.ts'
import { updateContacts } from '../db/arrivals.ts'
import { writeAudit } from '../db/audit.ts'
import { survivorOf } from '../db/contact-merges.ts'
import { lockContact } from '../db/contacts.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { type InboxContext, newId } from './context.ts'
import { tell, wake } from './tell.ts'

export type ContactUpdate = { name?: string | null; email?: string | null; category?: ContactCategory }

/** Throws `not found`. Unchanged values change nothing. */
export async function updateContact(ctx: InboxContext, contactId: string, update: ContactUpdate): Promise<void> {
  const connectionIds = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const contact = await lockContact(tx, (await survivorOf(tx, contactId)) ?? contactId)
    if (!contact) throw new AppError('not found', { what: 'contact' })
    const renamed = update.name !== undefined && update.name !== contact.name
    const changed = { ...contact, ...update, ...(renamed ? { nameFrom: null, nameAt: null } : {}), updatedAt: ctx.now }
    const same =
      contact.name === changed.name && contact.email === changed.email && contact.category === changed.category
    if (same) return []
    const [connectionIds] = await Promise.all([
      tell(tx, ctx, 'contact', contact.id, spokenBy(ctx.actor)),
      updateContacts(tx, [changed]),
      writeAudit(tx, ctx, newId(), {
        ...{ action: 'contact updated', subjectKind: 'contact', subjectId: contact.id },
        ...changesOf(contact, update),
      }),
    ])
    return connectionIds
  })
  await wake(ctx, connectionIds)
}
