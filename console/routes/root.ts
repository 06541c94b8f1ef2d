/** What all pages are below: the door, and the shell of those who are in. */
import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { meQuery } from '../api/session.ts'
import { Root } from '../layout/root.tsx'
import { Shell } from '../layout/shell.tsx'

export type Context = { client: QueryClient }

export const root = createRootRouteWithContext<Context>()({ component: Root })

const to = (search: Record<string, unknown>): { to?: string } =>
  typeof search.to === 'string' ? { to: search.to } : {}

export const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: to,
  beforeLoad: async ({ context, search }) => {
    if (await context.client.ensureQueryData(meQuery)) throw redirect({ to: search.to ?? '/inbox' })
  },
  component: lazyRouteComponent(() => import('../entry/sign-in.tsx'), 'SignIn'),
})

export const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  beforeLoad: async ({ context, location }) => {
    if (!(await context.client.ensureQueryData(meQuery)))
      throw redirect({ to: '/sign-in', search: { to: location.href } })
  },
  component: Shell,
})

export const home = createRoute({
  getParentRoute: () => shell,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/inbox' })
  },
})
