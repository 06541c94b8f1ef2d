/**
 * The events that wake durable functions. They carry ids, never personal data: what happened is in the rows.
 * A lost event costs a minute (the recover functions sweep), never a message.
 */
import { z } from 'zod'

const ids = { workspaceId: z.uuid() }

export const events = {
  /** Records of this connection wait in the outbox. */
  'sync/outbox.dirty': z.object({ ...ids, connectionId: z.uuid() }),
  /** A signed webhook body of this connection is in the ledger. */
  'sync/delivery.received': z.object({ ...ids, connectionId: z.uuid() }),
  /** The next slice of this backfill is due. */
  'sync/backfill.due': z.object({ ...ids, backfillId: z.uuid() }),
  /** The next slice of this reconciliation is due. */
  'sync/reconciliation.due': z.object({ ...ids, reconciliationId: z.uuid() }),
  /** The feed of changes of this connection is to be read. */
  'sync/feed.due': z.object({ ...ids, connectionId: z.uuid() }),
  /** The fields of this connection's CRM are to be compared with what they were. */
  'sync/fields.due': z.object({ ...ids, connectionId: z.uuid() }),
  /** A message of this conversation waits to be sent. */
  'inbox/message.queued': z.object({ ...ids, conversationId: z.uuid() }),
  /** Templates of this number's WhatsApp Business Account are no longer as we know them. */
  'inbox/templates.stale': z.object({ ...ids, channelId: z.uuid() }),
  /** This number is to be checked, because it was just connected or the night has come. */
  'inbox/check.due': z.object({ ...ids, channelId: z.uuid() }),
  /** This file is to be fetched, or looked into. `laneId`: its number, or its workspace; so many of one at a time. */
  'inbox/media.due': z.object({ ...ids, mediaId: z.uuid(), laneId: z.uuid() }),
  /** Somebody may take another ticket: one is over, or they are back. */
  'inbox/capacity.freed': z.object({ ...ids }),
  /** A policy or a calendar is another: deadlines of open tickets are to be computed anew. */
  'inbox/sla.changed': z.object({ ...ids }),
  /** The feed of changes has more to read. */
  'inbox/changes.made': z.object({ ...ids }),
  /** Webhooks to the workspace's own systems wait to be sent. */
  'inbox/webhooks.due': z.object({ ...ids }),
} as const

export type EventName = keyof typeof events
export type DomainEvent = { [N in EventName]: { name: N; data: z.infer<(typeof events)[N]> } }[EventName]

/** Hands events to the engine. Called after commit; never throws for the caller's transaction to see. */
export type Emit = (events: DomainEvent[]) => Promise<void>

export function mediaDue(file: { workspaceId: string; mediaId: string; channelId: string | null }): DomainEvent {
  const { workspaceId, mediaId, channelId } = file
  return { name: 'inbox/media.due', data: { workspaceId, mediaId, laneId: channelId ?? workspaceId } }
}
