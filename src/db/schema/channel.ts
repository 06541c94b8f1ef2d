import { pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
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
    /** `connected`, `unchecked` (Meta did not confirm the number yet) or `reconnect` (its token was refused). */
    state: text().notNull(),
    stateReason: text(),
    createdAt: instant().notNull(),
  },
  table => [uniqueIndex('channels_phone_number').on(table.phoneNumberId), tenantPolicy('channels')],
)
