import type { z } from 'zod'
import type { Priority, TicketState } from '../../core/ticket.ts'
import { type ConnectionPlace, RemoteCallError } from '../contract.ts'
import { demand, type ObjectType, request } from './client.ts'
import { isOAuth } from './credentials.ts'
import { isConflict } from './failure.ts'
import { readProperties } from './fields.ts'
import { subscribeJournal } from './journal.ts'
import { accountAnswer, ownersAnswer, type Pipeline, type Property, pipelinesAnswer, property } from './schema.ts'
import { setUpChannel } from './set-up-channel.ts'
import { CONTACT_KEY, type HubSpotContext, type HubSpotSettings, TICKET_KEY } from './settings.ts'

/** Our unique properties. Uniqueness can be given only at creation, and ten times an object. */
export const keys = [
  { type: 'contacts', name: CONTACT_KEY, label: 'WhatsApp ID', groupName: 'contactinformation' },
  { type: 'tickets', name: TICKET_KEY, label: 'Buzón ticket ID', groupName: 'ticketinformation' },
] as const satisfies { type: ObjectType; name: string; label: string; groupName: string }[]

/**
 * Makes the unique properties and reads stages, priorities and owners. Option tables that an admin has set are kept as
 * long as their stages exist. Throws RemoteCallError.
 */
export async function setUpHubSpot(ctx: HubSpotContext, place: ConnectionPlace): Promise<HubSpotSettings> {
  const properties = { contacts: await readProperties(ctx, 'contacts'), tickets: await readProperties(ctx, 'tickets') }
  for (const key of keys) {
    if (!properties[key.type].some(({ name }) => name === key.name)) await makeProperty(ctx, key)
  }
  const pipeline = await readPipeline(ctx)
  const ids = new Set(pipeline.stages.map(({ id }) => id))
  const portalId = await readPortalId(ctx)
  const { stages } = ctx.settings
  const kept = stages.length > 0 && stages.every(({ theirs }) => ids.has(theirs))
  return {
    ...ctx.settings,
    portalId,
    journal: isOAuth(ctx.credentials) && (await mayBeRefused(() => subscribeJournal(ctx, portalId))),
    pipelineId: pipeline.id,
    stages: kept ? stages : stageTable(pipeline),
    priorities: ctx.settings.priorities.length > 0 ? ctx.settings.priorities : priorityTable(properties.tickets),
    owners: await readOwners(ctx),
    channel: await setUpChannel(ctx, place),
  }
}

/**
 * Our states to the pipeline's stages, by open or closed and by order, never by label. HubSpot's default pipeline has
 * fixed ids, and there the second stage means waiting on the contact and the third on us.
 */
export function stageTable(pipeline: Pipeline): HubSpotSettings['stages'] {
  const ordered = pipeline.stages.filter(({ archived }) => !archived).sort((a, b) => a.displayOrder - b.displayOrder)
  const isClosed = ({ metadata }: (typeof ordered)[number]) => metadata?.ticketState === 'CLOSED'
  const open = ordered.filter(stage => !isClosed(stage))
  const closed = ordered.filter(isClosed)
  const known = ['1', '2', '3'].map(id => open.find(stage => stage.id === id))
  const isDefault = pipeline.id === '0' && known.every(stage => stage !== undefined)
  const states: TicketState[] = isDefault ? ['open', 'waiting', 'in_progress'] : ['open', 'in_progress', 'waiting']
  const chosen = isDefault ? known : open.slice(0, states.length)

  const row = (ours: TicketState, stage: (typeof ordered)[number]) => ({ ours, theirs: stage.id, label: stage.label })
  // First what each of our states is written as, then how the stages beyond those are read.
  const last = open.at(-1)
  const writing = states.flatMap((state, at) => {
    const stage = chosen[at] ?? last
    return stage ? [row(state, stage)] : []
  })
  const reading = open.filter(stage => !chosen.includes(stage)).map(stage => row('in_progress', stage))
  return [...writing, ...reading, ...closed.map(stage => row('resolved', stage))]
}

async function makeProperty(ctx: HubSpotContext, { type, name, label, groupName }: (typeof keys)[number]) {
  const answer = await request(ctx, {
    method: 'POST',
    path: `/crm/properties/${ctx.settings.apiVersion}/${type}`,
    purpose: 'upsert',
    body: { name, label, groupName, type: 'string', fieldType: 'text', hasUniqueValue: true },
    schema: property,
  })
  // Made in the meantime.
  if (answer.kind === 'refused' && !isConflict(answer.failure)) throw new RemoteCallError(answer.failure)
}

/** Whether HubSpot offers it to this app: without it everything else works. Throws RemoteCallError. */
async function mayBeRefused(act: () => Promise<void>): Promise<boolean> {
  try {
    await act()
    return true
  } catch (error) {
    if (!(error instanceof RemoteCallError) || error.failure.kind === 'retry after') throw error
    return false
  }
}

/** For links to records, and to see that the token is of the account that was meant. */
async function readPortalId(ctx: HubSpotContext): Promise<string> {
  const path = `/account-info/${ctx.settings.apiVersion}/details`
  return (await demand(ctx, { method: 'GET', path, purpose: 'read', schema: accountAnswer })).portalId
}

async function readPipeline(ctx: HubSpotContext): Promise<Pipeline> {
  const { apiVersion, pipelineId } = ctx.settings
  const path = `/crm/pipelines/${apiVersion}/tickets`
  const { results } = await demand(ctx, { method: 'GET', path, purpose: 'read', schema: pipelinesAnswer })
  const live = results.filter(({ archived }) => !archived).sort((a, b) => a.displayOrder - b.displayOrder)
  const chosen = live.find(({ id }) => id === pipelineId) ?? live[0]
  if (!chosen) throw new RemoteCallError({ kind: 'rejected', message: 'The HubSpot account has no ticket pipeline' })
  return chosen
}

/** HubSpot's own ids of priorities; an account may have removed some, and then the nearest below is written. */
function priorityTable(properties: Property[]): HubSpotSettings['priorities'] {
  const options = properties.find(({ name }) => name === 'hs_ticket_priority')?.options ?? []
  const rows: [Priority, string[]][] = [
    ['low', ['LOW']],
    ['normal', ['MEDIUM', 'LOW']],
    ['high', ['HIGH', 'MEDIUM', 'LOW']],
    ['urgent', ['URGENT', 'HIGH', 'MEDIUM', 'LOW']],
  ]
  return rows.flatMap(([ours, ids]) => {
    const option = ids.flatMap(id => options.find(({ value }) => value === id) ?? [])[0]
    return option ? [{ ours, theirs: option.value, label: option.label }] : []
  })
}

async function readOwners(ctx: HubSpotContext): Promise<HubSpotSettings['owners']> {
  const owners: HubSpotSettings['owners'] = []
  for (let after: string | undefined = ''; after !== undefined; ) {
    const path: string = `/crm/owners/${ctx.settings.apiVersion}?limit=100${after && `&after=${encodeURIComponent(after)}`}`
    const answer: OwnersPage = await demand(ctx, { method: 'GET', path, purpose: 'read', schema: ownersAnswer })
    for (const { id, email, firstName, lastName } of answer.results) {
      if (email) owners.push({ id, email, name: [firstName, lastName].filter(Boolean).join(' ') || email })
    }
    after = answer.paging?.next?.after
  }
  return owners
}

type OwnersPage = z.infer<typeof ownersAnswer>
