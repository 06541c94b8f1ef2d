/** Those who read the feed of changes behind the inbox: each a slice at a time, exactly once. */
import { type ChangeRow, changesAfter, lockCursor, moveCursor } from '../db/changes.ts'
import type { Db, Tx } from '../db/client.ts'
import { indexContacts, indexMessages, indexTickets, ticketsOfContacts } from '../db/search.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { foldFacts } from './fold-facts.ts'
import { tellWebhooks } from './tell-webhooks.ts'

export type FollowContext = { db: Db; workspaceId: string; now: Date }

/** Changes of a slice: one transaction, which others wait for only where they follow too. */
const SLICE = 500

const consumers = { webhooks: tellWebhooks, search: indexChanged, facts: foldFacts } as const
export type Consumer = keyof typeof consumers
export const consumerNames = Object.keys(consumers) as Consumer[]

/** Returns whether there may be more. What it did and where it stands are committed together. */
export function follow(ctx: FollowContext, consumer: Consumer): Promise<boolean> {
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const cursor = await lockCursor(tx, ctx.workspaceId, consumer)
    const changes = await changesAfter(tx, cursor, SLICE)
    const last = changes.at(-1)
    if (!last) return false
    await consumers[consumer](tx, ctx, changes)
    await moveCursor(tx, ctx.workspaceId, consumer, last)
    return changes.length === SLICE
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
