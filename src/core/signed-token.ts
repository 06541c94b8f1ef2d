/** A token signed with RS256 (RFC 7515, RFC 7518): what a server says of itself to an OAuth server (RFC 7523). By WebCrypto. */
const RS256 = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }

/** `pem`: RSA, in PKCS #8. Throws what is none. */
export async function readPrivateKey(pem: string): Promise<CryptoKey> {
  const der = Uint8Array.from(atob(pem.replace(/-----[A-Z ]+-----|\s/g, '')), character => character.charCodeAt(0))
  return crypto.subtle.importKey('pkcs8', der, RS256, false, ['sign'])
}

export async function signToken(key: CryptoKey, header: object, claims: object): Promise<string> {
  const signed = [header, claims].map(part => base64url(utf8(JSON.stringify(part)))).join('.')
  return `${signed}.${base64url(new Uint8Array(await crypto.subtle.sign(RS256, key, utf8(signed))))}`
}

const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
