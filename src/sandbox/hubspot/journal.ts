/** The Webhooks Journal: what happened, in order, kept for three days, to be fetched as files. */
import type { Portal } from './state.ts'

/** Stores what a subscription asks for. Offsets only grow; they are opaque to those who read. */
export function enterJournal(
  portal: Portal,
  at: number,
  event: { action: string; objectTypeId: string; objectId: number } & Record<string, unknown>,
) {
  const covers = portal.journalSubscriptions.some(
    each => each.objectTypeId === event.objectTypeId && each.actions.includes(event.action),
  )
  if (!covers) return
  const { portalId } = portal
  const offset = offsetOf(portal.nextOffset++)
  const facts = { type: 'crm.object', portalId, occurredAt: new Date(at).toISOString(), ...event }
  portal.journal.push({ offset, at, event: facts })
}

function offsetOf(number: number): string {
  return `0198${String(number).padStart(8, '0')}-7000-8000-${String(number).padStart(12, '0')}`
}
