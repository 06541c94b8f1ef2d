/** Our words ↔ Salesforce's. Total and pure. */
import type { ContactRecord } from '../../core/contact.ts'
import { toOurs, toTheirs } from '../../core/mapping/apply.ts'
import { contactChange, contactValues, ticketChange, ticketValues } from '../../core/mapping/fields.ts'
import type { MappingRow } from '../../core/mapping/row.ts'
import type { MessageRecord, MessageStatus } from '../../core/message.ts'
import { describeAuthor, describeStatus } from '../../core/rendering.ts'
import type { TicketRecord } from '../../core/ticket.ts'
import type { ContactChange, Mapped, RemoteValues, TicketChange } from '../contract.ts'
import { contactRows, optionTables, ticketRows } from './mapping.ts'
import { DIGEST_OF, MESSAGE, MESSAGE_KEY, type SalesforceSettings } from './settings.ts'

/** What we do not know is left out, so that nothing of the CRM's is emptied by our ignorance. */
export function toSalesforceContact(
  settings: SalesforceSettings,
  record: ContactRecord,
  _connectionId: string,
  rows: readonly MappingRow[] = contactRows(settings),
): Mapped {
  return { remoteType: 'contact', values: withSurname(toTheirs(rows, optionTables(settings), contactValues(record))) }
}

/** `values` whole, not only what changed: a name is in two fields. */
export function fromSalesforceContact(
  settings: SalesforceSettings,
  values: RemoteValues,
  rows: readonly MappingRow[] = contactRows(settings),
): ContactChange {
  const { name, ...change } = contactChange(toOurs(rows, optionTables(settings), values))
  // A number in the place of a surname is what a record without a name is made with (`push.ts`).
  const isNumber = typeof name === 'string' && /^\+?\d+$/.test(name)
  return name === undefined || isNumber ? change : { name, ...change }
}

/** The owner of a case that nobody has is the queue for those, where there is one. */
export function toSalesforceTicket(
  settings: SalesforceSettings,
  record: TicketRecord,
  _connectionId: string,
  rows: readonly MappingRow[] = ticketRows(settings),
): Mapped {
  const told = toTheirs(rows, optionTables(settings), ticketValues(record))
  const origin: RemoteValues = settings.origin ? { Origin: settings.origin } : {}
  const isNobodys = record.ownerEmail === null && settings.queueId !== '' && rows.some(({ ours }) => ours === 'owner')
  return { remoteType: 'Case', values: { ...origin, ...(isNobodys ? { OwnerId: settings.queueId } : {}), ...told } }
}

/** Statuses, priorities and owners we do not know are left out; what is a queue's is nobody's. */
export function fromSalesforceTicket(
  settings: SalesforceSettings,
  values: RemoteValues,
  rows: readonly MappingRow[] = ticketRows(settings),
): TicketChange {
  const change = ticketChange(toOurs(rows, optionTables(settings), values))
  const ofQueue = settings.queues.some(({ id }) => id === values.OwnerId)
  return ofQueue && rows.some(({ ours }) => ours === 'owner') ? { ...change, ownerEmail: null } : change
}

/**
 * A message on the records of its person and its case; of one that was written in Salesforce only how it stands, and our key,
 * by which it is known to be taken.
 */
export function toSalesforceMessage(
  { digest }: SalesforceSettings,
  record: MessageRecord,
  connectionId: string,
): Mapped {
  const { id, direction, origin, authorName, text, at, language, ticketId, contactId } = record
  const state: RemoteValues = {
    [MESSAGE_KEY]: id,
    Status__c: statuses[record.status],
    ...(record.status === 'failed' ? { Failure_Reason__c: cut(reasonOf(record), LONGEST_REASON) } : {}),
  }
  if (record.source?.connectionId === connectionId) return { remoteType: 'channel-message', values: state }
  const values: RemoteValues = {
    ...state,
    Direction__c: direction === 'in' ? 'Inbound' : 'Outbound',
    Author__c: cut(authorName ?? describeAuthor(origin, language), LONGEST_AUTHOR),
    Body__c: cut(text, LONGEST_BODY),
    // Salesforce's instants have seconds.
    Sent_At__c: at.toISOString().replace(/\.\d+Z$/, '.000Z'),
  }
  if (!digest) return { remoteType: MESSAGE, values }
  const day = at.toISOString().slice(0, 10)
  return { remoteType: 'digest', values: { ...values, [DIGEST_OF]: `${ticketId ?? contactId} ${day}` } }
}

/** What the package makes the fields hold (`app/`). */
export const LONGEST_BODY = 32_768
const LONGEST_REASON = 255
const LONGEST_AUTHOR = 120

/** Values of `Status__c`. `Queued` is said by people alone: it asks for a message to be sent. */
const statuses: Record<MessageStatus, string> = {
  received: 'Received',
  queued: 'Sending',
  sending: 'Sending',
  uncertain: 'Sending',
  accepted: 'Sending',
  sent: 'Sent',
  delivered: 'Delivered',
  read: 'Read',
  played: 'Read',
  failed: 'Failed',
}

function reasonOf({ failureReason, language }: MessageRecord): string {
  return failureReason || describeStatus('failed', null, language)
}

/** Salesforce takes nobody without a surname: who has one name has it there. */
function withSurname(values: RemoteValues): RemoteValues {
  if (values.LastName || !values.FirstName) return values
  return { ...values, FirstName: null, LastName: values.FirstName }
}

function cut(text: string, length: number): string {
  const clean = text.replaceAll('\u0000', '')
  return clean.length <= length ? clean : `${clean.slice(0, length - 1).toWellFormed()}…`
}
