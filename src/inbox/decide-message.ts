/**
 * A person's decision over a message that failed, or whose fate nobody knows: WhatsApp has no idempotency key, so only a
 * person may say that it goes out once more.
 */
import { AppError } from '../core/errors.ts'
import { fromContent } from '../core/outbound.ts'
import { writeAudit } from '../db/audit.ts'
import type { Tx } from '../db/client.ts'
import { type Decision, lockMessage, messageBy, messageInSight, type ReadMessage, setDecision } from '../db/messages.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { type InboxContext, newId } from './context.ts'
import { type Reply, reply } from './reply.ts'
import { tell, wake } from './tell.ts'

/**
 * Sends the same once more, as a message of its own: the first one keeps its fate, which may still become known. Twice is
 * once. Throws `not found` and `nothing to decide`.
 */
export async function resendMessage(ctx: InboxContext, messageId: string): Promise<Reply> {
  const message = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const known = await messageInSight(tx, ctx.sees, messageId)
    return known?.decision === 'resent' ? known : undecided(known)
  })
  if (!message.ticketId) throw new AppError('not found', { what: 'ticket' })
  const replyTo = message.replyToWamid ? await originalOf(ctx, message) : undefined
  const answer = await reply(ctx, {
    ...{ ticketId: message.ticketId, authorName: message.authorName, replyTo },
    content: composedOf(message),
    idempotencyKey: `resend:${message.id}`,
  })
  // Also after a crash between the two.
  if (answer.kind === 'queued' || answer.kind === 'repeated') await decide(ctx, messageId, 'resent')
  return answer
}

/** Lets it be: nobody is asked again. Throws `not found` and `nothing to decide`. */
export async function dismissMessage(ctx: InboxContext, messageId: string): Promise<ReadMessage> {
  return decide(ctx, messageId, 'dismissed')
}

async function decide(ctx: InboxContext, messageId: string, decision: Decision): Promise<ReadMessage> {
  const { message, connectionIds } = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const message = await lockMessage(tx, ctx.sees, messageId)
    if (message?.decision === decision) return { message, connectionIds: [] }
    undecided(message)
    await setDecision(tx, messageId, decision)
    await audit(tx, ctx, messageId, message?.decision ?? null, decision)
    return {
      message: { ...(message as ReadMessage), decision },
      connectionIds: await tell(tx, ctx, 'message', messageId, null),
    }
  })
  await wake(ctx, connectionIds)
  return message
}

function audit(tx: Tx, ctx: InboxContext, subjectId: string, before: Decision | null, decision: Decision) {
  const values = { before: { decision: before }, after: { decision } }
  return writeAudit(tx, ctx, newId(), { action: `message ${decision}`, subjectKind: 'message', subjectId, ...values })
}

function undecided(message: ReadMessage | undefined): ReadMessage {
  if (message?.direction !== 'out') throw new AppError('not found', { what: 'message' })
  const { status, decision } = message
  if (decision || (status !== 'uncertain' && status !== 'failed'))
    throw new AppError('nothing to decide', { status: decision ?? status })
  return message
}

function composedOf(message: ReadMessage) {
  const content = fromContent(message.content, message.text)
  if (content.type !== 'reaction') return content
  const { targetWamid: _, ...reaction } = content
  return reaction
}

/** The message that it answered to, by our id; gone, it is sent without. */
async function originalOf(ctx: InboxContext, { channelId, replyToWamid }: ReadMessage): Promise<string | undefined> {
  const found = await inWorkspace(ctx.db, ctx.workspaceId, tx =>
    messageBy(tx, { channelId, wamid: replyToWamid ?? '' }),
  )
  return found?.id
}
