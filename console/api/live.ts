/** What changes at the hub, as it changes: what is on the screen is asked for anew. */
import type { QueryClient } from '@tanstack/react-query'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'

type Change = { kind: string; recordId: string; ticketId: string | null; detail: string | null }

/** News of one moment are asked for together; ms. */
const TOGETHER_MS = 60

export type Liveness = 'live' | 'lost'

/** Listens as long as the component is there. `onMessage`: for notices of the desktop. */
export function useLive(onMessage: (ticketId: string) => void): Liveness {
  const client = useQueryClient()
  const [liveness, setLiveness] = useState<Liveness>('live')
  useEffect(() => {
    const source = new EventSource('/api/v1/live')
    const refresh = together(client)
    source.addEventListener('ready', () => setLiveness('live'))
    source.addEventListener('reset', () => void client.invalidateQueries())
    source.addEventListener('error', () => setLiveness('lost'))
    source.addEventListener('change', event => {
      const change: Change = JSON.parse((event as MessageEvent<string>).data)
      refresh(change)
      if (change.kind === 'message.received' && change.ticketId) onMessage(change.ticketId)
    })
    return () => source.close()
  }, [client, onMessage])
  return liveness
}

function together(client: QueryClient) {
  let tickets = new Set<string>()
  let movesLists = false
  let _timer: ReturnType<typeof setTimeout> | undefined
  return ({ kind, recordId, ticketId }: Change) => {
    const [noun = ''] = kind.split('.')
    // What one has read, perhaps in another window, counts on lists alone.
    if (ticketId && kind !== 'ticket.read') tickets.add(ticketId)
    movesLists ||= kind !== 'ticket.presence'
    if (noun === 'contact') void client.invalidateQueries({ queryKey: ['contacts', recordId] })
    _timer ??= setTimeout(() => {
      _timer = undefined
      void client.invalidateQueries({
        queryKey: ['tickets', 'one'],
        predicate: ({ state }) => tickets.has((state.data as { id: string } | undefined)?.id ?? ''),
      })
      if (movesLists) for (const key of ['list', 'board']) void client.invalidateQueries({ queryKey: ['tickets', key] })
      tickets = new Set()
      movesLists = false
    }, TOGETHER_MS)
  }
}
