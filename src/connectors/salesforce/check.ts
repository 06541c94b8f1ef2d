import { ticketStates } from '../../core/ticket.ts'
import { type CheckResult, RemoteCallError } from '../contract.ts'
import { request } from './client.ts'
import { describe } from './fields.ts'
import { keyFields, messageFields } from './package.ts'
import type { SObject } from './records.ts'
import { type DescribedField, limitsAnswer, userInfoAnswer } from './schema.ts'
import { LINES, MESSAGE, type SalesforceContext, USER_INFO } from './settings.ts'

/** Less than this share of the day's calls left is said. */
const FEW = 0.1

type Described = { fields: DescribedField[] } | { refusal: string }

/** Reads what the connection needs, and says what is missing and how to mend it. Changes nothing, never throws. */
export async function checkSalesforce(ctx: SalesforceContext): Promise<CheckResult[]> {
  const limits = await request(ctx, { method: 'GET', path: '/limits', purpose: 'read', schema: limitsAnswer })
  if (limits.kind === 'refused') {
    const { failure } = limits
    const isAccess = failure.kind === 'unauthorized'
    const fix = isAccess ? 'Connect again, and see that the user may use the API' : 'Try again later'
    return [bad(isAccess ? 'Access' : 'Salesforce', failure.message, fix)]
  }
  const { Max, Remaining } = limits.value.DailyApiRequests
  const left = `${Remaining} of ${Max} calls are left of 24 hours`
  const objects = new Map<SObject, Described>()
  for (const type of ['Contact', 'Lead', 'Case', MESSAGE] as const) objects.set(type, await describeOrNot(ctx, type))
  return [
    good('Access', 'Salesforce accepts it'),
    Remaining > Max * FEW ? good('API calls', left) : bad('API calls', left, 'Buy more, or lower the share of Buzón'),
    ...keyFields.map(({ object, field }) => keyCheck(object, field.fullName, objects.get(object))),
    messageCheck(ctx, objects.get(MESSAGE)),
    statesCheck(ctx, objects.get('Case')),
    ...(await userCheck(ctx)),
  ]
}

async function describeOrNot(ctx: SalesforceContext, type: SObject): Promise<Described> {
  try {
    return { fields: await describe(ctx, type) }
  } catch (error) {
    if (!(error instanceof RemoteCallError)) throw error
    return { refusal: error.failure.message }
  }
}

function keyCheck(object: string, name: string, described: Described | undefined): CheckResult {
  const title = `${object}.${name}`
  if (!described || 'refusal' in described) {
    return bad(title, described?.refusal ?? '', `Let the integration user read and edit ${object}`)
  }
  const found = described.fields.find(field => field.name === name)
  if (!found) {
    const fix = 'Set the connection up, or install the package; then give the user the permission set Buzon'
    return bad(title, 'It does not exist, or the user may not see it', fix)
  }
  if (!found.unique || !found.externalId) {
    return bad(title, 'Its values are not unique external ids', 'Tick Unique and External ID on the field')
  }
  if (!found.updateable) return bad(title, 'The user may not edit it', 'Give the user the permission set Buzon')
  return good(title, 'A unique external id')
}

function messageCheck({ settings }: SalesforceContext, described: Described | undefined): CheckResult {
  if (!described || 'refusal' in described) {
    return bad(MESSAGE, described?.refusal ?? '', 'Set the connection up, or install the package')
  }
  const names = new Set(described.fields.filter(({ updateable }) => updateable).map(({ name }) => name))
  const needed = messageFields.map(({ fullName }) => fullName).filter(name => name !== LINES || settings.digest)
  const lost = needed.filter(name => !names.has(name))
  if (lost.length === 0) return good(MESSAGE, 'All its fields can be edited')
  return bad(MESSAGE, `Cannot be edited: ${lost.join(', ')}`, 'Give the user the permission set Buzon')
}

function statesCheck({ settings }: SalesforceContext, described: Described | undefined): CheckResult {
  const title = 'Case statuses'
  const status = described && 'fields' in described && described.fields.find(({ name }) => name === 'Status')
  if (!status) return bad(title, 'They cannot be read', 'Let the integration user read and edit cases')
  const live = new Set(status.picklistValues.filter(({ active }) => active).map(({ value }) => value))
  const lost = ticketStates.filter(
    state => !settings.states.some(({ ours, theirs }) => ours === state && live.has(theirs)),
  )
  if (lost.length === 0) return good(title, 'Every state has a status')
  return bad(title, `Without a status: ${lost.join(', ')}`, 'Set the connection up again, or choose statuses by hand')
}

/** Our own changes are known by their user, who must be the one whose access we have. */
async function userCheck(ctx: SalesforceContext): Promise<CheckResult[]> {
  const title = 'Integration user'
  if (ctx.settings.userId === '') return []
  const answer = await request(ctx, { method: 'GET', path: USER_INFO, purpose: 'read', schema: userInfoAnswer })
  if (answer.kind === 'refused') return [bad(title, answer.failure.message, 'Let the app have the scope api')]
  if (answer.value.user_id === ctx.settings.userId) return [good(title, 'Its changes are known as ours')]
  return [bad(title, 'The access is of another user by now', 'Set the connection up again')]
}

function good(name: string, detail: string): CheckResult {
  return { name, ok: true, detail }
}

function bad(name: string, detail: string, fix: string): CheckResult {
  return { name, ok: false, detail, fix }
}
