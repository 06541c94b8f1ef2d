import { sql } from 'drizzle-orm'
import { bigint, boolean, date, index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { id, instant, tenantPolicy, workspaceId } from './tenancy.ts'

/** One customer's account of a CRM. */
export const connections = pgTable(
  'connections',
  {
    id: id(),
    workspaceId: workspaceId(),
    connector: text().notNull(),
    name: text().notNull(),
    /** What the connector's credentials schema parses, sealed. */
    credentials: text().notNull(),
    /** Somebody is getting other credentials by refreshing them, until then at the latest. */
    refreshingUntil: instant(),
    settings: jsonb().notNull(),
    /** `active`, `paused` (by a person) or `unauthorized`. */
    state: text().notNull(),
    stateReason: text(),
    nearMisses: integer().notNull(),
    createdAt: instant().notNull(),
    /** The mapping tells of contacts what their messages and tickets change: such as when they last wrote. */
    tellsActivity: boolean().notNull().default(false),
  },
  () => [tenantPolicy('connections')],
)

/** Our record ↔ theirs. */
export const links = pgTable(
  'links',
  {
    id: id(),
    workspaceId: workspaceId(),
    connectionId: uuid()
      .notNull()
      .references(() => connections.id, { onDelete: 'cascade' }),
    kind: text().notNull(),
    recordId: uuid().notNull(),
    remoteType: text().notNull(),
    remoteId: text(),
    /** The mapped values both sides last agreed on. */
    base: jsonb(),
    /** The values of a push under way, written before it left: an echo that outruns the answer is known by them. */
    pushing: jsonb(),
    pushingAt: instant(),
    /** Of a message: what it was hung on there, as often as it was said; remote ids by kind. */
    pushingTo: jsonb(),
    remoteVersion: text(),
    /** What our last pushes said, by field: where the base is another since, they have changed what we wrote. */
    said: jsonb(),
    /** The record there that was deleted, and may be restored. */
    lostRemoteId: text(),
    updatedAt: instant().notNull(),
  },
  table => [
    uniqueIndex('links_ours').on(table.connectionId, table.kind, table.recordId),
    uniqueIndex('links_theirs').on(table.connectionId, table.remoteType, table.remoteId),
    index('links_remote').on(table.connectionId, table.kind, table.remoteId),
    index('links_under_way')
      .on(table.connectionId, table.kind)
      .where(sql`remote_id is null and pushing_at is not null`),
    index('links_lost').on(table.connectionId, table.kind, table.lostRemoteId).where(sql`lost_remote_id is not null`),
    index('links_record').on(table.recordId),
    tenantPolicy('links'),
  ],
)

/** Every call to a foreign system: what was asked, what came back, what it cost. */
export const attempts = pgTable(
  'attempts',
  {
    id: id(),
    workspaceId: workspaceId(),
    connectionId: uuid().notNull(),
    method: text().notNull(),
    path: text().notNull(),
    items: integer(),
    /** Records of ours that the call named. */
    recordIds: uuid().array(),
    status: integer(),
    durationMs: integer().notNull(),
    /** The remote's words, for an answer that is not a success. */
    answer: text(),
    at: instant().notNull(),
  },
  table => [
    index('attempts_recent').on(table.connectionId, table.at, table.id),
    index('attempts_records').using('gin', table.recordIds),
    tenantPolicy('attempts'),
  ],
)

/** The allowance of a connection's API, shared by all processes: a window that rolls by tenths, and a day. */
export const limiters = pgTable(
  'limiters',
  {
    connectionId: uuid().primaryKey(),
    workspaceId: workspaceId(),
    /** When the newest tenth began. */
    windowStartedAt: instant().notNull(),
    /** Calls of the newest tenth and the ten before it, the newest first. */
    slots: integer().array().notNull().default([]),
    /** Their sum, when a call was last taken. */
    used: integer().notNull(),
    max: integer().notNull(),
    intervalMs: integer().notNull(),
    blockedUntil: instant(),
    /** What the vendor allows in a day, where it counts them; UTC's day stands in for the account's. */
    dailyMax: integer(),
    dailyUsed: integer().notNull().default(0),
    day: date({ mode: 'string' }),
    /** Of a day that is the last 24 hours: when a call was last let through although it was used up, to hear what has come free. */
    dailyProbedAt: instant(),
    /** Percent of the daily allowance that an admin lets the hub use. */
    dailyShare: integer().notNull().default(100),
  },
  () => [tenantPolicy('limiters')],
)

/**
 * The allowance that a vendor gives an app or a robot for all who connect by it, whoever's workspace they are in: tenants have no way
 * to it but `take_shared_call`. `key` is a hash of what only they have.
 */
export const sharedLimiters = pgTable('shared_limiters', {
  key: text().primaryKey(),
  windowStartedAt: instant().notNull(),
  slots: integer().array().notNull().default([]),
}).enableRLS()

/** Which flush works on a connection. The fence grows with each: what an older one brings too late counts for nothing. */
export const flushLeases = pgTable(
  'flush_leases',
  {
    connectionId: uuid().primaryKey(),
    workspaceId: workspaceId(),
    fence: bigint({ mode: 'number' }).notNull(),
    until: instant().notNull(),
  },
  () => [tenantPolicy('flush_leases')],
)

/**
 * Records that both sides write in turn: our write, their change of it, our write again. After so many in so short a time
 * nothing of ours is written there until somebody releases the pair. Whom the CRM erased for good is held the same way.
 */
export const roundTrips = pgTable(
  'round_trips',
  {
    id: id(),
    workspaceId: workspaceId(),
    connectionId: uuid().notNull(),
    kind: text().notNull(),
    recordId: uuid().notNull(),
    trips: integer().notNull(),
    /** Of the first of them. */
    since: instant().notNull(),
    lastAt: instant().notNull(),
    /** Field → what we said, and what it was made of. */
    fields: jsonb().notNull(),
    heldAt: instant(),
    /** Why it is, or was: `rewritten` in turn, or `erased` there for good. */
    reason: text().notNull().default('rewritten'),
    releasedAt: instant(),
    releasedBy: jsonb(),
  },
  table => [
    uniqueIndex('round_trips_pair').on(table.connectionId, table.kind, table.recordId),
    index('round_trips_held').on(table.workspaceId, table.heldAt, table.id),
    tenantPolicy('round_trips'),
  ],
)

/** How far a connection's feed of changes has been read. */
export const remoteFeeds = pgTable(
  'remote_feeds',
  {
    connectionId: uuid().primaryKey(),
    workspaceId: workspaceId(),
    /** Null until the first reading, which begins at that moment. */
    cursor: text(),
    /** When it is to be read again. */
    dueAt: instant().notNull(),
    readAt: instant(),
    /** When it last brought something. */
    changedAt: instant(),
    /** When the vendor last had no longer what we had not read. */
    lostAt: instant(),
    /** Why the last reading failed. */
    error: text(),
    /** Of a stream of events beside it: where that was left, in the vendor's words. */
    streamPosition: text(),
    /** The process that holds the stream open, and until when it does unless it is heard of again. */
    streamBy: uuid(),
    streamUntil: instant(),
    /** Why it broke last; null since it is open again. */
    streamError: text(),
  },
  table => [index('remote_feeds_due').on(table.dueAt), tenantPolicy('remote_feeds')],
)
