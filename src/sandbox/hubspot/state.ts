import { defaultPipelines, type Pipeline } from './pipelines.ts'
import { defaultProperties, type Property } from './properties.ts'

export type ObjectType = 'contacts' | 'tickets' | 'communications'

export type CrmRecord = {
  id: string
  properties: Record<string, string>
  createdAt: string
  updatedAt: string
  archived: boolean
  archivedAt?: string
  /** Type → id → association type ids. */
  links: Map<ObjectType, Map<string, Set<number>>>
  /** As the search index still has it, until then: null, not at all. */
  indexed?: { properties: Record<string, string> | null; until: number }
}

export type Store = {
  type: ObjectType
  typeId: string
  singular: string
  properties: Map<string, Property>
  /** Taken away by the API; creating one of these names again restores it. */
  archivedProperties: Map<string, Property>
  records: Map<string, CrmRecord>
  archivedRecords: Map<string, CrmRecord>
  /** Unique property → value → id. */
  unique: Map<string, Map<string, string>>
  /** Ids of merged records → survivor. */
  merged: Map<string, string>
}

export type Owner = { id: string; email: string; firstName: string; lastName: string; userId: number }

export type Subscription = {
  subscriptionId?: number | undefined
  subscriptionType: string
  objectType?: string | undefined
  propertyName?: string | undefined
}

export type RateLimit = { max: number; intervalMs: number; daily: number }

export type ChannelAccount = {
  id: string
  channelId: string
  name: string
  inboxId: string
  authorized: boolean
  active: boolean
  deliveryIdentifier: { type: string; value: string }
  createdAt: string
}

export type ChannelMessage = {
  id: string
  conversationsThreadId: string
  integrationThreadId?: string
  channelId: string
  channelAccountId: string
  contactId: string
  direction: 'INCOMING' | 'OUTGOING'
  text: string
  richText?: string
  createdAt: string
  status: { statusType: string; failureDetails?: { errorMessageTokens?: unknown; errorMessage?: string } }
  senders: Record<string, unknown>[]
  recipients: Record<string, unknown>[]
  attachments: unknown[]
}

export type Channel = {
  id: string
  name: string
  webhookUrl?: string | undefined
  capabilities: Record<string, unknown>
  createdAt: string
  accounts: Map<string, ChannelAccount>
  messages: Map<string, ChannelMessage>
  idempotency: Map<string, string>
  /** Account and person → thread. */
  threads: Map<string, string>
  messagesByContact: Map<string, string[]>
}

export type Portal = {
  portalId: number
  token: string
  clientSecret: string
  appId: number
  webhookUrl?: string | undefined
  subscriptions: Subscription[]
  owners: Map<string, Owner>
  pipelines: Map<string, Pipeline>
  stores: Record<ObjectType, Store>
  channels: Map<string, Channel>
  /** Numbers of the inbox → contact. */
  phones: Map<string, string>
  rateLimit: RateLimit | false
  /** A merge leaves the survivor under a new id, as HubSpot does since 2025. */
  mergeCreatesNewId: boolean
  /** How long the search index is behind, by the sandbox's clock. */
  searchLagMs: number
  duplicates: number
  shuffle: boolean
  seed: number
  nextEventId: number
  /** What the app may be granted here. */
  scopes: string[]
  /** Each refresh token is good once, as some vendors have it; HubSpot's stay. */
  rotatesRefreshTokens: boolean
  journal: JournalEntry[]
  journalSubscriptions: JournalSubscription[]
  nextOffset: number
  validationRules: ValidationRule[]
  /** Groups of properties besides HubSpot's own. */
  groups: Partial<Record<ObjectType, { name: string; label: string }[]>>
  files: Map<string, { name: string; mimeType: string; data: string }>
}

/** A token of OAuth: of a portal that installed the app, or of the app itself. */
export type Access = { portalId: number; scopes: string[]; until: number; ofApp: boolean }

export type AuthCode = {
  portalId: number
  redirectUri: string
  challenge: string | null
  scopes: string[]
  until: number
}

/** An admin's rule: a property that a record needs, always or where another has one of these values. */
export type ValidationRule = {
  objectType: string
  property: string
  when?: { property: string; values: string[] } | undefined
}

export type JournalEntry = { offset: string; at: number; event: Record<string, unknown> }

export type JournalSubscription = {
  id: number
  subscriptionType: string
  objectTypeId?: string | undefined
  portalId: number
  actions: string[]
  properties: string[] | null
}

export type HubSpotState = {
  portals: Map<number, Portal>
  /** Static tokens. */
  tokens: Map<string, number>
  access: Map<string, Access>
  refreshes: Map<string, { portalId: number; scopes: string[] }>
  codes: Map<string, AuthCode>
  nextId: number
}

export const SCOPES = [
  'crm.objects.contacts.read',
  'crm.objects.contacts.write',
  'crm.schemas.contacts.read',
  'crm.schemas.contacts.write',
  'crm.objects.owners.read',
  'tickets',
  'files',
  'conversations.read',
  'conversations.write',
  'conversations.custom_channels.read',
  'conversations.custom_channels.write',
]

export function emptyHubSpot(): HubSpotState {
  const tokens = { tokens: new Map(), access: new Map(), refreshes: new Map(), codes: new Map() }
  return { portals: new Map(), ...tokens, nextId: 30_000_000_001 }
}

export function newId(state: HubSpotState): string {
  return String(state.nextId++)
}

export type PortalInput = Pick<Portal, 'portalId' | 'token' | 'clientSecret' | 'appId'>

export function newPortal(input: PortalInput): Portal {
  return {
    ...input,
    subscriptions: defaultSubscriptions(),
    owners: new Map(DEFAULT_OWNERS.map(owner => [owner.id, owner])),
    pipelines: defaultPipelines(),
    stores: {
      contacts: newStore('contacts', '0-1', 'contact'),
      tickets: newStore('tickets', '0-5', 'ticket'),
      communications: newStore('communications', '0-18', 'communication'),
    },
    channels: new Map(),
    phones: new Map(),
    rateLimit: { max: 190, intervalMs: 10_000, daily: 1_000_000 },
    mergeCreatesNewId: true,
    searchLagMs: 0,
    duplicates: 1,
    shuffle: false,
    seed: 1,
    nextEventId: 1,
    scopes: SCOPES,
    rotatesRefreshTokens: false,
    journal: [],
    journalSubscriptions: [],
    nextOffset: 1,
    validationRules: [],
    groups: {},
    files: new Map(),
  }
}

/** A portal of an earlier version's snapshot, with what this one knows besides. */
export function grownPortal(kept: Portal): Portal {
  for (const store of Object.values(kept.stores)) {
    for (const [name, property] of defaultProperties(store.type)) {
      if (!store.properties.has(name) && !store.archivedProperties.has(name)) store.properties.set(name, property)
    }
  }
  return { ...newPortal(kept), ...kept }
}

function newStore(type: ObjectType, typeId: string, singular: string): Store {
  const properties = defaultProperties(type)
  const unique = [...properties.values()].filter(property => property.hasUniqueValue)
  return {
    type,
    typeId,
    singular,
    properties,
    archivedProperties: new Map(),
    records: new Map(),
    archivedRecords: new Map(),
    unique: new Map(unique.map(property => [property.name, new Map()])),
    merged: new Map(),
  }
}

/** Contacts and tickets: everything, until somebody asks for less. */
function defaultSubscriptions(): Subscription[] {
  const kinds = [
    ...['object.creation', 'object.propertyChange', 'object.deletion', 'object.merge'],
    ...['object.restore', 'object.associationChange', 'object.privacyDeletion'],
  ]
  return ['contacts', 'tickets'].flatMap((objectType, type) =>
    kinds.map((subscriptionType, kind) => ({ subscriptionId: 5_000 + type * 10 + kind, subscriptionType, objectType })),
  )
}

export const DEFAULT_OWNERS: Owner[] = [
  { id: '71001', email: 'carmen.ruiz@example.com', firstName: 'Carmen', lastName: 'Ruiz', userId: 61001 },
  { id: '71002', email: 'javier.ortega@example.com', firstName: 'Javier', lastName: 'Ortega', userId: 61002 },
  { id: '71003', email: 'nuria.vidal@example.com', firstName: 'Nuria', lastName: 'Vidal', userId: 61003 },
  { id: '71004', email: 'andres.molina@example.com', firstName: 'Andrés', lastName: 'Molina', userId: 61004 },
]

const TYPE_NAMES: Record<string, ObjectType> = {
  contact: 'contacts',
  contacts: 'contacts',
  '0-1': 'contacts',
  ticket: 'tickets',
  tickets: 'tickets',
  '0-5': 'tickets',
  communication: 'communications',
  communications: 'communications',
  '0-18': 'communications',
}

/** Names, singular names and numeric ids of object types. */
export function objectTypeOf(name: string): ObjectType | undefined {
  return TYPE_NAMES[name.toLowerCase()]
}
