/** What Meta and our own public address said of a number, and of its app: what a check judges. */
import type { Finding } from './channel-findings.ts'

/** An answer, or why there is none; `code` is Meta's. */
export type Told<T> =
  | { kind: 'told'; value: T }
  | { kind: 'refused'; code: string; reason: string }
  | { kind: 'no answer'; reason: string }

/** Of an access token, as Meta's debugger tells it. */
export type TokenFacts = {
  isValid: boolean
  reason: string | null
  appId: string | null
  /** Null: it does not expire. */
  expiresAt: Date | null
  scopes: string[]
  /** The accounts each scope was given for; none named: all. */
  targets: { scope: string; ids: string[] }[]
}

/** What can be sent, entity by entity, as Meta judges it. */
export type Sendability = {
  overall: string
  entities: { kind: string; state: string; errors: { code: string; words: string; solution: string }[] }[]
}

/** Meta's words, where it says them. */
export type NumberFacts = {
  status: string | null
  platform: string | null
  verifiedName: string | null
  nameStatus: string | null
  codeVerification: string | null
  quality: string | null
  messagingLimit: string | null
  throughput: string | null
  hasPin: boolean | null
  /** Used in the WhatsApp Business app too (coexistence). */
  onBusinessApp: boolean
  /** Where its webhooks go: the most exact one holds. */
  callbacks: { number: string | null; account: string | null; app: string | null }
  sendability: Sendability | null
}

export type AccountFacts = { reviewStatus: string | null; verification: string | null }
export type SubscribedApp = { appId: string; name: string | null; overrideUrl: string | null }
export type AppSubscription = { object: string; callbackUrl: string; active: boolean; fields: string[] }

/** What became of a request that we made to our own public address. */
export type Reached =
  | { kind: 'right' }
  | { kind: 'not reached'; reason: string }
  | { kind: 'redirected'; status: number; to: string }
  /** We answered ourselves, and refused: what arrived is not what was sent, or the secret is another. */
  | { kind: 'refused by us' }
  /** Somebody else answered. */
  | { kind: 'answered otherwise'; status: number }
  /** 200, and nothing in the ledger. */
  | { kind: 'lost' }

/** News of the account that Meta told by webhook and that still hold. */
export type AccountNews = { event: string; at: Date; data: Record<string, unknown> }

export type Observations = {
  now: Date
  channel: {
    state: 'connected' | 'unchecked' | 'paused' | 'reconnect' | 'disconnected'
    reason: string | null
    phoneNumberId: string
    wabaId: string
  }
  /** The app as it is registered here. */
  app: { key: string; id: string | null }
  callbackUrl: string
  /** A simulation on this machine: nobody outside has to reach us. */
  simulated: boolean
  token: Told<TokenFacts>
  number: Told<NumberFacts>
  account: Told<AccountFacts>
  subscribed: Told<SubscribedApp[]>
  /** Null: not asked, because the app's id is not known. */
  appWebhooks: Told<AppSubscription[]> | null
  handshake: Reached
  loop: Reached
  /** The last message of a customer. */
  lastInboundAt: Date | null
  templates: { approved: number; paused: number; disabled: number; rejected: number }
  news: AccountNews[]
  /** Our clock before Meta's; ms. Null where Meta did not answer. */
  skewMs: number | null
  /** Null: reachable. */
  mediaHost: { host: string; trouble: string | null }
}

export type Verdict = { finding: Finding; facts?: Record<string, string> }

export const REQUIRED_SCOPES = ['whatsapp_business_management', 'whatsapp_business_messaging'] as const

export function given(key: string, value: string | null): Record<string, string> {
  return value === null ? {} : { [key]: value }
}

/** For what was not told. */
export function notTold(answer: { reason: string } | null): Verdict {
  return { finding: 'not told', facts: { reason: answer?.reason ?? '—' } }
}

export const fine = (seen: string | null): Verdict => ({ finding: 'fine', facts: { seen: seen ?? '—' } })
