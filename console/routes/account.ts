/** What is one's own. */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { shell } from './root.ts'

const account = createRoute({
  getParentRoute: () => shell,
  path: '/account',
  component: lazyRouteComponent(() => import('../account/layout.tsx'), 'AccountLayout'),
})
const up = { getParentRoute: () => account }

const security = createRoute({
  ...up,
  path: '/',
  component: lazyRouteComponent(() => import('../account/security.tsx'), 'Security'),
})
const notices = createRoute({
  ...up,
  path: '/notices',
  component: lazyRouteComponent(() => import('../account/notices.tsx'), 'Notices'),
})
/** `show`, `q`, `sort`: the list that somebody comes from, to be kept as a view. */
type ViewsSearch = { show?: string; q?: string; sort?: string }
const views = createRoute({
  ...up,
  path: '/views',
  validateSearch: (search: Record<string, unknown>): ViewsSearch =>
    Object.fromEntries(
      ['show', 'q', 'sort'].flatMap(name => (typeof search[name] === 'string' ? [[name, search[name]]] : [])),
    ),
  component: lazyRouteComponent(() => import('../account/views.tsx'), 'Views'),
})

export const accountRoutes = account.addChildren([security, notices, views])
