/**
 * What every connector is: a plain object whose abilities are members that exist, not flags.
 *
 * A connector translates and calls. It has no database, logger, retry or clock of its own: `ctx` brings what it needs,
 * and a call that fails is a `Failure`, per item. Retrying is decided by `functions`.
 */
import type { z } from 'zod'
import type { ContactRecord } from '../core/contact.ts'
import type { Language } from '../core/errors.ts'
import type { Failure } from '../core/failure.ts'
import type { ContactChange, TicketChange } from '../core/mapping/fields.ts'
import type { MappedKind, MappingRow, OptionTables } from '../core/mapping/row.ts'
import type { MessageRecord } from '../core/message.ts'
import type { Tellings } from '../core/tellings.ts'
import type { TicketRecord } from '../core/ticket.ts'

export type ConnectorContext<Credentials = unknown, Settings = unknown> = {
  /** Web fetch with a deadline, the connection's limiter and call accounting beneath. Throws `RemoteCallError` only. */
  fetch: typeof fetch
  /** Origin (and path prefix) of the vendor's API, without a trailing slash. */
  baseUrl: string
  credentials: Credentials
  settings: Settings
  now: Date
  connectionId: string
  /** Fields that the mapping names: what is read of a record, besides what the connector needs itself. */
  mapped?: Record<MappedKind, string[]>
  /** A file of ours by its id; null where it is not here any more, or too large to be carried. */
  file?(id: string): Promise<FetchedFile | null>
  /** For what the remote has taken on and is not done with. Without it the runtime's timer waits. */
  wait?(ms: number): Promise<void>
}

/** Thrown by `ctx.fetch` when no answer came: the failure says whether the request may have been stored. */
export class RemoteCallError extends Error {
  readonly failure: Failure
  constructor(failure: Failure, options?: ErrorOptions) {
    super(failure.message, options)
    this.name = 'RemoteCallError'
    this.failure = failure
  }
}

export type ObjectKind = 'contact' | 'ticket' | 'message'

/** Field values in the remote's vocabulary. */
export type RemoteValues = Record<string, string | null>

/** One of our records in the remote's words. `remoteType` names the remote object, such as `communication`. */
export type Mapped = { remoteType: string; values: RemoteValues }

export type PushItem = {
  recordId: string
  remoteType: string
  /** All mapped values; `changed` names those that differ from what both sides last agreed on. */
  values: RemoteValues
  changed: string[]
  /** What both sides last agreed on, of the changed fields: for remotes that are told what to add and what to take away. */
  agreed?: RemoteValues
  /** Known since an earlier push. */
  remoteId: string | null
  /** Its id there before it was deleted, of one that is to be made anew. */
  lostId?: string
  /** Carried over in bulk with what was before, and not as it happens: for remotes that take in the past apart. */
  isHistory?: true
  /** What an earlier push said that may have been stored without our knowing its id: read back before creating. */
  unheard: RemoteValues | null
  /**
   * Of a contact that may be there already, of which a policy of the mapping has something to say: one that is found is not
   * written, but answered as `met`.
   */
  readFirst?: true
  /** Of an unheard message: ids there of other messages of ours, which a reading back must not take for this one. */
  taken?: string[]
  /** Of a message: ids there of what it may hang on, if an earlier push was stored; its own may be others by now. */
  homes?: { contact: string[]; ticket: string[] }
  /** Remote ids of the records this one hangs on. */
  parents: { contact?: string; ticket?: string }
}

export type PushResult =
  | {
      recordId: string
      kind: 'stored'
      remoteId: string
      version: string | null
      /** Of a push that was found to be stored already: what the record holds, which may not be what we say by now. */
      there?: RemoteValues
      /** What of that somebody has changed since. */
      theirs?: RemoteValues
      /** It was there before us, and nothing was written: what it holds is to be heard and merged first. */
      met?: true
    }
  | { recordId: string; kind: 'failed'; failure: Failure }

export type RemoteRecord = {
  remoteId: string
  values: RemoteValues
  /** Grows with each change; compares as a date where the vendor gives one (ISO). */
  version: string | null
  /** Ids this record also answers to, after merges. */
  aliases?: string[]
}

/** Whether this is what has that id, or had it before a merge. */
export function answersTo({ remoteId, aliases }: RemoteRecord, id: string | null): boolean {
  return id !== null && (remoteId === id || (aliases?.includes(id) ?? false))
}

/** A person, by the vendor's id of them, or a workflow, an import or the like. */
export type RemoteAuthor = { by: 'person' | 'rule'; user: string | null }

/** What happened on the other side, in our words. `at` is the remote's time. */
export type RemoteChange =
  | {
      kind: 'touched'
      object: 'contact' | 'ticket'
      remoteId: string
      at: Date
      /** The vendor says the change was made through our own app. A hint, not proof. */
      byUs: boolean
      /** Who changed it, where the vendor says; of several changes, a person's before a rule's. */
      author?: RemoteAuthor
      /** What the event itself says of the new values: enough to know our own voice without reading the record. */
      values: RemoteValues
      /** The same, field by field with its time, of vendors whose events name what was set and whether it was by us. */
      tellings?: Tellings
    }
  | { kind: 'deleted'; object: 'contact' | 'ticket'; remoteId: string; at: Date }
  /** Gone for good, because the law or the person asked for it. */
  | { kind: 'erased'; object: 'contact' | 'ticket'; remoteId: string; at: Date }
  | { kind: 'merged'; object: 'contact' | 'ticket'; remoteId: string; mergedIds: string[]; at: Date }
  /** Somebody who works there noted something for their colleagues. */
  | {
      kind: 'note'
      object: 'ticket'
      remoteId: string
      ticketRemoteId: string
      text: string
      author: { remoteId: string | null; name: string | null }
      at: Date
    }
  | {
      /** An agent answered the customer from within the CRM. */
      kind: 'reply'
      remoteId: string
      /** The ticket goes before the contact: it says which conversation, of somebody who has several. */
      to: { contactRemoteId: string | null; phone: string | null; ticketRemoteId?: string | null }
      /** Our number that they answer as, where the remote says. */
      from: { phone: string | null }
      /** As WhatsApp marks it up. */
      text: string
      /** Instead of words: a template by its name, with its values in their order or as `name=value`. */
      template?: { name: string; values: string[] }
      attachments: ReplyAttachment[]
      author: { remoteId: string | null; name: string | null }
      at: Date
    }

/** What a CRM would have changed in a record of ours. */
export type { ContactChange, TicketChange }

export type Field = {
  name: string
  label: string
  type: 'string' | 'number' | 'boolean' | 'date' | 'datetime' | 'option' | 'options' | 'phone'
  required: boolean
  readOnly: boolean
  unique: boolean
  options: { value: string; label: string }[]
}

/** What a connector does with one kind of record. */
export type ObjectAbility<Ctx, Settings, OurRecord> = {
  fields(ctx: Ctx): Promise<Field[]>
  /** `rows`: of a kind that is mapped, the mapping to go by; its defaults without them. */
  toRemote(settings: Settings, record: OurRecord, connectionId: string, rows?: readonly MappingRow[]): Mapped
  /** Any number of items; the connector cuts them into the vendor's batches. One result per item, in any order. */
  push(ctx: Ctx, items: PushItem[]): Promise<PushResult[]>
  /** `push` looks at what is there before it writes over it, and puts off what somebody has changed, as `maybeStored`. */
  looksFirst?: true
  /** Records that exist; those that do not are absent. Throws RemoteCallError. */
  read(ctx: Ctx, remoteIds: string[]): Promise<RemoteRecord[]>
  /** How many a step of a comparison may read where each may cost a call: more than the allowance gives it would never end. */
  readAtOnce?: number
  /** All records there, a page at a time in an order that new ones do not disturb. Throws RemoteCallError. */
  list?(ctx: Ctx, query: ListQuery): Promise<ListPage>
}

/** What a connector knows of the mapping of one kind; what is no field (parents, rendering) is its own. */
export type MappingAbility<Settings, Change> = {
  /** The mapping that works at once, before anybody has edited one. Ids of its rows never change. */
  defaults(settings: Settings): MappingRow[]
  /** Tables that rows name instead of copying them: they follow the settings. */
  tables(settings: Settings): OptionTables
  /**
   * Only the fields whose remote value can be said in our words; an unknown option is left out. `values` are the whole
   * record's, not only what changed: one of our fields may live in two of theirs (a name).
   */
  fromRemote(settings: Settings, values: RemoteValues, rows?: readonly MappingRow[]): Change
}

/** One list for each kind of record. */
export type Together<Each> = Record<ObjectKind, Each[]>

/** `cursor`: null for the first page, then what the last page gave. `changedSince`: only those changed since then. */
export type ListQuery = { cursor: string | null; limit: number; changedSince: Date | null }

/** `cursor`: null after the last page. `total`: how many there are, where the vendor says. */
export type ListPage = { records: RemoteRecord[]; cursor: string | null; total: number | null }

/** A person of ours, by all that may be known of them there. */
export type Sought = { recordId: string; waKey: string; phones: string[]; email: string | null }

/** Verified on our side: a vendor's search is a hint. Two for one `recordId` are a question for a person. */
export type Found = { recordId: string; remoteId: string; by: 'key' | 'phone' | 'email' }

export type FindAbility<Ctx> = {
  /** Throws RemoteCallError. */
  find?(ctx: Ctx, sought: Sought[]): Promise<Found[]>
}

/** `remoteId`: where the survivor is now. `left apart`: the connection's settings do not let it. */
export type MergeResult =
  | { kind: 'merged'; remoteId: string }
  | { kind: 'left apart'; remoteId: string }
  | { kind: 'failed'; failure: Failure }

/** Two contacts there that are one person here. */
export type MergeAbility<Ctx> = {
  /**
   * Makes them one, for good where the vendor cannot part them. Answers with the id of the one that is left, also where
   * they are one already.
   */
  merge?(ctx: Ctx, pair: { survivor: string; merged: string }): Promise<MergeResult>
}

export type EraseResult = { kind: 'erased' } | { kind: 'failed'; failure: Failure }

/** For requests of erasure, under the GDPR, LGPD and their kind. */
export type EraseAbility<Ctx> = {
  /** Deletes a person for good, with what hangs on them where the vendor does. One that is not there is erased. */
  erase?(ctx: Ctx, remoteId: string): Promise<EraseResult>
}

export type WebhookRequest = { method: string; url: string; headers: Headers; body: Uint8Array<ArrayBuffer> }
export type WebhookVerdict = 'valid' | 'invalid' | 'expired'

/** Where a connection stands on our side, for what the remote must know of us. */
export type ConnectionPlace = {
  /** Our public address for the remote's webhooks. */
  webhookUrl: string
  /** The workspace's WhatsApp numbers; E.164. */
  numbers: { name: string; phone: string }[]
  /** The workspace's: of what people read there. */
  language?: Language
}

export type Allowance = {
  remaining?: number
  intervalMs?: number
  max?: number
  dailyMax?: number
  dailyRemaining?: number
}

/** Something to be made in the remote: `what` is its kind there, in the vendor's words. */
export type Making = { what: string; name: string; label: string; detail: string }

export type CheckResult = { name: string; ok: boolean; detail: string; fix?: string }

export type Connector<Credentials = unknown, Settings = unknown> = {
  id: string
  name: string
  /** Origin of the vendor's API, where the configuration names no other. */
  baseUrl: string
  /** Form of the credentials, each with a label; what it parses is sealed at rest. */
  credentials: z.ZodType<Credentials>
  /** What the connection was set up with, remote option tables included. Stored as jsonb. */
  settings: z.ZodType<Settings>
  limits: {
    /** Requests allowed in `intervalMs` before any header told otherwise. */
    requests: number
    intervalMs: number
    /** Requests in a day, where the vendor counts them; until a header tells otherwise. */
    daily?: number
    /** It counts the last 24 hours: what is used up comes free again little by little, and nothing begins anew at midnight. */
    isRolling?: true
    /**
     * What the vendor counts in `intervalMs` for all connections of one app or robot together. `of`: what only they have, so that nobody
     * uses up others' calls by naming them; it is kept as a hash.
     */
    shared?(credentials: Credentials): { of: string; requests: number }
    /** What the answer's headers say of the allowance. */
    read(headers: Headers): Allowance | undefined
  }
  /** Looks at everything the connection needs, changing nothing. */
  check(ctx: ConnectorContext<Credentials, Settings>): Promise<CheckResult[]>
  /** What `setUp` would make there, for an admin to agree to first. Changes nothing. Throws RemoteCallError. */
  willMake?(ctx: ConnectorContext<Credentials, Settings>, place: ConnectionPlace): Promise<Making[]>
  /** The settings with what was read at first (owners, stages) as it is now. Makes nothing. Throws RemoteCallError. */
  reread?(ctx: ConnectorContext<Credentials, Settings>): Promise<Settings>
  /** Makes what is missing on the remote (properties, option tables) and returns the settings to keep. Idempotent. */
  setUp(ctx: ConnectorContext<Credentials, Settings>, place: ConnectionPlace): Promise<Settings>
  contact: ObjectAbility<ConnectorContext<Credentials, Settings>, Settings, ContactRecord> &
    MappingAbility<Settings, ContactChange> &
    MergeAbility<ConnectorContext<Credentials, Settings>> &
    FindAbility<ConnectorContext<Credentials, Settings>> &
    EraseAbility<ConnectorContext<Credentials, Settings>>
  ticket: ObjectAbility<ConnectorContext<Credentials, Settings>, Settings, TicketRecord> &
    MappingAbility<Settings, TicketChange>
  message: ObjectAbility<ConnectorContext<Credentials, Settings>, Settings, MessageRecord>
  /**
   * Records of all kinds at once, for vendors that store in one call what hangs together. A parent that is pushed along and has
   * no remote id yet is named by its `recordId`. One result per item, as of `push`.
   */
  pushTogether?(ctx: ConnectorContext<Credentials, Settings>, items: Together<PushItem>): Promise<Together<PushResult>>
  webhook?: {
    /** Over raw bytes, in constant time. `url` is the public one the vendor called. */
    verify(credentials: Credentials, request: WebhookRequest, now: Date): Promise<WebhookVerdict>
    /** What is kept of a request, and parsed: its body, unless the news is in its headers. Two that say the same are one. */
    record?(request: WebhookRequest, body: string): string
    /** Whether a body says that something changed, and not what: the feed, which says that, is read at once. Never throws. */
    rings?(body: unknown): boolean
    /**
     * Throws only on a body that is not the vendor's; unknown events are left out. `receivedAt` stands in for the time
     * of an event that comes without one.
     */
    parse(body: unknown, receivedAt: Date, settings: Settings): RemoteChange[]
    /**
     * What the remote made to sign its webhooks with, after `setUp`: kept sealed with the credentials, which it gives whole.
     * Throws RemoteCallError.
     */
    withSecret?(ctx: ConnectorContext<Credentials, Settings>): Promise<Credentials>
    /**
     * Of an app whose events all come to one address, whatever the account: what of a body is whose, by the account's
     * id there. Never throws.
     */
    byAccount?(body: unknown): { account: string; body: unknown }[]
  }
  /**
   * What changed there since `cursor`, in the vendor's order: catches up on what no webhook brought, or stands in for
   * webhooks. A null cursor begins now and gives no changes.
   */
  changes?: {
    /** Between two readings; ms. Longer where webhooks bring the news and the feed only catches up. */
    everyMs: number
    /** Throws RemoteCallError. `lost`: the cursor is older than what the vendor keeps; only a reconciliation helps. */
    read(ctx: ConnectorContext<Credentials, Settings>, cursor: string | null): Promise<ChangesPage>
  }
  /**
   * Puts the workspace's figures where people there look at tables, in the place of those that were put there before. Throws
   * RemoteCallError.
   */
  report?(ctx: ConnectorContext<Credentials, Settings>, figures: Figures): Promise<void>
  oauth?: OAuthAbility<Credentials>
  /** A page of ours inside the remote's records, which it opens with a signed form. */
  card?: {
    /** Whose pages may hold ours, as `frame-ancestors` (CSP) names them. */
    frameAncestors(settings: Settings): string
    /** Who opened it, by their address; null for somebody without one. Undefined where the form is not the remote's, or old. */
    admit(settings: Settings, form: URLSearchParams, now: Date): Promise<{ email: string | null } | undefined>
  }
  replies?: RepliesAbility<ConnectorContext<Credentials, Settings>>
  /** Where a record is deleted by a key stroke: a person is asked before what was deleted there is written again. */
  asksOfDeleted?: true
  /**
   * For plans: what a call would be answered if all went well, without its being made. Null for a call that only reads, which
   * is made. Absent: plans tell records and fields, but not what they cost.
   */
  rehearse?(call: { method: string; url: string; body: string; now: Date }): Response | null
}

/** Of the last days, the latest first. `day`: `2026-11-20` in the workspace's time zone. Null where there is nothing to count. */
export type Figures = { days: DayFigures[] }
export type DayFigures = {
  day: string
  opened: number
  resolved: number
  /** Medians, in minutes. */
  firstResponseMinutes: number | null
  resolutionMinutes: number | null
  /** 0–1. */
  firstResponseMet: number | null
  resolutionMet: number | null
  csat: number | null
  messagesIn: number
  messagesOut: number
}

/** A file of a reply: by its address, or by an id that an address is asked for. */
export type ReplyAttachment = {
  remoteId: string | null
  url: string | null
  name: string | null
  mimeType: string | null
  bytes: number | null
}

export type FetchedFile = { bytes: Uint8Array<ArrayBuffer>; mimeType: string; name: string | null }

/** For remotes in which people answer customers. */
export type RepliesAbility<Ctx> = {
  /** What the event left out: its words as they were formatted, and its files. Throws RemoteCallError. */
  whole?(ctx: Ctx, reply: Extract<RemoteChange, { kind: 'reply' }>): Promise<Extract<RemoteChange, { kind: 'reply' }>>
  /** Throws RemoteCallError: `gone` for what is not there any more, or not the remote's at all. */
  attachment(ctx: Ctx, attachment: ReplyAttachment): Promise<FetchedFile>
  /** Says on the reply itself why it does not go out, to whoever wrote it. Throws RemoteCallError. */
  refuse(ctx: Ctx, remoteId: string, reason: string): Promise<void>
}

export type ChangesPage = { changes: RemoteChange[]; cursor: string; more: boolean; lost: boolean }

/** The app as it is registered with the vendor. */
export type OAuthApp = { clientId: string; clientSecret: string; redirectUri: string }

/** Access by consent instead of a pasted token (RFC 6749, RFC 7636). */
export type OAuthAbility<Credentials> = {
  /**
   * Where the admin is sent. `state` ties the answer to the session; `challenge` is the PKCE one (S256); `baseUrl` is the
   * API's, for simulations have their own page of consent.
   */
  authorizeUrl(
    app: OAuthApp,
    request: { state: string; challenge: string; baseUrl: string; settings?: Record<string, unknown> },
  ): string
  /** `call` has a deadline and keeps an account. Throws RemoteCallError; `unauthorized` where scopes are missing. */
  exchange(call: OAuthCall, app: OAuthApp, grant: { code: string; verifier: string }): Promise<Credentials>
  /**
   * What a refreshed access is kept as: persisted before it is used, because the old one may be dead by then. Credentials
   * made by `exchange` know their app. Throws RemoteCallError.
   */
  refresh(call: OAuthCall, credentials: Credentials): Promise<Credentials>
  /** When to refresh; null for credentials that do not expire. */
  expiresAt(credentials: Credentials): Date | null
  /** As it stands in the Authorization header, so that a refused call can be made again with another. */
  token(credentials: Credentials): string
}

/** `settings`: as they were given to connect with, for vendors whose every account has an address of its own. */
export type OAuthCall = { fetch: typeof fetch; baseUrl: string; now: Date; settings?: Record<string, unknown> }
