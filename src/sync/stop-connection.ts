import type { Tx } from '../db/client.ts'
import { type ConnectionRow, refuseCredentials } from '../db/connections.ts'
import { notifyAdmins } from '../inbox/notify.ts'

/** Its credentials are refused: nothing goes out or comes in until somebody gives others, which admins are told once. */
export async function stopConnection(
  tx: Tx,
  ctx: { workspaceId: string; now: Date },
  row: ConnectionRow,
  reason: string,
): Promise<void> {
  if (!(await refuseCredentials(tx, row, reason))) return
  const key = `${row.id} ${+ctx.now}`
  await notifyAdmins(tx, ctx, { kind: 'connection stopped', key, name: row.name, reason })
}
