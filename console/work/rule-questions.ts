import { queryOptions } from '@tanstack/react-query'
import { api, ask } from '../api/client.ts'
import type { Answer, Asked } from '../api/types.ts'

export type Rule = Answer<(typeof api)['routing-rules']['$get']>['items'][number]
export type NewRule = Asked<(typeof api)['routing-rules']['$post']>['json']
export type Conditions = NewRule['conditions']
export type Actions = NewRule['actions']
export type Trial = Answer<(typeof api)['routing-rules']['try']['$post']>

export const rulesQuery = queryOptions({
  queryKey: ['routing-rules'],
  queryFn: () => ask(api['routing-rules'].$get()),
})
export const policiesQuery = queryOptions({
  queryKey: ['sla-policies'],
  queryFn: () => ask(api['sla-policies'].$get()),
})
export const priorities = ['low', 'normal', 'high', 'urgent'] as const
