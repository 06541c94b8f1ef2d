/** The assertion of the JWT bearer flow (RFC 7523), signed with RS256 by the certificate that the app has. */
import { RemoteCallError } from '../contract.ts'
import type { JwtBearer } from './credentials.ts'

/** Salesforce takes three minutes at the most. https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_jwt_flow.htm */
const LIVES_MS = 3 * 60_000

const RS256 = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }

/** Throws `unauthorized` where the key is none. */
export async function signAssertion({ clientId, username, privateKey, loginUrl }: JwtBearer, now: Date) {
  const claims = {
    ...{ iss: clientId, sub: username, aud: audienceOf(loginUrl) },
    exp: Math.floor((now.getTime() + LIVES_MS) / 1_000),
  }
  const signed = `${base64url(utf8(JSON.stringify({ alg: 'RS256' })))}.${base64url(utf8(JSON.stringify(claims)))}`
  const signature = await crypto.subtle.sign(RS256, await importKey(privateKey), utf8(signed))
  return `${signed}.${base64url(new Uint8Array(signature))}`
}

/** Salesforce's two common addresses, whichever host the token is asked of; a simulation is its own. */
function audienceOf(loginUrl: string): string {
  const { hostname } = new URL(loginUrl)
  if (!hostname.endsWith('.salesforce.com')) return loginUrl
  const isSandbox = hostname === 'test.salesforce.com' || hostname.includes('.sandbox.')
  return isSandbox ? 'https://test.salesforce.com' : 'https://login.salesforce.com'
}

async function importKey(pem: string): Promise<CryptoKey> {
  try {
    const der = Uint8Array.from(atob(pem.replace(/-----[A-Z ]+-----|\s/g, '')), character => character.charCodeAt(0))
    return await crypto.subtle.importKey('pkcs8', der, RS256, false, ['sign'])
  } catch (cause) {
    const message = 'The private key cannot be read: it must be RSA, in PKCS #8'
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
