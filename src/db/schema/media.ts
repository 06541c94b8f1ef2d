import { bigint, index, integer, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { id, instant, tenantPolicy, workspaceId } from './tenancy.ts'

/** Files: of a message that came, fetched from WhatsApp, or uploaded by us to be sent. */
export const media = pgTable(
  'media',
  {
    id: id(),
    workspaceId: workspaceId(),
    /** The message that it came with; null for what we uploaded, which any number of messages may carry. */
    messageId: uuid(),
    /** The number that it came to. */
    channelId: uuid(),
    /** WhatsApp's id of it. */
    remoteId: text(),
    /** A direct address from the webhook; good for five minutes. */
    url: text(),
    kind: text().notNull(),
    mime: text().notNull(),
    fileName: text(),
    /** Of the bytes, hex: as WhatsApp says, until they are here; then as they are. */
    sha256: text(),
    bytes: bigint({ mode: 'number' }),
    /** `waiting`, `stored`, or why it is not here: `failed`, `expired` (WhatsApp has it no more), `too large`. */
    state: text().notNull(),
    /** Tries so far; the last of them in words. */
    attempts: integer().notNull(),
    cause: text(),
    /**
     * When something is to be done with it: to fetch what waits, to look into what is stored; while somebody is at it, when
     * they must be gone. Null: nothing is.
     */
    availableAt: instant(),
    blobKey: text(),
    thumbnailKey: text(),
    /** Read from the bytes, where they say so. */
    width: integer(),
    height: integer(),
    durationMs: integer(),
    createdAt: instant().notNull(),
    storedAt: instant(),
  },
  table => [
    // One file a message; whole, because uploads (null) are few beside them.
    uniqueIndex('media_message').on(table.messageId),
    // The same bytes again, of this workspace.
    index('media_same').on(table.workspaceId, table.sha256),
    // What the sweep looks for.
    index('media_due').on(table.availableAt),
    tenantPolicy('media'),
  ],
)

/** WhatsApp's copy of a file, made by uploading it for a number, by which that number sends it. */
export const mediaCopies = pgTable(
  'media_copies',
  {
    mediaId: uuid()
      .notNull()
      .references(() => media.id, { onDelete: 'cascade' }),
    channelId: uuid().notNull(),
    workspaceId: workspaceId(),
    remoteId: text().notNull(),
    expiresAt: instant().notNull(),
  },
  table => [primaryKey({ columns: [table.mediaId, table.channelId] }), tenantPolicy('media_copies')],
)
