/** The workspace of a request: its transactions, and its lines in the audit log. */
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
