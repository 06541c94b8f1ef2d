/** Who is here: asked once, kept until they go. */
import { queryOptions, useQuery } from '@tanstack/react-query'
import { setHubTime } from '../ui/time.ts'
import { api, ask, doors, Problem, post } from './client.ts'
import type { Answer } from './types.ts'

export type Me = Answer<typeof api.me.$get>
export type Permission = Me['permissions'][number]

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: async (): Promise<Me | null> => {
    try {
      const me = await ask(api.me.$get())
      if (me.now) setHubTime(me.now)
      return me
    } catch (error) {
      if (error instanceof Problem && error.status === 401) return null
      throw error
    }
  },
  staleTime: 60_000,
  // Also tells the hub's time, which a sandbox pushes ahead.
  refetchInterval: 60_000,
})

export const doorQuery = queryOptions({ queryKey: ['door'], queryFn: () => ask(doors.$get()) })

/** Only below the signed-in part of the console. */
export function useMe(): Me {
  const { data } = useQuery(meQuery)
  if (!data) throw new Error('Nobody is signed in here')
  return data
}

export function useMay(permission: Permission): boolean {
  return useMe().permissions.includes(permission)
}

export const signIn = (email: string, password: string) =>
  post<{ twoFactorRedirect?: boolean }>('/api/auth/sign-in/email', { email, password })
/** Of the app; or one of those that were kept for when it is lost, which opens once. */
export const sendCode = (typed: string) => {
  const code = typed.replace(/\s/g, '')
  return post(`/api/auth/two-factor/${/^\d{6}$/.test(code) ? 'verify-totp' : 'verify-backup-code'}`, { code })
}
export const sendLink = (email: string) => post('/api/auth/sign-in/magic-link', { email, callbackURL: '/' })
export const signOut = () => post('/api/auth/sign-out', {})
/** By mail: the link comes back to the console with a token. Also for strangers, so that nobody learns who has an account. */
export const askForReset = (email: string) =>
  post('/api/auth/request-password-reset', { email, redirectTo: '/reset-password' })
export const resetPassword = (token: string, newPassword: string) =>
  post('/api/auth/reset-password', { token, newPassword })
