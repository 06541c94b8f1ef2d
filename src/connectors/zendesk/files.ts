/** Files of customers, which hang on comments: uploaded first, one by one, and named by a token. */
import type { Failure } from '../../core/failure.ts'
import type { PushItem } from '../contract.ts'
import { upload } from './client.ts'
import { commentTickets, runJobs } from './jobs.ts'
import { CUSTOMER, US } from './map.ts'
import type { ZendeskContext } from './settings.ts'

/** The token under which a comment carries the file; null where there is none, or Zendesk does not take it. */
export async function uploadFile(ctx: ZendeskContext, { values }: PushItem): Promise<string | null | Failure> {
  const file = values.file ? await ctx.file?.(values.file) : null
  if (!file) return null
  const answer = await upload(ctx, { ...file, name: file.name ?? 'file' })
  if (answer.kind === 'answered') return answer.value
  // What is refused (its kind, its size) is named in the words, as ever.
  return answer.failure.kind === 'rejected' || answer.failure.kind === 'gone' ? null : answer.failure
}

/**
 * Files that are here only now, of messages that were told before: a comment of their own, by the same author. Returns why those
 * that failed did, by record.
 */
export async function pushFiles(ctx: ZendeskContext, tickets: Map<string, PushItem[]>): Promise<Map<string, Failure>> {
  const failures = new Map<string, Failure>()
  const comments: { items: PushItem[]; input: object }[] = []
  for (const [ticketId, items] of tickets) {
    const sent: PushItem[] = []
    const uploads: string[] = []
    for (const item of items) {
      const token = await uploadFile(ctx, item)
      if (token !== null && typeof token !== 'string') failures.set(item.recordId, token)
      else if (token !== null) {
        sent.push(item)
        uploads.push(token)
      }
    }
    if (uploads.length > 0) comments.push({ items: sent, input: fileComment(ctx, ticketId, sent, uploads) })
  }
  const outcomes = await runJobs(
    ctx,
    commentTickets,
    comments.map(({ input }) => input),
  )
  for (const [nth, { items }] of comments.entries()) {
    const outcome = outcomes[nth]
    if (outcome?.kind === 'failed') for (const { recordId } of items) failures.set(recordId, outcome.failure)
  }
  return failures
}

function fileComment({ settings }: ZendeskContext, ticketId: string, items: PushItem[], uploads: string[]): object {
  const [first] = items
  const author = first?.values.author ?? US
  const authorId = author === CUSTOMER ? first?.parents.contact : author === US ? settings.userId : author
  const body = items.map(({ values }) => `📎 ${values.body?.split('\n').at(-1) ?? ''}`).join('\n')
  return {
    id: Number(ticketId),
    comment: { body, public: true, uploads, ...(authorId ? { author_id: Number(authorId) } : {}) },
  }
}
