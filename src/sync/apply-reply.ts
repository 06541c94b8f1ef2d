/** An agent answered from within the CRM: the answer goes to the customer's WhatsApp. */

import type { RemoteChange } from '../connectors/contract.ts'
import { identitiesOf, lookupKeys } from '../core/identity.ts'
import { seesAll } from '../core/permissions.ts'
import { survivorOf } from '../db/contact-merges.ts'
import { contactOfKeys } from '../db/contacts.ts'
import { linksByRemote } from '../db/links.ts'
import { latestConversation } from '../db/messages.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { latestTicket } from '../db/tickets.ts'
import { reply } from '../inbox/reply.ts'
import type { SyncContext } from './context.ts'
import type { OpenConnection } from './open-connection.ts'

type ReplyChange = Extract<RemoteChange, { kind: 'reply' }>

export async function applyReply(
  ctx: SyncContext,
  connection: OpenConnection,
  change: ReplyChange,
): Promise<{ kind: 'handed on' } | { kind: 'nobody'; cause: string }> {
  const { id: connectionId, connector, name } = connection.row
  if (!change.text) return { kind: 'nobody', cause: 'The answer has no text; attachments are not carried over yet' }
  const ticketId = await inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const contactId = await contactOf()
    const conversation = contactId ? await latestConversation(tx, contactId) : undefined
    return conversation ? (await latestTicket(tx, conversation.id))?.id : undefined

    async function contactOf(): Promise<string | undefined> {
      if (change.to.contactRemoteId) {
        const [link] = await linksByRemote(tx, connectionId, 'contact', [change.to.contactRemoteId])
        if (link) return survivorOf(tx, link.recordId)
      }
      const digits = change.to.phone?.replace(/\D/g, '')
      if (!digits) return undefined
      const [identity] = identitiesOf({ waId: digits, userId: null, parentUserId: null })
      return identity ? contactOfKeys(tx, 'wa_id', lookupKeys(identity)) : undefined
    }
  })
  if (!ticketId) {
    const cause = 'No conversation with this person: a first message outside the 24-hour window needs a template'
    return { kind: 'nobody', cause }
  }
  const { db, workspaceId, now, emit } = ctx
  await reply(
    { db, workspaceId, now, emit, actor: { kind: 'connection', connectionId, name }, sees: seesAll },
    {
      ticketId,
      content: { type: 'text', text: change.text },
      idempotencyKey: `${connector}:${connectionId}:${change.remoteId}`,
      authorName: change.author.name,
      at: change.at,
      source: { connectionId, remoteType: 'channel-message', remoteId: change.remoteId },
    },
  )
  return { kind: 'handed on' }
}
