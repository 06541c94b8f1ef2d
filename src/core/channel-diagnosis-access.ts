/** The token, the app that it belongs to, and whether they may speak for the account. */
import {
  type AppSubscription,
  fine,
  notTold,
  type Observations,
  REQUIRED_SCOPES,
  type TokenFacts,
  type Told,
  type Verdict,
} from './channel-observations.ts'

const DAY_MS = 24 * 3_600_000
/** Somebody has to make another one in time. */
const EXPIRES_SOON_DAYS = 14

type AccessId = 'state' | 'token' | 'scopes' | 'account-access' | 'app' | 'app-secret' | 'app-mode'

export function judgeAccess(seen: Observations): Record<AccessId, Verdict> {
  return {
    state: judgeState(seen.channel),
    ...judgeToken(seen),
    'app-secret': judgeSecret(seen.appWebhooks),
    'app-mode': judgeMode(seen),
  }
}

/** What is known here without asking. */
export function judgeState({ state, reason }: Observations['channel']): Verdict {
  const facts = { reason: reason ?? '—' }
  switch (state) {
    case 'connected':
      return { finding: 'connected' }
    case 'unchecked':
      return { finding: 'unchecked', facts }
    case 'paused':
      return { finding: 'paused', facts }
    case 'reconnect':
      return { finding: 'needs reconnecting', facts }
    case 'disconnected':
      return { finding: 'taken away', facts }
  }
}

type TokenSeen = Pick<Observations, 'token' | 'app' | 'now'> & { channel: { wabaId: string } }

export function judgeToken(
  seen: TokenSeen,
): Record<Extract<AccessId, 'token' | 'scopes' | 'account-access' | 'app'>, Verdict> {
  const { token, now } = seen
  if (token.kind === 'refused' && token.code === '190') {
    const invalid: Verdict = { finding: 'token invalid', facts: { reason: token.reason } }
    return { token: invalid, ...untold({ reason: token.reason }) }
  }
  if (token.kind !== 'told') return { token: notTold(token), ...untold(token) }
  const { isValid, reason, expiresAt } = token.value
  if (!isValid) {
    const isOver = expiresAt !== null && expiresAt <= now
    const facts = { reason: reason ?? '—', ...(expiresAt ? { until: day(expiresAt) } : {}) }
    return {
      token: { finding: isOver ? 'token expired' : 'token invalid', facts },
      ...untold({ reason: reason ?? '—' }),
    }
  }
  return {
    token: judgeExpiry(expiresAt, now),
    scopes: judgeScopes(token.value),
    'account-access': judgeTargets(token.value, seen.channel.wabaId),
    app: judgeApp(token.value, seen.app.id),
  }
}

function untold(why: { reason: string }) {
  return { scopes: notTold(why), 'account-access': notTold(why), app: notTold(why) }
}

function judgeExpiry(expiresAt: Date | null, now: Date): Verdict {
  if (!expiresAt) return { finding: 'token lasting' }
  const facts = { until: day(expiresAt) }
  if (expiresAt <= now) return { finding: 'token expired', facts: { ...facts, reason: '—' } }
  const isSoon = expiresAt.getTime() - now.getTime() < EXPIRES_SOON_DAYS * DAY_MS
  return { finding: isSoon ? 'token expires' : 'token until', facts }
}

function judgeScopes({ scopes }: TokenFacts): Verdict {
  const missing = REQUIRED_SCOPES.filter(scope => !scopes.includes(scope))
  return missing.length > 0
    ? { finding: 'scopes missing', facts: { missing: missing.join(', ') } }
    : fine(REQUIRED_SCOPES.join(', '))
}

/** A scope that names accounts is good for these only. */
function judgeTargets({ targets }: TokenFacts, wabaId: string): Verdict {
  const elsewhere = targets.filter(
    ({ scope, ids }) => REQUIRED_SCOPES.some(each => each === scope) && ids.length > 0 && !ids.includes(wabaId),
  )
  return elsewhere.length > 0
    ? { finding: 'account not granted', facts: { missing: elsewhere.map(({ scope }) => scope).join(', ') } }
    : fine(wabaId)
}

function judgeApp({ appId }: TokenFacts, registered: string | null): Verdict {
  if (registered === null) return appId ? { finding: 'app id not kept', facts: { tokenAppId: appId } } : notTold(null)
  if (appId === null) return notTold(null)
  return appId === registered
    ? fine(appId)
    : { finding: 'token of another app', facts: { tokenAppId: appId, appId: registered } }
}

/** Only the app itself may read its webhooks: by its id and secret. */
function judgeSecret(answer: Told<AppSubscription[]> | null): Verdict {
  if (answer === null) return { finding: 'app id needed' }
  if (answer.kind === 'told') return { finding: 'secret right' }
  const isRefused = answer.kind === 'refused' && ['1', '101', '104', '190'].includes(answer.code)
  return isRefused ? { finding: 'app secret refused', facts: { reason: answer.reason } } : notTold(answer)
}

/** Meta says whether an app may send; that it is live, it does not say. */
function judgeMode({ number }: Observations): Verdict {
  if (number.kind !== 'told') return notTold(number)
  const app = number.value.sendability?.entities.find(({ kind }) => kind === 'APP')
  if (!app) return { finding: 'app mode unknown' }
  if (app.state === 'AVAILABLE') return fine(app.state)
  const reason = app.errors.map(({ code, words, solution }) => [code, words, solution].filter(Boolean).join(' – '))
  return { finding: 'app held back', facts: { state: app.state, reason: reason.join('; ') || '—' } }
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10)
}
