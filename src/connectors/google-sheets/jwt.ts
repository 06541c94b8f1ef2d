/** The assertion of a service account (RFC 7523), signed with RS256 by its key. */
import { RemoteCallError } from '../contract.ts'

export type Assertion = { issuer: string; scope: string; audience: string; privateKey: string; now: Date }

/** Google takes an hour at the most. https://developers.google.com/identity/protocols/oauth2/service-account */
const LIVES_SECONDS = 3_600

const RS256 = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }

/** Throws `unauthorized` where the key is none. */
export async function signAssertion({ issuer, scope, audience, privateKey, now }: Assertion): Promise<string> {
  const iat = Math.floor(now.getTime() / 1_000)
  const claims = { iss: issuer, scope, aud: audience, iat, exp: iat + LIVES_SECONDS }
  const signed = [{ alg: 'RS256', typ: 'JWT' }, claims].map(part => base64url(utf8(JSON.stringify(part)))).join('.')
  const signature = await crypto.subtle.sign(RS256, await importKey(privateKey), utf8(signed))
  return `${signed}.${base64url(new Uint8Array(signature))}`
}

async function importKey(pem: string): Promise<CryptoKey> {
  try {
    const der = Uint8Array.from(atob(pem.replace(/-----[A-Z ]+-----|\s/g, '')), character => character.charCodeAt(0))
    return await crypto.subtle.importKey('pkcs8', der, RS256, false, ['sign'])
  } catch (cause) {
    const message =
      'The private key of the service account cannot be read: paste the JSON file whole, as Google gave it'
    throw new RemoteCallError({ kind: 'unauthorized', message }, { cause })
  }
}

const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
