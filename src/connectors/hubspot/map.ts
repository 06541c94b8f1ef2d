/** Our words ↔ HubSpot's. Total and pure. */
import type { ContactRecord } from '../../core/contact.ts'
import type { Language } from '../../core/errors.ts'
import { toOurs, toTheirs } from '../../core/mapping/apply.ts'
import { contactChange, contactValues, ticketChange, ticketValues } from '../../core/mapping/fields.ts'
import type { MappingRow } from '../../core/mapping/row.ts'
import type { MessageRecord, MessageStatus } from '../../core/message.ts'
import { describeAuthor, describeStatus, statusLines } from '../../core/rendering.ts'
import type { TicketRecord } from '../../core/ticket.ts'
import type { ContactChange, Mapped, RemoteValues, TicketChange } from '../contract.ts'
import { contactRows, optionTables, ticketRows } from './mapping.ts'
import type { HubSpotSettings } from './settings.ts'

/** What we do not know is left out, so that nothing of the CRM's is emptied by our ignorance. */
export function toHubSpotContact(
  settings: HubSpotSettings,
  record: ContactRecord,
  _connectionId: string,
  rows: readonly MappingRow[] = contactRows(settings),
): Mapped {
  return { remoteType: 'contacts', values: toTheirs(rows, optionTables(settings), contactValues(record)) }
}

/** `values` whole, not only what changed: a name is in two properties. */
export function fromHubSpotContact(
  settings: HubSpotSettings,
  values: RemoteValues,
  rows: readonly MappingRow[] = contactRows(settings),
): ContactChange {
  return contactChange(toOurs(rows, optionTables(settings), values))
}

/** The pipeline is the connection's, not the mapping's: the stages are its. */
export function toHubSpotTicket(
  settings: HubSpotSettings,
  record: TicketRecord,
  _connectionId: string,
  rows: readonly MappingRow[] = ticketRows(settings),
): Mapped {
  const pipeline: RemoteValues = settings.pipelineId ? { hs_pipeline: settings.pipelineId } : {}
  const values = { ...pipeline, ...toTheirs(rows, optionTables(settings), ticketValues(record)) }
  return { remoteType: 'tickets', values }
}

/** Stages, priorities and owners we do not know are left out. */
export function fromHubSpotTicket(
  settings: HubSpotSettings,
  values: RemoteValues,
  rows: readonly MappingRow[] = ticketRows(settings),
): TicketChange {
  return ticketChange(toOurs(rows, optionTables(settings), values))
}

/**
 * A `communication` on the timelines of contact and ticket; or, of a message that an agent wrote in HubSpot's own
 * inbox, only its delivery state, since the message is already there.
 */
export function toHubSpotMessage(_settings: HubSpotSettings, record: MessageRecord, connectionId: string): Mapped {
  if (record.source?.connectionId === connectionId) {
    const status = channelStatus[record.status]
    const errorMessage =
      status === 'FAILED' ? record.failureReason || describeStatus('failed', null, record.language) : null
    return { remoteType: 'channel-message', values: { status, errorMessage } }
  }
  return {
    remoteType: 'communication',
    values: {
      hs_communication_channel_type: 'WHATS_APP',
      hs_communication_logged_from: 'CRM',
      hs_timestamp: record.at.toISOString(),
      hs_communication_body: bodyOf(record),
    },
  }
}

/**
 * What a body says apart from the delivery state and the link to its file, which may have come since: the key by which one of our
 * communications is found again. Survives the editing that HubSpot does to HTML.
 */
export function lastingText(body: string): string {
  const lines = body
    .replace(/<a\s[^>]*>.*?<\/a>/gis, '')
    .replace(/<br\s*\/?>|<\/(p|div)>/gi, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&(lt|gt|quot|#39|#x27|nbsp|amp);/gi, (_all, name: string) => entities[name.toLowerCase()] ?? '')
    .split('\n')
    .map(line => line.replace(/\s+/g, ' ').trim())
    .filter(line => line !== '')
  const last = lines.at(-1) ?? ''
  if (lines[0]?.startsWith('→') && statusLines.some(line => last.startsWith(line))) lines.pop()
  return lines.join('\n')
}

/** HubSpot takes SENT, READ and FAILED only, so a delivered message is a sent one. Null: nothing to tell yet. */
const channelStatus: Record<MessageStatus, 'SENT' | 'READ' | 'FAILED' | null> = {
  received: null,
  queued: null,
  sending: null,
  uncertain: null,
  accepted: null,
  sent: 'SENT',
  delivered: 'SENT',
  read: 'READ',
  played: 'READ',
  failed: 'FAILED',
}

/** A property holds 65,536 characters; the rest is left for the lines around the text and for what escaping adds. */
const LONGEST_BODY = 64_000

function bodyOf(record: MessageRecord): string {
  const { direction, origin, authorName, text, status, failureReason, language, fileUrl } = record
  const author = authorName ?? describeAuthor(origin, language)
  const lines = [`${direction === 'in' ? '←' : '→'} ${author}`, cut(text)].map(toHtml)
  if (fileUrl) lines.push(`<a href="${toHtml(fileUrl)}">${openFile[language]}</a>`)
  if (direction === 'out') lines.push(toHtml(describeStatus(status, failureReason, language)))
  return lines.join('<br>')
}

const openFile: Record<Language, string> = { es: 'Abrir el archivo', en: 'Open the file', pt: 'Abrir o arquivo' }

function cut(text: string): string {
  let length = text.length
  while (toHtml(text.slice(0, length)).length > LONGEST_BODY) length = Math.floor(length * 0.9)
  return length === text.length ? text : `${text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '')}…`
}

function toHtml(text: string): string {
  return text
    .replaceAll('\u0000', '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replace(/\r\n|\r|\n/g, '<br>')
}

const entities: Record<string, string> = { lt: '<', gt: '>', quot: '"', '#39': "'", '#x27': "'", nbsp: ' ', amp: '&' }
