/** The workspace of a request: its transactions, and its lines in the audit log. */
import { changesOf } from '../../core/changes.ts'
import { type AuditEntry, writeAudit } from '../../db/audit.ts'
import type { Tx } from '../../db/client.ts'
import { inWorkspace } from '../../db/tenancy.ts'
import { newId } from '../../inbox/context.ts'
import { inboxContext } from '../auth.ts'
import type { HttpEnv } from '../runtime.ts'

export type Vars = HttpEnv['Variables']

/** One transaction in the caller's workspace. */
export function within<T>({ runtime, caller }: Vars, act: (tx: Tx) => Promise<T> | PromiseLike<T>): Promise<T> {
  return inWorkspace(runtime.services.db, caller.workspaceId, async tx => act(tx))
}

/** What the caller does, with what it was before and after; in the transaction that does it. */
export function audit(tx: Tx, { runtime, caller }: Vars, entry: AuditEntry) {
  return writeAudit(tx, inboxContext(runtime, caller), newId(), entry)
}

/** Of a record as it is shown: what differs; all of it, where it is new or gone. */
export function changed<Row>(
  before: Row | undefined,
  after: Row | undefined,
  show: (row: Row) => object,
): Pick<AuditEntry, 'before' | 'after'> {
  if (before !== undefined && after !== undefined) return changesOf(show(before), show(after))
  return {
    ...(before === undefined ? {} : { before: show(before) }),
    ...(after === undefined ? {} : { after: show(after) }),
  }
}
