/**
 * Calls our own public address as Meta does: with a challenge, and with a signed body that says nothing. So it is seen what
 * a proxy, a certificate or a name in the DNS makes of it on the way.
 */
import type { Reached } from '../core/channel-observations.ts'
import type { Db } from '../db/client.ts'
import { deliveryArrived } from '../db/deliveries.ts'
import type { AppCredentials } from './meta-app.ts'
import { WHATSAPP } from './process-deliveries.ts'
import { signatureOf, toHex } from './whatsapp/verify.ts'

type Door = { fetch: typeof fetch; url: string; app: AppCredentials; signal: AbortSignal }

/** As Meta asks when a webhook is set up. */
export async function tryHandshake({ fetch, url, app, signal }: Door): Promise<Reached> {
  const challenge = crypto.randomUUID()
  const query = new URLSearchParams({
    ...{ 'hub.mode': 'subscribe', 'hub.challenge': challenge, 'hub.verify_token': app.verifyToken },
  })
  const answer = await ask(() => fetch(`${url}?${query}`, { redirect: 'manual', signal }))
  if ('kind' in answer) return answer
  if (answer.status === 200) return answer.text === challenge ? { kind: 'right' } : { kind: 'lost' }
  // Our own refusal has no words.
  const isOurs = answer.status === 403 && answer.text === ''
  return isOurs ? { kind: 'refused by us' } : { kind: 'answered otherwise', status: answer.status }
}

/** A body that no ledger has seen, signed; it is right when it stands in ours as it was sent. */
export async function tryDelivery({ fetch, url, app, signal }: Door, db: Db, appKey: string): Promise<Reached> {
  const body = new TextEncoder().encode(harmless(crypto.randomUUID()))
  const headers = {
    'content-type': 'application/json',
    'x-hub-signature-256': await signatureOf(body, app.appSecrets[0] ?? ''),
  }
  const answer = await ask(() => fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal }))
  if ('kind' in answer) return answer
  if (answer.status === 200) {
    const hash = toHex(await crypto.subtle.digest('SHA-256', body))
    return (await deliveryArrived(db, WHATSAPP + appKey, hash)) ? { kind: 'right' } : { kind: 'lost' }
  }
  const isOurs = answer.status === 401 && answer.text.includes('bad_signature')
  return isOurs ? { kind: 'refused by us' } : { kind: 'answered otherwise', status: answer.status }
}

/** Written as Meta writes: whoever reads it and writes it anew changes its bytes. */
function harmless(nonce: string): string {
  const words = 'ñandú ¿sí? 🙂 <b>a/b</b>'
  const body = { object: 'whatsapp_business_account', entry: [], buzon_loop_test: { nonce, words } }
  return JSON.stringify(body).replace(/[/\u007f-\uffff]/g, character =>
    character === '/' ? '\\/' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

async function ask(call: () => Promise<Response>): Promise<{ status: number; text: string } | Reached> {
  try {
    const answer = await call()
    const { status } = answer
    const to = answer.headers.get('location')
    if (status >= 300 && status < 400) return { kind: 'redirected', status, to: to ?? '—' }
    return { status, text: await answer.text() }
  } catch (error) {
    return { kind: 'not reached', reason: troubleOf(error) }
  }
}

/** `fetch failed` says nothing; the cause behind it does. */
export function troubleOf(error: unknown): string {
  const { cause, message } = error as Error & { cause?: { code?: string; message?: string } }
  return cause?.code ?? cause?.message ?? message
}
