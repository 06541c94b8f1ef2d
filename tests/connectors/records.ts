/** Our records, as the tests of connectors push them. */
import type { PushItem } from '../../src/connectors/contract.ts'
import type { ContactRecord } from '../../src/core/contact.ts'
import type { MessageRecord } from '../../src/core/message.ts'
import type { TicketRecord } from '../../src/core/ticket.ts'

export const CONNECTION = 'connection-1'
export const NOW = new Date('2026-11-20T10:00:00.000Z')

export function aContact(index = 1, given: Partial<ContactRecord> = {}): ContactRecord {
  const waKey = `3460000${String(index).padStart(4, '0')}`
  return {
    id: `contact-${index}`,
    name: `Ana Pérez ${index}`,
    phone: `+${waKey}`,
    waKey,
    email: null,
    category: 'standard',
    tags: [],
    ...given,
  }
}

export function aTicket(index = 1, given: Partial<TicketRecord> = {}): TicketRecord {
  return {
    id: `ticket-${index}`,
    number: `BZ-${1000 + index}`,
    subject: `Pedido ${index}`,
    state: 'open',
    priority: 'normal',
    ownerEmail: null,
    tags: [],
    contactId: `contact-${index}`,
    openedAt: NOW,
    ...given,
  }
}

export function aMessage(index = 1, given: Partial<MessageRecord> = {}): MessageRecord {
  return {
    id: `message-${index}`,
    ticketId: 'ticket-1',
    contactId: 'contact-1',
    language: 'es',
    direction: 'in',
    origin: 'customer',
    authorName: 'Ana',
    text: `Hola, ¿qué tal? <${index}> & más`,
    at: new Date(NOW.getTime() + index * 1_000),
    status: 'received',
    failureReason: null,
    source: null,
    ...given,
  }
}

/** A first push of a mapped record, unless `given` says more. */
export function toItem(
  recordId: string,
  mapped: { remoteType: string; values: PushItem['values'] },
  given: Partial<PushItem> = {},
): PushItem {
  const changed = Object.keys(mapped.values)
  return { recordId, ...mapped, changed, remoteId: null, unheard: null, parents: {}, ...given }
}
