/** Our words ↔ HubSpot's. Total and pure. */
import type { ContactRecord } from '../../core/contact.ts'
import type { MessageRecord, MessageStatus } from '../../core/message.ts'
import { describeAuthor, describeStatus, statusLines } from '../../core/rendering.ts'
import type { TicketRecord } from '../../core/ticket.ts'
import type { ContactChange, Mapped, RemoteValues, TicketChange } from '../contract.ts'
import { CONTACT_KEY, type HubSpotSettings, TICKET_KEY } from './settings.ts'

/** What we do not know is left out, so that nothing of the CRM's is emptied by our ignorance. */
export function toHubSpotContact(_settings: HubSpotSettings, record: ContactRecord): Mapped {
  const values: RemoteValues = { [CONTACT_KEY]: record.waKey }
  if (record.phone) values.phone = record.phone
  if (record.email) values.email = record.email
  const words = wordsOf(record.name)
  if (words.length > 0) Object.assign(values, splitName(words))
  return { remoteType: 'contacts', values }
}

/** `values` whole, not only what changed: a name is in two properties. */
export function fromHubSpotContact(_settings: HubSpotSettings, values: RemoteValues): ContactChange {
  const change: ContactChange = {}
  if ('firstname' in values || 'lastname' in values) {
    change.name = wordsOf([values.firstname, values.lastname].filter(Boolean).join(' ')).join(' ') || null
  }
  if ('email' in values) change.email = values.email || null
  return change
}

export function toHubSpotTicket(settings: HubSpotSettings, record: TicketRecord): Mapped {
  const values: RemoteValues = {
    [TICKET_KEY]: record.id,
    // HubSpot takes no ticket without a subject.
    subject: record.subject.trim() || record.number,
  }
  if (settings.pipelineId) values.hs_pipeline = settings.pipelineId
  const stage = settings.stages.find(({ ours }) => ours === record.state)
  if (stage) values.hs_pipeline_stage = stage.theirs
  const priority = settings.priorities.find(({ ours }) => ours === record.priority)
  if (priority) values.hs_ticket_priority = priority.theirs
  const owner = ownerOf(settings, record.ownerEmail)
  if (owner !== undefined) values.hubspot_owner_id = owner
  return { remoteType: 'tickets', values }
}

/** Stages, priorities and owners we do not know are left out. */
export function fromHubSpotTicket(settings: HubSpotSettings, values: RemoteValues): TicketChange {
  const change: TicketChange = {}
  const stage = settings.stages.find(({ theirs }) => theirs === values.hs_pipeline_stage)
  if (stage) change.state = stage.ours
  const priority = settings.priorities.find(({ theirs }) => theirs === values.hs_ticket_priority)
  if (priority) change.priority = priority.ours
  if ('hubspot_owner_id' in values) {
    const owner = settings.owners.find(({ id }) => id === values.hubspot_owner_id)
    if (owner) change.ownerEmail = owner.email
    else if (!values.hubspot_owner_id) change.ownerEmail = null
  }
  if (values.subject) change.subject = values.subject
  return change
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
 * What a body says apart from the delivery state, which may have changed since: the key by which one of our
 * communications is found again. Survives the editing that HubSpot does to HTML.
 */
export function lastingText(body: string): string {
  const lines = body
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

function wordsOf(name: string | null): string[] {
  return (name ?? '').split(/\s+/).filter(word => word !== '')
}

/** Spanish and Portuguese names: two surnames from three words on, two given names from four. Joined, they are as before. */
function splitName(words: string[]): RemoteValues {
  const given = words.length > 3 ? 2 : 1
  return { firstname: words.slice(0, given).join(' '), lastname: words.slice(given).join(' ') || null }
}

/** Undefined when HubSpot has nobody with that address: then the owner there stays as it is. */
function ownerOf(settings: HubSpotSettings, email: string | null): string | null | undefined {
  if (email === null) return null
  return settings.owners.find(owner => owner.email.toLowerCase() === email.toLowerCase())?.id
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
  const { direction, origin, authorName, text, status, failureReason, language } = record
  const author = authorName ?? describeAuthor(origin, language)
  const lines = [`${direction === 'in' ? '←' : '→'} ${author}`, cut(text)]
  if (direction === 'out') lines.push(describeStatus(status, failureReason, language))
  return lines.map(toHtml).join('<br>')
}

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
