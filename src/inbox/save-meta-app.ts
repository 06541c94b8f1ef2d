import { AppError } from '../core/errors.ts'
import { writeAudit } from '../db/audit.ts'
import { saveMetaApp } from '../db/channels.ts'
import type { Sealing } from '../db/sealing.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { type InboxContext, newId } from './context.ts'

export type MetaApp = { appKey: string; appSecrets: string[]; verifyToken: string }

/** Keeps, or changes, a Meta app of the workspace's own. Throws `already exists` for a key another workspace holds. */
export async function keepMetaApp(ctx: InboxContext & { sealing: Sealing }, app: MetaApp): Promise<void> {
  const { appKey, ...secrets } = app
  const sealed = await ctx.sealing.seal(secrets)
  await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const kept = await saveMetaApp(tx, { id: newId(), workspaceId: ctx.workspaceId, appKey, secrets: sealed }, ctx.now)
    if (!kept) throw new AppError('already exists', { what: `appKey ${appKey}` })
    await writeAudit(tx, ctx, newId(), { action: 'meta app saved', subjectKind: 'meta app', subjectId: appKey })
  })
}
