/** Messages as comments: which of them are said together, and how they are told apart again. Total and pure. */

import { z } from 'zod'
import type { PushItem } from '../contract.ts'
import { CUSTOMER, US } from './map.ts'
import { type Comment, part } from './schema.ts'
import { TAG, type ZendeskContext, type ZendeskSettings } from './settings.ts'

/** 65,535 characters a comment. */
const LONGEST = 60_000
const BETWEEN = '\n\n'
/** Where the audit of a comment says which messages it is. */
const MARK = 'buzon'

/** A message's own id there: comments have one that no job tells. */
export function placeOf(ticketId: string, recordId: string): string {
  return `${ticketId}/${recordId}`
}

export function partsOfPlace(remoteId: string): { ticketId: string; recordId: string } | undefined {
  const [, ticketId = '', recordId = ''] = /^(\d+)\/(.+)$/.exec(remoteId) ?? []
  return ticketId ? { ticketId, recordId } : undefined
}

/** Messages of a ticket in their order: those by the same author that follow soon are one comment. */
export function joined(items: PushItem[], { joinSeconds }: ZendeskSettings): PushItem[][] {
  const comments: PushItem[][] = []
  for (const item of items) {
    const current = comments.at(-1)
    const last = current?.at(-1)
    const length = (current ?? []).reduce((sum, { values }) => sum + (values.body?.length ?? 0) + BETWEEN.length, 0)
    const follows =
      last &&
      last.values.author === item.values.author &&
      last.values.internal === item.values.internal &&
      !last.values.failure &&
      !item.values.failure &&
      Date.parse(item.values.at ?? '') - Date.parse(last.values.at ?? '') < joinSeconds * 1_000 &&
      length + (item.values.body?.length ?? 0) <= LONGEST
    if (follows) current?.push(item)
    else comments.push([item])
  }
  return comments
}

/** What an update of a ticket says. One that failed before it was told says so, and the ticket is marked. */
export function commentInput(ctx: ZendeskContext, ticketId: string, items: PushItem[]): Record<string, unknown> {
  const [first] = items
  const failure = items.find(({ values }) => values.failure)?.values.failure
  return {
    id: Number(ticketId),
    comment: { ...commentOf(ctx, items), ...(failure ? { public: false } : {}) },
    metadata: {
      [MARK]: items.map(({ recordId, values }) => ({
        ...{ id: recordId, n: textOf(values.body).length, at: values.at },
      })),
    },
    ...(failure && first ? { additional_tags: [`${TAG}_failed`] } : {}),
  }
}

export function commentOf({ settings }: ZendeskContext, items: PushItem[]): Record<string, unknown> {
  const [first] = items
  const author = first?.values.author ?? US
  const failures = items.flatMap(({ values }) => values.failure ?? [])
  const uploads = items.flatMap(({ values }) => values.upload ?? [])
  const authorId = author === CUSTOMER ? first?.parents.contact : author === US ? settings.userId : author
  return {
    body: [...items.map(({ values }) => textOf(values.body)), ...failures].join(BETWEEN),
    public: !first?.values.internal,
    ...(uploads.length > 0 ? { uploads } : {}),
    ...(authorId ? { author_id: Number(authorId) } : {}),
  }
}

const marks = z.object({ [MARK]: z.array(part) })

/** The messages in a comment of ours, with what each says. */
export function messagesIn({ body, metadata }: Comment): { recordId: string; body: string; at: string | null }[] {
  const parts = marks.safeParse(metadata?.custom).data?.[MARK] ?? []
  let at = 0
  return parts.map(({ id, n, at: writtenAt = null }, nth) => {
    // One alone is what it says, however Zendesk has edited it.
    const text = parts.length === 1 ? body : body.slice(at, nth === parts.length - 1 ? undefined : at + n)
    at += n + BETWEEN.length
    return { recordId: id, body: text, at: writtenAt }
  })
}

function textOf(body: string | null | undefined): string {
  return (body ?? '').trim()
}
