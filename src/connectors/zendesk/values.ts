/** Zendesk's records as values by the names of fields, and values as what a call carries. Total and pure. */
import type { RemoteValues } from '../contract.ts'
import type { Ticket, User } from './schema.ts'
import { CONTINUED, STATE_TAGS, TAG, type ZendeskSettings } from './settings.ts'

/** Tags are words without spaces, in lower case. Sorted, so that their order says nothing. */
export function tagsOf(text: string | null | undefined): string[] {
  const tags = (text ?? '').split(',').map(tag => tag.trim().toLowerCase().replace(/\s+/g, '_'))
  return [...new Set(tags)].filter(tag => tag !== '' && !isOurMark(tag)).sort()
}

/** Those that say that a ticket is WhatsApp's, and how far an answer got, are no tags of the conversation. */
function isOurMark(tag: string): boolean {
  return [TAG, CONTINUED, `${TAG}_history`, ...STATE_TAGS].includes(tag)
}

export function userValues(user: User): RemoteValues {
  const own = Object.entries(user.user_fields ?? {}).map(([key, value]) => [`user_fields.${key}`, asText(value)])
  return {
    ...{ name: user.name, email: user.email, phone: user.phone, notes: user.notes, details: user.details },
    ...{ tags: tagsOf(user.tags.join(',')).join(',') || null, ...Object.fromEntries(own) },
  }
}

export function ticketValues(ticket: Ticket, settings: ZendeskSettings): RemoteValues {
  const own = (ticket.custom_fields ?? []).map(({ id, value }) => [`custom_fields.${id}`, asText(value)])
  return {
    ...{ external_id: ticket.external_id, subject: ticket.subject, priority: ticket.priority },
    ...statusValues(ticket.status, ticket.custom_status_id, ticket.assignee_id, settings),
    ...{ assignee_id: ticket.assignee_id, group_id: ticket.group_id, ticket_form_id: ticket.ticket_form_id },
    ...{ tags: tagsOf(ticket.tags.join(',')).join(',') || null, ...Object.fromEntries(own) },
  }
}

/**
 * What was opened once is never new again, so one that is open and nobody's is what we call new: we say new, Zendesk makes it
 * open, and it reads as new.
 */
export function statusValues(
  status: string,
  customId: string | null,
  assigneeId: string | null,
  { customStatuses }: ZendeskSettings,
): RemoteValues {
  const custom = customStatuses.find(({ id }) => id === customId)
  const isFresh = status === 'open' && assigneeId === null && (custom?.isDefault ?? true)
  const shown = isFresh ? 'new' : status
  if (customStatuses.length === 0) return { status: shown }
  const ofCategory = customStatuses.find(({ category, isDefault }) => category === shown && isDefault)
  // Closed has no custom status; it reads as the solved that it was.
  const solved = customStatuses.find(({ category, isDefault }) => category === 'solved' && isDefault)
  const id = isFresh || !custom ? (ofCategory?.id ?? (status === 'closed' ? solved?.id : customId)) : customId
  return { status: shown, custom_status_id: id ?? null }
}

/** A user's fields as a call carries them; ''  empties one. An e-mail is an identity, which an update does not take away. */
export function userInput(values: RemoteValues): Record<string, unknown> {
  const input: Record<string, unknown> = {}
  const own: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(values)) {
    const [, key] = /^user_fields\.(.+)$/.exec(name) ?? []
    if (key) own[key] = value ?? ''
    else if (name === 'tags') input.tags = tagsOf(value)
    else if (value || name === 'notes' || name === 'details') input[name] = value ?? ''
  }
  return Object.keys(own).length > 0 ? { ...input, user_fields: own } : input
}

/** A ticket's. Tags are added and taken away, since others tag it too: `agreed` says which were ours. */
export function ticketInput(values: RemoteValues, agreed: RemoteValues = {}): Record<string, unknown> {
  const input: Record<string, unknown> = {}
  const own: { id: number; value: string | string[] | boolean | null }[] = []
  for (const [name, value] of Object.entries(values)) {
    const [, id] = /^custom_fields\.(\d+)$/.exec(name) ?? []
    if (id) own.push({ id: Number(id), value: value || null })
    else if (name === 'tags') {
      const [now, before] = [tagsOf(value), tagsOf(agreed.tags)]
      const added = now.filter(tag => !before.includes(tag))
      const removed = before.filter(tag => !now.includes(tag))
      if (added.length > 0) input.additional_tags = added
      if (removed.length > 0) input.remove_tags = removed
    } else if (/_id$/.test(name) && name !== 'external_id') input[name] = value ? Number(value) : null
    else input[name] = value || null
  }
  return own.length > 0 ? { ...input, custom_fields: own } : input
}

/** Several of a field's options are between commas. */
export function asText(value: unknown): string | null {
  if (value === null || value === undefined || value === '') return null
  if (Array.isArray(value)) return value.length > 0 ? value.map(String).join(',') : null
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
