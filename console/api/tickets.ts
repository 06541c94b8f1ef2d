/** Tickets as the inbox shows them: lists page by page, one whole, and what is done to them. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, ask } from './client.ts'
import type { Answer, Asked } from './types.ts'

export type TicketPage = Answer<typeof api.tickets.$get>
export type Ticket = TicketPage['items'][number]
export type WholeTicket = Answer<(typeof api.tickets)[':id']['$get']>
export type Message = WholeTicket['messages'][number]
export type TicketEvent = WholeTicket['events'][number]
export type Note = WholeTicket['notes'][number]
export type ListQuery = NonNullable<Asked<typeof api.tickets.$get>['query']>
export type Content = NonNullable<Asked<(typeof api.tickets)[':id']['reply']['$post']>['json']['content']>

const PAGE = '60'

export const ticketList = (query: ListQuery) =>
  infiniteQueryOptions({
    queryKey: ['tickets', 'list', query],
    queryFn: ({ pageParam }) =>
      ask(api.tickets.$get({ query: { ...query, limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) } })),
    initialPageParam: '',
    getNextPageParam: page => page.nextCursor,
    staleTime: 10_000,
  })

export const oneTicket = (id: string) =>
  queryOptions({
    queryKey: ['tickets', 'one', id],
    queryFn: () => ask(api.tickets[':id'].$get({ param: { id } })),
    staleTime: 10_000,
  })

export const agentsQuery = queryOptions({
  queryKey: ['agents'],
  queryFn: () => ask(api.agents.$get()),
  staleTime: 300_000,
})
export const teamsQuery = queryOptions({
  queryKey: ['teams'],
  queryFn: () => ask(api.teams.$get()),
  staleTime: 300_000,
})
export const viewsQuery = queryOptions({
  queryKey: ['views'],
  queryFn: () => ask(api.views.$get()),
  staleTime: 60_000,
})
export const tagsQuery = queryOptions({
  queryKey: ['tags'],
  queryFn: () => ask(api.tags.$get()),
  staleTime: 300_000,
})
export const quickRepliesQuery = queryOptions({
  queryKey: ['quick-replies'],
  queryFn: () => ask(api['quick-replies'].$get({ query: {} })),
  staleTime: 300_000,
})

export const contactQuery = (id: string) =>
  queryOptions({ queryKey: ['contacts', id], queryFn: () => ask(api.contacts[':id'].$get({ param: { id } })) })

/** Before the id of an answer that the hub does not know yet. */
export const PENDING = 'pending '

/** The id of the message that came last to the hub, by their order (UUIDv7): what came last may stand further up. */
export function newestMessage({ messages }: WholeTicket): string | undefined {
  return messages
    .map(({ id }) => id)
    .filter(id => !id.startsWith(PENDING))
    .sort()
    .at(-1)
}

export type Priority = Ticket['priority']

/** One after the other: what was said last of where somebody is must be what holds. */
let told: Promise<unknown> = Promise.resolve()

export const acts = {
  assign: (id: string, agentId: string | null) =>
    ask(api.tickets[':id'].assign.$post({ param: { id }, json: { agentId } })),
  resolve: (id: string) => ask(api.tickets[':id'].resolve.$post({ param: { id } })),
  reopen: (id: string) => ask(api.tickets[':id'].reopen.$post({ param: { id } })),
  wait: (id: string) => ask(api.tickets[':id'].wait.$post({ param: { id } })),
  resume: (id: string) => ask(api.tickets[':id'].resume.$post({ param: { id } })),
  snooze: (id: string, until: string | null) =>
    ask(api.tickets[':id'].snooze.$post({ param: { id }, json: { until } })),
  wake: (id: string) => ask(api.tickets[':id'].wake.$post({ param: { id } })),
  priority: (id: string, priority: Priority) => ask(api.tickets[':id'].$patch({ param: { id }, json: { priority } })),
  tags: (id: string, add: string[], remove: string[]) =>
    ask(api.tickets[':id'].tags.$post({ param: { id }, json: { add, remove } })),
  note: (id: string, text: string, mentions: string[]) =>
    ask(api.tickets[':id'].notes.$post({ param: { id }, json: { text, mentions } })),
  task: (id: string, title: string, dueAt: string | null) =>
    ask(api.tickets[':id'].tasks.$post({ param: { id }, json: { title, dueAt } })),
  finishTask: (id: string, done: boolean) => ask(api.tasks[':id'].$patch({ param: { id }, json: { done } })),
  present(id: string, kind: 'viewing' | 'replying' | null) {
    const said = told.then(() => ask(api.tickets[':id'].presence.$put({ param: { id }, json: { kind } })))
    told = said.catch(() => {})
    return said
  },
  /** Null: the customer's last message is unread again. */
  readUpTo: (id: string, upTo: string | null) =>
    ask(api.tickets[':id']['read-up-to'].$put({ param: { id }, json: { upTo } })),
  next: () => ask(api.tickets.next.$post({ json: {} })),
  read: (id: string) => ask(api.tickets[':id'].read.$post({ param: { id } })),
  resend: (messageId: string) => ask(api.messages[':id'].resend.$post({ param: { id: messageId } })),
  dismiss: (messageId: string) => ask(api.messages[':id'].dismiss.$post({ param: { id: messageId } })),
}

export type Reply = Asked<(typeof api.tickets)[':id']['reply']['$post']>['json']

export const sendReply = (id: string, reply: Reply) =>
  ask(api.tickets[':id'].reply.$post({ param: { id }, header: {}, json: reply }))
