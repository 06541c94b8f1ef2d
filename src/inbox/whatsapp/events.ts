/**
 * News of a number, its account, its templates and groups. All are kept as they came; what they say of the number's health
 * is read here.
 */
import type { ChannelEvent, ChannelHealth } from '../../core/channel.ts'
import type { Change, ChannelKey, NormalizedItem } from './items.ts'
import { asList, asObject, isObject, type Loose, string } from './loose.ts'
import { readTime } from './times.ts'

/** Everything that is told of the number as a whole. */
export function readEvents(change: Change): NormalizedItem[] {
  const { field, value, place } = change
  const groups = asList(value.groups).filter(isObject)
  if (groups.length > 0) {
    return groups.map((group, n) => eventOf(change, `${place}.value.groups.${n}`, string(group.type), group))
  }
  const event = wordOf(field, value)
  return event ? [eventOf(change, place, event, value)] : [{ kind: 'other', place, field }]
}

export function eventOf(change: Change, place: string, event: string, data: Loose): NormalizedItem {
  const { field, time, arrived } = change
  const at = readTime(data.timestamp ?? time, arrived.receivedAt)
  const health = healthOf(field, event, data)
  const found: ChannelEvent = { field: fieldOf(field, data), event: event || field, at, health, data }
  return { kind: 'event', place, channel: keyOf(change, data), event: found }
}

/** In Meta's own word. */
function wordOf(field: string, value: Loose): string {
  if (isObject(value.phone_number_settings)) return 'phone_number_settings'
  const { event, decision, new_quality_score, new_category, correct_category, status, category } = value
  const said = [event, decision, new_quality_score, correct_category, new_category, status, category]
  const word = said.map(string).find(Boolean) ?? string(asObject(value.alert_info).alert_type)
  return word || (Object.keys(value).length > 0 ? field : '')
}

/** A sample of Meta's has the quality of a template under the field of its status. */
function fieldOf(field: string, data: Loose): string {
  return 'new_quality_score' in data ? 'message_template_quality_update' : field
}

/** Account-level fields name the number in `display_phone_number`, if at all; partners’ news name the account inside. */
function keyOf({ channel }: Change, data: Loose): ChannelKey {
  if ('phoneNumberId' in channel) return channel
  const phoneNumberId = string(asObject(data.phone_number_settings).phone_number_id)
  if (phoneNumberId) return { phoneNumberId }
  const wabaId = string(asObject(data.waba_info).waba_id) || channel.wabaId
  return { wabaId, displayPhoneNumber: string(data.display_phone_number).replace(/\D/g, '') || null }
}

/** After these we may not speak for the number. */
const endings: ReadonlySet<string> = new Set([
  ...['PARTNER_REMOVED', 'PARTNER_APP_UNINSTALLED', 'ACCOUNT_DELETED', 'ACCOUNT_OFFBOARDED', 'BUSINESS_OFFBOARDED'],
])
const returns: ReadonlySet<string> = new Set(['ACCOUNT_RECONNECTED', 'PARTNER_ADDED', 'PARTNER_APP_INSTALLED'])

/** Messages a second after Meta's upgrade ("Throughput"). */
const UPGRADED_PER_SECOND = 1_000

function healthOf(field: string, event: string, data: Loose): ChannelHealth | null {
  switch (field) {
    case 'account_update':
      return accountHealth(event, asObject(data.ban_info))
    case 'phone_number_quality_update':
      return {
        ...limitOf(data.max_daily_conversations_per_business ?? data.current_limit),
        ...(event === 'FLAGGED' || event === 'UNFLAGGED' ? { quality: event } : {}),
        ...(event === 'THROUGHPUT_UPGRADE' ? { perSecond: UPGRADED_PER_SECOND } : {}),
      }
    case 'business_capability_update':
      return limitOf(
        data.max_daily_conversations_per_business ??
          data.max_daily_conversation_per_phone ??
          data.max_daily_conversations_per_phone,
      )
    case 'phone_number_name_update':
      return event === 'APPROVED' && string(data.requested_verified_name)
        ? { verifiedName: string(data.requested_verified_name) }
        : null
    default:
      return null
  }
}

function accountHealth(event: string, ban: Loose): ChannelHealth | null {
  const state = string(ban.waba_ban_state)
  if (endings.has(event) || state === 'DISABLE') return { state: 'disconnected' }
  return returns.has(event) || state === 'REINSTATE' ? { state: 'connected' } : null
}

/** A number of customers, or a tier; -1 is no limit. */
function limitOf(value: unknown): Pick<ChannelHealth, 'messagingLimit'> {
  const word = string(value)
  return word ? { messagingLimit: word === '-1' ? 'UNLIMITED' : word.replace(/^TIER_/, '') } : {}
}
