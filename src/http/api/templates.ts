/** Message templates of the workspace's WhatsApp Business Accounts. */
import { OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { AppError, type Language } from '../../core/errors.ts'
import { mediaSource } from '../../core/outbound.ts'
import { explainProblem, templateProblems } from '../../core/outbound-limits.ts'
import { sendError } from '../../core/send-errors.ts'
import { byLanguage, needsOf, renderTemplate, templateStatuses } from '../../core/template.ts'
import { listTemplates, type TemplateRow, templateById } from '../../db/templates.ts'
import { inWorkspace } from '../../db/tenancy.ts'
import { type Changed, changeTemplate, removeTemplate, submitTemplate } from '../../inbox/change-template.ts'
import { syncAllTemplates } from '../../inbox/sync-templates.ts'
import type { CallFailure } from '../../inbox/whatsapp/client.ts'
import { inboxContext } from '../auth.ts'
import { languageFor } from '../errors.ts'
import { invalid } from '../invalid.ts'
import type { HttpEnv } from '../runtime.ts'
import { idParam, instant, iso, jsonBody, route } from './shapes.ts'

const component = z.record(z.string(), z.unknown())

const templateShape = z
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
    components: z.array(component),
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

const categories = ['marketing', 'utility', 'authentication'] as const
const components = z.array(component.and(z.object({ type: z.string().min(1) }))).min(1)
const createBody = z.object({
  channelId: z.uuid().openapi({ description: 'A number of the account that gets the template' }),
  name: z.string().regex(/^[a-z0-9_]{1,512}$/, 'must be lower-case letters, digits and underscores, at most 512'),
  language: z.string().regex(/^[a-z]{2,3}(_[A-Z]{2})?$/, 'must be a language of Meta’s, such as es or es_MX'),
  category: z.enum(categories),
  parameterFormat: z.enum(['positional', 'named']).default('positional'),
  components: components.openapi({ description: 'As Meta writes them, with examples of the placeholders' }),
  headerMedia: z.strictObject({ id: z.uuid() }).optional().openapi({
    description: 'A file of yours to stand over the text: picture, video or document; its header is made of it',
  }),
})
const editBody = z
  .object({ category: z.enum(categories).optional(), components: components.optional() })
  .refine(body => body.category !== undefined || body.components !== undefined, 'give category or components')
const values = z.union([z.array(z.string()), z.record(z.string(), z.string())])
export const previewBody = z.object({
  header: values.optional(),
  headerMedia: mediaSource.optional(),
  body: values.optional(),
  buttons: z.array(z.object({ index: z.number().int().min(0), value: z.string() })).optional(),
})
const previewShape = z.object({
  text: z.string(),
  /** What keeps it from being sent so. */
  problems: z.array(z.object({ field: z.string(), message: z.string() })),
})
const syncedShape = z.object({ items: z.array(z.object({ wabaId: z.string(), count: z.number().int() })) })

const listQuery = z.object({ wabaId: z.string().optional(), status: z.enum(templateStatuses).optional() })

const routes = {
  list: route(
    ...(['templates.read', 'get', '/templates', 'Templates, the workspace’s language first'] as const),
    { query: listQuery },
    z.object({ items: z.array(templateShape) }),
  ),
  sync: route('templates.manage', 'post', '/templates/sync', 'Read all templates from Meta', {}, syncedShape),
  create: route(
    'templates.manage',
    'post',
    '/templates',
    'Make a template and submit it for review',
    jsonBody(createBody),
    templateShape,
    201,
  ),
  edit: route(
    ...(['templates.manage', 'patch', '/templates/{id}', 'Edit a template and submit it for review again'] as const),
    { params: idParam, ...jsonBody(editBody) },
    templateShape,
  ),
  remove: route(
    ...(['templates.manage', 'post', '/templates/{id}/delete', 'Delete a template in this language'] as const),
    { params: idParam },
    templateShape,
  ),
  preview: route(
    ...([
      'templates.read',
      'post',
      '/templates/{id}/preview',
      'What the customer will read, and what is missing',
    ] as const),
    { params: idParam, ...jsonBody(previewBody) },
    previewShape,
  ),
}

export const templates = new OpenAPIHono<HttpEnv>({ defaultHook: invalid })
  .openapi(routes.list, async c => {
    const { language, workspaceId } = c.var.caller
    const rows = await inWorkspace(c.var.runtime.services.db, workspaceId, tx =>
      listTemplates(tx, c.req.valid('query')),
    )
    return c.json({ items: byLanguage([...rows], language).map(showTemplate) }, 200)
  })
  .openapi(routes.sync, async c => {
    const synced = await syncAllTemplates(contextOf(c.var))
    const items = synced.map(one => {
      if (one.kind !== 'synced') throw refused(one, languageFor(c))
      return { wabaId: one.wabaId, count: one.count }
    })
    return c.json({ items }, 200)
  })
  .openapi(routes.create, async c => {
    const { channelId, ...template } = c.req.valid('json')
    const { services, appUrl } = c.var.runtime
    const ctx = { ...contextOf(c.var), blobs: services.blobs, metaApp: services.metaApp, appUrl }
    const changed = await submitTemplate(ctx, channelId, template)
    return c.json(showTemplate(taken(changed, languageFor(c))), 201)
  })
  .openapi(routes.edit, async c => {
    const changed = await changeTemplate(contextOf(c.var), c.req.valid('param').id, c.req.valid('json'))
    return c.json(showTemplate(taken(changed, languageFor(c))), 200)
  })
  .openapi(routes.remove, async c => {
    const changed = await removeTemplate(contextOf(c.var), c.req.valid('param').id)
    return c.json(showTemplate(taken(changed, languageFor(c))), 200)
  })
  .openapi(routes.preview, async c => {
    return c.json(await previewTemplate(c, c.req.valid('param').id, c.req.valid('json')), 200)
  })

/** What the customer will read, and what keeps it from being sent so. Throws `not found`. */
export async function previewTemplate(
  c: Context<HttpEnv>,
  id: string,
  given: z.infer<typeof previewBody>,
): Promise<z.infer<typeof previewShape>> {
  const { db } = c.var.runtime.services
  const row = await inWorkspace(db, c.var.caller.workspaceId, tx => templateById(tx, id))
  if (!row) throw new AppError('not found', { what: 'template' })
  const { header } = needsOf(row)
  const problems = templateProblems(messageOf(row, given, header.kind), row).map(each => {
    const { field } = each
    return { field, message: explainProblem(each, languageFor(c)).slice(field.length + 2) }
  })
  return { text: renderTemplate(row, given), problems }
}

/** The message that would be sent so. */
function messageOf(
  row: TemplateRow,
  given: z.infer<typeof previewBody>,
  kind: ReturnType<typeof needsOf>['header']['kind'],
) {
  const { name, language } = row
  const buttons = given.buttons?.map(button => ({ ...button, type: 'url' as const }))
  const message = { type: 'template' as const, name, language, body: given.body, buttons }
  if (given.headerMedia && (kind === 'image' || kind === 'video' || kind === 'document'))
    return { ...message, header: { type: kind, media: given.headerMedia } }
  return given.header ? { ...message, header: { type: 'text' as const, values: given.header } } : message
}

function contextOf({ runtime, caller }: HttpEnv['Variables']) {
  const { whatsapp, sealing } = runtime.services
  return { ...inboxContext(runtime, caller), whatsapp, sealing }
}

function taken(changed: Changed, language: Language): TemplateRow {
  if (changed.kind !== 'changed') throw refused(changed, language)
  return changed.template
}

/** WhatsApp's refusal of any call, with what to mend. */
export function refused(failure: CallFailure, language: Language): AppError {
  if (failure.kind === 'not reached') {
    return new AppError('whatsapp refused', { sentence: failure.reason, reason: 'network' })
  }
  const code = failure.code || null
  const { sentence, fix } = sendError(code)
  const reason = [code, failure.reason].filter(Boolean).join(': ')
  return new AppError('whatsapp refused', { sentence: `${sentence[language]} ${fix[language]}`, reason })
}

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
