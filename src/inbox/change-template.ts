/** Templates made, edited and deleted from here. Meta decides first; what it has taken is written, with who did it. */
import { changesOf } from '../core/changes.ts'
import { AppError } from '../core/errors.ts'
import { templateComponents } from '../core/template.ts'
import { writeAudit } from '../db/audit.ts'
import { channelById, listChannels } from '../db/channels.ts'
import { saveTemplates, type TemplateRow, templateById, updateTemplate } from '../db/templates.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { type InboxContext, newId } from './context.ts'
import { type TemplateContext, templateRow } from './sync-templates.ts'
import { type HeaderContext, headerOf } from './template-header.ts'
import type { CallFailure } from './whatsapp/client.ts'
import { createTemplate, deleteTemplate, editTemplate, type NewTemplate } from './whatsapp/templates.ts'

type Context = InboxContext & TemplateContext

export type Changed = { kind: 'changed'; template: TemplateRow } | CallFailure

/**
 * Makes a template in the account of this number, and submits it for review; with `headerMedia`, a file of ours over its
 * text. Throws `not found`, and what `headerOf` throws.
 */
export async function submitTemplate(
  ctx: Context & HeaderContext,
  channelId: string,
  { headerMedia, ...given }: NewTemplate & { headerMedia?: { id: string } | undefined },
): Promise<Changed> {
  const channel = await inWorkspace(ctx.db, ctx.workspaceId, tx => channelById(tx, channelId))
  if (!channel) throw new AppError('not found', { what: 'channel' })
  const account = { wabaId: channel.wabaId, token: String(await ctx.sealing.open(channel.token)) }
  const header = headerMedia && (await headerOf(ctx, channel, account.token, headerMedia.id))
  if (header && header.kind !== 'made') return header
  const template = header ? { ...given, components: [header.component, ...given.components] } : given
  const made = await createTemplate(ctx.whatsapp, account, template)
  if (made.kind !== 'submitted') return made
  const { name, language, parameterFormat } = template
  const row = templateRow(ctx, channel.wabaId, {
    ...{ remoteId: made.remoteId, name, language, category: made.category, status: made.status, parameterFormat },
    ...{ rejectionReason: null, quality: null, components: templateComponents.parse(template.components) },
  })
  return write(ctx, row, 'template submitted', undefined)
}

/** Throws `not found`. */
export async function changeTemplate(
  ctx: Context,
  templateId: string,
  change: { category?: string | undefined; components?: Record<string, unknown>[] | undefined },
): Promise<Changed> {
  const { template, token } = await find(ctx, templateId)
  const answer = await editTemplate(ctx.whatsapp, token, template.remoteId, change)
  if (answer.kind !== 'done') return answer
  const row: TemplateRow = {
    ...template,
    ...{ status: 'pending', statusAt: ctx.now, rejectionReason: null, updatedAt: ctx.now },
    category: change.category ?? template.category,
    components: change.components ? templateComponents.parse(change.components) : template.components,
  }
  return write(ctx, row, 'template edited', template)
}

/** Its name cannot be used again for 30 days. Throws `not found`. */
export async function removeTemplate(ctx: Context, templateId: string): Promise<Changed> {
  const { template, token } = await find(ctx, templateId)
  const answer = await deleteTemplate(ctx.whatsapp, { wabaId: template.wabaId, token }, template)
  if (answer.kind !== 'done') return answer
  const row: TemplateRow = { ...template, status: 'deleted', statusAt: ctx.now, updatedAt: ctx.now, deletedAt: ctx.now }
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    await updateTemplate(tx, row)
    await writeAudit(tx, ctx, newId(), entry(row, 'template deleted', template))
    return { kind: 'changed', template: row }
  })
}

async function find(ctx: Context, templateId: string): Promise<{ template: TemplateRow; token: string }> {
  const { template, channel } = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const [template, channels] = await Promise.all([templateById(tx, templateId), listChannels(tx)])
    return { template, channel: channels.find(channel => channel.wabaId === template?.wabaId) }
  })
  if (!template || !channel) throw new AppError('not found', { what: 'template' })
  return { template, token: String(await ctx.sealing.open(channel.token)) }
}

async function write(
  ctx: Context,
  row: TemplateRow,
  action: string,
  before: TemplateRow | undefined,
): Promise<Changed> {
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const [template] = await saveTemplates(tx, [row])
    await writeAudit(tx, ctx, newId(), entry(row, action, before))
    return { kind: 'changed', template: template ?? row }
  })
}

function entry(row: TemplateRow, action: string, before: TemplateRow | undefined) {
  const values = changesOf(before ? shown(before) : {}, shown(row))
  return { action, subjectKind: 'template', subjectId: row.id, ...values }
}

function shown({ name, language, category, status, components }: TemplateRow) {
  return { name, language, category, status, components }
}
