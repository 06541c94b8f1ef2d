/**
 * Secrets at rest: AES-256-GCM under a key derived from SEALING_KEY. A sealed secret is `v1.<nonce>.<ciphertext>`,
 * base64url. The first key seals; any key opens, so that keys can be rotated.
 */
export type Sealing = {
  seal(secret: unknown): Promise<string>
  /** Throws when no key opens it: a wrong or lost SEALING_KEY. */
  open(sealed: string): Promise<unknown>
}

export function createSealing(keys: [string, ...string[]]): Sealing {
  const derived = keys.map(deriveKey)
  return {
    async seal(secret) {
      const nonce = crypto.getRandomValues(new Uint8Array(12))
      const key = await (derived[0] as Promise<CryptoKey>)
      const text = new TextEncoder().encode(JSON.stringify(secret))
      const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce }, key, text)
      return `v1.${encode(nonce)}.${encode(new Uint8Array(sealed))}`
    },
    async open(sealed) {
      const [version, nonce, text] = sealed.split('.')
      if (version !== 'v1' || !nonce || !text) throw new Error('Not a sealed secret')
      for (const pending of derived) {
        const plain = await tryOpen(await pending, decode(nonce), decode(text))
        if (plain) return JSON.parse(new TextDecoder().decode(plain))
      }
      throw new Error('A stored secret cannot be opened: SEALING_KEY is not the one it was sealed with')
    },
  }
}

async function deriveKey(secret: string): Promise<CryptoKey> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(secret))
  return crypto.subtle.importKey('raw', digest, 'AES-GCM', false, ['encrypt', 'decrypt'])
}

/** GCM tells a wrong key by an OperationError; anything else is a bug. */
async function tryOpen(key: CryptoKey, nonce: Uint8Array<ArrayBuffer>, text: Uint8Array<ArrayBuffer>) {
  try {
    return await crypto.subtle.decrypt({ name: 'AES-GCM', iv: nonce }, key, text)
  } catch (error) {
    if (error instanceof DOMException && error.name === 'OperationError') return null
    throw error
  }
}

function encode(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '')
}

function decode(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replace(/-/g, '+').replace(/_/g, '/'))
  return Uint8Array.from(plain, char => char.charCodeAt(0))
}
