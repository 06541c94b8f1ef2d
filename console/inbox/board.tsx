/** Columns by whose turn it is; a card is moved by dragging it, or from its conversation. */
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type DragEvent, useState } from 'react'
import { api, ask } from '../api/client.ts'
import { useMe } from '../api/session.ts'
import { acts, type Ticket } from '../api/tickets.ts'
import type { Answer } from '../api/types.ts'
import { useText } from '../i18n/index.tsx'
import { cx } from '../ui/cx.ts'
import { Avatar, Chip, Trouble } from '../ui/parts.tsx'
import { useToast } from '../ui/toasts.tsx'
import { SlaChip, Unread } from './ticket-chips.tsx'

type Columns = Answer<typeof api.board.$get>['columns']
type Column = Columns[number]['column']
const columns = ['new', 'assigned', 'waiting', 'escalated', 'resolved'] as const satisfies Column[]

const boardQuery = queryOptions({
  queryKey: ['tickets', 'board'],
  queryFn: () => ask(api.board.$get({ query: {} })),
  staleTime: 10_000,
})

export function Board() {
  const { nav, board, common } = useText()
  const { data, error, refetch } = useQuery(boardQuery)
  const move = useMove()
  const [over, setOver] = useState<Column | null>(null)
  const drop = (event: DragEvent, column: Column) => {
    event.preventDefault()
    setOver(null)
    const { id, from }: { id: string; from: Column } = JSON.parse(event.dataTransfer.getData('text/plain') || '{}')
    const ticket = data?.columns.find(each => each.column === from)?.tickets.find(row => row.id === id)
    if (ticket && from !== column) move.mutate({ ticket, to: column })
  }
  return (
    <div className="flex min-h-0 grow flex-col">
      <h1 className="px-4 pt-4 pb-2 text-lg font-semibold">{nav.board}</h1>
      {error && <Trouble error={error} retry={() => void refetch()} />}
      <div className="scroller relative flex min-h-0 grow gap-3 overflow-x-auto px-4 pb-4">
        {!data && !error && (
          <div role="status" aria-label={common.loading} className="flex gap-3">
            {columns.map(column => (
              <span key={column} className="pulse h-80 w-72 rounded-2xl" />
            ))}
          </div>
        )}
        {data?.columns.map(({ column, tickets, count }) => (
          <section
            key={column}
            aria-label={board[column]}
            onDragOver={event => {
              event.preventDefault()
              setOver(column)
            }}
            onDragLeave={() => setOver(null)}
            onDrop={event => drop(event, column)}
            className={cx(
              'flex w-72 shrink-0 flex-col rounded-2xl bg-panel',
              over === column && 'outline-2 outline-accent',
            )}
          >
            <h2 className="flex items-center gap-2 px-3 py-2.5 font-semibold">
              {board[column]} <Chip>{count.more ? `${count.count}+` : count.count}</Chip>
            </h2>
            <ul className="scroller relative flex min-h-24 grow flex-col gap-2 overflow-y-auto p-2">
              {tickets.map(ticket => (
                <li key={ticket.id}>
                  <Card ticket={ticket} column={column} />
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </div>
  )
}

function Card({ ticket, column }: { ticket: Ticket; column: Column }) {
  const { priority } = useText()
  const name = ticket.contact.name ?? ticket.contact.phone ?? ticket.number
  return (
    <Link
      to="/inbox/$ticket"
      params={{ ticket: ticket.number }}
      draggable
      onDragStart={event => event.dataTransfer.setData('text/plain', JSON.stringify({ id: ticket.id, from: column }))}
      className="flex flex-col gap-1.5 rounded-xl border border-line bg-raised p-3 shadow-xs hover:border-accent"
    >
      <span className="flex items-center gap-2">
        <Avatar name={name} size={24} />
        <span className="truncate font-medium">{name}</span>
        <span className="ml-auto text-xs text-quiet">{ticket.number}</span>
      </span>
      <span className="flex items-start gap-2 text-sm">
        <span className="line-clamp-2 grow text-quiet">{ticket.subject}</span>
        <Unread count={ticket.unread} />
      </span>
      <span className="flex items-center gap-1.5">
        <SlaChip ticket={ticket} />
        {ticket.priority !== 'normal' && (
          <Chip tone={ticket.priority === 'urgent' ? 'danger' : ticket.priority === 'high' ? 'warn' : 'plain'}>
            {priority[ticket.priority]}
          </Chip>
        )}
        {ticket.owner && (
          <span className="ml-auto" title={ticket.owner.name}>
            <Avatar name={ticket.owner.name} size={20} />
          </span>
        )}
      </span>
    </Link>
  )
}

/** What being in a column means is done to the ticket; it is there at once, and back where the hub refuses. */
function useMove() {
  const client = useQueryClient()
  const say = useToast()
  const me = useMe()
  const { queryKey } = boardQuery
  return useMutation({
    mutationFn: async ({ ticket, to }: { ticket: Ticket; to: Column }) => {
      switch (to) {
        case 'new':
          await acts.assign(ticket.id, null)
          return
        case 'assigned':
          if (ticket.state === 'resolved') await acts.reopen(ticket.id)
          else if (ticket.state === 'waiting') await acts.resume(ticket.id)
          if (!ticket.owner) await acts.assign(ticket.id, me.person?.id ?? null)
          return
        case 'waiting':
          await acts.wait(ticket.id)
          return
        case 'resolved':
          await acts.resolve(ticket.id)
          return
        case 'escalated':
          await acts.priority(ticket.id, 'urgent')
      }
    },
    onMutate: async ({ ticket, to }) => {
      await client.cancelQueries({ queryKey })
      const before = client.getQueryData(queryKey)
      client.setQueryData(
        queryKey,
        known =>
          known && {
            columns: known.columns.map(each => {
              const tickets = each.tickets.filter(row => row.id !== ticket.id)
              return { ...each, tickets: each.column === to ? [ticket, ...tickets] : tickets }
            }),
          },
      )
      return before
    },
    onError: (error, _, before) => {
      client.setQueryData(queryKey, before)
      say(error.message, { isBad: true })
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['tickets'] }),
  })
}
