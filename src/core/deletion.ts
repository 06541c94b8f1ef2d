/**
 * A record that was deleted in a CRM where people delete as they tidy up is a question, like a field that both sides changed: it
 * stands among the conflicts under this name, which no field of ours has. Ours: it is written there again; theirs: it stays away.
 */
export const DELETION = 'deletion'
export const KEPT = 'kept'
export const DELETED = 'deleted'
