import { z } from 'zod'
import type { Priority, TicketState } from '../../core/ticket.ts'
import { type ConnectionPlace, type Making, RemoteCallError } from '../contract.ts'
import { demand, type ObjectType, request } from './client.ts'
import { isOAuth } from './credentials.ts'
import { isConflict } from './failure.ts'
import { readProperties } from './fields.ts'
import { subscribeJournal } from './journal.ts'
import { accountAnswer, groupsAnswer, ownersAnswer, type Pipeline, type Property, pipelinesAnswer } from './schema.ts'
import { setUpChannel, willMakeChannel } from './set-up-channel.ts'
import { CONTACT_KEY, type HubSpotContext, type HubSpotSettings, TICKET_KEY } from './settings.ts'

/** Where our properties are found among all of an object's. */
const GROUP = { name: 'buzon', label: 'Buzón (WhatsApp)' }

/** Our unique properties. Uniqueness can be given only at creation, and ten times an object. */
export const keys = [
  { type: 'contacts', name: CONTACT_KEY, label: 'WhatsApp ID' },
  { type: 'tickets', name: TICKET_KEY, label: 'Buzón ticket ID' },
] as const satisfies { type: ObjectType; name: string; label: string }[]

/** What is missing: unique properties and their group, and the channel for replies. Throws RemoteCallError. */
export async function willMakeInHubSpot(ctx: HubSpotContext, place: ConnectionPlace): Promise<Making[]> {
  const making: Making[] = []
  for (const { type, name, label } of keys) {
    if ((await readProperties(ctx, type)).some(property => property.name === name)) continue
    const { group } = await readGroup(ctx, type)
    if (!group) making.push({ what: 'property group', ...GROUP, detail: type })
    making.push({ what: 'property', name, label, detail: `${type}, unique` })
  }
  return [...making, ...(await willMakeChannel(ctx, place))]
}

/**
 * Makes the unique properties and reads stages, priorities and owners. Option tables that an admin has set are kept as
 * long as their stages exist. Throws RemoteCallError.
 */
export async function setUpHubSpot(ctx: HubSpotContext, place: ConnectionPlace): Promise<HubSpotSettings> {
  const properties = { contacts: await readProperties(ctx, 'contacts'), tickets: await readProperties(ctx, 'tickets') }
  for (const key of keys) {
    if (!properties[key.type].some(({ name }) => name === key.name)) await makeProperty(ctx, key)
  }
  const portalId = await readPortalId(ctx)
  return {
    ...(await tablesOf(ctx, properties.tickets)),
    portalId,
    journal: isOAuth(ctx.credentials) && (await mayBeRefused(() => subscribeJournal(ctx, portalId))),
    channel: await setUpChannel(ctx, place),
  }
}

/** Stages, priorities and owners as they are now. Throws RemoteCallError. */
export async function rereadHubSpot(ctx: HubSpotContext): Promise<HubSpotSettings> {
  return tablesOf(ctx, await readProperties(ctx, 'tickets'))
}

async function tablesOf(ctx: HubSpotContext, ticketProperties: Property[]): Promise<HubSpotSettings> {
  const pipeline = await readPipeline(ctx)
  const ids = new Set(pipeline.stages.map(({ id }) => id))
  const { stages, priorities } = ctx.settings
  const kept = stages.length > 0 && stages.every(({ theirs }) => ids.has(theirs))
  return {
    ...ctx.settings,
    pipelineId: pipeline.id,
    stages: kept ? relabelled(stages, pipeline) : stageTable(pipeline),
    priorities: priorities.length > 0 ? priorities : priorityTable(ticketProperties),
    owners: await readOwners(ctx),
  }
}

/** The table as an admin set it, with the names of today; stages that were added there are read by open or closed. */
function relabelled(stages: HubSpotSettings['stages'], pipeline: Pipeline): HubSpotSettings['stages'] {
  const labels = new Map(pipeline.stages.map(({ id, label }) => [id, label]))
  const known = new Set(stages.map(({ theirs }) => theirs))
  const added = pipeline.stages.filter(({ id, archived }) => !archived && !known.has(id))
  return [
    ...stages.map(row => ({ ...row, label: labels.get(row.theirs) || row.label })),
    ...added.map(({ id, label, metadata }) => ({
      ...{ ours: metadata?.ticketState === 'CLOSED' ? ('resolved' as const) : ('in_progress' as const) },
      ...{ theirs: id, label },
    })),
  ]
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

async function makeProperty(ctx: HubSpotContext, { type, name, label }: (typeof keys)[number]) {
  const { group, path } = await readGroup(ctx, type)
  if (!group) await make(ctx, path, { ...GROUP, displayOrder: -1 })
  const facts = { type: 'string', fieldType: 'text', hasUniqueValue: true }
  await make(ctx, `/crm/properties/${ctx.settings.apiVersion}/${type}`, {
    name,
    label,
    groupName: GROUP.name,
    ...facts,
  })
}

async function readGroup(ctx: HubSpotContext, type: ObjectType) {
  const path = `/crm/properties/${ctx.settings.apiVersion}/${type}/groups`
  const { results } = await demand(ctx, { method: 'GET', path, purpose: 'read', schema: groupsAnswer })
  return { path, group: results.find(({ name }) => name === GROUP.name) }
}

async function make(ctx: HubSpotContext, path: string, body: object) {
  const answer = await request(ctx, { method: 'POST', path, purpose: 'upsert', body, schema: z.unknown() })
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
