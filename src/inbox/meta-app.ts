/** The Meta app that speaks for a number: the one of the configuration, or one that the workspace keeps. */
import { AppError } from '../core/errors.ts'
import { metaAppByKey } from '../db/channels.ts'
import type { Sealing } from '../db/sealing.ts'
import { inWorkspace } from '../db/tenancy.ts'
import type { InboxContext } from './context.ts'

export type AppCredentials = {
  /** Meta's id; null where nobody has said it. */
  appId: string | null
  /** The one in use first; a second is that of before. */
  appSecrets: string[]
  verifyToken: string
}

export type MetaAppContext = Pick<InboxContext, 'db' | 'workspaceId' | 'now'> & {
  sealing: Sealing
  /** Of the configuration. */
  metaApp: AppCredentials
  /** As vendors call this service, without a trailing slash. */
  appUrl: string
}

/** Its channels belong to it where they name no other. */
export const DEFAULT_APP = 'default'

/** Throws `not found` for an app that the workspace does not have, were it somebody else's. */
export async function metaAppOf(ctx: MetaAppContext, appKey: string): Promise<AppCredentials> {
  if (appKey === DEFAULT_APP) return ctx.metaApp
  const row = await inWorkspace(ctx.db, ctx.workspaceId, tx => metaAppByKey(tx, appKey))
  if (!row) throw new AppError('not found', { what: 'meta app' })
  const secrets = await openSecrets(ctx.sealing, row, ctx.now)
  return { appId: row.appId, ...secrets }
}

/** Without the old secret once its time is over. */
export async function openSecrets(
  sealing: Sealing,
  { secrets, oldSecretUntil }: { secrets: string; oldSecretUntil: Date | null },
  now: Date,
): Promise<Omit<AppCredentials, 'appId'>> {
  const { appSecrets, verifyToken } = (await sealing.open(secrets)) as Omit<AppCredentials, 'appId'>
  const isOver = oldSecretUntil !== null && oldSecretUntil <= now
  return { appSecrets: isOver ? appSecrets.slice(0, 1) : appSecrets, verifyToken }
}

/** Where Meta posts the webhooks of an app. */
export function webhookUrl(appUrl: string, appKey: string): string {
  return `${appUrl}/hooks/whatsapp${appKey === DEFAULT_APP ? '' : `/${appKey}`}`
}

/** The app's own token: what it may ask of itself. Null without its id. */
export function appToken({ appId, appSecrets }: AppCredentials): string | null {
  return appId && appSecrets[0] ? `${appId}|${appSecrets[0]}` : null
}
