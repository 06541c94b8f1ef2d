/** What a webhook body is made of, in our words. */
import type { ChannelEvent } from '../../core/channel.ts'
import type { AddressBookEntry, InboundMessage, StatusReport } from '../../core/inbound.ts'

/**
 * The number of ours that an item speaks of: by its id; where Meta leaves that out, by the business account, and within
 * it by the number as it is written, if it is.
 */
export type ChannelKey = { phoneNumberId: string } | { wabaId: string; displayPhoneNumber: string | null }

export type NormalizedItem =
  | { kind: 'message'; place: string; channel: ChannelKey; message: InboundMessage }
  | { kind: 'status'; place: string; channel: ChannelKey; status: StatusReport }
  | { kind: 'event'; place: string; channel: ChannelKey; event: ChannelEvent }
  | { kind: 'address book'; place: string; channel: ChannelKey; entry: AddressBookEntry }
  /** What does not concern the inbox; the ledger keeps it. */
  | { kind: 'other'; place: string; field: string }
  | { kind: 'broken'; place: string; cause: string; item: unknown }

export type Arrived = {
  /** For times that are missing or cannot be read. */
  receivedAt: Date
}

/** A change of one field: what its items have in common. */
export type Change = {
  field: string
  /** Of the entry, which account-level fields alone have. */
  time: unknown
  value: Record<string, unknown>
  place: string
  channel: ChannelKey
  /** The number of the business, in digits: who wrote `from` it is not a customer. */
  ownNumber: string | null
  arrived: Arrived
}
