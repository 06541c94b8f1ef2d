import type { DomainEvent } from '../../src/core/events.ts'
import type { Db } from '../../src/db/client.ts'
import { storeDeliveries } from '../../src/db/deliveries.ts'
import { newId } from '../../src/inbox/context.ts'
import { processDeliveries } from '../../src/inbox/process-deliveries.ts'

/** Stores the bodies as the ledger does, and processes those that are new; what is emitted. */
export async function deliver(db: Db, bodies: string | string[], now: Date): Promise<DomainEvent[]> {
  const rows = [bodies].flat().map(body => ({ id: newId(), source: 'whatsapp:default', body, workspaceId: null }))
  const known = await storeDeliveries(db, rows, now)
  const fresh = rows.filter(row => !known.has(row.id))
  const events: DomainEvent[] = []
  await processDeliveries({ db, now, emit: async list => void events.push(...list) }, fresh)
  return events
}
