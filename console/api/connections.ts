import { queryOptions } from '@tanstack/react-query'
import { api, ask } from './client.ts'
import type { Answer } from './types.ts'

export type Connection = Answer<typeof api.connections.$get>['items'][number]

export const connectionsQuery = queryOptions({
  queryKey: ['connections'],
  queryFn: () => ask(api.connections.$get()),
  staleTime: 10_000,
})
