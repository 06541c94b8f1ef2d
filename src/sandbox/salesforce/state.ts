import { type FieldDef, type RecordTypeDef, standardObjects } from './fields.ts'

export type Value = string | number | boolean | null

export type SalesforceRow = {
  id: string
  fields: Record<string, Value>
  /** In the recycle bin. */
  deleted: boolean
  /** As other transactions still see it, until then: null, not at all. */
  unseen?: { before: SalesforceRow | null; until: number }
}

export type SObjectStore = {
  name: string
  label: string
  prefix: string
  fields: Map<string, FieldDef>
  rows: Map<string, SalesforceRow>
  recordTypes?: RecordTypeDef[]
}

/** Of a session: whose it is, and until when. */
export type Session = { orgId: string; userId: string; until: number }

export type ConsentCode = { orgId: string; redirectUri: string; challenge: string | null; until: number }

export type Org = {
  orgId: string
  clientId: string
  clientSecret: string
  /** Where the installed package tells of answers, and by which key. */
  package: { url: string; key: string } | null
  /** Of the JWT bearer flow, in PEM. */
  publicKey: string | null
  /** The integration user: whose name the app's sessions are in. */
  userId: string
  /** A person who works there. */
  personId: string
  objects: Map<string, SObjectStore>
  /** Permission sets by developer name. */
  permissionSets: string[]
  rotatesRefreshTokens: boolean
  /** Calls of 24 hours. */
  dailyLimit: number
  /** Hour → calls. */
  usage: Map<number, number>
  /** How changes are told on the event bus: with their fields, without, as one that there were too many, or so that nobody can read it. */
  tells: 'whole' | 'gap' | 'overflow' | 'unreadable'
  /** How long a transaction of a person takes until others see what it wrote, by the sandbox's clock. */
  transactionMs: number
}

/** A change as the event bus has it. `changed`: names of fields; `values`: theirs, then. */
export type ChangeEvent = {
  replayId: number
  at: number
  entity: string
  type: string
  recordId: string
  userId: string
  origin: string
  changed: string[]
  values: Record<string, Value>
}

export type SalesforceState = {
  orgs: Map<string, Org>
  sessions: Map<string, Session>
  refreshes: Map<string, { orgId: string }>
  codes: Map<string, ConsentCode>
  /** By organization, in order. */
  events: Map<string, ChangeEvent[]>
  nextId: number
  nextReplayId: number
}

export function emptySalesforce(): SalesforceState {
  const numbers = { nextId: 1_000_001, nextReplayId: 1 }
  return { orgs: new Map(), sessions: new Map(), refreshes: new Map(), codes: new Map(), events: new Map(), ...numbers }
}

export type OrgInput = Pick<Org, 'orgId' | 'clientId' | 'clientSecret'>

const PEOPLE = [
  ['carmen.ruiz@example.com', 'Carmen Ruiz'],
  ['javier.ortega@example.com', 'Javier Ortega'],
  ['nuria.vidal@example.com', 'Nuria Vidal'],
  ['andres.molina@example.com', 'Andrés Molina'],
] as const

/** In the order of Salesforce's own, with one that waits for the customer. */
const STATUSES = [
  ['New', false],
  ['Working', false],
  ['On Hold', false],
  ['Escalated', false],
  ['Closed', true],
] as const

/** An organization as it comes: its standard objects, some users, a queue, and nothing of ours. */
export function newOrg(state: SalesforceState, input: OrgInput): Org {
  const objects = standardObjects()
  const put = (name: string, fields: Record<string, Value>): string => {
    const store = objects.get(name) as SObjectStore
    const id = newId(state, store)
    const at = '2026-01-02T09:00:00.000+0000'
    const defaults = Object.fromEntries([...store.fields.keys()].map(field => [field, null]))
    store.rows.set(id, {
      ...{ id, deleted: false },
      fields: { ...defaults, ...fields, Id: id, CreatedDate: at, SystemModstamp: at, LastModifiedDate: at },
    })
    return id
  }
  const user = (Email: string, Name: string, UserType: string) =>
    put('User', { Email, Name, Username: Email, UserType, IsActive: true })
  const userId = user('integration@example.com', 'Buzón Integration', 'Standard')
  const people = PEOPLE.map(([email, name]) => user(email, name, 'Standard'))
  user('site-guest@example.com', 'Site Guest', 'Guest')
  put('Group', { Name: 'WhatsApp', DeveloperName: 'WhatsApp', Type: 'Queue' })
  for (const [at, [ApiName, IsClosed]] of STATUSES.entries()) {
    put('CaseStatus', { ApiName, MasterLabel: ApiName, IsClosed, IsDefault: at === 0, SortOrder: at + 1 })
  }
  return {
    ...input,
    ...{ package: null, publicKey: null, userId, personId: people[0] ?? userId, objects, permissionSets: [] },
    ...{ rotatesRefreshTokens: false, dailyLimit: 100_000, usage: new Map(), tells: 'whole', transactionMs: 0 },
  }
}

/** Eighteen characters: a prefix, a running number, and which of the letters are capitals. */
export function newId(state: Pick<SalesforceState, 'nextId'>, { prefix }: SObjectStore): string {
  const id = prefix + String(state.nextId++).padStart(12, '0')
  const sum = [0, 5, 10].map(start => {
    const bits = [...id.slice(start, start + 5)].reduce(
      (value, letter, at) => value + (/[A-Z]/.test(letter) ? 1 << at : 0),
      0,
    )
    return 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345'[bits]
  })
  return id + sum.join('')
}

/** Names of objects are written in any case. */
export function storeNamed(org: Org, name: string): SObjectStore | undefined {
  const wanted = name.toLowerCase()
  return [...org.objects.values()].find(store => store.name.toLowerCase() === wanted)
}

/** As somebody else's transaction sees a record now; undefined for one that is not there for them. */
export function seen(row: SalesforceRow, now: number): SalesforceRow | undefined {
  if (!row.unseen || row.unseen.until <= now) return row
  return row.unseen.before ?? undefined
}
