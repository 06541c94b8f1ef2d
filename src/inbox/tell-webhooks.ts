import { webhookEventOf } from '../core/webhook.ts'
import type { ChangeRow } from '../db/changes.ts'
import type { Tx } from '../db/client.ts'
import { type DeliveryRow, insertDeliveries, listEndpoints, webhookData } from '../db/webhooks.ts'
import { newId } from './new-id.ts'

/** Writes, for each endpoint that wants to hear of them, what has changed; it is sent after. */
export async function tellWebhooks(
  tx: Tx,
  ctx: { workspaceId: string; now: Date },
  changes: ChangeRow[],
): Promise<void> {
  const endpoints = (await listEndpoints(tx)).filter(({ state }) => state === 'active')
  if (endpoints.length === 0) return
  const told = changes.flatMap(change => {
    const event = webhookEventOf(change.kind, change.detail)
    const to = endpoints.filter(({ events, createdAt }) => event && events.includes(event) && createdAt <= change.at)
    return event && to.length > 0 ? [{ ...change, event, to }] : []
  })
  const of = (noun: string) => told.filter(({ kind }) => kind.startsWith(`${noun}.`)).map(row => row.recordId)
  const data = await webhookData(tx, { tickets: of('ticket'), messages: of('message'), contacts: of('contact') })
  const rows = told.flatMap(({ event, to, recordId, detail, at, xid, seq }) => {
    const record = data.get(recordId)
    if (!record) return []
    // Of a ticket that turned out to have begun before, one is told once.
    const eventId = event === 'ticket.created' ? `${event} ${recordId}` : `${xid}.${seq}`
    const clock = event.startsWith('sla.') ? { clock: detail } : {}
    const payload = { type: event, timestamp: at.toISOString(), data: { ...record, ...clock } }
    return to.map(
      (endpoint): DeliveryRow => ({
        ...{ id: newId(), workspaceId: ctx.workspaceId, endpointId: endpoint.id, eventId, eventType: event, payload },
        ...{ state: 'pending', attempts: 0, nextAt: ctx.now, lastStatus: null, lastAnswer: null },
        ...{ createdAt: ctx.now, deliveredAt: null },
      }),
    )
  })
  if (rows.length > 0) await insertDeliveries(tx, rows)
}
