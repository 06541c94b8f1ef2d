/** Delivery states of what we sent. */
import { type ProviderStatus, providerStatuses } from '../../core/message.ts'
import type { Change, NormalizedItem } from './items.ts'
import { defined, isObject, pick, string } from './loose.ts'
import { readProblems, wordsOf } from './problems.ts'
import { readTime } from './times.ts'

export function readStatus(change: Change, place: string, value: unknown): NormalizedItem {
  if (!isObject(value)) return { kind: 'broken', place, cause: 'Not a status: an object expected', item: value }
  const wamid = string(value.id)
  const status = string(value.status)
  if (!wamid || !status) return { kind: 'broken', place, cause: 'A status without id or state', item: value }
  // Call states and whatever comes next: kept in the ledger, no delivery state of a message.
  if (!isProviderStatus(status) || value.type === 'call') return { kind: 'other', place, field: `status ${status}` }
  const errors = readProblems(value.errors)
  const [problem] = errors
  const callback = string(value.biz_opaque_callback_data)
  const detail = defined({
    ...pick(value, ['recipient_id', 'recipient_user_id', 'recipient_type', 'pricing', 'conversation']),
    errors: errors.length > 0 ? errors : undefined,
  })
  return {
    kind: 'status',
    place,
    channel: change.channel,
    status: {
      wamid,
      status,
      at: readTime(value.timestamp, change.arrived.receivedAt),
      callbackMessageId: isUuid(callback) ? callback : null,
      participant: participantOf(value),
      errorCode: problem?.code ?? null,
      errorText: problem ? wordsOf(problem) : null,
      detail: Object.keys(detail).length > 0 ? detail : null,
    },
  }
}

/** The member of a group, by number or, where that is hidden, by business-scoped id. Both spellings are Meta's. */
function participantOf(value: Record<string, unknown>): string {
  const { recipient_participant_id, participant_recipient_id, recipient_participant_user_id } = value
  return string(recipient_participant_id) || string(participant_recipient_id) || string(recipient_participant_user_id)
}

function isProviderStatus(value: string): value is ProviderStatus {
  return (providerStatuses as readonly string[]).includes(value)
}

function isUuid(value: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)
}
