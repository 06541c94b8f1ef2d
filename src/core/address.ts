/** Whom WhatsApp is told to send to: a group, the number as it was received, or else the business-scoped id. */
export type Address = { to: string; isGroup?: true } | { recipient: string }

type Known = { toWaId: string | null; toUserId: string | null; groupId?: string | null }

/** Without the plus Meta would put the business's own country in front. Null where nothing is known. */
export function addressOf({ toWaId, toUserId, groupId }: Known): Address | null {
  if (groupId) return { to: groupId, isGroup: true }
  if (toWaId) return { to: `+${toWaId}` }
  return toUserId ? { recipient: toUserId } : null
}
