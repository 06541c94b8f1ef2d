import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { shell } from './root.ts'

/** What of the list is shown stands in the address, so that it can be passed on. */
const listSearch = (search: Record<string, unknown>): { show?: string; q?: string; sort?: string } => ({
  ...(typeof search.show === 'string' ? { show: search.show } : {}),
  ...(typeof search.q === 'string' ? { q: search.q } : {}),
  ...(typeof search.sort === 'string' ? { sort: search.sort } : {}),
})

export const inbox = createRoute({
  getParentRoute: () => shell,
  path: '/inbox',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('../inbox/inbox.tsx'), 'Inbox'),
})
export const ticket = createRoute({ getParentRoute: () => inbox, path: '$ticket' })

export const board = createRoute({
  getParentRoute: () => shell,
  path: '/board',
  component: lazyRouteComponent(() => import('../inbox/board.tsx'), 'Board'),
})
