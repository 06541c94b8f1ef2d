/** Our words ↔ the sheet's. Total and pure. */
import type { ContactRecord } from '../../core/contact.ts'
import { toOurs, toTheirs } from '../../core/mapping/apply.ts'
import { contactChange, contactValues, ticketChange, ticketValues } from '../../core/mapping/fields.ts'
import type { MappingRow } from '../../core/mapping/row.ts'
import type { MessageRecord } from '../../core/message.ts'
import { describeAuthor, describeStatus } from '../../core/rendering.ts'
import type { TicketRecord } from '../../core/ticket.ts'
import type { ContactChange, Mapped, RemoteValues, TicketChange } from '../contract.ts'
import { contactRows, optionTables, ticketRows } from './mapping.ts'
import { type GoogleSheetsSettings, languageOf } from './settings.ts'

/** https://support.google.com/drive/answer/37603 */
const LONGEST_CELL = 50_000

/** What we do not know is left out, so that nothing of theirs is emptied by our ignorance. */
export function toSheetContact(
  settings: GoogleSheetsSettings,
  record: ContactRecord,
  _connectionId: string,
  rows: readonly MappingRow[] = contactRows(settings),
): Mapped {
  const values = toTheirs(rows, optionTables(settings), contactValues(record))
  return { remoteType: 'contact row', values: fitted(values) }
}

export function fromSheetContact(
  settings: GoogleSheetsSettings,
  values: RemoteValues,
  rows: readonly MappingRow[] = contactRows(settings),
): ContactChange {
  return contactChange(toOurs(rows, optionTables(settings), values))
}

export function toSheetTicket(
  settings: GoogleSheetsSettings,
  record: TicketRecord,
  _connectionId: string,
  rows: readonly MappingRow[] = ticketRows(settings),
): Mapped {
  const values = toTheirs(rows, optionTables(settings), ticketValues(record))
  return { remoteType: 'ticket row', values: fitted(values) }
}

export function fromSheetTicket(
  settings: GoogleSheetsSettings,
  values: RemoteValues,
  rows: readonly MappingRow[] = ticketRows(settings),
): TicketChange {
  return ticketChange(toOurs(rows, optionTables(settings), values))
}

const directions = {
  in: { es: 'Entrante', en: 'Incoming', pt: 'Recebida' },
  out: { es: 'Saliente', en: 'Outgoing', pt: 'Enviada' },
}

/**
 * A row of the messages' tab; or, of a message that was written in the tab of those to be sent, only what became of it, in
 * that row.
 */
export function toSheetMessage(settings: GoogleSheetsSettings, record: MessageRecord, connectionId: string): Mapped {
  const { direction, origin, authorName, text, at, status, failureReason, about } = record
  const language = languageOf(settings)
  const told = describeStatus(status, failureReason, language) || null
  if (record.source?.connectionId === connectionId)
    return { remoteType: 'outbox row', values: fitted({ status: told }) }
  return {
    remoteType: 'message row',
    values: fitted({
      at: at.toISOString(),
      ...(about ? { contact: about.contactName, phone: about.phone, ticket: about.ticketNumber } : {}),
      direction: directions[direction][language],
      author: authorName ?? describeAuthor(origin, language),
      text,
      status: told,
    }),
  }
}

/** A cell holds so many characters; the rest is cut, and said to be. */
function fitted(values: RemoteValues): RemoteValues {
  return Object.fromEntries(
    Object.entries(values).map(([field, value]) => [
      field,
      value === null ? null : cut(value.replaceAll('\u0000', '')),
    ]),
  )
}

function cut(text: string): string {
  return text.length <= LONGEST_CELL ? text : `${text.slice(0, LONGEST_CELL - 1).toWellFormed()}…`
}
