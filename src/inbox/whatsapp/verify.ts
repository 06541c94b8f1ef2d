/**
 * The signature of a WhatsApp webhook: `X-Hub-Signature-256: sha256=<64 hex>`, HMAC-SHA256 of the raw bytes under the
 * app secret (Meta, "Webhooks › Validating payloads"). Two secrets hold while one is being rotated.
 */
export type Verifier = (body: Uint8Array<ArrayBuffer>, header: string | null | undefined) => boolean | Promise<boolean>

export function createVerifier(appSecrets: string[]): Verifier {
  const keys = appSecrets.map(secret =>
    crypto.subtle.importKey('raw', new TextEncoder().encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [
      'verify',
    ]),
  )
  return async (body, header) => {
    const signature = parseSignature(header)
    if (!signature) return false
    for (const key of keys) {
      // subtle.verify compares in constant time.
      if (await crypto.subtle.verify('HMAC', await key, signature, body)) return true
    }
    return false
  }
}

/** The header of a body, as Meta makes it. */
export async function signatureOf(body: Uint8Array<ArrayBuffer>, appSecret: string): Promise<string> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(appSecret), algorithm, false, ['sign'])
  return `sha256=${toHex(await crypto.subtle.sign('HMAC', key, body))}`
}

export function toHex(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), byte => byte.toString(16).padStart(2, '0')).join('')
}

/** Whether the header can be one at all: worth reading the body for. */
export function isSignature(header: string | null | undefined): header is string {
  return SIGNATURE.test(header ?? '')
}

const SIGNATURE = /^sha256=([0-9a-f]{64})$/i

/** The 32 bytes of a well-formed header; null for anything else. */
export function parseSignature(header: string | null | undefined): Uint8Array<ArrayBuffer> | null {
  const hex = SIGNATURE.exec(header ?? '')?.[1]
  if (!hex) return null
  const bytes = new Uint8Array(32)
  for (let n = 0; n < 32; n++) bytes[n] = Number.parseInt(hex.slice(2 * n, 2 * n + 2), 16)
  return bytes
}

/** Compares two tokens without telling, by its duration, how far they agree. */
export async function sameToken(a: string, b: string): Promise<boolean> {
  const key = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify'])
  const encoder = new TextEncoder()
  return crypto.subtle.verify('HMAC', key, await crypto.subtle.sign('HMAC', key, encoder.encode(a)), encoder.encode(b))
}
