/** A view that is being made or changed, and what a list or a view makes of it to begin with. */
import type { api } from '../api/client.ts'
import type { Answer, Asked } from '../api/types.ts'
import { queryOf, type Shown } from '../inbox/list-query.ts'

export type View = Answer<typeof api.views.$get>['items'][number]
export type NewView = Asked<typeof api.views.$post>['json']
export type Filter = NewView['filter']

/** Of a view; or of what the inbox's list shows, as its address says it. */
export function draftOf(from: View | Shown): NewView {
  if ('filter' in from) {
    const { name, scope, teamId, filter, sort } = from
    return { name, scope, filter, sort, ...(teamId ? { teamId } : {}) }
  }
  const { sort = 'newest', view: _, ...query } = queryOf(from)
  const { state, owner, asleep, text } = query
  const filter = {
    ...(state ? { state: state.split(',') } : {}),
    ...(owner ? { owner } : {}),
    ...(asleep ? { asleep: asleep === 'true' } : {}),
    ...(text ? { text } : {}),
  }
  return { name: '', scope: 'own', filter: filter as Filter, sort }
}
