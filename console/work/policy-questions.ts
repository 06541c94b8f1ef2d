import type { api } from '../api/client.ts'
import type { Answer } from '../api/types.ts'

export type Policy = Answer<(typeof api)['sla-policies']['$get']>['items'][number]
export type Draft = Omit<Policy, 'id' | 'position'>
export type Step = Policy['escalation'][number]
export type PolicyPreview = Answer<(typeof api)['sla-policies']['preview']['$post']>

export const blankPolicy: Draft = {
  ...{ name: '', priority: null, category: null, teamId: null, channelId: null, businessHoursId: null },
  ...{ frtMinutes: 15, nrtMinutes: 60, ttrMinutes: 1440, pauseWhileWaiting: true, warnAt: 0.8, targetPercent: 90 },
  escalation: [],
}
