/** Those who read the feed of changes behind the inbox: each a slice at a time, exactly once. */
import { type ChangeRow, changesAfter, lockCursor, moveCursor } from '../db/changes.ts'
import type { Db, Tx } from '../db/client.ts'
import { indexContacts, indexMessages, indexTickets, ticketsOfContacts } from '../db/search.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { foldFacts } from './fold-facts.ts'
import { tellWebhooks } from './tell-webhooks.ts'

export type FollowContext = { db: Db; workspaceId: string; now: Date }

/**
 * `slice`: changes of one transaction. A ticket is folded whole however many of its changes a slice has, so that facts
 * take more of them at once.
 */
const consumers = {
  webhooks: { slice: 500, read: tellWebhooks },
  search: { slice: 500, read: indexChanged },
  facts: { slice: 5_000, read: foldFacts },
}
export type Consumer = keyof typeof consumers
export const consumerNames = Object.keys(consumers) as Consumer[]

/**
 * Returns whether there may be more. What it did and where it stands are committed together. One at a time goes on;
 * another waits for it, or leaves it all to it where it `yields`.
 */
export function follow(ctx: FollowContext, consumer: Consumer, yields = false): Promise<boolean> {
  const { slice, read } = consumers[consumer]
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const cursor = await lockCursor(tx, ctx.workspaceId, consumer, yields)
    if (!cursor) return false
    const changes = await changesAfter(tx, cursor, slice)
    const last = changes.at(-1)
    if (!last) return false
    await read(tx, ctx, changes)
    await moveCursor(tx, ctx.workspaceId, consumer, last)
    return changes.length === slice
  })
}

/** What of a ticket stands in its document. */
const TICKET_WORDS = [
  'ticket.opened',
  'ticket.subject_changed',
  'ticket.tagged',
  'ticket.merged',
  'ticket.split',
  'ticket.known',
]
const MESSAGE_WORDS = ['message.received', 'message.created', 'message.imported', 'message.changed']

async function indexChanged(tx: Tx, _: FollowContext, changes: ChangeRow[]): Promise<void> {
  const of = (wanted: (kind: string) => boolean) => [
    ...new Set(changes.filter(({ kind }) => wanted(kind)).map(row => row.recordId)),
  ]
  const contacts = of(kind => kind.startsWith('contact.'))
  const updated = of(kind => kind === 'contact.updated')
  const tickets = new Set([...of(kind => TICKET_WORDS.includes(kind)), ...(await ticketsOfContacts(tx, updated))])
  await indexMessages(
    tx,
    of(kind => MESSAGE_WORDS.includes(kind)),
  )
  await indexContacts(tx, contacts)
  await indexTickets(tx, [...tickets])
}
