/**
 * Judges what was seen of a number. Every check stands alone: what could not be asked is unknown and hides nothing else.
 */
import { type Check, type CheckId, checkIds } from './channel-checks.ts'
import { judgeAccess, judgeState, judgeToken } from './channel-diagnosis-access.ts'
import { judgeNumber, judgeRestrictions } from './channel-diagnosis-number.ts'
import { judgeWebhook } from './channel-diagnosis-webhook.ts'
import { findings } from './channel-findings.ts'
import { given, type Observations, type Verdict } from './channel-observations.ts'

/** All checks, in the order in which they are to be mended. */
export function diagnose(seen: Observations): Check[] {
  const { channel, app } = seen
  const common = {
    ...{ wabaId: channel.wabaId, phoneNumberId: channel.phoneNumberId, appKey: app.key, callbackUrl: seen.callbackUrl },
    ...given('appId', app.id ?? (seen.token.kind === 'told' ? seen.token.value.appId : null)),
  }
  const verdicts: Record<CheckId, Verdict> = {
    ...judgeAccess(seen),
    ...judgeWebhook(seen),
    ...judgeNumber(seen),
  }
  return checkIds.map(id => toCheck(id, verdicts[id], common))
}

/** What the state of a number here, and Meta's news, say without asking anybody. */
export function diagnoseAtHand(
  seen: Pick<Observations, 'now' | 'news'> & { channel: Observations['channel'] },
): Check[] {
  const { wabaId, phoneNumberId } = seen.channel
  const common = { wabaId, phoneNumberId }
  return [
    toCheck('state', judgeState(seen.channel), common),
    toCheck('restrictions', judgeRestrictions(seen.news, seen.now), common),
  ]
}

/** Of a token alone, before a number is connected by it. */
export function diagnoseToken(
  seen: Pick<Observations, 'token' | 'app' | 'now'> & { wabaId: string; phoneNumberId: string },
): Check[] {
  const common = { wabaId: seen.wabaId, phoneNumberId: seen.phoneNumberId, appKey: seen.app.key }
  const appId = seen.app.id ?? (seen.token.kind === 'told' ? seen.token.value.appId : null)
  const verdicts = judgeToken({ ...seen, channel: { wabaId: seen.wabaId } })
  return Object.entries(verdicts).map(([id, verdict]) =>
    toCheck(id as CheckId, verdict, { ...common, ...given('appId', appId) }),
  )
}

function toCheck(id: CheckId, { finding, facts = {} }: Verdict, common: Record<string, string>): Check {
  return { id, state: stateOf(finding), finding, facts: { ...common, ...facts } }
}

function stateOf(finding: Verdict['finding']) {
  return findings[finding].state
}
