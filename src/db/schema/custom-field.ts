import { integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { id, instant, tenantPolicy, workspaceId } from './tenancy.ts'

/** Fields of a workspace's own; their values are in `custom` of contacts and tickets, by key. */
export const customFields = pgTable(
  'custom_fields',
  {
    id: id(),
    workspaceId: workspaceId(),
    /** `contact` or `ticket`. */
    kind: text().notNull(),
    key: text().notNull(),
    label: text().notNull(),
    /** core/custom-field CustomType. */
    type: text().notNull(),
    /** core/custom-field CustomOption, of `option` and `options`. */
    options: jsonb().notNull(),
    position: integer().notNull(),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
  },
  table => [
    uniqueIndex('custom_fields_key').on(table.workspaceId, table.kind, table.key),
    tenantPolicy('custom_fields'),
  ],
)
