import type { TicketEvent } from '../api/tickets.ts'
import type { Words } from '../i18n/es.ts'

/** What happened to a ticket, in a line. */
export function eventWords(
  { kind, data, actor }: TicketEvent,
  { event, priority }: Words,
  nameOf: (agentId: string) => string | undefined,
): string {
  const facts = asRecord(data)
  const by = asRecord(actor)
  const who = typeof by.name === 'string' && by.kind !== 'system' ? ` ${event.by(by.name)}` : ''
  const said = words()
  return `${said}${who}`

  function words(): string {
    switch (kind) {
      case 'assigned':
        return typeof facts.ownerId === 'string' ? event.assigned(nameOf(facts.ownerId) ?? '…') : event.unassigned
      case 'priority changed':
        return event.priority(priority[facts.to as keyof typeof priority] ?? String(facts.to ?? ''))
      case 'handed over':
        return event.handedOver
      case 'subject changed':
        return event.subject
      case 'task added':
        return event.taskAdded
      case 'task done':
        return event.taskDone
      default: {
        const known = event[kind as keyof typeof event]
        return typeof known === 'string' ? known : event.other(kind)
      }
    }
  }
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
