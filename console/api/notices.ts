import { queryOptions } from '@tanstack/react-query'
import { api, ask } from './client.ts'

export const noticesKey = ['notices']

/** What one was told and has not read; nothing is asked for keys. */
export const unreadNoticesQuery = queryOptions({
  queryKey: [...noticesKey, 'unread'],
  queryFn: () => ask(api.notifications.unread.$get()),
  refetchInterval: 30_000,
})
