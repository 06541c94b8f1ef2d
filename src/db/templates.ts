/** Templates of WhatsApp Business Accounts, as Meta last told of them. */
import type { ParameterFormat, TemplateComponent, TemplateStatus } from '../core/template.ts'
import type { Queryable, Tx } from './client.ts'
import { jsonRows } from './rows.ts'

export type TemplateRow = {
  id: string
  workspaceId: string
  wabaId: string
  remoteId: string
  name: string
  language: string
  category: string
  status: TemplateStatus
  statusAt: Date
  rejectionReason: string | null
  quality: string | null
  upcomingCategory: string | null
  upcomingCategoryAt: Date | null
  parameterFormat: ParameterFormat
  components: TemplateComponent[]
  createdAt: Date
  updatedAt: Date
  deletedAt: Date | null
}

export function listTemplates(sql: Queryable, filter: { wabaId?: string | undefined; status?: string | undefined }) {
  return sql<TemplateRow[]>`
    select * from templates where deleted_at is null
      ${filter.wabaId ? sql`and waba_id = ${filter.wabaId}` : sql``}
      ${filter.status ? sql`and status = ${filter.status}` : sql``}
    order by name, language, id`
}

export async function templateById(sql: Queryable, id: string) {
  const [row] = await sql<TemplateRow[]>`select * from templates where id = ${id} and deleted_at is null`
  return row
}

export async function templateByName(sql: Queryable, wabaId: string, name: string, language: string) {
  const [row] = await sql<TemplateRow[]>`
    select * from templates
    where waba_id = ${wabaId} and name = ${name} and language = ${language} and deleted_at is null`
  return row
}

/** The one a webhook speaks of, by Meta's id or else by its name. */
export async function lockTemplate(
  tx: Tx,
  wabaId: string,
  key: { remoteId: string; name: string | null; language: string | null },
) {
  const [row] = await tx<TemplateRow[]>`
    select * from templates
    where waba_id = ${wabaId} and (remote_id = ${key.remoteId} or (name = ${key.name} and language = ${key.language}))
    order by (remote_id = ${key.remoteId}) desc limit 1 for update`
  return row
}

/** As Meta lists them. A status that a webhook told later than `statusAt` stays. */
export function saveTemplates(tx: Tx, rows: TemplateRow[]) {
  return tx<TemplateRow[]>`
    insert into templates as t select * from jsonb_populate_recordset(null::templates, ${jsonRows(tx, rows)})
    on conflict (workspace_id, waba_id, name, language) do update set remote_id = excluded.remote_id,
      category = excluded.category, quality = excluded.quality, parameter_format = excluded.parameter_format,
      components = excluded.components, updated_at = excluded.updated_at,
      status = case when t.status_at > excluded.status_at then t.status else excluded.status end,
      rejection_reason = case when t.status_at > excluded.status_at then t.rejection_reason
        else excluded.rejection_reason end,
      status_at = greatest(t.status_at, excluded.status_at),
      deleted_at = case when t.status_at > excluded.status_at then t.deleted_at end
    returning *`
}

/** What a webhook changed. */
export function updateTemplate(tx: Tx, row: TemplateRow) {
  return tx`
    update templates set category = ${row.category}, status = ${row.status}, status_at = ${row.statusAt},
      rejection_reason = ${row.rejectionReason}, quality = ${row.quality},
      upcoming_category = ${row.upcomingCategory}, upcoming_category_at = ${row.upcomingCategoryAt},
      updated_at = ${row.updatedAt}, deleted_at = ${row.deletedAt}
    where id = ${row.id}`
}

/** Those of the account that Meta no longer lists. */
export function forgetTemplates(tx: Tx, wabaId: string, kept: string[], now: Date) {
  return tx`
    update templates set deleted_at = ${now}, status = 'deleted', status_at = ${now}, updated_at = ${now}
    where waba_id = ${wabaId} and deleted_at is null and created_at < ${now} and not remote_id = any(${kept}::text[])`
}
