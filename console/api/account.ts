/** Who somebody is to this installation, whatever the workspace: passwords, second steps, sessions (better-auth, `/api/auth`). */
import { queryOptions } from '@tanstack/react-query'
import { get, post } from './client.ts'

type Session = { id: string; token: string; ipAddress: string | null; userAgent: string | null; updatedAt: string }
type Own = { user: { email: string; twoFactorEnabled?: boolean | null }; session: { token: string } }

export const ownSessionQuery = queryOptions({
  queryKey: ['account', 'session'],
  queryFn: () => get<Own>('/api/auth/get-session'),
})
export const sessionsQuery = queryOptions({
  queryKey: ['account', 'sessions'],
  queryFn: async () => ({ items: await get<Session[]>('/api/auth/list-sessions') }),
})

/** `totpURI`: what an app of codes reads; it counts from the first right code on. */
export const beginTwoSteps = (password: string) =>
  post<{ totpURI: string; backupCodes: string[] }>('/api/auth/two-factor/enable', { password })
export const endTwoSteps = (password: string) => post('/api/auth/two-factor/disable', { password })
/** Those of before open nothing any more. */
export const newBackupCodes = (password: string) =>
  post<{ backupCodes: string[] }>('/api/auth/two-factor/generate-backup-codes', { password })
export const endSession = (token: string) => post('/api/auth/revoke-session', { token })
export const endOtherSessions = () => post('/api/auth/revoke-other-sessions', {})
/** All other sessions end. */
export const changePassword = (currentPassword: string, newPassword: string) =>
  post('/api/auth/change-password', { currentPassword, newPassword, revokeOtherSessions: true })
