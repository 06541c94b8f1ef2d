/** The feed of changes: where a reader stands in it, as text. */

/** Everything up to here has been read: the transaction, the row within it, and when it was. */
export type FeedCursor = { xid: bigint; seq: bigint; at: Date }

/** How long the feed is kept; days. Who was away for longer reads everything anew. */
export const FEED_DAYS = 3

export function cursorText({ xid, seq, at }: FeedCursor): string {
  return `${xid}.${seq}.${at.getTime()}`
}

/** Undefined for what is not one of ours. */
export function readFeedCursor(text: string | undefined): FeedCursor | undefined {
  const [, xid, seq, at] = /^(\d{1,19})\.(\d{1,19})\.(\d{1,15})$/.exec(text ?? '') ?? []
  return xid && seq && at ? { xid: BigInt(xid), seq: BigInt(seq), at: new Date(Number(at)) } : undefined
}
