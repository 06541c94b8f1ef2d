/**
 * An agent answered from within the CRM: the answer goes to the customer's WhatsApp, its files too. Whoever wrote it is told
 * there, at once, where it cannot go out.
 */

import { RemoteCallError, type RemoteChange, type ReplyAttachment } from '../connectors/contract.ts'
import type { Language } from '../core/errors.ts'
import { identitiesOf, lookupKeys } from '../core/identity.ts'
import { explainMediaProblem, LARGEST_READ_WHOLE } from '../core/media.ts'
import type { Composed } from '../core/outbound.ts'
import { seesAll } from '../core/permissions.ts'
import { explainReplyRefusal } from '../core/reply-refusals.ts'
import { byLanguage, canBeSent } from '../core/template.ts'
import { fillByLines } from '../core/template-lines.ts'
import { channelById, listChannels } from '../db/channels.ts'
import type { Tx } from '../db/client.ts'
import { survivorOf } from '../db/contact-merges.ts'
import { contactOfKeys } from '../db/contacts.ts'
import { linksByRemote } from '../db/links.ts'
import { conversationOn, latestConversation, messageBy } from '../db/messages.ts'
import { listTemplates } from '../db/templates.ts'
import { inWorkspace } from '../db/tenancy.ts'
import { latestTicket, ticketById } from '../db/tickets.ts'
import { workspaceById } from '../db/workspaces.ts'
import { reply } from '../inbox/reply.ts'
import { uploadMedia } from '../inbox/upload-media.ts'
import type { SyncContext } from './context.ts'
import type { OpenConnection } from './open-connection.ts'

type ReplyChange = Extract<RemoteChange, { kind: 'reply' }>
type Outcome = { kind: 'handed on' } | { kind: 'nobody'; cause: string }

export async function applyReply(ctx: SyncContext, connection: OpenConnection, change: ReplyChange): Promise<Outcome> {
  const { id: connectionId, connector, name } = connection.row
  const key = `${connector}:${connectionId}:${change.remoteId}`
  const { ticketId, language, isKnown } = await inWorkspace(ctx.db, ctx.workspaceId, async tx => ({
    ticketId: await ticketOf(tx, connectionId, change),
    language: (await workspaceById(tx, ctx.workspaceId))?.language ?? 'es',
    isKnown: (await messageBy(tx, { idempotencyKey: key })) !== undefined,
  }))
  // Of one with files the rest may be missing, after a crash: what went out already is found by its key.
  if (isKnown && change.attachments.length === 0) return { kind: 'handed on' }
  if (!ticketId) return refuse(connection, change, explainReplyRefusal('nobody', language))
  const whole = (await connection.connector.replies?.whole?.(connection.remote, change)) ?? change
  const parts = whole.template
    ? { contents: [await composeTemplate(ctx, ticketId, whole.template, language)] }
    : await compose(ctx, connection, whole, language)
  if ('refusal' in parts) return refuse(connection, change, parts.refusal)
  const { db, workspaceId, now, emit } = ctx
  const inbox = {
    db,
    workspaceId,
    now,
    emit,
    actor: { kind: 'connection', connectionId, name } as const,
    sees: seesAll,
  }
  for (const [at, content] of parts.contents.entries()) {
    await reply(inbox, {
      ...{ ticketId, content, authorName: change.author.name },
      at: new Date(change.at.getTime() + at),
      idempotencyKey: at === 0 ? key : `${key}:${at}`,
      // Its state there is that of the first.
      ...(at === 0 ? { source: { connectionId, remoteType: 'channel-message', remoteId: change.remoteId } } : {}),
    })
  }
  return { kind: 'handed on' }
}

/**
 * The latest ticket of the conversation that the answered ticket is of; else where the customer wrote to the number that the
 * agent answers as; else where they wrote last.
 */
async function ticketOf(tx: Tx, connectionId: string, { to, from }: ReplyChange): Promise<string | undefined> {
  const [answered] = to.ticketRemoteId ? await linksByRemote(tx, connectionId, 'ticket', [to.ticketRemoteId]) : []
  const ticket = answered && (await ticketById(tx, answered.recordId))
  if (ticket) return (await latestTicket(tx, ticket.conversationId))?.id
  const contactId = await contactOf()
  if (!contactId) return undefined
  const channel = from.phone && (await listChannels(tx)).find(each => isNumber(each.displayPhoneNumber, from.phone))
  const there = channel ? await conversationOn(tx, contactId, channel.id) : undefined
  const conversation = there ?? (await latestConversation(tx, contactId))
  return conversation ? (await latestTicket(tx, conversation.id))?.id : undefined

  async function contactOf(): Promise<string | undefined> {
    if (to.contactRemoteId) {
      const [link] = await linksByRemote(tx, connectionId, 'contact', [to.contactRemoteId])
      if (link) return survivorOf(tx, link.recordId)
    }
    const digits = to.phone?.replace(/\D/g, '')
    if (!digits) return undefined
    const [identity] = identitiesOf({ waId: digits, userId: null, parentUserId: null })
    return identity ? contactOfKeys(tx, 'wa_id', lookupKeys(identity)) : undefined
  }
}

function isNumber(ours: string | null, theirs: string | null): boolean {
  const digits = ours?.replace(/\D/g, '')
  return !!digits && digits === theirs?.replace(/\D/g, '')
}

/** In the language of the workspace where it is there in that; what is not there, or lacks a value, the answer's own check names. */
function composeTemplate(
  ctx: SyncContext,
  ticketId: string,
  { name, values }: NonNullable<ReplyChange['template']>,
  language: Language,
): Promise<Composed> {
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const ticket = await ticketById(tx, ticketId)
    const channel = ticket && (await channelById(tx, ticket.channelId))
    const all = channel ? await listTemplates(tx, { wabaId: channel.wabaId }) : []
    const called = byLanguage(
      all.filter(row => row.name === name.trim().toLowerCase()),
      language,
    )
    const template = called.find(({ status }) => canBeSent(status)) ?? called[0]
    return template ? fillByLines(template, values) : { type: 'template', name, language, body: values }
  })
}

/** The words go with the first file that can carry them, else before all files. */
async function compose(
  ctx: SyncContext,
  connection: OpenConnection,
  { text, attachments }: ReplyChange,
  language: Language,
): Promise<{ contents: Composed[] } | { refusal: string }> {
  const contents: Composed[] = []
  let words = text
  for (const attachment of attachments) {
    const fetched = await fetchFile(ctx, connection, attachment, language)
    if ('refusal' in fetched) return fetched
    const { kind, media, filename } = fetched
    const caption = words && (kind === 'image' || kind === 'video' || kind === 'document') ? { caption: words } : {}
    if ('caption' in caption) words = ''
    if (kind === 'document') contents.push({ type: kind, media, ...caption, ...(filename ? { filename } : {}) })
    else contents.push({ type: kind, media, ...caption } as Composed)
  }
  if (words) contents.unshift({ type: 'text', text: words })
  return contents.length > 0 ? { contents } : { refusal: explainReplyRefusal('empty', language) }
}

type FetchedMedia = {
  kind: 'image' | 'video' | 'audio' | 'voice' | 'document' | 'sticker'
  media: { id: string }
  filename: string | null
}

/** Kept as a file of ours, of the kind that its bytes say; what WhatsApp would not take is refused with what to mend. */
async function fetchFile(
  ctx: SyncContext,
  { connector, remote, row }: OpenConnection,
  attachment: ReplyAttachment,
  language: Language,
): Promise<FetchedMedia | { refusal: string }> {
  const name = attachment.name ?? '…'
  const refusal = (reason: string) => ({ refusal: explainReplyRefusal('file', language, { name, reason }) })
  const max = String(LARGEST_READ_WHOLE / 1024 / 1024)
  const tooLarge = () => refusal(explainReplyRefusal('too large', language, { max }))
  if ((attachment.bytes ?? 0) > LARGEST_READ_WHOLE) return tooLarge()
  let file: Awaited<ReturnType<NonNullable<typeof connector.replies>['attachment']>>
  try {
    if (!connector.replies) throw new Error(`${connector.name} gives no files`)
    file = await connector.replies.attachment(remote, attachment)
  } catch (error) {
    if (!(error instanceof RemoteCallError)) throw error
    if (error.failure.kind !== 'gone' && error.failure.kind !== 'rejected') throw error
    return refusal(explainReplyRefusal('lost', language))
  }
  if (file.bytes.byteLength > LARGEST_READ_WHOLE) return tooLarge()
  const { db, workspaceId, now, emit, blobs } = ctx
  const actor = { kind: 'connection', connectionId: row.id, name: row.name } as const
  const stored = await uploadMedia(
    { db, workspaceId, now, emit, blobs, actor, sees: seesAll },
    { body: new Blob([file.bytes]).stream(), fileName: file.name, mime: file.mimeType },
  )
  if (stored.kind === 'stored') {
    const { id, kind, fileName } = stored.file
    return { kind: kind as FetchedMedia['kind'], media: { id }, filename: fileName }
  }
  return refusal(stored.problems.map(problem => explainMediaProblem(problem, language)).join('; '))
}

/** Said on the answer itself, and kept as a letter for whoever looks here. Throws `RemoteCallError`. */
async function refuse({ connector, remote }: OpenConnection, change: ReplyChange, cause: string): Promise<Outcome> {
  await connector.replies?.refuse(remote, change.remoteId, cause)
  return { kind: 'nobody', cause }
}
