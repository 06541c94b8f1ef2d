import { queryOptions } from '@tanstack/react-query'
import { api, ask } from './client.ts'
import type { Answer } from './types.ts'

export type Calendar = Answer<typeof api.calendars.$get>['items'][number]

export const calendarsQuery = queryOptions({ queryKey: ['calendars'], queryFn: () => ask(api.calendars.$get()) })
