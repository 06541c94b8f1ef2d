import type { z } from 'zod'
import type { CheckResult } from '../contract.ts'
import { type Answer, request } from './client.ts'
import { API_TOKENS_END, isOAuth } from './credentials.ts'
import {
  formsAnswer,
  groupsAnswer,
  invocationsAnswer,
  statusesAnswer,
  triggersAnswer,
  userAnswer,
  userFieldsAnswer,
  webhookAnswer,
} from './schema.ts'
import { TAG, USER_FIELD, type ZendeskContext } from './settings.ts'
import { SUBSCRIPTIONS } from './webhook.ts'

/** Reads what the connection needs, and says what is missing and how to mend it. Changes nothing, never throws. */
export async function checkZendesk(ctx: ZendeskContext): Promise<CheckResult[]> {
  const me = await get(ctx, 'users/me', userAnswer)
  if (me.kind === 'refused' && me.failure.kind === 'unauthorized')
    return [bad('Access', me.failure.message, 'Connect again, as an admin of the account')]
  if (me.kind === 'refused') return [bad('Zendesk', me.failure.message, 'Try again later')]
  return [
    good('Access', `Zendesk knows us as ${me.value.user.name ?? me.value.user.id}`),
    roleCheck(me.value.user.role),
    scopesCheck(ctx),
    apiTokenCheck(ctx),
    await userFieldCheck(ctx),
    await statusesCheck(ctx),
    await groupCheck(ctx),
    await triggersCheck(ctx),
    ...(await webhookChecks(ctx)),
  ].filter(result => result !== undefined)
}

/** Imports, webhooks, and writing as somebody else are for admins. */
function roleCheck(role: string | null): CheckResult {
  if (role === 'admin') return good('Role', 'It is an admin')
  return bad('Role', `It is ${role ?? 'unknown'}, and only admins may import and have webhooks`, 'Connect as an admin')
}

function scopesCheck({ credentials }: ZendeskContext): CheckResult | undefined {
  if (!isOAuth(credentials)) return undefined
  const missing = ['read', 'write'].filter(scope => !credentials.scopes.includes(scope))
  if (missing.length === 0) return good('Scopes', credentials.scopes.join(' '))
  return bad('Scopes', `Missing: ${missing.join(', ')}`, 'Connect again, and agree to what is asked')
}

/** It works until it does not: said from the first day, and a fault when the day has come. */
function apiTokenCheck({ credentials, now }: ZendeskContext): CheckResult | undefined {
  if (isOAuth(credentials)) return undefined
  const day = API_TOKENS_END.toISOString().slice(0, 10)
  const fix = 'Make an OAuth client in Zendesk and connect by consent'
  const days = Math.ceil((API_TOKENS_END.getTime() - now.getTime()) / 86_400_000)
  if (days > 0)
    return { name: 'API token', ok: true, detail: `Zendesk ends API tokens on ${day}: ${days} days are left`, fix }
  return bad('API token', `Zendesk has ended API tokens on ${day}`, fix)
}

async function userFieldCheck(ctx: ZendeskContext): Promise<CheckResult> {
  const name = `User field ${USER_FIELD}`
  const answer = await get(ctx, 'user_fields', userFieldsAnswer)
  if (answer.kind === 'refused') return refused(name, answer)
  const found = answer.value.user_fields.find(({ key }) => key === USER_FIELD)
  if (!found) return bad(name, 'It does not exist yet', 'Set the connection up: Buzón makes it')
  return found.active
    ? good(name, 'Exists')
    : bad(name, 'It is inactive', 'Activate it in Admin Center → People → User fields')
}

async function statusesCheck(ctx: ZendeskContext): Promise<CheckResult> {
  const name = 'Ticket states'
  const { states, customStatuses } = ctx.settings
  if (states.length === 0) return bad(name, 'None is chosen yet', 'Set the connection up')
  if (customStatuses.length === 0) return good(name, 'Every state has one of Zendesk’s own')
  const answer = await get(ctx, 'custom_statuses', statusesAnswer)
  if (answer.kind === 'refused') return refused(name, answer)
  const active = new Set(answer.value.custom_statuses.filter(each => each.active).map(({ id }) => id))
  const lost = states.filter(({ theirs }) => !active.has(theirs))
  if (lost.length === 0) return good(name, 'Every state has a status')
  return bad(
    name,
    `No longer there: ${lost.map(({ label, theirs }) => label || theirs).join(', ')}`,
    'Set the connection up again',
  )
}

async function groupCheck(ctx: ZendeskContext): Promise<CheckResult | undefined> {
  const { groupId, formId } = ctx.settings
  if (!groupId && !formId) return undefined
  const groups = await get(ctx, 'groups', groupsAnswer)
  const forms = await get(ctx, 'ticket_forms', formsAnswer)
  if (groups.kind === 'refused') return refused('Group and form', groups)
  const isLost = groupId !== '' && !groups.value.groups.some(({ id }) => id === groupId)
  const isFormLost =
    formId !== '' && forms.kind === 'answered' && !forms.value.ticket_forms.some(({ id }) => id === formId)
  if (!isLost && !isFormLost) return good('Group and form', 'They exist')
  return bad(
    'Group and form',
    `There is no ${isLost ? `group ${groupId}` : `form ${formId}`}`,
    'Choose another in the settings',
  )
}

/**
 * Whoever writes on WhatsApp would be told by e-mail what we have told them already, if Zendesk knows an address. A trigger that
 * spares our tag is no danger.
 */
async function triggersCheck(ctx: ZendeskContext): Promise<CheckResult> {
  const name = 'Triggers that send e-mail'
  const answer = await get(ctx, 'triggers/active', triggersAnswer)
  if (answer.kind === 'refused') return refused(name, answer)
  const mailing = answer.value.triggers.filter(({ actions, conditions }) => {
    const toRequester = actions.some(
      ({ field, value }) =>
        field === 'notification_user' && [value].flat().some(each => /requester|all_cc/.test(String(each))),
    )
    const spares = conditions.all.some(
      ({ field, operator, value }) =>
        field === 'current_tags' && /^not/.test(operator ?? '') && String(value).split(/\s+/).includes(TAG),
    )
    return toRequester && !spares
  })
  if (mailing.length === 0) return good(name, 'None writes to customers about our tickets')
  const titles = mailing.map(({ title }) => `«${title}»`).join(', ')
  return {
    ...{ name, ok: true, detail: `${titles} would write to customers whose address Zendesk knows` },
    fix: `Give each the condition: Tags, contains none of the following, ${TAG}`,
  }
}

async function webhookChecks(ctx: ZendeskContext): Promise<CheckResult[]> {
  const { webhookId } = ctx.settings
  const name = 'Webhook'
  if (!webhookId) return [bad(name, 'It does not exist yet', 'Set the connection up: Buzón makes it')]
  const answer = await get(ctx, `webhooks/${webhookId}`, webhookAnswer)
  if (answer.kind === 'refused')
    return [bad(name, answer.failure.message, 'Set the connection up again: Buzón makes it anew')]
  const { status, subscriptions } = answer.value.webhook
  if (status !== 'active') return [bad(name, 'It is switched off', 'Activate it in Admin Center → Webhooks')]
  const deaf = SUBSCRIPTIONS.filter(event => !subscriptions.includes(event))
  if (deaf.length > 0) return [bad(name, `It does not listen to ${deaf.length} events`, 'Set the connection up again')]
  const past = await get(ctx, `webhooks/${webhookId}/invocations`, invocationsAnswer)
  const [last] = past.kind === 'answered' ? past.value.invocations : []
  if (last && /circuit/i.test(last.status))
    return [
      good(name, 'Exists and listens'),
      bad(
        'Circuit breaker',
        'Zendesk has paused the webhook, because we did not answer it; what it missed is read from the exports',
        'See that Buzón can be reached; it goes on by itself after some minutes',
      ),
    ]
  return [good(name, 'Exists and listens'), good('Circuit breaker', 'Closed')]
}

function get<Schema extends z.ZodType>(ctx: ZendeskContext, path: string, schema: Schema) {
  return request(ctx, { method: 'GET', path, purpose: 'read', schema })
}

function refused(name: string, { failure }: Extract<Answer<unknown>, { kind: 'refused' }>): CheckResult {
  return bad(name, failure.message, 'Connect as an admin, who may read it')
}

function good(name: string, detail: string): CheckResult {
  return { name, ok: true, detail }
}

function bad(name: string, detail: string, fix: string): CheckResult {
  return { name, ok: false, detail, fix }
}
