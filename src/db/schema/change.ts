import { bigint, index, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { instant, tenantPolicy, workspaceId } from './tenancy.ts'

/**
 * What has changed, ids only, written by triggers so that no writer can forget it. Read in the order of (xid, seq), below
 * the oldest transaction that still runs: what is read then is whole, and nothing is added behind it.
 */
export const changes = pgTable(
  'changes',
  {
    /** Of the transaction that made it; readers see it when all older ones have ended. */
    xid: bigint({ mode: 'bigint' }).notNull(),
    /** Within the transaction. */
    seq: bigint({ mode: 'bigint' }).notNull(),
    workspaceId: workspaceId(),
    /** By the database's clock, for retention. */
    at: instant().notNull(),
    /** `message.received`, `ticket.resolved`, `contact.updated`, …: core/change. */
    kind: text().notNull(),
    recordId: uuid().notNull(),
    /** Whose ticket it is of, which decides who may hear of it. */
    ticketId: uuid(),
    /** One word more, such as the new state of a message. */
    detail: text(),
  },
  table => [
    primaryKey({ columns: [table.workspaceId, table.xid, table.seq] }),
    index('changes_old').on(table.at),
    tenantPolicy('changes'),
  ],
)

/** How far somebody has read the changes of a workspace. */
export const feedCursors = pgTable(
  'feed_cursors',
  {
    workspaceId: workspaceId(),
    /** `search`, `facts` or `webhooks`. */
    consumer: text().notNull(),
    xid: bigint({ mode: 'bigint' }).notNull(),
    seq: bigint({ mode: 'bigint' }).notNull(),
  },
  table => [primaryKey({ columns: [table.workspaceId, table.consumer] }), tenantPolicy('feed_cursors')],
)
