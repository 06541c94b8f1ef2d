/**
 * Addresses of files for browsers, which send no API key for a picture: short-lived and signed (HMAC-SHA256, by a key derived
 * from SEALING_KEY), they open one file of one workspace, and need nobody to be asked. Those that are told to a CRM last longer.
 */
export type MediaVariant = 'file' | 'thumbnail'

export type MediaLink = { workspaceId: string; mediaId: string; variant: MediaVariant }

export type MediaLinks = {
  /** A path with its query. */
  sign(link: MediaLink, now: Date): Promise<string>
  /** The same, good until then: the same for the same instant, so that what holds it does not change by itself. */
  signUntil(link: MediaLink, until: Date): Promise<string>
  /** Null for what we did not sign. */
  read(mediaId: string, query: Record<string, string>, now: Date): Promise<(MediaLink & { isOver: boolean }) | null>
}

/** From one to two of these: links made at about the same time are the same, so that browsers need not fetch anew. */
const PERIOD_MS = 5 * 60_000

/** The first key signs; any key opens, so that keys can be rotated. */
export function createMediaLinks(sealingKeys: [string, ...string[]]): MediaLinks {
  const keys = sealingKeys.map(deriveKey)
  async function signed(link: MediaLink, expires: number) {
    const sum = await crypto.subtle.sign('HMAC', await (keys[0] as Promise<CryptoKey>), message(link, expires))
    const query = new URLSearchParams({ w: link.workspaceId, e: String(expires), s: encode(new Uint8Array(sum)) })
    if (link.variant === 'thumbnail') query.set('v', 'thumbnail')
    return `/media/${link.mediaId}?${query}`
  }
  return {
    sign: (link, now) => signed(link, (Math.floor(now.getTime() / PERIOD_MS) + 2) * (PERIOD_MS / 1000)),
    signUntil: (link, until) => signed(link, Math.floor(until.getTime() / 1000)),
    async read(mediaId, { w: workspaceId = '', e = '', s = '', v }, now) {
      const link: MediaLink = { workspaceId, mediaId, variant: v === 'thumbnail' ? 'thumbnail' : 'file' }
      const sum = decode(s)
      if (!sum || !/^\d{1,12}$/.test(e)) return null
      for (const key of keys) {
        if (await crypto.subtle.verify('HMAC', await key, sum, message(link, Number(e)))) {
          return { ...link, isOver: Number(e) * 1000 <= now.getTime() }
        }
      }
      return null
    },
  }
}

function message({ workspaceId, mediaId, variant }: MediaLink, expires: number) {
  return new TextEncoder().encode(`${workspaceId}\n${mediaId}\n${variant}\n${expires}`)
}

/** Apart from the key that seals: what one knows says nothing of the other. */
async function deriveKey(secret: string): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey('raw', new TextEncoder().encode(secret), 'HKDF', false, ['deriveKey'])
  const info = new TextEncoder().encode('buzon media links')
  const how = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info }
  return crypto.subtle.deriveKey(how, base, { name: 'HMAC', hash: 'SHA-256', length: 256 }, false, ['sign', 'verify'])
}

function encode(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '')
}

function decode(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[\w-]{43}$/.test(text)) return null
  const plain = atob(text.replace(/-/g, '+').replace(/_/g, '/'))
  return Uint8Array.from(plain, char => char.charCodeAt(0))
}
