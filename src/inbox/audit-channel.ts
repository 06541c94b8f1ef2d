import { changesOf } from '../core/changes.ts'
import { writeAudit } from '../db/audit.ts'
import type { ChannelRow } from '../db/channels.ts'
import type { Tx } from '../db/client.ts'
import { type InboxContext, newId } from './context.ts'

/** What somebody did to a number: its fields that differ. Its token is not told, only that there is another. */
export function auditChannel(
  tx: Tx,
  ctx: InboxContext,
  action: string,
  before: ChannelRow | undefined,
  after: ChannelRow,
) {
  const values = changesOf(before ? shown(before) : {}, shown(after))
  const hasNewToken = before !== undefined && before.token !== after.token
  return writeAudit(tx, ctx, newId(), {
    ...{ action, subjectKind: 'channel', subjectId: after.id, ...values },
    ...(hasNewToken ? { data: { token: 'replaced' } } : {}),
  })
}

function shown({ name, phoneNumberId, wabaId, appKey, state, stateReason, perSecond }: ChannelRow) {
  return { name, phoneNumberId, wabaId, appKey, state, stateReason, perSecond }
}
