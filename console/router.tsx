/** Where what is. Pages beside the inbox are loaded when they are opened. */
import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router'
import { meQuery } from './api/session.ts'
import { Root } from './layout/root.tsx'
import { Shell } from './layout/shell.tsx'

type Context = { client: QueryClient }

const root = createRootRouteWithContext<Context>()({ component: Root })

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): { to?: string } =>
    typeof search.to === 'string' ? { to: search.to } : {},
  beforeLoad: async ({ context, search }) => {
    if (await context.client.ensureQueryData(meQuery)) throw redirect({ to: search.to ?? '/inbox' })
  },
  component: lazyRouteComponent(() => import('./entry/sign-in.tsx'), 'SignIn'),
})

const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  beforeLoad: async ({ context, location }) => {
    if (!(await context.client.ensureQueryData(meQuery)))
      throw redirect({ to: '/sign-in', search: { to: location.href } })
  },
  component: Shell,
})

const home = createRoute({
  getParentRoute: () => shell,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/inbox' })
  },
})

/** What of the list is shown stands in the address, so that it can be passed on. */
const listSearch = (search: Record<string, unknown>): { show?: string; q?: string; sort?: string } => ({
  ...(typeof search.show === 'string' ? { show: search.show } : {}),
  ...(typeof search.q === 'string' ? { q: search.q } : {}),
  ...(typeof search.sort === 'string' ? { sort: search.sort } : {}),
})

const inbox = createRoute({
  getParentRoute: () => shell,
  path: '/inbox',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./inbox/inbox.tsx'), 'Inbox'),
})
const ticket = createRoute({ getParentRoute: () => inbox, path: '$ticket' })

const board = createRoute({
  getParentRoute: () => shell,
  path: '/board',
  component: lazyRouteComponent(() => import('./inbox/board.tsx'), 'Board'),
})

const tree = root.addChildren([signIn, shell.addChildren([home, inbox.addChildren([ticket]), board])])

export function createAppRouter(client: QueryClient) {
  return createRouter({ routeTree: tree, context: { client }, defaultPreload: 'intent', scrollRestoration: true })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>
  }
}
