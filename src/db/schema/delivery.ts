import { sql } from 'drizzle-orm'
import { customType, index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { id, instant, tenantPolicy, workspaceId } from './tenancy.ts'

const bytea = customType<{ data: Uint8Array }>({ dataType: () => 'bytea' })

/** The ledger of webhook bodies, written before they are answered. The workspace is known only after they are read. */
export const deliveries = pgTable(
  'deliveries',
  {
    id: id(),
    workspaceId: uuid(),
    /** `whatsapp:<app key>` or `<connector>:<connection id>`. */
    source: text().notNull(),
    /** SHA-256 of the body. */
    bodyHash: bytea().notNull(),
    body: text().notNull(),
    receivedAt: instant().notNull(),
    processedAt: instant(),
    attempts: integer().notNull(),
    lastError: text(),
  },
  table => [
    uniqueIndex('deliveries_once').on(table.source, table.bodyHash),
    // In the order in which they are taken: the next are the first, however many wait.
    index('deliveries_pending').on(table.attempts, table.receivedAt, table.id).where(sql`processed_at is null`),
    index('deliveries_large')
      .on(table.attempts, table.receivedAt, table.id)
      .where(sql`processed_at is null and octet_length(body) > 65536`),
    // Without a workspace nobody lists them, and a body of WhatsApp's has none while somebody waits for the answer.
    index('deliveries_recent').on(table.workspaceId, table.receivedAt, table.id).where(sql`workspace_id is not null`),
    tenantPolicy('deliveries'),
  ],
)

/** What could not be processed, with its cause; a person can look at it and replay it. */
export const deadLetters = pgTable(
  'dead_letters',
  {
    id: id(),
    workspaceId: uuid(),
    /** `webhook item` or `push`. */
    kind: text().notNull(),
    deliveryId: uuid(),
    /** Where in the body, such as `entry.0.changes.0.messages.2`; or the record pushed. */
    place: text().notNull(),
    cause: text().notNull(),
    item: jsonb(),
    createdAt: instant().notNull(),
    replayedAt: instant(),
    replays: integer().notNull(),
  },
  table => [
    uniqueIndex('dead_letters_place').on(table.deliveryId, table.place),
    index('dead_letters_open_pushes').on(table.place).where(sql`kind = 'push' and replayed_at is null`),
    index('dead_letters_recent').on(table.workspaceId, table.createdAt, table.id),
    tenantPolicy('dead_letters'),
  ],
)

/** Records that a connection has yet to hear of: ten changes to one record are one row. */
export const outbox = pgTable(
  'outbox',
  {
    id: id(),
    workspaceId: workspaceId(),
    connectionId: uuid().notNull(),
    kind: text().notNull(),
    recordId: uuid().notNull(),
    /** Grows with each change; a push clears the row only if nothing changed meanwhile. */
    version: integer().notNull(),
    dirtyAt: instant().notNull(),
    availableAt: instant().notNull(),
    attempts: integer().notNull(),
    lastFailure: jsonb(),
    /** `live`, `retry` after a failure, or `backfill`: who goes first, and who may use how much of the allowance. */
    lane: text().notNull().default('live'),
  },
  table => [
    index('outbox_lane').on(table.connectionId, table.lane, table.kind, table.availableAt),
    uniqueIndex('outbox_record').on(table.connectionId, table.kind, table.recordId),
    index('outbox_available').on(table.connectionId, table.kind, table.availableAt),
    tenantPolicy('outbox'),
  ],
)
