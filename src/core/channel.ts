/** What the provider tells of a WhatsApp number of the business, of its account, and of what belongs to it. */

/** What an event changes of a number; absent is unchanged. */
export type ChannelHealth = {
  /** `disconnected`: the provider says that we may not speak for the number any more. */
  state?: 'connected' | 'disconnected'
  /** The provider's word, such as `GREEN`. */
  quality?: string
  /** Customers a day whom the business may write to first, in the provider's words: `TIER_10K`, `2000`, `UNLIMITED`. */
  messagingLimit?: string
  verifiedName?: string
  /** Messages a second that the provider takes. */
  perSecond?: number
}

/** News such as of templates, quality, limits, alerts, groups, or an error of the account. */
export type ChannelEvent = {
  /** The provider's field, such as `account_update`. */
  field: string
  /** What happened, in the provider's word. */
  event: string
  at: Date
  health: ChannelHealth | null
  /** As it came. */
  data: Record<string, unknown>
}
