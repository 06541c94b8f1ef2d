/** What happened, told to the webhooks that listen: one event a post, signed, with retries and a circuit breaker. */
import { randomUUID } from 'node:crypto'
import type { Courier } from '../courier.ts'
import { shuffled } from '../random.ts'
import type { Account, Comment, Ticket, User, Webhook } from './state.ts'

/** Who did it, and when. `actorId` -1 is Zendesk itself. */
export type Change = { actorId: number; at: string; channel: 'api' | 'web'; tell: Tell }
export type Tell = (account: Account, event: ZendeskEvent) => void
type ZendeskEvent = { type: string; body: Record<string, unknown> }

/** Events wait this long for others, so that disorder has something to work on. */
const GATHER_MS = 30
/** https://developer.zendesk.com/documentation/webhooks: more than 70 % errors, or a thousand, in five minutes. */
const BREAKER_WINDOW_MS = 300_000
const BREAKER_SHARE = 0.7
const BREAKER_LEAST = 10
const BREAKER_PAUSE_MS = 300_000

export function touchUser(account: Account, change: Change, user: User, type: string, event: object) {
  const detail = {
    ...{ id: String(user.id), actor_id: String(change.actorId), external_id: user.externalId ?? '', role: user.role },
    ...{ email: user.email ?? '', created_at: user.createdAt, updated_at: user.updatedAt },
  }
  tell(account, change, `user.${type}`, `zen:user:${user.id}`, detail, event)
}

export function touchTicket(account: Account, change: Change, ticket: Ticket, type: string, event: object) {
  const detail = {
    ...{ id: String(ticket.id), actor_id: String(change.actorId), subject: ticket.subject },
    ...{ status: ticket.status.toUpperCase(), custom_status: String(ticket.customStatusId) },
    ...{
      priority: ticket.priority?.toUpperCase() ?? null,
      requester_id: String(ticket.requesterId),
      tags: ticket.tags,
    },
    ...{ assignee_id: ticket.assigneeId === null ? '' : String(ticket.assigneeId), is_public: true },
    ...{ group_id: ticket.groupId === null ? '' : String(ticket.groupId), external_id: ticket.externalId ?? '' },
    ...{ via: { channel: ticket.via.channel }, created_at: ticket.createdAt, updated_at: ticket.updatedAt },
  }
  tell(account, change, `ticket.${type}`, `zen:ticket:${ticket.id}`, detail, event)
}

export function tellComment(account: Account, change: Change, ticket: Ticket, comment: Comment) {
  const author = account.users.get(comment.authorId)
  const [first] = comment.attachments
  touchTicket(account, change, ticket, 'comment_added', {
    comment: {
      ...{ id: String(comment.id), body: comment.body, is_public: comment.public },
      author: { id: String(comment.authorId), is_staff: author?.role !== 'end-user', name: author?.name ?? '' },
      ...(first
        ? { attachment: { id: String(first.id), filename: first.fileName, content_type: first.contentType } }
        : {}),
    },
  })
}

function tell(account: Account, change: Change, type: string, subject: string, detail: object, event: object) {
  const body = {
    ...{ type: `zen:event-type:${type}`, account_id: account.accountId, id: randomUUID(), time: change.at },
    ...{ zendesk_event_version: '2022-11-06', subject, detail, event },
  }
  change.tell(account, { type: body.type, body })
}

/** Hands events to the courier; `origin` of the sandbox is where none of them may go by mistake. */
export function createTelling(courier: Courier, now: () => number): Tell {
  const waiting = new Map<Account, ZendeskEvent[]>()

  function post(account: Account, events: ZendeskEvent[]) {
    const posts: { hook: Webhook; body: string }[] = []
    for (const event of events) {
      for (const hook of account.webhooks.values()) {
        if (hook.status !== 'active' || !hook.subscriptions.includes(event.type)) continue
        // While the breaker is open nothing is sent, and what happened is not told later.
        if (hook.pausedUntil > now()) continue
        const body = JSON.stringify(event.body)
        for (let copy = 0; copy < account.duplicates; copy++) posts.push({ hook, body })
      }
    }
    for (const { hook, body } of account.shuffle ? shuffled(posts, account.seed) : posts) {
      const url = account.deliverTo ?? hook.endpoint
      courier.send({ vendor: 'zendesk', url, secret: hook.secret, body })
    }
  }

  return (account, event) => {
    const events = waiting.get(account)
    if (events) {
      events.push(event)
      return
    }
    waiting.set(account, [event])
    courier.later(GATHER_MS, () => {
      const ready = waiting.get(account) ?? []
      waiting.delete(account)
      post(account, ready)
    })
  }
}

/** What a receiver answered, of any webhook with this secret. */
export function noteOutcome(accounts: Iterable<Account>, secret: string, ok: boolean, now: number) {
  for (const account of accounts) {
    for (const hook of account.webhooks.values()) {
      if (hook.secret !== secret) continue
      hook.outcomes = [...hook.outcomes.filter(({ at }) => at > now - BREAKER_WINDOW_MS), { at: now, ok }]
      const failed = hook.outcomes.filter(outcome => !outcome.ok).length
      const isMany = hook.outcomes.length >= BREAKER_LEAST && failed / hook.outcomes.length >= BREAKER_SHARE
      if (isMany || failed > 1_000) {
        hook.pausedUntil = now + BREAKER_PAUSE_MS
        hook.outcomes = []
      }
    }
  }
}
