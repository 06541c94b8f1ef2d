/** The assertion of a service account (RFC 7523), signed with RS256 by its key. */
import { readPrivateKey, signToken } from '../../core/signed-token.ts'
import { RemoteCallError } from '../contract.ts'

export type Assertion = { issuer: string; scope: string; audience: string; privateKey: string; now: Date }

/** Google takes an hour at the most. https://developers.google.com/identity/protocols/oauth2/service-account */
const LIVES_SECONDS = 3_600

/** Throws `unauthorized` where the key is none. */
export async function signAssertion({ issuer, scope, audience, privateKey, now }: Assertion): Promise<string> {
  const iat = Math.floor(now.getTime() / 1_000)
  const claims = { iss: issuer, scope, aud: audience, iat, exp: iat + LIVES_SECONDS }
  return signToken(await importKey(privateKey), { alg: 'RS256', typ: 'JWT' }, claims)
}

async function importKey(pem: string): Promise<CryptoKey> {
  try {
    return await readPrivateKey(pem)
  } catch (cause) {
    const message =
      'The private key of the service account cannot be read: paste the JSON file whole, as Google gave it'
    throw new RemoteCallError({ kind: 'unauthorized', message }, { cause })
  }
}
