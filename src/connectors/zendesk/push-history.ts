import { type PushItem, type PushResult, RemoteCallError } from '../contract.ts'
import { commentOf, placeOf } from './comments.ts'
import { lostCall } from './failure.ts'
import { ticketsWith } from './find-tickets.ts'
import { importTickets, type Outcome, runJobs } from './jobs.ts'
import { readComments } from './read-comments.ts'
import { failed, stored } from './results.ts'
import { HISTORY, TAG, type ZendeskContext } from './settings.ts'

/** A ticket holds 5,000 comments, and a job of a hundred must not be too large to read. */
const COMMENTS = 500

/**
 * Said on no ticket; or carried over in bulk more than a day later, when a comment would stand at the wrong time and make triggers run.
 */
export function isPast(ctx: ZendeskContext, { parents, isHistory, values }: PushItem): boolean {
  const age = ctx.now.getTime() - Date.parse(values.at ?? '')
  return !parents.ticket || (isHistory === true && age > DAY_MS)
}

const DAY_MS = 86_400_000

/**
 * Messages of before: of each person, and each ticket, a closed ticket with all that was said, at its true times, without a
 * trigger, a notification or a clock. https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_import/
 */
export async function pushHistory(ctx: ZendeskContext, items: PushItem[]): Promise<PushResult[]> {
  const results: PushResult[] = []
  const episodes: PushItem[][] = []
  for (const episode of episodesOf(items)) {
    const known = await readBack(ctx, episode)
    const done = new Set(known.map(({ recordId }) => recordId))
    const left = episode.filter(({ recordId }) => !done.has(recordId))
    results.push(...known)
    if (left.length > 0) episodes.push(left)
  }
  const outcomes = await runJobs(
    ctx,
    importTickets,
    episodes.map(episode => importOf(ctx, episode)),
  )
  for (const [nth, episode] of episodes.entries()) {
    const outcome = outcomes[nth] as Outcome
    results.push(
      ...episode.map(item =>
        outcome.kind === 'failed'
          ? failed(item, outcome.failure)
          : stored(item, placeOf(outcome.id ?? '0', item.recordId)),
      ),
    )
  }
  return results
}

/** By person and ticket, in the order of the messages. */
function episodesOf(items: PushItem[]): PushItem[][] {
  const people = new Map<string, PushItem[][]>()
  for (const item of items) {
    const contact = `${item.parents.contact ?? ''} ${item.parents.ticket ?? ''}`
    const mine = people.get(contact) ?? [[]]
    const last = mine.at(-1) as PushItem[]
    if (last.length < COMMENTS) last.push(item)
    else mine.push([item])
    people.set(contact, mine)
  }
  return [...people.values()].flat()
}

/** Which of an episode an import has brought there, whose answer was lost. */
async function readBack(ctx: ZendeskContext, episode: PushItem[]): Promise<PushResult[]> {
  if (!episode.some(item => item.unheard)) return []
  try {
    const [ticket] = await ticketsWith(ctx, keyOf(episode))
    if (!ticket) return []
    const there = new Set((await readComments(ctx, ticket.id)).map(({ body }) => body.trim()))
    const known = episode.filter(item => there.has(String(commentOf(ctx, [item]).body).trim()))
    return known.map(item => stored(item, placeOf(ticket.id, item.recordId)))
  } catch (error) {
    if (!(error instanceof RemoteCallError)) throw error
    const failure = lostCall(error.failure, 'read')
    return episode.map(item => failed(item, failure))
  }
}

function importOf(ctx: ZendeskContext, episode: PushItem[]): object {
  const [first, last] = [episode[0] as PushItem, episode.at(-1) as PushItem]
  const day = (first.values.at ?? '').slice(0, 10)
  return {
    ...{ subject: `WhatsApp · ${day}`, requester_id: Number(first.parents.contact), external_id: keyOf(episode) },
    ...{ status: 'closed', tags: [TAG, `${TAG}_history`], created_at: first.values.at, updated_at: last.values.at },
    solved_at: last.values.at,
    comments: episode.map(item => {
      const { body, ...comment } = commentOf(ctx, [item])
      return { ...comment, value: body, created_at: item.values.at }
    }),
  }
}

/** Begins with a message, so that the same one never begins two. */
function keyOf(episode: PushItem[]): string {
  return `${HISTORY}${episode[0]?.recordId}`
}
