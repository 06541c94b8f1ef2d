import type { Account, Comment } from './state.ts'
import { commentView, ticketView } from './tickets.ts'
import { live, userView } from './users.ts'

/** An account as people see it there: newest last, and no more of each list than is asked for. */
export function zendeskView(
  account: Account,
  { messages, records }: { messages?: number | undefined; records?: number | undefined },
) {
  const users = live(account)
  const people = users.filter(({ role }) => role === 'end-user')
  const tickets = [...account.tickets.values()].filter(({ deleted }) => !deleted)
  const comments = (all: Comment[]) => last(all, messages).map(comment => commentView(comment, ''))
  return {
    subdomain: account.subdomain,
    agents: users.filter(({ role }) => role !== 'end-user').map(userView),
    statuses: account.customStatuses.map(({ id, label, category }) => ({ id, label, category })),
    users: { total: people.length, results: last(people, records).map(userView) },
    tickets: {
      total: tickets.length,
      results: last(tickets, records).map(ticket => ({
        ...ticketView(account, ticket),
        comments: comments(ticket.comments),
      })),
    },
    webhooks: [...account.webhooks.values()].map(({ secret: _, ...hook }) => hook),
    mails: account.mails,
  }
}

function last<T>(all: T[], limit: number | undefined): T[] {
  return limit === undefined ? all : all.slice(-limit)
}
