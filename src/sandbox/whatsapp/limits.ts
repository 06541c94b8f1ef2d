/** What is refused on demand, or because it comes too fast. */
import type { Runtime } from '../runtime.ts'
import { type GraphError, graphError } from './errors.ts'
import type { Phone, PlannedFailure } from './state.ts'

const PAIR_INTERVAL_MS = 6_000
const PAIR_BURST = 45

/** When all that a number, or a number towards somebody, has sent is paid for; by the simulated clock. */
const paid = new WeakMap<Phone, Map<string, number>>()

/** Only of numbers that are told to keep the limits. */
export function refuseForPace({ clock }: Runtime, phone: Phone, person: string): GraphError | undefined {
  const { perSecond, pairLimit } = phone
  if (pairLimit && !take(phone, person, PAIR_INTERVAL_MS, PAIR_BURST, clock.now())) {
    return graphError(400, 131056, '(#131056) (Business Account, Consumer Account) pair rate limit hit', {
      details: 'Too many messages sent from this phone number to the same phone number in a short period of time',
    })
  }
  if (perSecond && !take(phone, '', 1000 / perSecond, perSecond, clock.now())) {
    return graphError(400, 130429, '(#130429) Rate limit hit', { details: 'Cloud API message throughput was reached' })
  }
  return undefined
}

function take(phone: Phone, key: string, intervalMs: number, burst: number, now: number): boolean {
  const times = paid.get(phone) ?? new Map<string, number>()
  paid.set(phone, times)
  const at = Math.max(times.get(key) ?? now, now)
  if (at > now + intervalMs * (burst - 1)) return false
  times.set(key, at + intervalMs)
  return true
}

/** Uses up a planned failure, for this number and, where it names one, this person. */
export function takeFailure(
  { world }: Runtime,
  phone: Phone,
  waId: string,
  as: PlannedFailure['as'],
): PlannedFailure | undefined {
  const { failures } = world.whatsapp
  const plan = failures.find(
    each =>
      each.as === as &&
      each.phoneNumberId === phone.phoneNumberId &&
      (each.waId === undefined || each.waId === waId.replace(/\D/g, '')),
  )
  if (!plan) return undefined
  plan.times--
  if (plan.times <= 0) failures.splice(failures.indexOf(plan), 1)
  return plan
}
