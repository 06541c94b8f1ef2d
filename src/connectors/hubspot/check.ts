import type { z } from 'zod'
import { ticketStates } from '../../core/ticket.ts'
import type { CheckResult } from '../contract.ts'
import { type Answer, request } from './client.ts'
import { ownersAnswer, type Property, pipelinesAnswer, propertiesAnswer } from './schema.ts'
import { keys } from './set-up.ts'
import type { HubSpotContext } from './settings.ts'

/** Reads what the connection needs, and says what is missing and how to mend it. Changes nothing, never throws. */
export async function checkHubSpot(ctx: HubSpotContext): Promise<CheckResult[]> {
  const { apiVersion } = ctx.settings
  const owners = await get(ctx, `/crm/owners/${apiVersion}?limit=1`, ownersAnswer)
  if (owners.kind === 'refused' && owners.failure.kind === 'unauthorized' && owners.failure.status === 401) {
    return [bad('Access token', owners.failure.message, 'Copy the token again from the app in HubSpot')]
  }
  if (owners.kind === 'refused' && owners.failure.kind === 'retry after') {
    return [bad('HubSpot', owners.failure.message, 'Try again later')]
  }
  const contacts = await get(ctx, `/crm/properties/${apiVersion}/contacts`, propertiesAnswer)
  const tickets = await get(ctx, `/crm/properties/${apiVersion}/tickets`, propertiesAnswer)
  const messages = await get(ctx, `/crm/properties/${apiVersion}/communications`, propertiesAnswer)
  const pipelines = await get(ctx, `/crm/pipelines/${apiVersion}/tickets`, pipelinesAnswer)
  return [
    good('Access token', 'HubSpot accepts the token'),
    scope('Owners', owners, 'crm.objects.owners.read'),
    scope('Contacts', contacts, 'crm.objects.contacts.read and crm.objects.contacts.write'),
    scope('Tickets', tickets, 'tickets'),
    scope('Messages', messages, 'crm.objects.contacts.read and crm.objects.contacts.write'),
    ...keys.map(key => keyCheck(key.name, key.type === 'contacts' ? contacts : tickets)),
    stagesCheck(ctx, pipelines),
  ]
}

function get<Schema extends z.ZodType>(ctx: HubSpotContext, path: string, schema: Schema) {
  return request(ctx, { method: 'GET', path, purpose: 'read', schema })
}

function scope(name: string, answer: Answer<unknown>, scopes: string): CheckResult {
  if (answer.kind === 'answered') return good(name, 'Can be read')
  return bad(name, answer.failure.message, `Give the app the scope ${scopes}, and install it again`)
}

function keyCheck(name: string, answer: Answer<{ results: Property[] }>): CheckResult {
  const title = `Property ${name}`
  if (answer.kind === 'refused') return bad(title, 'The properties cannot be read', 'Give the app the missing scope')
  const found = answer.value.results.find(property => property.name === name)
  if (!found) return bad(title, 'It does not exist yet', 'Set the connection up: Buzón makes it')
  if (found.hasUniqueValue) return good(title, 'Exists, with unique values')
  return bad(title, 'It exists, but its values are not unique', 'Delete it in HubSpot and set the connection up again')
}

function stagesCheck({ settings }: HubSpotContext, answer: Answer<z.infer<typeof pipelinesAnswer>>): CheckResult {
  const title = 'Ticket stages'
  if (answer.kind === 'refused') return bad(title, answer.failure.message, 'Give the app the scope tickets')
  const pipeline = answer.value.results.find(({ id }) => id === settings.pipelineId)
  if (!pipeline) return bad(title, 'The chosen pipeline does not exist', 'Choose a pipeline and set the connection up')
  const ids = new Set(pipeline.stages.map(({ id }) => id))
  const lost = ticketStates.filter(
    state => !settings.stages.some(({ ours, theirs }) => ours === state && ids.has(theirs)),
  )
  if (lost.length === 0) return good(title, `Every state has a stage in ${pipeline.label || pipeline.id}`)
  return bad(title, `Without a stage: ${lost.join(', ')}`, 'Set the connection up again, or choose stages by hand')
}

function good(name: string, detail: string): CheckResult {
  return { name, ok: true, detail }
}

function bad(name: string, detail: string, fix: string): CheckResult {
  return { name, ok: false, detail, fix }
}
