import { foldTicketFacts } from '../core/ticket-facts.ts'
import type { ChangeRow } from '../db/changes.ts'
import type { Tx } from '../db/client.ts'
import { countMessageHours, defaultCalendar, factSources, saveFacts } from '../db/reports.ts'

const ABOUT_READERS = new Set(['ticket.presence', 'ticket.read'])

/** Brings up to date what reports read of the tickets that changed, and counts the messages that came. */
export async function foldFacts(tx: Tx, _: unknown, changes: ChangeRow[]): Promise<void> {
  const touched = [
    ...new Set(changes.flatMap(({ ticketId, kind }) => (ticketId && !ABOUT_READERS.has(kind) ? [ticketId] : []))),
  ]
  const fresh = changes.filter(({ kind }) => kind === 'message.received' || kind === 'message.created')
  const [calendar, sources] = await Promise.all([
    defaultCalendar(tx),
    factSources(tx, touched),
    countMessageHours(
      tx,
      fresh.map(row => row.recordId),
    ),
  ])
  const rows = sources.flatMap(({ events, ...source }) => {
    const dated = events.map(({ kind, at }) => ({ kind, at: new Date(at) }))
    const facts = foldTicketFacts(dated, calendar)
    return facts ? [{ ...source, ...facts }] : []
  })
  if (rows.length > 0) await saveFacts(tx, rows)
}
