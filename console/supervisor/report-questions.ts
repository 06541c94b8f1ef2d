import { queryOptions } from '@tanstack/react-query'
import { api, ask } from '../api/client.ts'
import type { Answer } from '../api/types.ts'

export type Period = { from: string; to: string; timeZone: string; teamId?: string; channelId?: string }
export type ReportRow = Answer<typeof api.reports.tickets.$get>['rows'][number]

export const reportQuery = (period: Period, groupBy: 'none' | 'day' | 'agent') =>
  queryOptions({
    queryKey: ['reports', 'tickets', period, groupBy],
    queryFn: () => ask(api.reports.tickets.$get({ query: { ...period, groupBy } })),
    staleTime: 30_000,
  })

export const hoursQuery = (period: Period) =>
  queryOptions({
    queryKey: ['reports', 'hours', period],
    queryFn: () => ask(api.reports.hours.$get({ query: period })),
    staleTime: 30_000,
  })

export const writtenQuery = (period: Period) =>
  queryOptions({
    queryKey: ['reports', 'agents', period],
    queryFn: () => ask(api.reports.agents.$get({ query: period })),
    staleTime: 30_000,
  })

export const attainmentQuery = ({ from, to }: Period) =>
  queryOptions({
    queryKey: ['attainment', from, to],
    queryFn: () => ask(api.sla.attainment.$get({ query: { from, to } })),
    staleTime: 30_000,
  })
