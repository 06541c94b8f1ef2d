/** Message templates of the workspace's WhatsApp Business Accounts. */
import { z } from '@hono/zod-openapi'
import { needsOf, renderTemplate, templateStatuses } from '../../core/template.ts'
import type { TemplateRow } from '../../db/templates.ts'
import { instant, iso } from './shapes.ts'

export const templateShape = z
  .object({
    id: z.uuid(),
    wabaId: z.string(),
    name: z.string(),
    language: z.string(),
    category: z.string(),
    status: z.enum(templateStatuses),
    rejectionReason: z.string().nullable(),
    quality: z.string().nullable(),
    /** What Meta will make of the category, and when. */
    upcomingCategory: z.string().nullable(),
    upcomingCategoryAt: instant,
    parameterFormat: z.enum(['positional', 'named']),
    /** As Meta writes them. */
    components: z.array(z.record(z.string(), z.unknown())),
    /** What has to be given to send it. */
    needs: z.object({
      header: z.object({ kind: z.string(), placeholders: z.array(z.string()).optional() }),
      body: z.array(z.string()),
      buttons: z.array(z.object({ index: z.number().int(), kind: z.string() })),
    }),
    /** What the customer will read, placeholders left open. */
    preview: z.string(),
    updatedAt: instant,
  })
  .openapi('Template')

export function showTemplate(row: TemplateRow): z.infer<typeof templateShape> {
  const { id, wabaId, name, language, category, status, rejectionReason, quality, parameterFormat, components } = row
  return {
    ...{ id, wabaId, name, language, category, status, rejectionReason, quality, parameterFormat, components },
    upcomingCategory: row.upcomingCategory,
    upcomingCategoryAt: iso(row.upcomingCategoryAt),
    needs: needsOf(row),
    preview: renderTemplate(row, {}),
    updatedAt: iso(row.updatedAt),
  }
}
