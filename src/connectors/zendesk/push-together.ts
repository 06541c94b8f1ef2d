import type { Failure } from '../../core/failure.ts'
import type { PushItem, PushResult, Together } from '../contract.ts'
import { joined, placeOf } from './comments.ts'
import { isPast } from './push-history.ts'
import { pushMessages } from './push-messages.ts'
import { type Openings, writeTickets } from './push-tickets.ts'
import { writeUsers } from './push-users.ts'
import { failed, stored } from './results.ts'
import type { ZendeskContext } from './settings.ts'

/**
 * All kinds in one go, so that a new ticket begins with what was said first: a call less for each hundred, and a ticket that reads
 * as one. What hangs on a record that was not stored waits for it.
 */
export async function pushTogether(ctx: ZendeskContext, items: Together<PushItem>): Promise<Together<PushResult>> {
  const people = await writeUsers(ctx, items.contact)
  const tickets = adopted(items.ticket, 'contact', people.results)
  const openings = openingsOf(ctx, items)
  // Somebody who was made just now has no tickets yet.
  const isFirst = ({ recordId }: PushItem) =>
    items.ticket.some(item => item.recordId === recordId && people.made.has(item.parents.contact ?? ''))
  const written = await writeTickets(ctx, tickets.ready, openings, isFirst)
  const ticketResults = [...tickets.orphans, ...written.results]
  const opened = [...openings].flatMap(([recordId, opening]) => openedWith(opening, written.opened.get(recordId)))
  const isOpened = new Set(opened.map(({ recordId }) => recordId))

  const left = items.message.filter(({ recordId }) => !isOpened.has(recordId))
  const ofPeople = adopted(left, 'contact', people.results)
  const messages = adopted(ofPeople.ready, 'ticket', ticketResults)
  const said = await pushMessages(ctx, messages.ready)
  return {
    ...{ contact: people.results, ticket: ticketResults },
    message: [...opened, ...ofPeople.orphans, ...messages.orphans, ...said],
  }
}

/** Of each ticket that is new with its first messages: those of them that are one comment. */
function openingsOf(ctx: ZendeskContext, { ticket, message }: Together<PushItem>): Openings {
  const fresh = new Set(ticket.filter(({ remoteId }) => remoteId === null).map(({ recordId }) => recordId))
  const byTicket = new Map<string, PushItem[]>()
  for (const item of message) {
    const id = item.parents.ticket ?? ''
    if (fresh.has(id) && item.remoteId === null && !isPast(ctx, item))
      byTicket.set(id, [...(byTicket.get(id) ?? []), item])
  }
  const openings = new Map<string, PushItem[]>()
  for (const [id, items] of byTicket) {
    const [opening = []] = joined(items, ctx.settings)
    // What may be there already is looked for first, and what failed is for agents alone.
    const isPlain = opening.every(
      ({ unheard, values, remoteType }) =>
        !unheard && !values.failure && !values.file && !values.internal && remoteType === 'comment',
    )
    if (isPlain && opening.length > 0) openings.set(id, opening)
  }
  return openings
}

/** What was said with a ticket shares its fate; a ticket that was there already began with something else. */
function openedWith(opening: PushItem[], ticket: PushResult | undefined): PushResult[] {
  if (!ticket) return []
  if (ticket.kind === 'stored') return opening.map(item => stored(item, placeOf(ticket.remoteId, item.recordId)))
  return opening.map(item => failed(item, ticket.failure.kind === 'rejected' ? NOT_THERE : ticket.failure))
}

/** With the remote ids of parents that were pushed along; `orphans` are those whose parent was not stored. */
function adopted(items: PushItem[], parent: 'contact' | 'ticket', results: PushResult[]) {
  const byRecord = new Map(results.map(result => [result.recordId, result]))
  const ready: PushItem[] = []
  const orphans: PushResult[] = []
  for (const item of items) {
    const result = byRecord.get(item.parents[parent] ?? '')
    if (!result) ready.push(item)
    else if (result.kind === 'stored') ready.push({ ...item, parents: { ...item.parents, [parent]: result.remoteId } })
    else orphans.push(failed(item, result.failure.kind === 'unauthorized' ? result.failure : NOT_THERE))
  }
  return { ready, orphans }
}

const NOT_THERE: Failure = { kind: 'retry after', afterMs: 5_000, message: 'What it hangs on was not stored' }
