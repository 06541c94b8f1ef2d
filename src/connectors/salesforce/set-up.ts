import { z } from 'zod'
import type { Priority, TicketState } from '../../core/ticket.ts'
import { type ConnectionPlace, type Making, RemoteCallError } from '../contract.ts'
import { demand, invoke, query } from './client.ts'
import { describe, describeObject } from './fields.ts'
import {
  caseLead,
  customField,
  keyFields,
  messageFields,
  messageObject,
  PERMISSION_SET,
  permissionSet,
} from './package.ts'
import { readPicklistRules, recordTypesOf } from './record-types.ts'
import { type DescribedField, saveResult, userInfoAnswer } from './schema.ts'
import { CASE_LEAD, MESSAGE, type SalesforceContext, type SalesforceSettings, USER_INFO } from './settings.ts'
import { quoted } from './soql.ts'

/** What is missing: our object, our external ids, and who may see them. Throws RemoteCallError. */
export async function willMakeInSalesforce(ctx: SalesforceContext, _place: ConnectionPlace): Promise<Making[]> {
  const { message, lacking, keys, isLookupMissing } = await missing(ctx)
  const made = [
    ...(message
      ? [{ what: 'custom object', name: MESSAGE, label: 'WhatsApp message', detail: `${messageFields.length} fields` }]
      : []),
    ...keys.map(({ object, field }) => ({
      ...{ what: 'custom field', name: field.fullName, label: field.label, detail: `${object}, unique external id` },
    })),
    ...lacking.map(({ fullName, label }) => ({ what: 'custom field', name: fullName, label, detail: MESSAGE })),
    ...(isLookupMissing
      ? [{ what: 'custom field', name: CASE_LEAD, label: caseLead.label, detail: 'Case, lookup of leads' }]
      : []),
  ]
  if (made.length === 0) return []
  const permission = {
    what: 'permission set',
    name: PERMISSION_SET,
    label: 'Buzón (WhatsApp)',
    detail: 'for the integration user',
  }
  return [...made, permission]
}

/**
 * Makes what is missing and reads statuses, priorities and owners. Option tables that an admin has set are kept as long as their
 * statuses exist. Throws RemoteCallError.
 */
export async function setUpSalesforce(ctx: SalesforceContext, _place: ConnectionPlace): Promise<SalesforceSettings> {
  const user = await demand(ctx, { method: 'GET', path: USER_INFO, purpose: 'read', schema: userInfoAnswer })
  const { message, lacking, keys, isLookupMissing } = await missing(ctx)
  const parts = [
    ...(message ? [messageObject()] : []),
    ...lacking.map(field => customField(MESSAGE, field)),
    ...keys.map(({ object, field }) => customField(object, field)),
    ...(isLookupMissing ? [customField('Case', caseLead)] : []),
  ]
  if (parts.length > 0) {
    await make(ctx, parts)
    await make(ctx, [permissionSet()])
    await assignPermissions(ctx, user.user_id)
  }
  return { ...(await tablesOf(ctx)), portalId: user.organization_id, userId: user.user_id }
}

/** Statuses, priorities, owners and the types of fields as they are now. Throws RemoteCallError. */
export function rereadSalesforce(ctx: SalesforceContext): Promise<SalesforceSettings> {
  return tablesOf(ctx)
}

async function missing(ctx: SalesforceContext) {
  const keys: typeof keyFields = []
  let isLookupMissing = false
  for (const each of keyFields) {
    const names = (await describe(ctx, each.object)).map(({ name }) => name)
    if (!names.includes(each.field.fullName)) keys.push(each)
    if (each.object === 'Case') isLookupMissing = !names.includes(CASE_LEAD)
  }
  const names = await namesOfMessage(ctx)
  // One that an earlier version made may lack a field.
  const lacking = names ? messageFields.filter(({ fullName }) => !names.includes(fullName)) : []
  return { message: names === undefined, lacking, keys, isLookupMissing }
}

/** Undefined where the object is not there. */
async function namesOfMessage(ctx: SalesforceContext): Promise<string[] | undefined> {
  try {
    return (await describe(ctx, MESSAGE)).map(({ name }) => name)
  } catch (error) {
    if (error instanceof RemoteCallError && error.failure.kind === 'gone') return undefined
    throw error
  }
}

const made = z.object({
  success: z.enum(['true', 'false']),
  fullName: z.string(),
  errors: z.object({ message: z.string(), statusCode: z.string() }).optional().catch(undefined),
})
const madeAnswer = z.object({ result: z.union([z.array(made), made.transform(one => [one])]) })

/** What was made in the meantime is there too. */
async function make(ctx: SalesforceContext, metadata: object[]): Promise<void> {
  const call = { place: 'm', method: 'createMetadata', args: { metadata }, purpose: 'update' } as const
  const answer = await invoke(ctx, { ...call, schema: madeAnswer })
  if (answer.kind === 'refused') throw new RemoteCallError(answer.failure)
  const refused = answer.value.result.filter(
    ({ success, errors }) => success === 'false' && errors?.statusCode !== 'DUPLICATE_DEVELOPER_NAME',
  )
  if (refused.length === 0) return
  const message = refused.map(({ fullName, errors }) => `${fullName}: ${errors?.message ?? 'refused'}`).join('; ')
  throw new RemoteCallError({ kind: 'rejected', message })
}

async function assignPermissions(ctx: SalesforceContext, userId: string): Promise<void> {
  const { records } = await query(ctx, `SELECT Id FROM PermissionSet WHERE Name = ${quoted(PERMISSION_SET)}`)
  const PermissionSetId = records[0]?.Id
  const already = `SELECT Id FROM PermissionSetAssignment WHERE AssigneeId = ${quoted(userId)} AND PermissionSetId = ${quoted(String(PermissionSetId))}`
  if (!PermissionSetId || (await query(ctx, already)).records.length > 0) return
  const attributes = { type: 'PermissionSetAssignment' }
  const body = { allOrNone: false, records: [{ attributes, AssigneeId: userId, PermissionSetId }] }
  const path = '/composite/sobjects'
  const [saved] = await demand(ctx, { method: 'POST', path, purpose: 'update', body, schema: saveResult.array() })
  if (saved && !saved.success) {
    const message = saved.errors[0]?.message ?? 'The permission set could not be assigned'
    throw new RemoteCallError({ kind: 'rejected', message })
  }
}

async function tablesOf(ctx: SalesforceContext): Promise<SalesforceSettings> {
  const { settings } = ctx
  const objects = {
    Contact: await describeObject(ctx, 'Contact'),
    Lead: await describeObject(ctx, 'Lead'),
    Case: await describeObject(ctx, 'Case'),
  }
  const [contact, lead, ticket] = [objects.Contact.fields, objects.Lead.fields, objects.Case.fields]
  const recordTypes = recordTypesOf(settings, objects)
  const picklists = await readPicklistRules(ctx, objects, recordTypes)
  const ofType = (field: string, value: string) => {
    const options = picklists.find(rule => rule.object === 'Case' && rule.field === field)?.options
    return !options || options.some(option => option.value === value)
  }
  const statuses = (await readStatuses(ctx)).filter(({ value }) => ofType('Status', value))
  const known = new Set(statuses.map(({ value }) => value))
  const kept = settings.states.length > 0 && settings.states.every(({ theirs }) => known.has(theirs))
  const priorities = ticket.find(({ name }) => name === 'Priority')?.picklistValues ?? []
  const options = priorities.filter(({ value }) => ofType('Priority', value))
  const writable = [...contact, ...lead, ...ticket].filter(({ createable, updateable }) => createable || updateable)
  const onLeads = new Set(lead.map(({ name }) => name))
  return {
    ...settings,
    states: kept ? relabelled(settings.states, statuses) : stateTable(statuses),
    priorities: settings.priorities.length > 0 ? settings.priorities : priorityTable(options),
    owners: await readUsers(ctx),
    queues: await readQueues(ctx),
    ...(await readPersonAccounts(ctx, contact)),
    casesOfLeads: ticket.some(({ name, createable }) => name === CASE_LEAD && createable),
    ...{ recordTypes, picklists },
    numbers: namesOf(writable, ['int', 'long', 'double', 'currency', 'percent']),
    booleans: namesOf(writable, ['boolean']),
    notOnLeads: contact.flatMap(({ name }) => (onLeads.has(name) ? [] : name)).toSorted(),
  }
}

/** Throws RemoteCallError where new people are to be person accounts, and there are none. */
async function readPersonAccounts(
  ctx: SalesforceContext,
  contact: DescribedField[],
): Promise<Pick<SalesforceSettings, 'personAccounts' | 'personType'>> {
  const personAccounts = contact.some(({ name }) => name === 'IsPersonAccount')
  if (ctx.settings.newPeople !== 'PersonAccount') return { personAccounts, personType: '' }
  const where = "SobjectType = 'Account' AND IsPersonType = true AND IsActive = true"
  const types = personAccounts ? await query(ctx, `SELECT Id FROM RecordType WHERE ${where} ORDER BY Id LIMIT 1`) : null
  const [type] = types?.records ?? []
  if (type) return { personAccounts, personType: String(type.Id) }
  const message = 'The organization has no person accounts: new people are to be contacts or leads'
  throw new RemoteCallError({ kind: 'rejected', message })
}

function namesOf(fields: DescribedField[], types: string[]): string[] {
  return [...new Set(fields.flatMap(({ name, type }) => (types.includes(type) ? name : [])))].toSorted()
}

export type CaseStatus = { value: string; label: string; isClosed: boolean; isDefault: boolean }

/** Whether a status closes a case is told by this object alone. */
async function readStatuses(ctx: SalesforceContext): Promise<CaseStatus[]> {
  const soql = 'SELECT ApiName, MasterLabel, IsClosed, IsDefault, SortOrder FROM CaseStatus ORDER BY SortOrder'
  const { records } = await query(ctx, soql)
  return records.map(({ ApiName, MasterLabel, IsClosed, IsDefault }) => ({
    ...{ value: String(ApiName), label: String(MasterLabel ?? ApiName) },
    ...{ isClosed: IsClosed === true, isDefault: IsDefault === true },
  }))
}

/** Salesforce's own names of a case that waits for its customer, and of one that somebody else has. */
const WAITING = /hold|wait|pending/i
const ESCALATED = /escalat/i

/**
 * Our states to their statuses, by open or closed and by order: new cases have the default one; the one that waits is known by its API
 * name, else it comes after the one in which people work. Where there are too few, states share one; none is ever called escalated.
 * Statuses beyond ours are read, never written.
 */
export function stateTable(statuses: CaseStatus[]): SalesforceSettings['states'] {
  const open = statuses.filter(({ isClosed }) => !isClosed)
  const closed = statuses.filter(({ isClosed }) => isClosed)
  const first = open.find(({ isDefault }) => isDefault) ?? open[0]
  const others = open.filter(status => status !== first)
  const usual = others.filter(({ value }) => !ESCALATED.test(value))
  const waits = usual.find(({ value }) => WAITING.test(value))
  const working = usual.find(status => status !== waits) ?? waits ?? first
  const waiting = waits ?? usual.find(status => status !== working) ?? working
  const row = (ours: TicketState, status: CaseStatus | undefined) =>
    status ? [{ ours, theirs: status.value, label: status.label }] : []
  const written = [...row('open', first), ...row('in_progress', working), ...row('waiting', waiting)]
  const read = others.filter(status => status !== waiting && status !== working)
  return [
    ...written,
    ...read.flatMap(status => row('in_progress', status)),
    ...closed.flatMap(status => row('resolved', status)),
  ]
}

/** The table as an admin set it, with the names of today; statuses that were added there are read by open or closed. */
function relabelled(states: SalesforceSettings['states'], statuses: CaseStatus[]): SalesforceSettings['states'] {
  const labels = new Map(statuses.map(({ value, label }) => [value, label]))
  const known = new Set(states.map(({ theirs }) => theirs))
  const added = statuses.filter(({ value }) => !known.has(value))
  return [
    ...states.map(row => ({ ...row, label: labels.get(row.theirs) || row.label })),
    ...added.map(({ value, label, isClosed }) => ({
      ...{ ours: isClosed ? ('resolved' as const) : ('in_progress' as const), theirs: value, label },
    })),
  ]
}

/** Salesforce's own values; an organization may have removed some, and then the nearest below is written. */
function priorityTable(options: DescribedField['picklistValues']): SalesforceSettings['priorities'] {
  const rows: [Priority, string[]][] = [
    ['low', ['Low']],
    ['normal', ['Medium', 'Normal', 'Low']],
    ['high', ['High', 'Medium', 'Low']],
    ['urgent', ['Urgent', 'Critical', 'High', 'Medium', 'Low']],
  ]
  return rows.flatMap(([ours, values]) => {
    const option = values.flatMap(value => options.find(each => each.value === value && each.active) ?? [])[0]
    return option ? [{ ours, theirs: option.value, label: option.label ?? option.value }] : []
  })
}

async function readUsers(ctx: SalesforceContext): Promise<SalesforceSettings['owners']> {
  const where = "IsActive = true AND UserType = 'Standard'"
  const { records } = await query(ctx, `SELECT Id, Email, Name FROM User WHERE ${where} ORDER BY Id LIMIT 2000`)
  return records.map(({ Id, Email, Name }) => ({ id: String(Id), email: String(Email), name: String(Name) }))
}

async function readQueues(ctx: SalesforceContext): Promise<SalesforceSettings['queues']> {
  const { records } = await query(ctx, "SELECT Id, Name FROM Group WHERE Type = 'Queue' ORDER BY Id LIMIT 2000")
  return records.map(({ Id, Name }) => ({ id: String(Id), name: String(Name) }))
}
