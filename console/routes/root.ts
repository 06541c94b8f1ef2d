/** What all pages are below: the door, and the shell of those who are in. */
import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router'
import { meQuery } from '../api/session.ts'
import { Root } from '../layout/root.tsx'
import { Shell } from '../layout/shell.tsx'

export type Context = { client: QueryClient }

export const root = createRootRouteWithContext<Context>()({ component: Root })

const text = (value: unknown) => (typeof value === 'string' ? value : undefined)

export const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): { to?: string } => {
    const to = text(search.to)
    return to === undefined ? {} : { to }
  },
  beforeLoad: async ({ context, search }) => {
    if (await context.client.ensureQueryData(meQuery)) throw redirect({ to: search.to ?? '/inbox' })
  },
  component: lazyRouteComponent(() => import('../entry/sign-in.tsx'), 'SignIn'),
})

export const join = createRoute({
  getParentRoute: () => root,
  path: '/join',
  validateSearch: (search: Record<string, unknown>): { invitation?: string } => {
    const invitation = text(search.invitation)
    return invitation === undefined ? {} : { invitation }
  },
  component: lazyRouteComponent(() => import('../entry/join.tsx'), 'Join'),
})
export const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  component: lazyRouteComponent(() => import('../entry/setup.tsx'), 'Setup'),
})
export const resetPassword = createRoute({
  getParentRoute: () => root,
  path: '/reset-password',
  validateSearch: (search: Record<string, unknown>): { token?: string } => {
    const token = text(search.token)
    return token === undefined ? {} : { token }
  },
  component: lazyRouteComponent(() => import('../entry/reset-password.tsx'), 'ResetPassword'),
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
