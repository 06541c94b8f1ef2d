/**
 * Fetches a file of WhatsApp's into our store. Addresses live for five minutes, so that one which is over is asked for anew
 * by the file's id; the hash is checked while the bytes pass, and memory stays flat whatever the size.
 */
import { type BlobStore, blobKey, incomingKey } from '../core/blobs.ts'
import { LARGEST_FILE, waitAfterTries } from '../core/media.ts'
import { type ChannelRow, channelById } from '../db/channels.ts'
import { type MediaRow, setMediaState, setMediaStored, storedMedia, takeMedia } from '../db/media.ts'
import { tellConnections } from '../db/outbox.ts'
import type { Sealing } from '../db/sealing.ts'
import { inWorkspace } from '../db/tenancy.ts'
import type { InboxContext } from './context.ts'
import { passThrough, typeOf } from './media-bytes.ts'
import type { WhatsAppApi } from './whatsapp/client.ts'
import { findMedia, openMedia } from './whatsapp/media.ts'

export type MediaContext = Pick<InboxContext, 'db' | 'workspaceId' | 'now'> & {
  whatsapp: WhatsAppApi
  sealing: Sealing
  blobs: BlobStore
}

export type Fetched =
  | { kind: 'stored' }
  /** Not due: another has it in hand, or it is done. */
  | { kind: 'nothing' }
  | { kind: 'retry after'; afterMs: number }
  | { kind: 'failed' | 'expired' | 'too large' }

/** A try is over by then; ms. */
const DEADLINE_MS = 240_000

/** Somebody who has had it in hand for longer is gone; ms. */
const LEASE_MS = 300_000

export async function fetchMedia(ctx: MediaContext, mediaId: string): Promise<Fetched> {
  const taken = await take(ctx, mediaId)
  if (!taken) return { kind: 'nothing' }
  const outcome = await bring(ctx, taken)
  return record(ctx, taken.file, outcome)
}

type Taken = { file: MediaRow; channel: ChannelRow; token: string; same: MediaRow | undefined }

async function take(ctx: MediaContext, mediaId: string): Promise<Taken | null> {
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    const until = new Date(ctx.now.getTime() + LEASE_MS)
    const file = await takeMedia(tx, mediaId, 'waiting', ctx.now, until)
    if (!file) return null
    const [channel, same] = await Promise.all([
      file.channelId ? channelById(tx, file.channelId) : undefined,
      file.sha256 ? storedMedia(tx, file.sha256) : undefined,
    ])
    if (!channel) throw new Error(`File ${mediaId} came to no number`)
    return { file, channel, same, token: String(await ctx.sealing.open(channel.token)) }
  })
}

type Outcome =
  | ({ kind: 'stored' } & Pick<MediaRow, 'mime' | 'sha256' | 'bytes' | 'blobKey'>)
  | { kind: 'again' | 'failed' | 'expired' | 'too large'; cause: string }

async function bring(ctx: MediaContext, taken: Taken): Promise<Outcome> {
  const { file, same } = taken
  // The same bytes are here, checked: nothing is fetched twice.
  if (same) return { kind: 'stored', mime: same.mime, sha256: same.sha256, bytes: same.bytes, blobKey: same.blobKey }
  if (file.url) {
    const direct = await download(ctx, taken, file.url, file.sha256, file.mime)
    if (direct.kind !== 'over') return direct
  }
  const { phoneNumberId } = taken.channel
  const found = await findMedia(ctx.whatsapp, { phoneNumberId, token: taken.token }, file.remoteId ?? '')
  if (found.kind === 'gone') return { kind: 'expired', cause: found.reason }
  if (found.kind !== 'found') return { kind: 'again', cause: found.reason }
  const fresh = await download(ctx, taken, found.url, file.sha256 ?? found.sha256, found.mime ?? file.mime)
  return fresh.kind === 'over' ? { kind: 'again', cause: fresh.cause } : fresh
}

async function download(
  ctx: MediaContext,
  { file, token }: Taken,
  url: string,
  sha256: string | null,
  mime: string,
): Promise<Outcome | { kind: 'over'; cause: string }> {
  const opened = await openMedia(ctx.whatsapp, token, url, AbortSignal.timeout(DEADLINE_MS))
  switch (opened.kind) {
    case 'over':
      return { kind: 'over', cause: opened.reason }
    case 'foreign':
      return { kind: 'failed', cause: opened.reason }
    case 'no answer':
      return { kind: 'again', cause: opened.reason }
    case 'open': {
      if ((opened.bytes ?? 0) <= LARGEST_FILE) return keep(ctx, file, opened.body, sha256, mime)
      await opened.body.cancel()
      return { kind: 'too large', cause: `${opened.bytes} bytes` }
    }
  }
}

/** In under a name of its own first: under its hash stands only what has that hash. */
async function keep(
  { blobs, workspaceId }: MediaContext,
  file: MediaRow,
  body: ReadableStream<Uint8Array>,
  expected: string | null,
  mime: string,
): Promise<Outcome> {
  const incoming = incomingKey(workspaceId, file.id)
  const passage = passThrough(body, LARGEST_FILE)
  try {
    await blobs.put(incoming, passage.stream)
  } catch (error) {
    if (passage.isTooLong()) return { kind: 'too large', cause: 'Longer than it was said to be' }
    return { kind: 'again', cause: `It broke off: ${(error as Error).message}` }
  }
  const { sha256, bytes, head } = passage.seen()
  if (expected && sha256 !== expected) {
    await blobs.delete(incoming)
    return { kind: 'again', cause: 'The bytes are not those that WhatsApp announced (SHA-256)' }
  }
  const key = blobKey(workspaceId, sha256)
  await blobs.move(incoming, key)
  return { kind: 'stored', mime: await typeOf(head, mime), sha256, bytes, blobKey: key }
}

/** CRMs that keep files are told of the message again, with its file. */
async function record(ctx: MediaContext, { id, attempts, messageId }: MediaRow, outcome: Outcome): Promise<Fetched> {
  return inWorkspace(ctx.db, ctx.workspaceId, async tx => {
    if (outcome.kind === 'stored') {
      await setMediaStored(tx, id, outcome, ctx.now)
      if (messageId)
        await tellConnections(tx, ctx.workspaceId, [{ kind: 'message', recordId: messageId }], ctx.now, null)
      return { kind: 'stored' }
    }
    const { kind, cause } = outcome
    const afterMs = kind === 'again' ? waitAfterTries(attempts) : null
    if (afterMs === null) {
      const state = kind === 'again' ? 'failed' : kind
      await setMediaState(tx, id, { state, cause, availableAt: null })
      return { kind: state }
    }
    const availableAt = new Date(ctx.now.getTime() + afterMs)
    await setMediaState(tx, id, { state: 'waiting', cause, availableAt })
    return { kind: 'retry after', afterMs }
  })
}
