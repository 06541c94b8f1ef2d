import { queryOptions } from '@tanstack/react-query'
import { api, ask } from './client.ts'
import type { Answer } from './types.ts'

export type Person = Answer<typeof api.people.$get>['items'][number]
export type Role = Answer<typeof api.roles.$get>['items'][number]
export type Team = Answer<typeof api.teams.$get>['items'][number]

export const peopleQuery = queryOptions({ queryKey: ['people'], queryFn: () => ask(api.people.$get()) })
export const rolesQuery = queryOptions({ queryKey: ['roles'], queryFn: () => ask(api.roles.$get()) })
