/**
 * Whom files are fetched from, and who may see the number's token. Addresses come in webhooks and answers: one that leads
 * elsewhere is not followed, so that nobody makes us call machines beside ours.
 */

/** Meta's door to files: asks for the token (Meta, "Media › Download media"). */
const DOOR = 'lookaside.fbsbx.com'

/** Where the door may send us on. */
const STORES = /\.(fbcdn\.net|fbsbx\.com|whatsapp\.net)$/

export type Host = 'with token' | 'without token' | 'foreign'

/** `apiUrl`: the Graph API as configured; a simulation serves its files itself. */
export function judgeHost(address: string, apiUrl: string): Host {
  if (!URL.canParse(address)) return 'foreign'
  const { protocol, hostname, port, origin, username, password } = new URL(address)
  if (username !== '' || password !== '') return 'foreign'
  if (origin === new URL(apiUrl).origin) return 'with token'
  if (protocol !== 'https:' || port !== '') return 'foreign'
  if (hostname === DOOR) return 'with token'
  return STORES.test(hostname) ? 'without token' : 'foreign'
}
