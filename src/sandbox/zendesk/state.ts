/** What a simulated Zendesk account holds. */

export type Role = 'end-user' | 'agent' | 'admin'

export type User = {
  id: number
  name: string
  email: string | null
  phone: string | null
  /** Further numbers, of those that were merged into this one. */
  phones: string[]
  /** The number is another's direct line already. */
  sharedPhone: boolean
  externalId: string | null
  role: Role
  tags: string[]
  notes: string
  details: string
  userFields: Record<string, unknown>
  active: boolean
  createdAt: string
  updatedAt: string
}

export type Via = { channel: 'api' | 'web' | 'rule' }

export type Attachment = { id: number; fileName: string; contentType: string; size: number; data: string }

export type Comment = {
  id: number
  auditId: number
  authorId: number
  /** Who made the update, which may be another than the author. */
  updaterId: number
  body: string
  htmlBody: string
  public: boolean
  createdAt: string
  via: Via
  custom: Record<string, unknown>
  attachments: Attachment[]
}

export const STATUSES = ['new', 'open', 'pending', 'hold', 'solved', 'closed'] as const
export type Status = (typeof STATUSES)[number]

export type Ticket = {
  id: number
  subject: string
  status: Status
  customStatusId: number
  priority: string | null
  requesterId: number
  submitterId: number
  assigneeId: number | null
  groupId: number | null
  formId: number | null
  externalId: string | null
  tags: string[]
  customFields: Map<number, unknown>
  via: Via
  /** The closed ticket that this one goes on from. */
  followupOf: number | null
  imported: boolean
  deleted: boolean
  createdAt: string
  updatedAt: string
  comments: Comment[]
}

export type JobResult = Record<string, unknown>
export type Job = { id: string; status: 'queued' | 'completed'; doneAt: number; total: number; results: JobResult[] }

export type Webhook = {
  id: string
  name: string
  endpoint: string
  status: 'active' | 'inactive'
  subscriptions: string[]
  secret: string
  createdAt: string
  /** Of the last five minutes, by the sandbox's clock: when, and whether it was accepted. */
  outcomes: { at: number; ok: boolean }[]
  /** The circuit breaker is open until then. */
  pausedUntil: number
}

export type CustomField = {
  id: number
  key: string
  title: string
  type: string
  active: boolean
  removable: boolean
  required: boolean
  options: { name: string; value: string }[]
}

export type CustomStatus = { id: number; category: Status; label: string; active: boolean; isDefault: boolean }
export type Group = { id: number; name: string }
export type Trigger = {
  id: number
  title: string
  active: boolean
  conditions: { field: string; operator: string; value: string }[]
  actions: { field: string; value: unknown }[]
}
export type Mail = { at: string; to: string; ticketId: number; body: string; trigger: string }
export type RateLimit = { perMinute: number; exportsPerMinute: number; jobs: number }

export type Account = {
  subdomain: string
  accountId: number
  clientId: string
  clientSecret: string
  /** Of accounts that still have one: Basic `{email}/token:{apiToken}`. */
  apiToken: string | null
  users: Map<number, User>
  tickets: Map<number, Ticket>
  jobs: Map<string, Job>
  webhooks: Map<string, Webhook>
  uploads: Map<string, Attachment>
  ticketFields: CustomField[]
  userFields: CustomField[]
  customStatuses: CustomStatus[]
  groups: Group[]
  triggers: Trigger[]
  /** Of each installed app the key that its tokens are signed with; SPKI in PEM. */
  apps: { id: number; appId: number; name: string; publicKey: string }[]
  /** What triggers have sent to people. */
  mails: Mail[]
  nextId: number
  rateLimit: RateLimit | false
  /** How long a job takes, by the sandbox's clock. */
  jobMs: number
  /** How much exports and searches are behind. */
  lagMs: number
  mostComments: number
  validatesPhones: boolean
  /** Where webhooks go, whatever their endpoint is; for tests. */
  deliverTo: string | null
  duplicates: number
  shuffle: boolean
  seed: number
}

export type Access = { subdomain: string; userId: number; scopes: string[]; until: number }
export type Refresh = { subdomain: string; userId: number; scopes: string[]; until: number; access: string }
export type Code = { subdomain: string; redirectUri: string; challenge: string | null; scopes: string[]; until: number }

export type ZendeskState = {
  accounts: Map<string, Account>
  access: Map<string, Access>
  refreshes: Map<string, Refresh>
  codes: Map<string, Code>
}

export function emptyZendesk(): ZendeskState {
  return { accounts: new Map(), access: new Map(), refreshes: new Map(), codes: new Map() }
}

/** The admin whose consent an app gets, and who its writes are by. */
export const ADMIN = 9_000_001

export const DEFAULT_AGENTS = [
  { id: ADMIN, name: 'Integración Buzón', email: 'integracion@example.com', role: 'admin' as const },
  { id: 9_000_011, name: 'Carmen Ruiz', email: 'carmen.ruiz@example.com', role: 'agent' as const },
  { id: 9_000_012, name: 'Javier Ortega', email: 'javier.ortega@example.com', role: 'agent' as const },
  { id: 9_000_013, name: 'Nuria Vidal', email: 'nuria.vidal@example.com', role: 'agent' as const },
  { id: 9_000_014, name: 'Andrés Molina', email: 'andres.molina@example.com', role: 'agent' as const },
]

const STATUS_LABELS: Record<Exclude<Status, 'closed'>, string> = {
  ...{ new: 'Nuevo', open: 'Abierto', pending: 'Pendiente', hold: 'En espera', solved: 'Resuelto' },
}

export type AccountInput = Pick<Account, 'subdomain' | 'clientId' | 'clientSecret'>

export function newAccount(input: AccountInput, at: string): Account {
  const blank = {
    phone: null,
    phones: [],
    sharedPhone: false,
    externalId: null,
    tags: [],
    notes: '',
    details: '',
    userFields: {},
  }
  const agents = DEFAULT_AGENTS.map(
    (agent): User => ({ ...blank, ...agent, active: true, createdAt: at, updatedAt: at }),
  )
  return {
    ...input,
    accountId: 10_000_001,
    apiToken: null,
    users: new Map(agents.map(agent => [agent.id, agent])),
    ...{ tickets: new Map(), jobs: new Map(), webhooks: new Map(), uploads: new Map(), mails: [], apps: [] },
    ticketFields: systemFields.map(([type, title], nth) => field(500 + nth, type, title)),
    userFields: [],
    customStatuses: Object.entries(STATUS_LABELS).map(([category, label], nth) => ({
      ...{ id: 700 + nth, category: category as Status, label, active: true, isDefault: true },
    })),
    groups: [{ id: 800, name: 'Soporte' }],
    triggers: [notifyRequester()],
    nextId: 20_000_001,
    rateLimit: { perMinute: 400, exportsPerMinute: 10, jobs: 30 },
    ...{ jobMs: 0, lagMs: 0, mostComments: 5_000, validatesPhones: false, deliverTo: null },
    ...{ duplicates: 1, shuffle: false, seed: 1 },
  }
}

const systemFields = [
  ...([
    ['subject', 'Asunto'],
    ['description', 'Descripción'],
    ['status', 'Estado'],
    ['priority', 'Prioridad'],
  ] as const),
  ...([
    ['group', 'Grupo'],
    ['assignee', 'Agente asignado'],
    ['custom_status', 'Estado del ticket'],
  ] as const),
] as const

function field(id: number, type: string, title: string): CustomField {
  return { id, key: '', title, type, active: true, removable: false, required: false, options: [] }
}

/** Every new account has it: whoever asked is told by e-mail what was answered. */
function notifyRequester(): Trigger {
  return {
    ...{ id: 900, title: 'Notify requester of comment update', active: true },
    conditions: [{ field: 'comment_is_public', operator: 'is', value: 'true' }],
    actions: [{ field: 'notification_user', value: ['requester_id', 'Re: {{ticket.title}}', '{{ticket.comments}}'] }],
  }
}

export function newId(account: Account): number {
  return account.nextId++
}
