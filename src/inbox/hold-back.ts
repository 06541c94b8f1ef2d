import { explainTrouble, sendError } from '../core/send-errors.ts'
import { pauseChannel } from '../db/channels.ts'
import type { Tx } from '../db/client.ts'
import { workspaceById } from '../db/workspaces.ts'
import type { StatusItem } from './apply-statuses.ts'
import { notifyAdmins } from './notify.ts'

/**
 * Failures that speak of the number and not of the message (payment, quality, a lock) stop what waits, as they do in an
 * answer: each further message would only fail too.
 */
export async function holdBack(tx: Tx, ctx: { workspaceId: string; now: Date }, items: StatusItem[]): Promise<void> {
  const grave = items.filter(isGrave)
  if (grave.length === 0) return
  const language = (await workspaceById(tx, ctx.workspaceId))?.language ?? 'es'
  for (const { channelId, report } of grave) {
    const reason = explainTrouble(report.errorCode ?? '', report.errorText ?? '', language)
    const stopped = await pauseChannel(tx, channelId, reason, report.at)
    if (!stopped) continue
    const name = stopped.displayPhoneNumber ?? stopped.name
    await notifyAdmins(tx, ctx, { kind: 'number stopped', key: `${channelId} ${+ctx.now}`, name, reason })
  }
}

/** Whether any of them stops a number. */
export function holdsBack(items: StatusItem[]): boolean {
  return items.some(isGrave)
}

function isGrave({ report }: StatusItem): boolean {
  return report.status === 'failed' && sendError(report.errorCode).meaning.kind === 'pause channel'
}
