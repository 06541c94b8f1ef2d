import { index, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { id, instant, tenantPolicy, workspaceId } from './tenancy.ts'

/** Why a field holds what it holds: each change of it, with who made it and from what. */
export const provenance = pgTable(
  'provenance',
  {
    id: id(),
    workspaceId: workspaceId(),
    /** `contact` or `ticket`. */
    kind: text().notNull(),
    recordId: uuid().notNull(),
    field: text().notNull(),
    value: jsonb(),
    previous: jsonb(),
    actor: jsonb().notNull(),
    /** core/provenance ChangeSource; null: by hand, or by the API. */
    source: jsonb(),
    /** core/mapping FieldPolicy, of what came from a CRM. */
    policy: text(),
    /** When it was done, by the clock of who did it. */
    at: instant().notNull(),
    recordedAt: instant().notNull(),
  },
  table => [
    index('provenance_field').on(table.workspaceId, table.recordId, table.field, table.recordedAt, table.id),
    tenantPolicy('provenance'),
  ],
)
