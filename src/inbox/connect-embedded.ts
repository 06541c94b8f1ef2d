/**
 * Connects the number of somebody who has signed up in Meta's own window (Embedded Signup): the window hands a code, and
 * names the account and the number; the rest goes as with any token.
 */
import type { Step } from '../core/channel-connection.ts'
import { type ConnectContext, type Connected, connectChannel, type NewConnection } from './connect-channel.ts'
import { metaAppOf } from './meta-app.ts'
import { exchangeCode } from './whatsapp/onboarding.ts'

/** Meta's names for how the window was left (Embedded Signup v4, "Session logging"). */
export const signupEvents = [
  'FINISH',
  'FINISH_ONLY_WABA',
  'FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING',
  'FINISH_GRANT_ONLY_API_ACCESS',
] as const
export type SignupEvent = (typeof signupEvents)[number]

/** The number stays in the WhatsApp Business app (coexistence). */
export function isCoexistence(event: SignupEvent): boolean {
  return event === 'FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING'
}

export type Signup = Omit<NewConnection, 'token'> & { code: string; event: SignupEvent }

/** Throws as `connectChannel` does. */
export async function connectEmbedded(ctx: ConnectContext, { code, event, ...signup }: Signup): Promise<Connected> {
  const { appId, appSecrets } = await metaAppOf(ctx, signup.appKey)
  const failed = (detail: string | null): Step[] => [{ id: 'code', outcome: 'failed', detail }]
  if (appId === null) {
    return { kind: 'stopped', steps: failed(null), cause: { kind: 'obstacle', obstacle: 'app id needed', numbers: [] } }
  }
  const exchanged = await exchangeCode(ctx.whatsapp, { appId, appSecret: appSecrets[0] ?? '' }, code)
  if (exchanged.kind !== 'token') {
    return { kind: 'stopped', steps: failed(exchanged.reason), cause: { kind: 'call', failure: exchanged } }
  }
  const { import: wanted, ...rest } = signup
  const connection = { ...rest, token: exchanged.token, ...(isCoexistence(event) ? { import: wanted } : {}) }
  return connectChannel(ctx, connection, [{ id: 'code', outcome: 'done', detail: null }])
}
