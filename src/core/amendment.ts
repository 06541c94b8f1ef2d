/** Edits and deletions of a message, in any order: before the message itself, twice, the older one last. */
import type { MessageKind } from './message.ts'

/** What an edit or a deletion says. */
export type Amendment = {
  direction: 'in' | 'out'
  at: Date
  text: string
  content: Record<string, unknown> | null
}

export type Amended = {
  direction: 'in' | 'out'
  kind: MessageKind
  text: string
  content: Record<string, unknown> | null
}

/** Whether the content of a message makes it one. */
export function isAmendment(content: Record<string, unknown> | null): boolean {
  return content?.event === 'edit' || content?.event === 'revoke'
}

/**
 * What the message says after it: the newest edit, and what it said first; a deletion is noted, by its first instant. Null
 * where nothing changes: it is older than what is known, or somebody else's, who cannot change it.
 */
export function amend<M extends Amended>(message: M, { direction, at, text, content }: Amendment): M | null {
  const known = message.content ?? {}
  const when = at.toISOString()
  if (direction !== message.direction) return null
  if (content?.event === 'revoke') {
    if (typeof known.revokedAt === 'string' && known.revokedAt <= when) return null
    return { ...message, content: { ...known, revokedAt: when } }
  }
  if (content?.event !== 'edit' || (typeof known.editedAt === 'string' && known.editedAt >= when)) return null
  const now = content.now && typeof content.now === 'object' ? (content.now as { content?: object | null }) : {}
  const first = { originalText: known.originalText ?? message.text }
  return { ...message, text, content: { ...known, ...now.content, ...first, editedAt: when } }
}
