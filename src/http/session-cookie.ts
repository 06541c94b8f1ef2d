/** What of better-auth is needed at each request, without better-auth: on Workers it is loaded when somebody signs in. */

/** Where the door is told who knocks: set by us on each request, so that nobody sets it for us. */
export const ADDRESS_HEADER = 'x-buzon-client'

export const COOKIE_PREFIX = 'buzon'

/** The session's cookie holds its token and a signature; the token alone is random enough to be asked for. */
export function sessionToken(cookieHeader: string | undefined, appUrl: string): string | null {
  const name = `${appUrl.startsWith('https:') ? '__Secure-' : ''}${COOKIE_PREFIX}.session_token`
  for (const part of (cookieHeader ?? '').split(';')) {
    const [key, value = ''] = part.trim().split('=', 2)
    if (key === name) return decodeURIComponent(value).split('.')[0] || null
  }
  return null
}
