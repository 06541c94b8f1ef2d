/** What people do all day, as the API asks the database for it. */
import { type Sight, seesAll } from '../../src/core/permissions.ts'
import { boardColumns } from '../../src/core/ticket.ts'
import type { TicketFilter } from '../../src/core/ticket-filter.ts'
import type { Tx } from '../../src/db/client.ts'
import { ticketReport } from '../../src/db/reports.ts'
import { findTickets } from '../../src/db/search.ts'
import { boardOf, countTickets, type Looker, listTickets } from '../../src/db/ticket-list.ts'
import { mostUrgentUnowned } from '../../src/db/tickets.ts'
import type { Generated } from './generate.ts'

export type Act = { name: string; run: (tx: Tx, nth: number) => Promise<unknown> }

export function actsOf({ agents, teams, now }: Generated): Act[] {
  const looker = (sees: Sight = seesAll): Looker => ({ sees, agentId: agents[0] ?? null, now })
  const agent = (nth: number) => agents[nth % agents.length] as string
  const team = (nth: number): Sight => ({
    kind: 'team',
    teamIds: [teams[nth % teams.length] as string],
    agentId: agent(nth),
  })
  const list =
    (sort: 'newest' | 'due' | 'waiting', filter: TicketFilter = {}, sees?: Sight) =>
    (tx: Tx) =>
      listTickets(tx, looker(sees), filter, { sort, limit: 51 })
  const month = { from: new Date(now.getTime() - 30 * 86_400_000), to: now, timeZone: 'America/Mexico_City' }
  return [
    { name: 'list, newest', run: list('newest') },
    { name: 'list, by deadline', run: list('due') },
    { name: 'list, who waits longest', run: list('waiting') },
    { name: 'list, of one agent', run: (tx, nth) => list('newest', { owner: agent(nth) })(tx) },
    {
      name: 'list, a page far behind',
      run: (tx, nth) =>
        listTickets(
          tx,
          looker(),
          {},
          {
            sort: 'newest',
            limit: 51,
            after: { at: new Date(now.getTime() - (nth + 1) * 3 * 86_400_000), id: agent(0) },
          },
        ),
    },
    { name: 'list, of a team only', run: (tx, nth) => list('newest', {}, team(nth))(tx) },
    { name: 'board', run: tx => boardOf(tx, looker(), {}, [...boardColumns], 25) },
    { name: 'board, of a team only', run: (tx, nth) => boardOf(tx, looker(team(nth)), {}, [...boardColumns], 25) },
    {
      name: 'count of a view',
      run: (tx, nth) => countTickets(tx, looker(), { owner: agent(nth), board: ['assigned'] }),
    },
    { name: 'next ticket', run: tx => mostUrgentUnowned(tx, seesAll) },
    { name: 'search, a number', run: (tx, nth) => findTickets(tx, seesAll, [String(1 + nth * 9)], 10) },
    { name: 'search, two words', run: (tx, nth) => findTickets(tx, seesAll, ['factura', String(1 + nth * 5)], 10) },
    { name: 'search, a word of every fifth', run: tx => findTickets(tx, seesAll, ['pedido'], 10) },
    { name: 'report, a month by agent', run: tx => ticketReport(tx, month, 'agent') },
  ]
}
