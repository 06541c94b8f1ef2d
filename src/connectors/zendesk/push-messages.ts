import type { Failure } from '../../core/failure.ts'
import { type PushItem, type PushResult, RemoteCallError } from '../contract.ts'
import { commentInput, joined, placeOf } from './comments.ts'
import { CLOSED, FULL, isCode, lostCall, meetsTheRest } from './failure.ts'
import { uploadFile } from './files.ts'
import { commentTickets, type Outcome, runJobs } from './jobs.ts'
import { isPast, pushHistory } from './push-history.ts'
import { pushStates } from './push-states.ts'
import { findMessages } from './read-comments.ts'
import { failed, stored } from './results.ts'
import type { ZendeskContext } from './settings.ts'
import { successorOf } from './successor.ts'

/**
 * Comments on tickets, in the order of the messages: of each ticket one at a time, of all tickets together. What was said on no
 * ticket, or before the connection was, is history, and is imported.
 */
export async function pushMessages(ctx: ZendeskContext, items: PushItem[]): Promise<PushResult[]> {
  const isNew = (item: PushItem) => item.remoteType === 'comment' && item.remoteId === null
  const states = await pushStates(
    ctx,
    items.filter(item => !isNew(item)),
  )
  const fresh = items.filter(isNew)
  const history = await pushHistory(
    ctx,
    fresh.filter(item => isPast(ctx, item)),
  )
  const said = await say(
    ctx,
    fresh.filter(item => !isPast(ctx, item)),
  )
  return [...states, ...history, ...said]
}

/** What is still to be said on a ticket, which may go on as another. */
type Queue = { ticketId: string; comments: PushItem[][] }

async function say(ctx: ZendeskContext, items: PushItem[]): Promise<PushResult[]> {
  const results: PushResult[] = []
  let queues: Queue[] = []
  let stop: Failure | undefined
  for (const [ticketId, mine] of byTicket(items)) {
    const back: PushResult[] | Failure = stop ?? (await readBack(ctx, ticketId, mine))
    if ('kind' in back) {
      stop ??= meetsTheRest(back)
      results.push(...mine.map(item => failed(item, back)))
      continue
    }
    results.push(...back)
    const done = new Set(back.map(({ recordId }) => recordId))
    const { ready, failures } = await withUploads(
      ctx,
      mine.filter(({ recordId }) => !done.has(recordId)),
    )
    results.push(...failures)
    queues.push({ ticketId, comments: joined(ready, ctx.settings) })
  }
  while (queues.length > 0 && !stop) {
    queues = queues.filter(({ comments }) => comments.length > 0)
    const round = queues.map(queue => ({ queue, comment: queue.comments.shift() ?? [] }))
    const outcomes = await runJobs(
      ctx,
      commentTickets,
      round.map(({ queue, comment }) => commentInput(ctx, queue.ticketId, comment)),
    )
    for (const [nth, { queue, comment }] of round.entries()) {
      results.push(...(await settle(ctx, queue, comment, outcomes[nth] as Outcome)))
    }
    // Where nothing at all went through, whatever comes next would meet the same.
    const failures = outcomes.flatMap(outcome => (outcome.kind === 'failed' ? [outcome.failure] : []))
    if (round.length > 0 && failures.length === round.length) stop = failures[0] && meetsTheRest(failures[0])
  }
  const unsaid = queues.flatMap(({ comments }) => comments.flat())
  return [...results, ...unsaid.map(item => failed(item, stop ?? NOT_SENT))]
}

/** With the tokens of files that are here already; nothing later of the ticket is said before what could not be put there. */
async function withUploads(ctx: ZendeskContext, items: PushItem[]) {
  const ready: PushItem[] = []
  for (const [nth, item] of items.entries()) {
    const token = item.values.file ? await uploadFile(ctx, item) : null
    if (token === null || typeof token === 'string') {
      ready.push(token === null ? item : { ...item, values: { ...item.values, upload: token } })
      continue
    }
    const later = items.slice(nth + 1).map(each => failed(each, meetsTheRest(token) ?? NOT_SENT))
    return { ready, failures: [failed(item, token), ...later] }
  }
  return { ready, failures: [] }
}

/** What became of one comment; what must be said otherwise goes back to the front of its queue. */
async function settle(ctx: ZendeskContext, queue: Queue, comment: PushItem[], outcome: Outcome): Promise<PushResult[]> {
  if (outcome.kind === 'done') return comment.map(item => stored(item, placeOf(queue.ticketId, item.recordId)))
  const { failure } = outcome
  if (isCode(failure, CLOSED) || isCode(failure, FULL)) {
    const next = await successorOf(ctx, queue.ticketId, isCode(failure, FULL))
    if (typeof next !== 'string') return giveUp(queue, comment, next)
    queue.ticketId = next
    queue.comments.unshift(comment)
    return []
  }
  if (failure.kind === 'rejected') {
    // One of them is at fault: each by itself.
    if (comment.length > 1) queue.comments.unshift(...comment.map(item => [item]))
    return comment.length > 1 ? [] : comment.map(item => failed(item, failure))
  }
  // The ticket is gone: it is told anew, and what hangs on it after it.
  if (failure.kind === 'gone')
    return giveUp(queue, comment, { kind: 'retry after', afterMs: GONE_MS, message: failure.message })
  return giveUp(queue, comment, failure)
}

const GONE_MS = 60_000
const NOT_SENT: Failure = {
  kind: 'retry after',
  afterMs: 5_000,
  message: 'Not sent: an earlier message of the ticket was not stored',
}

/** Nothing later of this ticket is said before it. */
function giveUp(queue: Queue, comment: PushItem[], failure: Failure): PushResult[] {
  const later = queue.comments.flat()
  queue.comments = []
  return [
    ...comment.map(item => failed(item, failure)),
    ...later.map(item => failed(item, meetsTheRest(failure) ?? NOT_SENT)),
  ]
}

/** Those that an earlier push has stored, by what the comments of the ticket say that they are. */
async function readBack(ctx: ZendeskContext, ticketId: string, items: PushItem[]): Promise<PushResult[] | Failure> {
  const unheard = new Map(items.filter(item => item.unheard).map(item => [item.recordId, item]))
  if (unheard.size === 0) return []
  try {
    const found = await findMessages(ctx, ticketId, new Set(unheard.keys()))
    return found.flatMap(({ recordId }) => {
      const item = unheard.get(recordId)
      return item ? [stored(item, placeOf(ticketId, recordId))] : []
    })
  } catch (error) {
    if (!(error instanceof RemoteCallError)) throw error
    return error.failure.kind === 'gone'
      ? { kind: 'retry after', afterMs: GONE_MS, message: error.failure.message }
      : lostCall(error.failure, 'read')
  }
}

function byTicket(items: PushItem[]): Map<string, PushItem[]> {
  const tickets = new Map<string, PushItem[]>()
  for (const item of items) {
    const id = item.parents.ticket ?? ''
    tickets.set(id, [...(tickets.get(id) ?? []), item])
  }
  return tickets
}
