/** The number, its account and what may be sent from it. */
import {
  type AccountNews,
  fine,
  given,
  type NumberFacts,
  notTold,
  type Observations,
  type Sendability,
  type Verdict,
} from './channel-observations.ts'

type NumberId =
  | ('number' | 'name' | 'verification' | 'pin' | 'quality' | 'limit' | 'throughput' | 'review' | 'business')
  | ('sending' | 'payment' | 'restrictions' | 'templates' | 'clock' | 'media')

export function judgeNumber(seen: Observations): Record<NumberId, Verdict> {
  const { number, account } = seen
  const of = (judge: (facts: NumberFacts) => Verdict): Verdict =>
    number.kind === 'told' ? judge(number.value) : notTold(number)
  return {
    number: number.kind === 'refused' ? judgeRefusal(number) : of(judgeStatus),
    name: of(judgeName),
    verification: of(judgeVerification),
    pin: of(judgePin),
    quality: of(judgeQuality),
    limit: of(judgeLimit),
    throughput: of(({ throughput }) => fine(throughput)),
    review: account.kind === 'told' ? judgeReview(account.value.reviewStatus) : notTold(account),
    business: account.kind === 'told' ? judgeBusiness(account.value.verification) : notTold(account),
    sending: of(({ sendability }) => judgeSending(sendability)),
    payment: of(({ sendability }) => judgePayment(sendability, seen.channel.reason)),
    restrictions: judgeRestrictions(seen.news, seen.now),
    templates: judgeTemplates(seen.templates),
    clock: judgeClock(seen.skewMs),
    media: judgeMedia(seen.mediaHost),
  }
}

/** The token is well, and the number cannot be seen by it. */
function judgeRefusal({ code, reason }: { code: string; reason: string }): Verdict {
  if (code === '133010') return { finding: 'not registered', facts: { status: reason } }
  return code === '100' || code === '33' ? { finding: 'number not visible', facts: { reason } } : notTold({ reason })
}

function judgeStatus({ status, platform, onBusinessApp }: NumberFacts): Verdict {
  if (platform !== null && platform !== 'CLOUD_API' && !onBusinessApp) {
    return { finding: 'not registered', facts: { status: [status, platform].filter(Boolean).join(', ') } }
  }
  switch (status) {
    case null:
    case 'CONNECTED':
      return fine(status)
    case 'PENDING':
    case 'UNVERIFIED':
      return { finding: 'not registered', facts: { status } }
    case 'FLAGGED':
    case 'RATE_LIMITED':
      return { finding: 'number flagged', facts: { status } }
    case 'RESTRICTED':
      return { finding: 'number restricted', facts: { status } }
    case 'BANNED':
      return { finding: 'number banned', facts: { status } }
    default:
      return { finding: 'number offline', facts: { status } }
  }
}

function judgeName({ nameStatus, verifiedName }: NumberFacts): Verdict {
  const facts = { name: verifiedName ?? '—', status: nameStatus ?? '—' }
  switch (nameStatus) {
    case 'PENDING_REVIEW':
      return { finding: 'name in review', facts }
    case 'DECLINED':
    case 'EXPIRED':
      return { finding: 'name declined', facts }
    default:
      return fine([verifiedName, nameStatus].filter(Boolean).join(' – ') || null)
  }
}

/** Of a connected number the code's expiry means nothing: it was needed once. */
function judgeVerification({ codeVerification, status }: NumberFacts): Verdict {
  return codeVerification === 'NOT_VERIFIED' && status !== 'CONNECTED'
    ? { finding: 'number not verified' }
    : fine(codeVerification)
}

function judgePin({ hasPin, onBusinessApp }: NumberFacts): Verdict {
  if (onBusinessApp) return { finding: 'pin in the app' }
  if (hasPin === null) return notTold(null)
  return { finding: hasPin ? 'pin set' : 'no pin' }
}

function judgeQuality({ quality }: NumberFacts): Verdict {
  if (quality === 'YELLOW') return { finding: 'quality medium' }
  return quality === 'RED' ? { finding: 'quality low' } : fine(quality)
}

/** A new business may begin 250 conversations a day. */
function judgeLimit({ messagingLimit }: NumberFacts): Verdict {
  if (messagingLimit === null) return { finding: 'limit not told' }
  return /^(TIER_)?(50|250)$/.test(messagingLimit)
    ? { finding: 'limit low', facts: { limit: messagingLimit.replace('TIER_', '') } }
    : fine(messagingLimit)
}

function judgeReview(status: string | null): Verdict {
  if (status === 'REJECTED') return { finding: 'account rejected' }
  return status === 'PENDING' ? { finding: 'account in review' } : fine(status)
}

function judgeBusiness(verification: string | null): Verdict {
  const facts = { status: verification ?? '—' }
  if (verification === null || verification === 'verified') return fine(verification)
  return { finding: 'business not verified', facts }
}

function judgeSending(sendability: Sendability | null): Verdict {
  if (!sendability) return notTold(null)
  if (sendability.overall === 'AVAILABLE') return fine(sendability.overall)
  const causes = sendability.entities.flatMap(({ kind, state, errors }) =>
    state === 'AVAILABLE' ? [] : [`${kind}: ${errors.map(toWords).join('; ') || state}`],
  )
  const solutions = sendability.entities.flatMap(({ errors }) => errors.flatMap(({ solution }) => solution || []))
  const facts = { causes: causes.join(' · ') || sendability.overall, solution: solutions.join(' ') || '—' }
  return { finding: sendability.overall === 'LIMITED' ? 'sending limited' : 'sending blocked', facts }
}

function toWords({ code, words }: { code: string; words: string }): string {
  return [code, words].filter(Boolean).join(' ')
}

/** Meta's codes of a payment method that is missing or fails. */
const PAYMENT_CODES = ['141006', '131042']

function judgePayment(sendability: Sendability | null, channelReason: string | null): Verdict {
  const errors = sendability?.entities.flatMap(entity => entity.errors) ?? []
  const error = errors.find(({ code }) => PAYMENT_CODES.includes(code))
  const held = PAYMENT_CODES.some(code => channelReason?.includes(code)) ? channelReason : null
  if (error || held) return { finding: 'payment trouble', facts: { reason: error ? toWords(error) : (held ?? '') } }
  return sendability ? { finding: 'payment well' } : notTold(null)
}

/** Of each kind the newest news hold, unless they have ended; the gravest is told. */
export function judgeRestrictions(news: AccountNews[], now: Date): Verdict {
  const newestFirst = [...news].sort((a, b) => b.at.getTime() - a.at.getTime())
  for (const kind of ['DISABLED_UPDATE', 'ACCOUNT_RESTRICTION', 'ACCOUNT_VIOLATION']) {
    const newest = newestFirst.find(({ event }) => event === kind)
    const holding = newest ? holds(newest, now) : null
    if (holding) return holding
  }
  return { finding: 'no restrictions' }
}

/** A warning is worth telling this long. */
const WARNING_DAYS = 30

function holds({ event, at, data }: AccountNews, now: Date): Verdict | null {
  const facts = { at: at.toISOString() }
  switch (event) {
    case 'ACCOUNT_RESTRICTION': {
      const list = asList(data.restriction_info).filter(each => untilOf(each) === null || (untilOf(each) ?? now) > now)
      if (list.length === 0) return null
      const until =
        list
          .map(untilOf)
          .find(date => date !== null)
          ?.toISOString() ?? '—'
      const kinds = list.map(({ restriction_type }) => String(restriction_type)).join(', ')
      return { finding: 'restricted', facts: { ...facts, until, kinds } }
    }
    case 'ACCOUNT_VIOLATION': {
      const days = (now.getTime() - at.getTime()) / (24 * 3_600_000)
      const violation = asObject(data.violation_info).violation_type
      return days > WARNING_DAYS ? null : { finding: 'violation', facts: { ...facts, kinds: String(violation ?? '—') } }
    }
    case 'DISABLED_UPDATE': {
      const ban = asObject(data.ban_info)
      if (ban.waba_ban_state === 'REINSTATE') return null
      return { finding: 'banned', facts: { ...facts, kinds: String(ban.waba_ban_state ?? '—') } }
    }
    default:
      return null
  }
}

function untilOf({ expiration }: Record<string, unknown>): Date | null {
  const seconds = Number(expiration)
  return expiration !== undefined && Number.isFinite(seconds) ? new Date(seconds * 1000) : null
}

function asObject(value: unknown): Record<string, unknown> {
  return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {}
}

function asList(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.map(asObject) : []
}

function judgeTemplates({ approved, paused, disabled, rejected }: Observations['templates']): Verdict {
  const facts = {
    ...{ approved: String(approved), paused: String(paused), disabled: String(disabled), rejected: String(rejected) },
  }
  if (approved === 0) return { finding: 'no templates', facts }
  return paused + disabled > 0 ? { finding: 'templates paused', facts } : fine(String(approved))
}

/** Deadlines of an hour bear a minute; what is minutes off tells wrong windows and breaks signatures elsewhere. */
const SKEW_WARNING_MS = 30_000
const SKEW_FAILED_MS = 5 * 60_000

function judgeClock(skewMs: number | null): Verdict {
  if (skewMs === null) return notTold(null)
  const seconds = Math.round(skewMs / 1000)
  const facts = given('seconds', String(Math.abs(seconds)))
  if (Math.abs(skewMs) < SKEW_WARNING_MS) return fine(`${Math.abs(seconds)} s`)
  return { finding: Math.abs(skewMs) < SKEW_FAILED_MS ? 'clock off' : 'clock wrong', facts }
}

function judgeMedia({ host, trouble }: Observations['mediaHost']): Verdict {
  return trouble === null ? fine(host) : { finding: 'media not reachable', facts: { host, reason: trouble } }
}
