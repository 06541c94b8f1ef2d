import { type PushItem, type PushResult, RemoteCallError } from '../contract.ts'
import { request } from './client.ts'
import { commentInput } from './comments.ts'
import { CLOSED, isCode, lostCall } from './failure.ts'
import { findTickets, type SeveralTickets } from './find-tickets.ts'
import { guarded, type Update } from './guard-updates.ts'
import { createTickets, runJobs, updateTickets } from './jobs.ts'
import { asFound } from './read-back.ts'
import { changedValues, failed, knownValues, resultOf, stored } from './results.ts'
import { ticketAnswer } from './schema.ts'
import { TAG, TICKET_KEY, type ZendeskContext } from './settings.ts'
import { ticketInput, ticketValues } from './values.ts'

/** What a new ticket begins with, by its record: messages that are one comment. */
export type Openings = ReadonlyMap<string, PushItem[]>

/** Known tickets by id. The others are looked for by our id, which is not unique there, before they are created. */
export async function pushTickets(ctx: ZendeskContext, items: PushItem[]): Promise<PushResult[]> {
  return (await writeTickets(ctx, items)).results
}

/**
 * `isFirst`: tickets of people who were not there a moment ago, who can have none yet. `opened`: of the openings those that were
 * said, or may have been, with the ticket's result.
 */
export async function writeTickets(
  ctx: ZendeskContext,
  items: PushItem[],
  openings: Openings = new Map(),
  isFirst: (item: PushItem) => boolean = () => false,
): Promise<{ results: PushResult[]; opened: Map<string, PushResult> }> {
  const updated = await update(
    ctx,
    items.filter(({ remoteId }) => remoteId !== null),
  )
  const unlinked = items.filter(({ remoteId }) => remoteId === null)
  let found: Map<string, SeveralTickets>
  try {
    found = await findTickets(
      ctx,
      unlinked.filter(item => !isFirst(item)),
    )
  } catch (error) {
    if (!(error instanceof RemoteCallError)) throw error
    const failure = lostCall(error.failure, 'read')
    return { results: [...updated, ...unlinked.map(item => failed(item, failure))], opened: new Map() }
  }
  const there: PushResult[] = []
  const fresh: PushItem[] = []
  for (const item of unlinked) {
    const known = found.get(item.values[TICKET_KEY] ?? '')
    const same = known?.open ?? (isOver(ctx, item) ? known?.closed : undefined)
    if (same) there.push(asFound(item, same.id, ticketValues(same, ctx.settings), same.updated_at))
    else if (known?.closed) there.push(await followUp(ctx, item, known.closed.id))
    else fresh.push(item)
  }
  const outcomes = await runJobs(
    ctx,
    createTickets,
    fresh.map(item => creationOf(ctx, item, openings.get(item.recordId))),
  )
  const created = fresh.map((item, nth) => resultOf(item, outcomes[nth] as (typeof outcomes)[number]))
  const opened = new Map(created.map(result => [result.recordId, result]))
  return { results: [...updated, ...there, ...created], opened }
}

async function update(ctx: ZendeskContext, items: PushItem[]): Promise<PushResult[]> {
  const all = items.map(item => ({ item, input: ticketInput(openOnce(ctx, changedValues(item)), item.agreed) }))
  const isSaid = ({ input }: Update) => Object.keys(input).length > 0
  const silent = all.filter(each => !isSaid(each)).map(({ item }) => stored(item, item.remoteId ?? ''))
  const { ready, refused } = await guarded(ctx, all.filter(isSaid))
  const outcomes = await runJobs(
    ctx,
    updateTickets,
    ready.map(({ item, input }) => ({ id: Number(item.remoteId), ...input })),
  )
  const results = ready.map(({ item }, nth): PushResult => {
    const outcome = outcomes[nth]
    if (outcome?.kind !== 'failed') return stored(item, item.remoteId ?? '')
    if (!isCode(outcome.failure, CLOSED)) return failed(item, outcome.failure)
    // What is over here too needs nothing said of it; what goes on, goes on in a follow-up.
    if (isOver(ctx, item)) return stored(item, item.remoteId ?? '')
    return failed(item, { kind: 'gone', message: outcome.failure.message })
  })
  return [...silent, ...refused, ...results]
}

/** Nothing becomes new again there: it would be refused, or stay what it is. */
function openOnce({ settings }: ZendeskContext, values: PushItem['values']): PushItem['values'] {
  const { customStatuses } = settings
  const idOf = (category: string) =>
    customStatuses.find(status => status.category === category && status.isDefault)?.id ?? null
  const id = values.custom_status_id
  const isNew = id
    ? customStatuses.some(status => status.id === id && status.category === 'new')
    : values.status === 'new'
  if (!isNew) return values
  return { ...values, ...(id ? { custom_status_id: idOf('open') } : { status: 'open' }) }
}

function isOver({ settings }: ZendeskContext, { values }: PushItem): boolean {
  const resolved = settings.states.filter(({ ours }) => ours === 'resolved').map(({ theirs }) => theirs)
  return resolved.includes(values.custom_status_id ?? values.status ?? '')
}

/** A ticket begins with a comment: what was said first where that goes along, else a note. */
function creationOf(ctx: ZendeskContext, item: PushItem, opening?: PushItem[]): Record<string, unknown> {
  const { tags, ...values } = knownValues(item)
  const { additional_tags: given = [], ...input } = ticketInput({ ...values, tags: tags ?? null })
  const { groupId, formId } = ctx.settings
  return {
    ...(groupId ? { group_id: Number(groupId) } : {}),
    ...(formId ? { ticket_form_id: Number(formId) } : {}),
    ...{ ...input, requester_id: Number(item.parents.contact), tags: [TAG, ...(given as string[])] },
    ...(opening
      ? openingOf(ctx, item, opening)
      : { comment: { body: `WhatsApp · ${item.values.subject ?? ''}`, public: false } }),
  }
}

function openingOf(ctx: ZendeskContext, { parents }: PushItem, opening: PushItem[]): Record<string, unknown> {
  const { comment, metadata } = commentInput(
    ctx,
    '0',
    opening.map(item => ({ ...item, parents })),
  )
  return { comment, metadata }
}

/** Goes on from a closed ticket, which nothing can be said to. */
async function followUp(ctx: ZendeskContext, item: PushItem, sourceId: string): Promise<PushResult> {
  const answer = await request(ctx, {
    ...{ method: 'POST', path: 'tickets', purpose: 'create', schema: ticketAnswer, items: 1 },
    body: { ticket: { ...creationOf(ctx, item), via_followup_source_id: Number(sourceId) } },
    idempotencyKey: `${ctx.connectionId}:${item.recordId}:${sourceId}`,
  })
  return answer.kind === 'answered' ? stored(item, answer.value.ticket.id) : failed(item, answer.failure)
}
