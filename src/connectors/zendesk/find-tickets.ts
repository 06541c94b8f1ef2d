import type { PushItem } from '../contract.ts'
import { read } from './client.ts'
import { chunks } from './jobs.ts'
import { searchAnswer, type Ticket, ticketAnswer, ticketsAnswer } from './schema.ts'
import { TICKET_KEY, type ZendeskContext } from './settings.ts'

/** Ids of a query, which is part of the address: some 5,000 characters. */
const KEYS = 100

/** Of the tickets with one of our ids: the newest that takes more, and the newest that does not. */
export type SeveralTickets = { open?: Ticket; closed?: Ticket }

/**
 * By our id. Those of pushes that were never answered are listed one by one, since the search's index is minutes behind; the
 * others, which should not be there at all, are searched for by the hundred. Throws RemoteCallError.
 */
export async function findTickets(ctx: ZendeskContext, items: PushItem[]): Promise<Map<string, SeveralTickets>> {
  const found: Ticket[] = []
  const keyOf = ({ values }: PushItem) => values[TICKET_KEY] ?? ''
  const unheard = items.filter(item => item.unheard).map(keyOf)
  for (const key of unheard) found.push(...(await ticketsWith(ctx, key)))
  for (const part of chunks(items.filter(item => !item.unheard).map(keyOf), KEYS)) {
    const query = { query: `type:ticket ${part.map(key => `external_id:${key}`).join(' ')}`, per_page: '100' }
    found.push(...(await read(ctx, 'search', searchAnswer, query)).results)
  }
  const several = new Map<string, SeveralTickets>()
  for (const ticket of found.sort((a, b) => Number(b.id) - Number(a.id))) {
    const key = ticket.external_id ?? ''
    const { open, closed } = several.get(key) ?? {}
    if (ticket.status === 'closed') several.set(key, { ...(open ? { open } : {}), closed: closed ?? ticket })
    else several.set(key, { open: open ?? ticket, ...(closed ? { closed } : {}) })
  }
  // A follow-up that an agent made has none of our ids.
  for (const [key, { open, closed }] of several) {
    const next = open ? undefined : closed && (await followUpOf(ctx, closed))
    if (next) several.set(key, { open: next, ...(closed ? { closed } : {}) })
  }
  return several
}

/** Throws RemoteCallError. */
export async function ticketsWith(ctx: ZendeskContext, key: string): Promise<Ticket[]> {
  return (await read(ctx, 'tickets', ticketsAnswer, { external_id: key })).tickets
}

/** The newest ticket with the same id of ours that takes more, beside one that does not. Throws RemoteCallError. */
export async function continuationOf(
  ctx: ZendeskContext,
  { id, external_id: key }: Ticket,
): Promise<Ticket | undefined> {
  const others = key ? await ticketsWith(ctx, key) : []
  const later = others.filter(other => Number(other.id) > Number(id) && other.status !== 'closed')
  return later.sort((a, b) => Number(a.id) - Number(b.id)).at(-1)
}

/** The ticket that goes on from a closed one, if somebody made one that takes more. Throws RemoteCallError. */
export async function followUpOf(ctx: ZendeskContext, { followup_ids: ids }: Ticket): Promise<Ticket | undefined> {
  const newest = ids?.toSorted((a, b) => Number(a) - Number(b)).at(-1)
  if (!newest) return undefined
  const { ticket } = await read(ctx, `tickets/${newest}`, ticketAnswer)
  return ticket.status === 'closed' ? followUpOf(ctx, ticket) : ticket
}
