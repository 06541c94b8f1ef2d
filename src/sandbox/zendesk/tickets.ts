/** Tickets and their comments: what may be written when, what triggers make of it, and how it is shown. */
import type { ItemError } from './errors.ts'
import { type Change, tellComment, touchTicket } from './events.ts'
import { type Account, type Attachment, type Comment, newId, STATUSES, type Status, type Ticket } from './state.ts'

export type CommentFields = {
  body?: string
  value?: string
  html_body?: string
  public?: boolean
  author_id?: number | string
  created_at?: string
  uploads?: string[]
}

export type TicketFields = {
  id?: number | string
  subject?: string
  comment?: CommentFields
  comments?: CommentFields[]
  status?: string
  custom_status_id?: number | string | null
  priority?: string | null
  requester_id?: number | string
  assignee_id?: number | string | null
  group_id?: number | string | null
  ticket_form_id?: number | string | null
  external_id?: string | null
  tags?: string[]
  additional_tags?: string[]
  remove_tags?: string[]
  custom_fields?: { id: number | string; value: unknown }[]
  via_followup_source_id?: number | string
  metadata?: Record<string, unknown>
  safe_update?: boolean
  updated_stamp?: string
  created_at?: string
  updated_at?: string
  solved_at?: string
}

export type Written = { ticket: Ticket } | ItemError

export function createTicket(account: Account, change: Change, given: TicketFields): Written {
  const source = given.via_followup_source_id ? account.tickets.get(Number(given.via_followup_source_id)) : undefined
  if (given.via_followup_source_id && source?.status !== 'closed')
    return { error: 'TicketCreateError', details: 'Follow-up source is not closed' }
  const words = given.comment ?? given.comments?.[0]
  if (!words || textOf(words) === '') return { error: 'TicketCreateError', details: 'Description: cannot be blank' }
  const requesterId = Number(given.requester_id ?? change.actorId)
  if (!account.users.get(requesterId)?.active)
    return { error: 'TicketCreateError', details: 'Requester: is suspended or unknown' }
  const error = problem(account, undefined, given)
  if (error) return error
  const ticket: Ticket = {
    ...{
      id: newId(account),
      subject: '',
      status: 'new',
      customStatusId: defaultStatus(account, 'new'),
      priority: null,
    },
    ...{ requesterId, submitterId: change.actorId, assigneeId: null, groupId: null, formId: null, externalId: null },
    // A follow-up takes over what its source was tagged with.
    ...{ tags: source ? [...source.tags] : [], customFields: new Map(), via: { channel: change.channel } },
    ...{ followupOf: source?.id ?? null, imported: false, deleted: false, comments: [] },
    ...{ createdAt: given.created_at ?? change.at, updatedAt: change.at },
  }
  account.tickets.set(ticket.id, ticket)
  assign(account, change, ticket, { ...given, tags: [...ticket.tags, ...(given.tags ?? [])] }, false)
  touchTicket(account, change, ticket, 'created', {})
  if (given.comment) addComment(account, change, ticket, given.comment, given.metadata)
  return { ticket }
}

/** No triggers, no webhooks of comments, times as they were. */
export function importTicket(account: Account, change: Change, given: TicketFields): Written {
  const written = createTicket(account, change, {
    ...given,
    comments: given.comments ?? [{ value: given.subject ?? '' }],
  })
  if ('error' in written) return written
  const { ticket } = written
  ticket.imported = true
  for (const words of given.comments ?? []) {
    const comment = commentOf(account, change, ticket, words, {})
    ticket.comments.push({ ...comment, createdAt: words.created_at ?? change.at })
  }
  ticket.updatedAt = given.updated_at ?? change.at
  return written
}

export function updateTicket(account: Account, change: Change, ticket: Ticket, given: TicketFields): Written {
  if (ticket.status === 'closed')
    return { error: 'TicketUpdateError', details: 'Status: closed prevents ticket update' }
  if (given.comment && ticket.comments.length >= account.mostComments)
    return { error: 'TicketUpdateError', details: `Ticket has reached the limit of ${account.mostComments} comments` }
  if (given.safe_update && given.updated_stamp !== ticket.updatedAt)
    return { error: 'UpdateConflict', details: 'Safe Update prevented the update due to outdated ticket data' }
  const error = problem(account, ticket, given)
  if (error) return error
  ticket.updatedAt = change.at
  assign(account, change, ticket, given, true)
  if (given.comment) addComment(account, change, ticket, given.comment, given.metadata)
  return { ticket }
}

function problem(account: Account, ticket: Ticket | undefined, given: TicketFields): ItemError | undefined {
  const error = ticket ? 'TicketUpdateError' : 'TicketCreateError'
  if (given.status !== undefined && !STATUSES.some(status => status === given.status))
    return { error, details: `Status: ${given.status} is not included in the list` }
  if (given.custom_status_id && !account.customStatuses.some(each => each.id === Number(given.custom_status_id)))
    return { error, details: `Custom status: ${given.custom_status_id} is not valid` }
  if (given.priority && !['low', 'normal', 'high', 'urgent'].includes(given.priority))
    return { error, details: `Priority: ${given.priority} is not included in the list` }
  const assignee = given.assignee_id ? account.users.get(Number(given.assignee_id)) : undefined
  if (given.assignee_id && (!assignee?.active || assignee.role === 'end-user'))
    return { error, details: 'Assignee: is not an agent' }
  const author = given.comment?.author_id
  if (author !== undefined && !account.users.get(Number(author))?.active)
    return { error, details: `Author: ${author} is not a user` }
  return undefined
}

function assign(account: Account, change: Change, ticket: Ticket, given: TicketFields, tells: boolean) {
  const set = <Key extends keyof Ticket>(key: Key, value: Ticket[Key], type: string, facts?: object) => {
    const previous = ticket[key]
    if (JSON.stringify(previous) === JSON.stringify(value)) return
    ticket[key] = value
    if (tells) touchTicket(account, change, ticket, type, facts ?? { previous, current: value })
  }
  if (given.subject !== undefined) set('subject', given.subject, 'subject_changed')
  if (given.priority !== undefined) {
    const current = given.priority || null
    set('priority', current, 'priority_changed', {
      previous: ticket.priority?.toUpperCase() ?? null,
      current: current?.toUpperCase() ?? null,
    })
  }
  if (given.assignee_id !== undefined) {
    set('assigneeId', given.assignee_id ? Number(given.assignee_id) : null, 'agent_assignment_changed')
    if (ticket.assigneeId !== null && ticket.groupId === null) ticket.groupId = account.groups[0]?.id ?? null
  }
  if (given.group_id !== undefined)
    set('groupId', given.group_id ? Number(given.group_id) : null, 'group_assignment_changed')
  if (given.ticket_form_id !== undefined) ticket.formId = given.ticket_form_id ? Number(given.ticket_form_id) : null
  if (given.external_id !== undefined) set('externalId', given.external_id || null, 'external_id_changed')
  retag(account, change, ticket, given, tells)
  for (const { id, value } of given.custom_fields ?? []) {
    const field = account.ticketFields.find(each => each.id === Number(id) && each.removable)
    const previous = field && (ticket.customFields.get(field.id) ?? null)
    if (!field || previous === value) continue
    ticket.customFields.set(field.id, value === '' ? null : value)
    if (tells)
      touchTicket(account, change, ticket, 'custom_field_changed', {
        field: { id: String(field.id), title: field.title },
        previous,
        current: value,
      })
  }
  restatus(account, change, ticket, given, tells)
}

function retag(account: Account, change: Change, ticket: Ticket, given: TicketFields, tells: boolean) {
  const before = new Set(ticket.tags)
  const after = new Set((given.tags ?? ticket.tags).map(tag => tag.toLowerCase().replace(/\s+/g, '_')))
  for (const tag of given.additional_tags ?? []) after.add(tag.toLowerCase())
  for (const tag of given.remove_tags ?? []) after.delete(tag.toLowerCase())
  const added = [...after].filter(tag => !before.has(tag))
  const removed = [...before].filter(tag => !after.has(tag))
  if (added.length + removed.length === 0) return
  ticket.tags = [...after].sort()
  if (tells) touchTicket(account, change, ticket, 'tags_changed', { tags_added: added, tags_removed: removed })
}

/** A custom status wins over a status; what was opened is never new again, and what has an agent is not new. */
function restatus(account: Account, change: Change, ticket: Ticket, given: TicketFields, tells: boolean) {
  const custom = account.customStatuses.find(({ id }) => id === Number(given.custom_status_id))
  let status = custom?.category ?? (given.status as Status | undefined) ?? ticket.status
  if (status === 'new' && (ticket.assigneeId !== null || (tells && ticket.status !== 'new'))) status = 'open'
  const customStatusId =
    custom?.category === status
      ? custom.id
      : status === ticket.status
        ? ticket.customStatusId
        : defaultStatus(account, status)
  const previous = ticket.status
  const was = ticket.customStatusId
  ticket.status = status
  ticket.customStatusId = customStatusId
  if (!tells) return
  if (previous !== status) {
    touchTicket(account, change, ticket, 'status_changed', {
      previous: previous.toUpperCase(),
      current: status.toUpperCase(),
    })
  }
  if (was !== customStatusId) {
    touchTicket(account, change, ticket, 'custom_status_changed', {
      previous: String(was),
      current: String(customStatusId),
    })
  }
}

function defaultStatus(account: Account, category: Status): number {
  return account.customStatuses.find(each => each.category === category && each.isDefault)?.id ?? 0
}

function addComment(
  account: Account,
  change: Change,
  ticket: Ticket,
  given: CommentFields,
  custom?: Record<string, unknown>,
) {
  const comment = commentOf(account, change, ticket, given, custom ?? {})
  ticket.comments.push(comment)
  tellComment(account, change, ticket, comment)
  runTriggers(account, change, ticket, comment)
}

function commentOf(
  account: Account,
  change: Change,
  ticket: Ticket,
  given: CommentFields,
  custom: Record<string, unknown>,
): Comment {
  const files = (given.uploads ?? []).flatMap(token => account.uploads.get(token) ?? ([] as Attachment[]))
  return {
    ...{ id: newId(account), auditId: newId(account), authorId: Number(given.author_id ?? change.actorId) },
    ...{ updaterId: change.actorId, body: textOf(given), htmlBody: htmlOf(given), public: given.public ?? true },
    ...{ createdAt: change.at, via: { channel: change.channel }, custom, attachments: files },
    ...(ticket.comments.length === 0 && given.public === undefined ? { public: true } : {}),
  }
}

/** The trap: a trigger that tells whoever asked, by e-mail, what WhatsApp has told them already. */
function runTriggers(account: Account, change: Change, ticket: Ticket, comment: Comment) {
  const requester = account.users.get(ticket.requesterId)
  for (const trigger of account.triggers) {
    if (!trigger.active || !trigger.conditions.every(condition => holds(condition, ticket, comment))) continue
    for (const { field, value } of trigger.actions) {
      const isToRequester = Array.isArray(value) && /requester/.test(String(value[0]))
      if (field !== 'notification_user' || !isToRequester || !requester?.email) continue
      if (comment.authorId === requester.id) continue
      account.mails.push({
        at: change.at,
        to: requester.email,
        ticketId: ticket.id,
        body: comment.body,
        trigger: trigger.title,
      })
    }
  }
}

function holds(
  { field, operator, value }: { field: string; operator: string; value: string },
  ticket: Ticket,
  comment: Comment,
) {
  const named = value.split(/\s+/)
  if (field === 'comment_is_public') return String(comment.public) === value
  if (field === 'current_tags') {
    const some = named.some(tag => ticket.tags.includes(tag))
    return operator === 'includes' ? some : !some
  }
  if (field === 'via_id') return operator === 'is_not' ? ticket.via.channel !== value : ticket.via.channel === value
  return false
}

function textOf({ body, value, html_body }: CommentFields): string {
  return (body ?? value ?? plain(html_body ?? '')).trim()
}

function htmlOf(given: CommentFields): string {
  if (given.html_body !== undefined) return given.html_body
  return `<p>${escaped(textOf(given)).replaceAll('\n', '<br>')}</p>`
}

function plain(html: string): string {
  return html
    .replace(/<br\s*\/?>|<\/(p|div|li)>/gi, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(
      /&(lt|gt|quot|amp|nbsp);/g,
      (_all, name: string) => ({ lt: '<', gt: '>', quot: '"', amp: '&', nbsp: ' ' })[name] ?? '',
    )
    .trim()
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

export function ticketView(account: Account, ticket: Ticket) {
  const source = ticket.followupOf
  return {
    ...{ id: ticket.id, subject: ticket.subject, description: ticket.comments[0]?.body ?? '', status: ticket.status },
    ...{ custom_status_id: ticket.customStatusId || null, priority: ticket.priority, requester_id: ticket.requesterId },
    ...{ submitter_id: ticket.submitterId, assignee_id: ticket.assigneeId, group_id: ticket.groupId },
    ...{ ticket_form_id: ticket.formId, external_id: ticket.externalId, tags: ticket.tags },
    custom_fields: account.ticketFields
      .filter(({ removable }) => removable)
      .map(({ id }) => ({ id, value: ticket.customFields.get(id) ?? null })),
    via: {
      channel: ticket.via.channel,
      source: source === null ? { from: {}, rel: null } : { from: { ticket_id: source }, rel: 'follow_up' },
    },
    followup_ids: [...account.tickets.values()].filter(each => each.followupOf === ticket.id).map(({ id }) => id),
    ...{ created_at: ticket.createdAt, updated_at: ticket.updatedAt },
  }
}

export function commentView(comment: Comment, origin: string) {
  return {
    ...{ id: comment.id, type: 'Comment', author_id: comment.authorId, body: comment.body, plain_body: comment.body },
    ...{ html_body: `<div class="zd-comment" dir="auto">${comment.htmlBody}</div>`, public: comment.public },
    ...{ audit_id: comment.auditId, created_at: comment.createdAt, via: comment.via },
    metadata: { system: {}, custom: comment.custom },
    attachments: comment.attachments.map(file => attachmentView(file, origin)),
  }
}

export function attachmentView({ id, fileName, contentType, size }: Attachment, origin: string) {
  const url = `${origin}/zendesk/attachments/token/${id}/?name=${encodeURIComponent(fileName)}`
  return {
    id,
    file_name: fileName,
    content_type: contentType,
    size,
    content_url: url,
    malware_scan_result: 'malware_not_found',
  }
}
