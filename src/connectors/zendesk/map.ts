/** Our words ↔ Zendesk's. Total and pure. */
import type { ContactRecord } from '../../core/contact.ts'
import { toOurs, toTheirs } from '../../core/mapping/apply.ts'
import { contactChange, contactValues, ticketChange, ticketValues } from '../../core/mapping/fields.ts'
import type { MappingRow } from '../../core/mapping/row.ts'
import type { MessageRecord, MessageStatus } from '../../core/message.ts'
import { describeAuthor, describeStatus } from '../../core/rendering.ts'
import type { TicketRecord } from '../../core/ticket.ts'
import type { ContactChange, Mapped, RemoteValues, TicketChange } from '../contract.ts'
import { contactRows, optionTables, ticketRows } from './mapping.ts'
import type { ZendeskSettings } from './settings.ts'
import { tagsOf } from './values.ts'

/** What we do not know is left out, so that nothing of theirs is emptied by our ignorance. */
export function toZendeskUser(
  settings: ZendeskSettings,
  record: ContactRecord,
  _connectionId: string,
  rows: readonly MappingRow[] = contactRows(settings),
): Mapped {
  return { remoteType: 'user', values: tagged(toTheirs(rows, optionTables(settings), contactValues(record))) }
}

export function fromZendeskUser(
  settings: ZendeskSettings,
  values: RemoteValues,
  rows: readonly MappingRow[] = contactRows(settings),
): ContactChange {
  return contactChange(toOurs(rows, optionTables(settings), values))
}

export function toZendeskTicket(
  settings: ZendeskSettings,
  record: TicketRecord,
  _connectionId: string,
  rows: readonly MappingRow[] = ticketRows(settings),
): Mapped {
  return { remoteType: 'ticket', values: tagged(toTheirs(rows, optionTables(settings), ticketValues(record))) }
}

/** Statuses, priorities and agents we do not know are left out. */
export function fromZendeskTicket(
  settings: ZendeskSettings,
  values: RemoteValues,
  rows: readonly MappingRow[] = ticketRows(settings),
): TicketChange {
  return ticketChange(toOurs(rows, optionTables(settings), values))
}

/** Tags as Zendesk will keep them, so that they are the same when they are read. */
function tagged(values: RemoteValues): RemoteValues {
  return 'tags' in values ? { ...values, tags: tagsOf(values.tags).join(',') || null } : values
}

/** What an agent's own answer is told of: how far it got. */
const answerStates: Record<MessageStatus, string | null> = {
  ...{ received: null, queued: null, sending: null, uncertain: null, accepted: null },
  ...{ sent: 'sent', delivered: 'delivered', read: 'read', played: 'read', failed: 'failed' },
}

/** Zendesk takes 65,535 characters; several messages may be one comment. */
const LONGEST_BODY = 60_000

/**
 * A public comment by whoever wrote it, and an internal one of a note; or, of a message that an agent wrote in Zendesk, only its
 * state, since the comment is already there. A comment is never changed: what becomes of it later is a comment of its own.
 */
export function toZendeskMessage(settings: ZendeskSettings, record: MessageRecord, connectionId: string): Mapped {
  const { direction, origin, authorName, authorEmail, status, failureReason, language } = record
  const failed = status === 'failed' ? describeStatus('failed', failureReason, language) : null
  if (record.source?.connectionId === connectionId)
    return { remoteType: 'channel-message', values: { state: answerStates[status], failure: failed } }
  // Whoever connected us is told as we are: under their bare name only what they wrote in Zendesk itself.
  const agent = settings.owners.find(
    ({ id, email }) => id !== settings.userId && email.toLowerCase() === authorEmail?.toLowerCase(),
  )
  const author = direction === 'in' ? CUSTOMER : agent ? agent.id : US
  const head = author === US ? `${ARROW} ${authorName ?? describeAuthor(origin, language)}\n` : ''
  const file = record.fileId ?? null
  const said = { author, body: `${head}${cut(record.text)}`, at: record.at.toISOString() }
  if (record.isNote) return { remoteType: 'comment', values: { ...said, internal: 'true' } }
  return { remoteType: 'comment', values: { ...said, failure: failed, file } }
}

/** Who a comment is by: the customer, us (bots, and agents who are not in Zendesk), or an agent by their id. */
export const CUSTOMER = 'customer'
export const US = 'us'
/** Begins what we say under our own name, so that it is known from what whoever connected us says under theirs. */
export const ARROW = '→'

function cut(text: string): string {
  const clean = text.replaceAll('\u0000', '').trim() || '…'
  return clean.length <= LONGEST_BODY ? clean : `${clean.slice(0, LONGEST_BODY).replace(/[\uD800-\uDBFF]$/, '')}…`
}
