import { spokenBy } from '../core/actor.ts'
import { changesOf } from '../core/changes.ts'
import type { ContactCategory } from '../core/contact.ts'
import { AppError } from '../core/errors.ts'
import { type FieldChange, fieldChanges } from '../core/provenance.ts'
import { type ContactRow, updateContacts } from '../db/arrivals.ts'
import { writeAudit } from '../db/audit.ts'
import { survivorOf } from '../db/contact-merges.ts'
import { lockContact } from '../db/contacts.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { type InboxContext, newId } from './context.ts'
import { fitCustomValues, namedCustom, withCustom } from './custom-values.ts'
import { noteChanges } from './note-changes.ts'
import { tell, wake } from './tell.ts'

export type ContactUpdate = {
  name?: string | null | undefined
  email?: string | null | undefined
  category?: ContactCategory | undefined
  tags?: string[] | undefined
  /** Fields of the workspace's own, by key; null empties one. */
  custom?: Record<string, unknown> | undefined
}

/**
 * Throws `not found`, and `invalid input` for a field of the workspace's own that there is not, or cannot hold its value.
 * Unchanged values change nothing. `at`: when it was done, where that is not now.
 */
export async function updateContact(
  ctx: InboxContext,
  contactId: string,
  { custom, ...update }: ContactUpdate,
  at: Date = ctx.now,
): Promise<void> {
  const connectionIds = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const contact = await lockContact(tx, (await survivorOf(tx, contactId)) ?? contactId)
    if (!contact) throw new AppError('not found', { what: 'contact' })
    const fitting = await fitCustomValues(tx, 'contact', custom)
    const own = fitting && withCustom(contact.custom, fitting)
    const given = Object.fromEntries(Object.entries(update).filter(([, value]) => value !== undefined))
    const renamed = update.name !== undefined && update.name !== contact.name
    const changed: ContactRow = {
      ...{ ...contact, ...given },
      ...(own ? { custom: own } : {}),
      ...(renamed ? { nameFrom: null, nameAt: null } : {}),
      updatedAt: ctx.now,
    }
    const changes = contactChanges(contact, changed)
    if (changes.length === 0) return []
    const [connectionIds] = await Promise.all([
      tell(tx, ctx, 'contact', contact.id, spokenBy(ctx.actor)),
      updateContacts(tx, [changed]),
      noteChanges(tx, ctx, { kind: 'contact', id: contact.id }, changes, at),
      writeAudit(tx, ctx, newId(), {
        ...{ action: 'contact updated', subjectKind: 'contact', subjectId: contact.id },
        ...changesOf(contact, { ...given, ...(own ? { custom: own } : {}) }),
      }),
    ])
    return connectionIds
  })
  await wake(ctx, connectionIds)
}

/** Of the fields that people and CRMs write, those in which the two differ. */
export function contactChanges(before: Written, after: Written): FieldChange[] {
  const [was, is] = [before, after].map(({ name, email, category, tags, custom }): Record<string, unknown> => {
    return { name, email, category, tags, ...namedCustom(custom) }
  })
  return was && is ? fieldChanges([...new Set([...Object.keys(was), ...Object.keys(is)])], was, is) : []
}

type Written = Pick<ContactRow, 'name' | 'email' | 'category' | 'tags' | 'custom'>
