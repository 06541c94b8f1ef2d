/**
 * Who a message is from. WhatsApp's ids of one person vary: by country (an extra digit that comes and goes), by kind
 * (number, business-scoped user id), and over time. The forms below are those Meta documents for the Cloud API;
 * libphonenumber settles none of them, so it is not asked.
 */
export const identityKinds = ['wa_id', 'bsuid', 'parent_bsuid'] as const
export type IdentityKind = (typeof identityKinds)[number]

export type Identity = {
  kind: IdentityKind
  /** Verbatim as received. */
  value: string
  /** What is compared: equal for all forms that are certainly the same number. Unique per workspace and kind. */
  matchKey: string
}

/** What a webhook says of its sender. Empty strings are absent. */
export type Sender = { waId: string | null; userId: string | null; parentUserId: string | null }

/** The identities a sender proves, strongest first. */
export function identitiesOf(sender: Sender): Identity[] {
  const found: Identity[] = []
  if (sender.waId) found.push({ kind: 'wa_id', value: sender.waId, matchKey: canonicalWaId(sender.waId) })
  if (sender.userId) found.push({ kind: 'bsuid', value: sender.userId, matchKey: sender.userId })
  if (sender.parentUserId) {
    found.push({ kind: 'parent_bsuid', value: sender.parentUserId, matchKey: sender.parentUserId })
  }
  return found
}

/**
 * One form for all spellings that are certainly one mobile number, digits only.
 * - Mexico: `521` + 10 digits (old accounts) = `52` + 10 digits.
 * - Brazil: `55` DD `9` + 8 digits = `55` DD + 8 digits, where the 8 begin with 6–9 (a landline's begin with 2–5).
 * - Côte d'Ivoire: `225` + the 8 digits of before 2021 = `225` + the operator's prefix + the same 8, for mobiles.
 */
export function canonicalWaId(waId: string): string {
  const digits = waId.replace(/\D/g, '')
  const ivorian = /^225([04-9])(\d)\d{6}$/.exec(digits)
  if (ivorian) return `225${ivorianPrefix(Number(ivorian[2]))}${digits.slice(3)}`
  if (/^521\d{10}$/.test(digits)) return `52${digits.slice(3)}`
  if (/^55\d{2}9[6-9]\d{7}$/.test(digits)) return digits.slice(0, 4) + digits.slice(5)
  return digits
}

/** Since January 2021, by the old number's second digit: Moov 01, MTN 05, Orange 07 (ARTCI, numbering plan of 2021). */
function ivorianPrefix(second: number): '01' | '05' | '07' {
  if (second <= 3) return '01'
  return second <= 6 ? '05' : '07'
}

/**
 * The match keys under which the sender may already be known, best first. Argentina's `549…` may be stored as `54…`;
 * not the reverse, because `54…` may also be a landline on the Business Platform.
 */
export function lookupKeys(identity: Identity): string[] {
  if (identity.kind === 'wa_id' && /^549\d{10}$/.test(identity.matchKey)) {
    return [identity.matchKey, `54${identity.matchKey.slice(3)}`]
  }
  return [identity.matchKey]
}

/**
 * Match keys that may be the same person's, for a person to judge: Argentina's `54…` is either a landline or the mobile
 * `549…` without its 9.
 */
export function akinKeys({ kind, matchKey }: Identity): string[] {
  return kind === 'wa_id' && /^54(?!9)\d{10}$/.test(matchKey) ? [`549${matchKey.slice(2)}`] : []
}

/** What two concurrent first messages of one person have in common: taken as a lock before the look-up, in order. */
export function lockKeys(sender: Sender): string[] {
  return identitiesOf(sender).map(lockKey).sort()
}

export function lockKey(identity: Identity): string {
  return `${identity.kind}:${lookupKeys(identity).at(-1)}`
}

/** The strongest identity, as it is kept with each message: by it a message finds its owner when contacts are parted. */
export function senderKey(sender: Sender): string | null {
  const [strongest] = identitiesOf(sender)
  return strongest ? identityKey(strongest) : null
}

export function identityKey({ kind, matchKey }: Pick<Identity, 'kind' | 'matchKey'>): string {
  return `${kind}:${matchKey}`
}

/** E.164 for people and CRMs: without Mexico's historic 1, with Brazil's 9th digit. Null without a number. */
export function displayPhone(waId: string | null): string | null {
  if (!waId) return null
  const digits = canonicalWaId(waId)
  if (/^55\d{2}[6-9]\d{7}$/.test(digits)) return `+${digits.slice(0, 4)}9${digits.slice(4)}`
  return `+${digits}`
}

/** The key a CRM knows the person by: canonical digits, else the BSUID. */
export function waKey(sender: Sender): string {
  if (sender.waId) return canonicalWaId(sender.waId)
  return sender.userId ?? sender.parentUserId ?? ''
}

export type Match = { contactId: string | null; conflict: string[] }

/**
 * Which known contact a sender is. The number decides when present, then the BSUID, then its parent. Where identities
 * point at different contacts, nothing is merged: the others are named in `conflict` for a person to judge.
 */
export function matchContact(
  sender: Sender,
  known: { kind: IdentityKind; matchKey: string; contactId: string }[],
): Match {
  const hits: string[] = []
  for (const identity of identitiesOf(sender)) {
    for (const key of lookupKeys(identity)) {
      const hit = known.find(row => row.kind === identity.kind && row.matchKey === key)
      if (hit) {
        hits.push(hit.contactId)
        break
      }
    }
  }
  const [contactId = null] = hits
  return { contactId, conflict: [...new Set(hits)].filter(id => id !== contactId) }
}
