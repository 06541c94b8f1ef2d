/** One field of a contact or ticket, by its name, through the verb that people change it by. */
import { contactCategories } from '../core/contact.ts'
import { AppError } from '../core/errors.ts'
import { invalidInput } from '../core/invalid-input.ts'
import { isEmpty } from '../core/mapping/apply.ts'
import type { MappedKind, OurValue } from '../core/mapping/row.ts'
import { priorities, ticketStates } from '../core/ticket.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { agentBy, ticketById } from '../db/tickets.ts'
import { assignTicket } from './assign-ticket.ts'
import type { InboxContext } from './context.ts'
import { tagTicket } from './tag-ticket.ts'
import { updateContact } from './update-contact.ts'
import { updateTicket } from './update-ticket.ts'

/** Throws `not found` (record, agent), and `invalid input` for what the field cannot hold, or cannot be changed at all. */
export async function setField(
  ctx: InboxContext,
  record: { kind: MappedKind; id: string },
  field: string,
  value: OurValue,
): Promise<void> {
  const custom = /^custom\.(.+)$/.exec(field)?.[1]
  const update = custom ? { custom: { [custom]: value } } : undefined
  if (record.kind === 'contact') return updateContact(ctx, record.id, update ?? contactUpdate(field, value))
  if (update) await updateTicket(ctx, record.id, update)
  else await setTicketField(ctx, record.id, field, value)
}

function contactUpdate(field: string, value: OurValue) {
  switch (field) {
    case 'name':
      return { name: textOf(field, value) }
    case 'email':
      return { email: textOf(field, value) }
    case 'category':
      return { category: oneOf(contactCategories, field, value) }
    case 'tags':
      return { tags: listOf(field, value) }
    default:
      throw fixed(field)
  }
}

async function setTicketField(ctx: InboxContext, ticketId: string, field: string, value: OurValue) {
  switch (field) {
    case 'state':
      return updateTicket(ctx, ticketId, { state: oneOf(ticketStates, field, value) })
    case 'priority':
      return updateTicket(ctx, ticketId, { priority: oneOf(priorities, field, value) })
    case 'subject': {
      const subject = textOf(field, value)
      if (subject === null) throw invalidInput(field, 'must be a text')
      return updateTicket(ctx, ticketId, { subject })
    }
    case 'owner': {
      const email = textOf(field, value)
      const agent = email && (await inWorkspace(ctx.db, ctx.workspaceId, tx => agentBy(tx, { email })))
      if (email && !agent) throw new AppError('not found', { what: 'agent' })
      return assignTicket(ctx, ticketId, agent ? agent.id : null)
    }
    case 'tags': {
      const tags = listOf(field, value)
      const ticket = await inWorkspace(ctx.db, ctx.workspaceId, tx => ticketById(tx, ticketId))
      return tagTicket(ctx, ticketId, { add: tags, remove: (ticket?.tags ?? []).filter(tag => !tags.includes(tag)) })
    }
    default:
      throw fixed(field)
  }
}

function textOf(field: string, value: OurValue): string | null {
  if (isEmpty(value)) return null
  if (typeof value !== 'string') throw invalidInput(field, 'must be a text')
  return value
}

function listOf(field: string, value: OurValue): string[] {
  if (isEmpty(value)) return []
  if (!Array.isArray(value)) throw invalidInput(field, 'must be a list')
  return value
}

function oneOf<Word extends string>(words: readonly Word[], field: string, value: OurValue): Word {
  const word = words.find(each => each === value)
  if (!word) throw invalidInput(field, 'must be one of {words}', { words: words.join(', ') })
  return word
}

const fixed = (field: string) => invalidInput(field, 'cannot be changed by hand')
