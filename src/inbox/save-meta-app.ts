import { changesOf } from '../core/changes.ts'
import { AppError } from '../core/errors.ts'
import { writeAudit } from '../db/audit.ts'
import { metaAppByKey, saveMetaApp } from '../db/channels.ts'
import type { Tx } from '../db/client.ts'
import type { Sealing } from '../db/sealing.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { type InboxContext, newId } from './context.ts'
import { type AppCredentials, openSecrets } from './meta-app.ts'

export type MetaApp = { appKey: string; appId?: string | undefined; appSecrets: string[]; verifyToken: string }

type Context = InboxContext & { sealing: Sealing }

/** Keeps, or changes, a Meta app of the workspace's own. Throws `already exists` for a key another workspace holds. */
export async function keepMetaApp(ctx: Context, { appKey, appId, ...secrets }: MetaApp): Promise<void> {
  await inWorkspace(ctx.db, ctx.workspaceId, tx =>
    keep(tx, ctx, { appKey, appId: appId ?? null, secrets, oldSecretUntil: null }, 'meta app saved'),
  )
}

/**
 * The secret was renewed in Meta's dashboard: the new one signs from now on, and bodies under the old one are taken for some
 * hours more, because Meta delivers again what was on its way. Returns until when. Throws `not found`.
 */
export async function rotateAppSecret(
  ctx: Context,
  appKey: string,
  { appSecret, keepOldHours }: { appSecret: string; keepOldHours: number },
): Promise<Date> {
  const until = new Date(ctx.now.getTime() + keepOldHours * 3_600_000)
  await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const row = await metaAppByKey(tx, appKey)
    if (!row) throw new AppError('not found', { what: 'meta app' })
    const known = await openSecrets(ctx.sealing, row, ctx.now)
    const old = known.appSecrets.filter(secret => secret !== appSecret)
    const secrets = { appSecrets: [appSecret, ...old.slice(0, 1)], verifyToken: known.verifyToken }
    await keep(tx, ctx, { appKey, appId: row.appId, secrets, oldSecretUntil: until }, 'meta app secret changed')
  })
  return until
}

type Kept = {
  appKey: string
  appId: string | null
  secrets: Omit<AppCredentials, 'appId'>
  oldSecretUntil: Date | null
}

async function keep(tx: Tx, ctx: Context, { appKey, secrets, ...rest }: Kept, action: string): Promise<void> {
  const before = await metaAppByKey(tx, appKey)
  const row = { id: newId(), workspaceId: ctx.workspaceId, appKey, secrets: await ctx.sealing.seal(secrets), ...rest }
  if (!(await saveMetaApp(tx, row, ctx.now))) throw new AppError('already exists', { what: `appKey ${appKey}` })
  const { appId, oldSecretUntil } = rest
  await writeAudit(tx, ctx, newId(), {
    ...{ action, subjectKind: 'meta app', subjectId: appKey },
    ...changesOf(before ? { appId: before.appId, oldSecretUntil: before.oldSecretUntil } : {}, {
      appId,
      oldSecretUntil,
    }),
    data: { secrets: 'replaced' },
  })
}
