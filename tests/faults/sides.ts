/** The CRMs of the histories: how people work in each, what fails there, and what is there in the end. */

import { messagesIn } from '../../src/connectors/zendesk/comments.ts'
import { comment } from '../../src/connectors/zendesk/schema.ts'
import { USER_FIELD } from '../../src/connectors/zendesk/settings.ts'
import { DEMO } from '../../src/node/demo.ts'
import { connect, pause } from '../../src/sync/connect.ts'
import { syncContext } from '../../src/sync/context.ts'
import { ORG } from '../connectors/salesforce/harness.ts'
import { ACCOUNT, access } from '../connectors/zendesk/harness.ts'
import type { TestHub } from '../support/hub.ts'
import { writes } from '../sync/support.ts'

export type Field = 'subject' | 'priority' | 'name' | 'email'
export type Kind = 'contact' | 'ticket'

/** A record there, in our words; `key`: our own id, as it is kept there; `contactId`: whose it is. */
export type There = { id: string; key: string; values: Partial<Record<Field, string | null>>; contactId: string | null }
export type Told = { text: string; contactId: string | null }

export type Disorder = { duplicates: number; shuffle: boolean; seed: number }

export type Side = {
  name: string
  /** Parts of addresses that a fault may be for, and of those whose items may be refused. */
  paths: [string, ...string[]]
  writing: string
  vendor: 'hubspot' | 'salesforce' | 'zendesk'
  /** The connection it is; whatever else is connected rests. */
  open(t: TestHub): Promise<string>
  /** What becomes of webhooks, where it sends any. */
  disturb(t: TestHub, disorder: Disorder): void
  contacts(t: TestHub): There[]
  tickets(t: TestHub): There[]
  told(t: TestHub): Told[]
  edit(t: TestHub, kind: Kind, id: string, field: Field, value: string): void
  merge(t: TestHub, survivor: string, merged: string): void
  /** Null for what people cannot do there. */
  remove: ((t: TestHub, kind: Kind, id: string) => void) | null
  restore: ((t: TestHub, kind: Kind, id: string) => void) | null
  /** Another number whenever something was written there. */
  writes(t: TestHub): number
}

type HubSpotRecord = { id: string; properties: Record<string, string | null>; associations: Record<string, string[]> }

const { portalId } = DEMO
const TYPES = { contact: 'contacts', ticket: 'tickets' } as const
const priorities = { low: 'LOW', normal: 'MEDIUM', high: 'HIGH' } as Record<string, string>
const recordsOf = (t: TestHub, type: string) =>
  t.sandbox.hubspot.objects(portalId, type).results as unknown as HubSpotRecord[]
const wordFor = (table: Record<string, string>, theirs: unknown) =>
  Object.keys(table).find(word => table[word] === theirs) ?? null
const nameOf = (...parts: unknown[]) => parts.filter(Boolean).join(' ')

/** `Nombre 3` is a first and a last name. */
function parted(value: string): [string, string] {
  const [first = '', ...rest] = value.split(' ')
  return [first, rest.join(' ')]
}

const hubspot: Side = {
  name: 'HubSpot',
  vendor: 'hubspot',
  paths: ['contacts/batch', 'tickets/batch', 'communications/batch', '/batch/', 'batch/read', 'search'],
  writing: '(tickets|contacts|communications)/batch/(create|update|upsert)',
  open: async t => t.connectionId,
  disturb: (t, disorder) => void t.sandbox.hubspot.configure(portalId, disorder),
  contacts: t =>
    recordsOf(t, 'contacts').map(({ id, properties: { wa_id, firstname, lastname, email } }) => ({
      ...{ id, key: wa_id ?? '', contactId: id },
      values: { name: nameOf(firstname, lastname), email: email || null },
    })),
  tickets: t =>
    recordsOf(t, 'tickets').map(({ id, properties, associations }) => ({
      ...{ id, key: properties.wa_ticket_id ?? '', contactId: associations.contacts?.[0] ?? null },
      values: {
        subject: properties.subject ?? null,
        priority: wordFor(priorities, properties.hs_ticket_priority),
      },
    })),
  told: t =>
    recordsOf(t, 'communications').map(({ properties, associations }) => ({
      text: properties.hs_communication_body?.split('<br>')[1] ?? '',
      contactId: associations.contacts?.[0] ?? null,
    })),
  edit(t, kind, id, field, value) {
    const [firstname, lastname] = parted(value)
    const properties: Record<string, string> =
      field === 'name'
        ? { firstname, lastname }
        : field === 'priority'
          ? { hs_ticket_priority: priorities[value] ?? '' }
          : { [field]: value }
    t.sandbox.hubspot.edit(portalId, TYPES[kind], id, { properties })
  },
  merge: (t, primaryObjectId, objectIdToMerge) =>
    void t.sandbox.hubspot.merge(portalId, { primaryObjectId, objectIdToMerge }),
  remove: (t, kind, id) => void t.sandbox.hubspot.archive(portalId, TYPES[kind], id),
  restore: (t, kind, id) => void t.sandbox.hubspot.restore(portalId, TYPES[kind], id),
  writes: t => writes(t),
}

const SOBJECTS = { contact: 'Contact', ticket: 'Case' } as const
const casePriorities = { low: 'Low', normal: 'Medium', high: 'High' } as Record<string, string>
const FIELDS: Record<Exclude<Field, 'name'>, string> = { subject: 'Subject', priority: 'Priority', email: 'Email' }
const rowsOf = (t: TestHub, type: string) => t.sandbox.salesforce.records(ORG, type)
const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null)

const salesforce: Side = {
  name: 'Salesforce',
  vendor: 'salesforce',
  paths: ['/composite$', '/query', '/search', '/composite', '/composite/sobjects', '/query.*Case'],
  writing: '/composite$',
  async open(t) {
    const app = { clientId: 'the-app', clientSecret: 'a-secret' }
    t.sandbox.salesforce.orgs({ orgId: ORG, ...app })
    const ctx = syncContext(t.hub.services, t.workspaceId)
    await pause(ctx, t.connectionId, { kind: 'system' })
    const credentials = { ...app, loginUrl: t.hub.services.baseUrls.salesforce ?? '' }
    const { id } = await connect(ctx, { connector: 'salesforce', credentials })
    // The feed begins.
    await t.pass(60)
    return id
  },
  // It has none: the feed is read each minute.
  disturb() {},
  contacts: t =>
    rowsOf(t, 'Contact').map(({ id, fields }) => ({
      ...{ id, key: text(fields.WA_Id__c) ?? '', contactId: id },
      values: { name: nameOf(fields.FirstName, fields.LastName), email: text(fields.Email) },
    })),
  tickets: t =>
    rowsOf(t, 'Case').map(({ id, fields }) => ({
      ...{ id, key: text(fields.WA_Ticket_Id__c) ?? '', contactId: text(fields.ContactId) },
      values: { subject: text(fields.Subject), priority: wordFor(casePriorities, fields.Priority) },
    })),
  told: t =>
    rowsOf(t, 'WhatsApp_Message__c').map(({ fields }) => ({
      text: text(fields.Body__c) ?? '',
      contactId: text(fields.Contact__c),
    })),
  edit(t, kind, id, field, value) {
    const [FirstName, LastName] = parted(value)
    const said = field === 'priority' ? (casePriorities[value] ?? '') : value
    const fields = field === 'name' ? { FirstName, LastName } : { [FIELDS[field]]: said }
    t.sandbox.salesforce.edit(ORG, SOBJECTS[kind], id, { fields })
  },
  merge: (t, masterId, loserId) => void t.sandbox.salesforce.merge(ORG, { masterId, loserId }),
  // A contact with cases cannot be deleted there.
  remove: (t, kind, id) => {
    if (kind === 'ticket') t.sandbox.salesforce.remove(ORG, 'Case', id)
  },
  restore: null,
  // Reading goes by composites too: what was written has another time.
  writes: t =>
    ['Contact', 'Case', 'WhatsApp_Message__c']
      .flatMap(type => rowsOf(t, type))
      .reduce((sum, { fields }) => sum + Date.parse(String(fields.SystemModstamp)), 0),
}

const userPriorities = { low: 'low', normal: 'normal', high: 'high' } as Record<string, string>
const viewOf = (t: TestHub) => t.sandbox.zendesk.view(ACCOUNT)

const zendesk: Side = {
  name: 'Zendesk',
  vendor: 'zendesk',
  paths: ['/users/', '/tickets/', '/tickets/update_many', '_many', 'job_statuses', '/search'],
  writing: '/(users|tickets)/(create_or_update_many|create_many|update_many)',
  async open(t) {
    const { clientId, clientSecret, accessToken: token } = access
    t.sandbox.zendesk.accounts({ subdomain: ACCOUNT, clientId, clientSecret, token, rateLimit: false })
    const ctx = syncContext(t.hub.services, t.workspaceId)
    await pause(ctx, t.connectionId, { kind: 'system' })
    const row = await connect(ctx, { connector: 'zendesk', credentials: access, settings: { subdomain: ACCOUNT } })
    t.sandbox.zendesk.configure(ACCOUNT, { deliverTo: `${t.url}/hooks/zendesk/${row.id}` })
    return row.id
  },
  disturb: (t, disorder) => void t.sandbox.zendesk.configure(ACCOUNT, disorder),
  contacts: t =>
    viewOf(t).users.results.map(({ id, user_fields, name, email }) => ({
      ...{ id: String(id), key: text(user_fields[USER_FIELD]) ?? '', contactId: String(id) },
      values: { name: text(name), email: text(email) },
    })),
  tickets: t =>
    viewOf(t).tickets.results.map(({ id, external_id, subject, priority, requester_id }) => ({
      ...{ id: String(id), key: text(external_id) ?? '', contactId: String(requester_id) },
      values: { subject: text(subject), priority: wordFor(userPriorities, priority) },
    })),
  told: t =>
    viewOf(t).tickets.results.flatMap(ticket =>
      ticket.comments.flatMap(each =>
        messagesIn(comment.parse(each)).map(({ body }) => ({
          ...{ text: body.replace(/^→[^\n]*\n/, ''), contactId: String(ticket.requester_id) },
        })),
      ),
    ),
  edit(t, kind, id, field, value) {
    if (kind === 'contact') t.sandbox.zendesk.editUser(ACCOUNT, id, { [field]: value })
    else t.sandbox.zendesk.editTicket(ACCOUNT, id, { [field]: value })
  },
  merge: (t, winner, loser) => void t.sandbox.zendesk.mergeUsers(ACCOUNT, { winner, loser }),
  remove: (t, kind, id) => {
    if (kind === 'ticket') t.sandbox.zendesk.deleteTicket(ACCOUNT, id)
  },
  restore: null,
  writes: t => writes(t, 'zendesk'),
}

export const sides: readonly Side[] = [hubspot, salesforce, zendesk]
