/** What of the history is carried over, one way or the other. */
import { z } from 'zod'
import { contactCategories } from './contact.ts'

export const syncKinds = ['contact', 'ticket', 'message'] as const
export type SyncKind = (typeof syncKinds)[number]

const instant = z.union([z.iso.datetime({ offset: true }), z.date()]).transform(value => new Date(value))

/** Stored as jsonb, so dates come back as text. */
export const backfillScope = z.object({
  kinds: z.array(z.enum(syncKinds)).min(1),
  /** Contacts that were made, tickets that were opened and messages that were written since then. */
  since: instant.nullable().default(null),
  /** Tickets that are not resolved. */
  openOnly: z.boolean().default(true),
  /** Contacts that have it, and what is theirs. */
  tag: z.string().min(1).nullable().default(null),
  category: z.enum(contactCategories).nullable().default(null),
  /** Inwards: whoever is not known here is made a contact, where there is a number. */
  createUnknown: z.boolean().default(false),
})
export type BackfillScope = z.output<typeof backfillScope>

/** How far a walk over our records has come: within a kind, after a record by its time and id. */
export const walkCursor = z.object({
  kind: z.enum(syncKinds),
  at: instant.nullable().default(null),
  id: z.string().nullable().default(null),
  /** Of messages: the contact whose messages are under way is the one at `at` and `id`; these are done. */
  message: z.object({ at: instant, id: z.string() }).nullable().default(null),
})
export type WalkCursor = z.output<typeof walkCursor>

/** Contacts first, since the others hang on them. */
export function kindsInOrder(scope: Pick<BackfillScope, 'kinds'>): SyncKind[] {
  return syncKinds.filter(kind => scope.kinds.includes(kind))
}

/** Records a minute, and when the rest is done at that pace; null before anything was done. */
export function paceOf(
  { seen, total, startedAt }: { seen: number; total: number | null; startedAt: Date },
  now: Date,
): { perMinute: number; doneAt: Date | null } | null {
  const minutes = (now.getTime() - startedAt.getTime()) / 60_000
  if (seen === 0 || minutes <= 0) return null
  const perMinute = seen / minutes
  const left = total === null ? null : Math.max(0, total - seen)
  return {
    perMinute: Math.round(perMinute * 10) / 10,
    doneAt: left === null ? null : new Date(now.getTime() + (left / perMinute) * 60_000),
  }
}
