import { z } from 'zod'
import type { Priority, TicketState } from '../../core/ticket.ts'
import { type ConnectionPlace, type Making, RemoteCallError } from '../contract.ts'
import { readApp } from './card.ts'
import { demand, read, request } from './client.ts'
import type { ZendeskCredentials } from './credentials.ts'
import {
  type CustomStatus,
  secretAnswer,
  statusesAnswer,
  userAnswer,
  userFieldsAnswer,
  usersAnswer,
  webhookAnswer,
  webhooksAnswer,
} from './schema.ts'
import { USER_FIELD, type ZendeskContext, type ZendeskSettings } from './settings.ts'
import { SUBSCRIPTIONS } from './webhook.ts'

const FIELD_TITLE = 'WhatsApp ID'
const WEBHOOK_NAME = 'Buzón'

/** What is missing: the user field that holds our key, and the webhook. Throws RemoteCallError. */
export async function willMakeInZendesk(ctx: ZendeskContext, { webhookUrl }: ConnectionPlace): Promise<Making[]> {
  const making: Making[] = []
  if (!(await hasUserField(ctx)))
    making.push({ what: 'user field', name: USER_FIELD, label: FIELD_TITLE, detail: 'text' })
  if (!(await findWebhook(ctx, webhookUrl)))
    making.push({
      what: 'webhook',
      name: WEBHOOK_NAME,
      label: WEBHOOK_NAME,
      detail: `${SUBSCRIPTIONS.length} events to ${webhookUrl}`,
    })
  return making
}

/**
 * Makes the user field and the webhook, and reads statuses and agents. Option tables that an admin has set are kept as long as
 * their statuses exist. Throws RemoteCallError.
 */
export async function setUpZendesk(ctx: ZendeskContext, place: ConnectionPlace): Promise<ZendeskSettings> {
  if (!(await hasUserField(ctx))) await makeUserField(ctx)
  const { user } = await read(ctx, 'users/me', userAnswer)
  const webhookId = await setUpWebhook(ctx, place)
  return { ...(await tablesOf(ctx)), userId: user.id, webhookId }
}

/** Statuses and agents as they are now. Throws RemoteCallError. */
export function rereadZendesk(ctx: ZendeskContext): Promise<ZendeskSettings> {
  return tablesOf(ctx)
}

/** The credentials with what Zendesk signs our webhook with. Throws RemoteCallError. */
export async function withSigningSecret(ctx: ZendeskContext): Promise<ZendeskCredentials> {
  const { signing_secret } = await read(ctx, `webhooks/${ctx.settings.webhookId}/signing_secret`, secretAnswer)
  return { ...ctx.credentials, signingSecret: signing_secret.secret }
}

async function tablesOf(ctx: ZendeskContext): Promise<ZendeskSettings> {
  const statuses = await readStatuses(ctx)
  const ids = new Set(statuses.length > 0 ? statuses.map(({ id }) => id) : categories)
  const { states, priorities } = ctx.settings
  const isKept = states.length > 0 && states.every(({ theirs }) => ids.has(theirs))
  return {
    ...ctx.settings,
    customStatuses: statuses.map(({ id, status_category: category, default: isDefault }) => ({
      id,
      category,
      isDefault,
    })),
    states: isKept ? relabelled(states, statuses) : stateTable(statuses),
    priorities:
      priorities.length > 0 ? priorities : PRIORITIES.map(word => ({ ours: word, theirs: word, label: word })),
    owners: await readAgents(ctx),
    app: await readApp(ctx),
  }
}

/** Their words and ours for priorities are the same. */
const PRIORITIES: Priority[] = ['low', 'normal', 'high', 'urgent']

export const categories = ['new', 'open', 'pending', 'hold', 'solved', 'closed'] as const

/** What each category means to us: new is nobody's, on hold it waits for somebody who is not the customer. */
const meanings: Record<string, TicketState> = {
  ...{
    new: 'open',
    open: 'in_progress',
    pending: 'waiting',
    hold: 'in_progress',
    solved: 'resolved',
    closed: 'resolved',
  },
}

/** Written is each category's own status, so first come those; the others are read by their category. */
export function stateTable(statuses: CustomStatus[]): ZendeskSettings['states'] {
  if (statuses.length === 0)
    return categories.map(theirs => ({ ours: meanings[theirs] ?? 'in_progress', theirs, label: theirs }))
  const order = (status: CustomStatus) =>
    (status.default ? 0 : 10) + categories.indexOf(status.status_category as 'new')
  return [...statuses].sort((a, b) => order(a) - order(b)).map(toRow)
}

function toRow({ id, status_category: category, agent_label: label }: CustomStatus): ZendeskSettings['states'][number] {
  return { ours: meanings[category] ?? 'in_progress', theirs: id, label }
}

/** The table as an admin set it, with the names of today; statuses that were added there are read by their category. */
function relabelled(states: ZendeskSettings['states'], statuses: CustomStatus[]): ZendeskSettings['states'] {
  const known = new Map(statuses.map(status => [status.id, status]))
  const had = new Set(states.map(({ theirs }) => theirs))
  const kept = states.map(row => ({ ...row, label: known.get(row.theirs)?.agent_label || row.label }))
  return [...kept, ...statuses.filter(({ id }) => !had.has(id)).map(toRow)]
}

/** None in accounts that have not switched them on. */
async function readStatuses(ctx: ZendeskContext): Promise<CustomStatus[]> {
  const call = { method: 'GET', path: 'custom_statuses', purpose: 'read', schema: statusesAnswer } as const
  const answer = await request(ctx, call)
  if (answer.kind === 'answered') return answer.value.custom_statuses.filter(({ active }) => active)
  if (answer.failure.kind === 'gone' || answer.failure.kind === 'rejected') return []
  throw new RemoteCallError(answer.failure)
}

async function readAgents(ctx: ZendeskContext): Promise<ZendeskSettings['owners']> {
  const owners: ZendeskSettings['owners'] = []
  for (const role of ['agent', 'admin']) {
    let after: string | null | undefined
    do {
      const query = { role, 'page[size]': '100', ...(after ? { 'page[after]': after } : {}) }
      const { users, meta } = await read(ctx, 'users', usersAnswer, query)
      for (const { id, email, name, active } of users)
        if (email && active) owners.push({ id, email, name: name ?? email })
      after = meta.has_more ? meta.after_cursor : null
    } while (after)
  }
  return owners.sort((a, b) => Number(a.id) - Number(b.id))
}

async function hasUserField(ctx: ZendeskContext): Promise<boolean> {
  return (await read(ctx, 'user_fields', userFieldsAnswer)).user_fields.some(({ key }) => key === USER_FIELD)
}

async function makeUserField(ctx: ZendeskContext) {
  const body = { user_field: { key: USER_FIELD, title: FIELD_TITLE, type: 'text', active: true } }
  const answer = await request(ctx, {
    method: 'POST',
    path: 'user_fields',
    purpose: 'update',
    body,
    schema: z.unknown(),
  })
  // Made in the meantime.
  if (answer.kind === 'refused' && !(answer.failure.kind === 'rejected' && (await hasUserField(ctx))))
    throw new RemoteCallError(answer.failure)
}

export async function findWebhook(ctx: ZendeskContext, webhookUrl: string) {
  const { webhooks } = await read(ctx, 'webhooks', webhooksAnswer, { 'page[size]': '100' })
  return webhooks.find(({ endpoint }) => endpoint === webhookUrl)
}

/** One that is there is made to listen again, to all that we want to hear. */
async function setUpWebhook(ctx: ZendeskContext, { webhookUrl: endpoint }: ConnectionPlace): Promise<string> {
  const facts = { name: WEBHOOK_NAME, endpoint, http_method: 'POST', request_format: 'json' }
  const webhook = { ...facts, status: 'active', subscriptions: SUBSCRIPTIONS }
  const known = await findWebhook(ctx, endpoint)
  if (!known) {
    const call = {
      method: 'POST',
      path: 'webhooks',
      purpose: 'update',
      body: { webhook },
      schema: webhookAnswer,
    } as const
    return (await demand(ctx, call)).webhook.id
  }
  const listens = SUBSCRIPTIONS.every(event => known.subscriptions.includes(event)) && known.status === 'active'
  const call = {
    method: 'PUT',
    path: `webhooks/${known.id}`,
    purpose: 'update',
    body: { webhook },
    schema: z.unknown(),
  } as const
  if (!listens) await demand(ctx, call)
  return known.id
}
