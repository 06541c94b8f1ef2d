/** Whether what customers write reaches us: subscriptions, addresses, and requests to our own public door. */
import {
  type AppSubscription,
  fine,
  notTold,
  type Observations,
  type Reached,
  type Verdict,
} from './channel-observations.ts'

/** What goes wrong without them is told in docs/whatsapp-channel.md. */
export const WANTED_FIELDS = [
  ...['messages', 'account_update', 'account_alerts', 'account_review_update', 'business_capability_update'],
  ...['message_template_status_update', 'message_template_quality_update', 'template_category_update'],
  ...['phone_number_name_update', 'phone_number_quality_update', 'user_preferences'],
]
/** Of a number that is used in the WhatsApp Business app too. */
export const COEXISTENCE_FIELDS = ['smb_message_echoes', 'smb_app_state_sync', 'history']

const DAY_MS = 24 * 3_600_000
/** After so long without a word one looks whether any would come. */
const SILENT_DAYS = 7

type WebhookId =
  | 'address'
  | 'handshake'
  | 'loop'
  | 'subscription'
  | 'callback'
  | 'app-webhook'
  | 'fields'
  | 'last-message'

export function judgeWebhook(seen: Observations): Record<WebhookId, Verdict> {
  const main = mainSubscription(seen)
  return {
    address: judgeAddress(seen),
    handshake: judgeHandshake(seen.handshake),
    loop: judgeLoop(seen.loop),
    subscription: judgeSubscription(seen),
    callback: judgeCallback(seen),
    'app-webhook': judgeAppWebhook(seen, main),
    fields: judgeFields(seen, main),
    'last-message': judgeSilence(seen),
  }
}

type Main = { told: AppSubscription | null } | { verdict: Verdict }

function mainSubscription({ appWebhooks }: Observations): Main {
  if (appWebhooks === null) return { verdict: { finding: 'app id needed' } }
  if (appWebhooks.kind !== 'told') return { verdict: notTold(appWebhooks) }
  return { told: appWebhooks.value.find(({ object }) => object === 'whatsapp_business_account') ?? null }
}

/** Meta calls only https, at an address that all can reach. */
function judgeAddress({ callbackUrl, simulated }: Observations): Verdict {
  const { protocol, hostname } = new URL(callbackUrl)
  if (simulated) return fine(callbackUrl)
  if (isPrivate(hostname)) return { finding: 'address private' }
  return protocol === 'https:' ? fine(callbackUrl) : { finding: 'address not https' }
}

function isPrivate(host: string): boolean {
  return (
    /^(localhost|.*\.local|.*\.internal|\[::1\]|\[f[cd].*\])$/i.test(host) ||
    /^(127|10|169\.254|192\.168|172\.(1[6-9]|2\d|3[01]))\./.test(host)
  )
}

function judgeHandshake(reached: Reached): Verdict {
  if (reached.kind === 'refused by us') return { finding: 'handshake refused' }
  return reached.kind === 'right' ? { finding: 'handshake right' } : judgeReached(reached)
}

function judgeLoop(reached: Reached): Verdict {
  if (reached.kind === 'refused by us') return { finding: 'body altered' }
  return reached.kind === 'right' ? { finding: 'loop right' } : judgeReached(reached)
}

function judgeReached(reached: Exclude<Reached, { kind: 'right' | 'refused by us' }>): Verdict {
  switch (reached.kind) {
    case 'not reached':
      return { finding: 'not reached', facts: { reason: reached.reason } }
    case 'redirected':
      return { finding: 'redirected', facts: { status: String(reached.status), to: reached.to } }
    case 'answered otherwise':
      return { finding: 'answered otherwise', facts: { status: String(reached.status) } }
    case 'lost':
      return { finding: 'answered by another' }
  }
}

function judgeSubscription(seen: Observations): Verdict {
  const { subscribed } = seen
  if (subscribed.kind !== 'told') return notTold(subscribed)
  const ours = appIdOf(seen)
  const others = subscribed.value.map(({ appId, name }) => name ?? appId).join(', ')
  if (subscribed.value.length === 0) return { finding: 'not subscribed' }
  if (ours === null) return notTold(null)
  const isOurs = subscribed.value.some(({ appId }) => appId === ours)
  return isOurs ? fine(others) : { finding: 'other app subscribed', facts: { others } }
}

/** As registered here, else as the token has it. */
function appIdOf({ app, token }: Observations): string | null {
  return app.id ?? (token.kind === 'told' ? token.value.appId : null)
}

/** An address of the number's, or of the account's, holds before the app's. */
function judgeCallback(seen: Observations): Verdict {
  const { number, subscribed, appWebhooks, callbackUrl } = seen
  const ours = appIdOf(seen)
  const told = number.kind === 'told' ? number.value.callbacks : { number: null, account: null, app: null }
  const overrides = subscribed.kind === 'told' ? subscribed.value.filter(({ appId }) => appId === ours) : []
  const override = told.number ?? told.account ?? overrides[0]?.overrideUrl ?? null
  if (override !== null) {
    return sameUrl(override, callbackUrl)
      ? fine(override)
      : { finding: 'overridden elsewhere', facts: { to: override } }
  }
  const own = appWebhooks?.kind === 'told' ? appWebhooks.value[0]?.callbackUrl : undefined
  const plain = told.app ?? own ?? null
  if (plain === null) return number.kind === 'told' ? { finding: 'no callback' } : notTold(number)
  return sameUrl(plain, callbackUrl) ? fine(plain) : { finding: 'callback elsewhere', facts: { to: plain } }
}

/** News of the account and its templates always go to the app's own address. */
function judgeAppWebhook({ callbackUrl }: Observations, main: Main): Verdict {
  if ('verdict' in main) return main.verdict
  if (!main.told) return { finding: 'no app webhook' }
  if (!main.told.active) return { finding: 'app webhook inactive' }
  return sameUrl(main.told.callbackUrl, callbackUrl)
    ? fine(main.told.callbackUrl)
    : { finding: 'news elsewhere', facts: { to: main.told.callbackUrl } }
}

function judgeFields({ number }: Observations, main: Main): Verdict {
  if ('verdict' in main) return main.verdict
  const fields = main.told?.fields ?? []
  if (!fields.includes('messages')) return { finding: 'messages not subscribed' }
  const isShared = number.kind === 'told' && number.value.onBusinessApp
  const missing = [...WANTED_FIELDS, ...(isShared ? COEXISTENCE_FIELDS : [])].filter(field => !fields.includes(field))
  return missing.length > 0
    ? { finding: 'fields missing', facts: { missing: missing.join(', ') } }
    : fine(String(fields.length))
}

function judgeSilence({ lastInboundAt, now }: Observations): Verdict {
  if (!lastInboundAt) return { finding: 'nothing received' }
  const days = Math.floor((now.getTime() - lastInboundAt.getTime()) / DAY_MS)
  const at = lastInboundAt.toISOString()
  return days >= SILENT_DAYS ? { finding: 'silent', facts: { days: String(days), at } } : fine(at)
}

function sameUrl(a: string, b: string): boolean {
  return a.replace(/\/+$/, '') === b.replace(/\/+$/, '')
}
