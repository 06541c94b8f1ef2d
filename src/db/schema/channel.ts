import { index, integer, jsonb, pgTable, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { id, instant, tenantPolicy, workspaceId } from './tenancy.ts'

/** A WhatsApp number of the business. */
export const channels = pgTable(
  'channels',
  {
    id: id(),
    workspaceId: workspaceId(),
    name: text().notNull(),
    phoneNumberId: text().notNull(),
    wabaId: text().notNull(),
    displayPhoneNumber: text(),
    /** The Meta app whose webhooks may speak for this number: `default` or a meta_apps key. */
    appKey: text().notNull(),
    /** Access token, sealed. */
    token: text().notNull(),
    /**
     * `connected`, `unchecked` (Meta did not confirm the number yet), `paused` (Meta slows or locks the number: nothing
     * goes out until a person resumes it), `reconnect` (its token was refused) or
     * `disconnected` (Meta says that we may not speak for the number any more).
     */
    state: text().notNull(),
    stateReason: text(),
    createdAt: instant().notNull(),
    /** Messages a second that Meta takes: 80, after its upgrade 1,000, in coexistence with the Business app 20. */
    perSecond: integer().notNull().default(80),
    /** What Meta last told of the number, in its words: quality, customers a day, the name customers see. */
    quality: text(),
    messagingLimit: text(),
    verifiedName: text(),
  },
  table => [uniqueIndex('channels_phone_number').on(table.phoneNumberId), tenantPolicy('channels')],
)

/** What Meta told of a number, of its account or of what belongs to it, in any order. */
export const channelEvents = pgTable(
  'channel_events',
  {
    id: id(),
    workspaceId: workspaceId(),
    channelId: uuid()
      .notNull()
      .references(() => channels.id, { onDelete: 'cascade' }),
    /** Meta's field, such as `account_update`. */
    field: text().notNull(),
    event: text().notNull(),
    /** By Meta's clock. */
    at: instant().notNull(),
    /** What it changed of the number. */
    health: jsonb(),
    /** As it came. */
    data: jsonb().notNull(),
    /** Where it stands: a delivery that is read again says nothing new. */
    deliveryId: uuid().notNull(),
    place: text().notNull(),
    recordedAt: instant().notNull(),
  },
  table => [
    uniqueIndex('channel_events_once').on(table.channelId, table.deliveryId, table.place),
    index('channel_events_recent').on(table.channelId, table.at),
    tenantPolicy('channel_events'),
  ],
)

/** What the last check of a number found, one row a number. */
export const channelChecks = pgTable(
  'channel_checks',
  {
    channelId: uuid()
      .primaryKey()
      .references(() => channels.id, { onDelete: 'cascade' }),
    workspaceId: workspaceId(),
    checkedAt: instant().notNull(),
    /** [{id, state, finding, facts}], as `core/channel-checks` reads them. */
    checks: jsonb().notNull(),
  },
  () => [tenantPolicy('channel_checks')],
)

/** The allowance of a number (by the channel's id) and of a number towards one customer (by the conversation's). */
export const sendLimits = pgTable(
  'send_limits',
  {
    id: uuid().primaryKey(),
    workspaceId: workspaceId(),
    /** When all that was sent has been paid for at the regular pace; ahead of now by what was borrowed. */
    paidAt: timestamp({ withTimezone: true }).notNull(),
    /** Meta refused: nothing leaves before. */
    blockedUntil: instant(),
    /** Refusals in a row. */
    refusals: integer().notNull(),
    refusedAt: instant(),
  },
  () => [tenantPolicy('send_limits')],
)
