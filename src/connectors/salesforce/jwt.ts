/** The assertion of the JWT bearer flow (RFC 7523), signed with RS256 by the certificate that the app has. */
import { readPrivateKey, signToken } from '../../core/signed-token.ts'
import { RemoteCallError } from '../contract.ts'
import type { JwtBearer } from './credentials.ts'

/** Salesforce takes three minutes at the most. https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_jwt_flow.htm */
const LIVES_MS = 3 * 60_000

/** Throws `unauthorized` where the key is none. */
export async function signAssertion({ clientId, username, privateKey, loginUrl }: JwtBearer, now: Date) {
  const claims = {
    ...{ iss: clientId, sub: username, aud: audienceOf(loginUrl) },
    exp: Math.floor((now.getTime() + LIVES_MS) / 1_000),
  }
  return signToken(await importKey(privateKey), { alg: 'RS256' }, claims)
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
    return await readPrivateKey(pem)
  } catch (cause) {
    const message = 'The private key cannot be read: it must be RSA, in PKCS #8'
    throw new RemoteCallError({ kind: 'unauthorized', message }, { cause })
  }
}
