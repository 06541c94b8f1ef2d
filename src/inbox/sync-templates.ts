/** Reads the templates of a number's WhatsApp Business Account, all pages; what Meta no longer lists is gone. */
import { AppError } from '../core/errors.ts'
import { type ChannelRow, channelById, listChannels } from '../db/channels.ts'
import type { Sealing } from '../db/sealing.ts'
import { forgetTemplates, saveTemplates, type TemplateRow } from '../db/templates.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { type InboxContext, newId } from './context.ts'
import type { CallFailure, WhatsAppApi } from './whatsapp/client.ts'
import { type RemoteTemplate, readTemplates } from './whatsapp/templates.ts'

export type TemplateContext = Pick<InboxContext, 'db' | 'workspaceId' | 'now'> & {
  whatsapp: WhatsAppApi
  sealing: Sealing
}

export type Synced = { kind: 'synced'; wabaId: string; count: number } | CallFailure

/** Throws `not found`. */
export async function syncTemplates(ctx: TemplateContext, channelId: string): Promise<Synced> {
  const channel = await inWorkspace(ctx.db, ctx.workspaceId, tx => channelById(tx, channelId))
  if (!channel) throw new AppError('not found', { what: 'channel' })
  return syncAccount(ctx, channel)
}

/** Of every account of the workspace, by one of its numbers. */
export async function syncAllTemplates(ctx: TemplateContext): Promise<Synced[]> {
  const channels = await inWorkspace(ctx.db, ctx.workspaceId, tx => listChannels(tx))
  const accounts = new Map(channels.map(channel => [channel.wabaId, channel]))
  const synced: Synced[] = []
  for (const channel of accounts.values()) synced.push(await syncAccount(ctx, channel))
  return synced
}

async function syncAccount(ctx: TemplateContext, { wabaId, token }: ChannelRow): Promise<Synced> {
  const read = await readTemplates(ctx.whatsapp, { wabaId, token: String(await ctx.sealing.open(token)) })
  if (read.kind !== 'read') return read
  // A list that changes while it is read may tell of one twice.
  const known = new Map(read.templates.map(template => [`${template.name} ${template.language}`, template]))
  const rows = [...known.values()].map(template => templateRow(ctx, wabaId, template))
  await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    if (rows.length > 0) await saveTemplates(tx, rows)
    const kept = read.templates.map(template => template.remoteId)
    await forgetTemplates(tx, wabaId, kept, ctx.now)
  })
  return { kind: 'synced', wabaId, count: rows.length }
}

/** `statusAt` is when it was read: what a webhook tells later is newer. */
export function templateRow(
  { workspaceId, now }: TemplateContext,
  wabaId: string,
  template: RemoteTemplate,
): TemplateRow {
  return {
    ...{ id: newId(), workspaceId, wabaId, ...template, statusAt: now },
    ...{ upcomingCategory: null, upcomingCategoryAt: null, createdAt: now, updatedAt: now, deletedAt: null },
  }
}
