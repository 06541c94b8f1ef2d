import type { PushItem, PushResult } from '../contract.ts'
import { partsOfPlace } from './comments.ts'
import { CLOSED, isCode } from './failure.ts'
import { pushFiles } from './files.ts'
import { commentTickets, type Outcome, runJobs, updateTickets } from './jobs.ts'
import { failed, stored } from './results.ts'
import { STATE_TAGS, TAG, type ZendeskContext } from './settings.ts'

/**
 * What became of messages that are there already: how far an agent's answer got, as a tag of the ticket; that one failed, as a
 * note and a tag; that the customer changed one, as a note. All that is to be said on a ticket is one update.
 */
export async function pushStates(ctx: ZendeskContext, items: PushItem[]): Promise<PushResult[]> {
  const tickets = new Map<string, PushItem[]>()
  const results: PushResult[] = []
  for (const item of items) {
    const ticketId = partsOfPlace(item.remoteId ?? '')?.ticketId
    if (!ticketId)
      results.push(failed(item, { kind: 'rejected', message: `${item.remoteId} is no comment in Zendesk` }))
    else tickets.set(ticketId, [...(tickets.get(ticketId) ?? []), item])
  }
  const broken = await pushFiles(ctx, withFiles(tickets))
  const updates = [...tickets].map(([ticketId, all]) => {
    const mine = all.filter(({ recordId }) => !broken.has(recordId))
    return { mine, input: updateOf(ticketId, mine) }
  })
  for (const item of items) {
    const failure = broken.get(item.recordId)
    if (failure) results.push(isCode(failure, CLOSED) ? stored(item, item.remoteId ?? '') : failed(item, failure))
  }
  // A note would be a second one, if it were made twice; a tag would not.
  for (const [work, says] of [
    [updateTickets, false],
    [commentTickets, true],
  ] as const) {
    const now = updates.filter(({ input }) => input && 'comment' in input === says)
    const outcomes = await runJobs(
      ctx,
      work,
      now.map(({ input }) => input ?? {}),
    )
    for (const [nth, { mine }] of now.entries())
      results.push(...mine.map(item => resultOf(item, outcomes[nth] as Outcome)))
  }
  const silent = updates.filter(({ input }) => !input).flatMap(({ mine }) => mine)
  return [...results, ...silent.map(item => stored(item, item.remoteId ?? ''))]
}

function withFiles(tickets: Map<string, PushItem[]>): Map<string, PushItem[]> {
  const isNews = ({ remoteType, changed, values }: PushItem) =>
    remoteType === 'comment' && changed.includes('file') && Boolean(values.file)
  const some = [...tickets].map(([ticketId, items]) => [ticketId, items.filter(isNews)] as const)
  return new Map(some.filter(([, items]) => items.length > 0))
}

function updateOf(ticketId: string, items: PushItem[]): Record<string, unknown> | undefined {
  const has = (item: PushItem, name: string) => item.changed.includes(name) && Boolean(item.values[name])
  const state = items.findLast(item => item.remoteType === 'channel-message' && has(item, 'state'))?.values.state
  const notes = items.flatMap(item => [
    ...(item.remoteType === 'comment' && has(item, 'body') ? [`✎ ${item.values.body}`] : []),
    ...(has(item, 'failure') ? [failureNote(item)] : []),
  ])
  const tag = items.some(item => has(item, 'failure')) ? `${TAG}_failed` : state ? `${TAG}_${state}` : undefined
  if (!tag && notes.length === 0) return undefined
  return {
    id: Number(ticketId),
    ...(tag ? { additional_tags: [tag], remove_tags: STATE_TAGS.filter(other => other !== tag) } : {}),
    ...(notes.length > 0 ? { comment: { body: notes.join('\n\n'), public: false } } : {}),
  }
}

/** With the beginning of what did not arrive, where it is ours to tell. */
function failureNote({ values }: PushItem): string {
  const said = values.body?.split('\n').find(Boolean)?.slice(0, 120)
  return said ? `${values.failure}\n> ${said}` : (values.failure ?? '')
}

function resultOf(item: PushItem, outcome: Outcome): PushResult {
  // What is closed takes no more, and needs none.
  if (outcome.kind === 'done' || isCode(outcome.failure, CLOSED)) return stored(item, item.remoteId ?? '')
  return failed(item, outcome.failure)
}
