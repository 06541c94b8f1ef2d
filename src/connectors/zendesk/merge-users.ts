import { answersTo, type MergeResult, RemoteCallError } from '../contract.ts'
import { demand } from './client.ts'
import { readUsers } from './read-records.ts'
import { userAnswer } from './schema.ts'
import type { ZendeskContext } from './settings.ts'

/** Until a user that is not there has been told of anew. */
const NOT_THERE_MS = 60_000

/**
 * Makes one of two users, where the settings let it: Zendesk cannot part them again. What the loser had in fields is lost there,
 * and told anew. Both are read first, so that two which are one already are answered as such.
 */
export async function mergeZendeskUsers(
  ctx: ZendeskContext,
  { survivor, merged }: { survivor: string; merged: string },
): Promise<MergeResult> {
  try {
    const found = await readUsers(ctx, [survivor, merged])
    const holder = (id: string) => found.find(record => answersTo(record, id))
    const [stays, goes] = [holder(survivor), holder(merged)]
    if (!stays) {
      const message = `${survivor} is not there`
      return { kind: 'failed', failure: { kind: 'retry after', afterMs: NOT_THERE_MS, message } }
    }
    if (!goes || goes.remoteId === stays.remoteId) return { kind: 'merged', remoteId: stays.remoteId }
    if (!ctx.settings.mergeUsers) return { kind: 'left apart', remoteId: stays.remoteId }
    const { user } = await demand(ctx, {
      ...{ method: 'PUT', path: `users/${goes.remoteId}/merge`, purpose: 'update', schema: userAnswer },
      body: { user: { id: Number(stays.remoteId) } },
    })
    return { kind: 'merged', remoteId: user.id }
  } catch (error) {
    if (!(error instanceof RemoteCallError)) throw error
    return { kind: 'failed', failure: error.failure }
  }
}
