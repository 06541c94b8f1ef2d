/** The files that came with messages: a row for each, written with its message, so that none is forgotten. */
import { isMediaKind, readSha256 } from '../core/media.ts'
import type { StoredMessage } from '../db/arrivals.ts'
import type { MediaRow } from '../db/media.ts'
import { newId } from './new-id.ts'

export function filesOf(messages: StoredMessage[], workspaceId: string, now: Date): MediaRow[] {
  return messages.flatMap(message => {
    const { mediaId, mimeType, sha256, filename, url } = message.content ?? {}
    const { kind, id: messageId, channelId } = message
    if (!isMediaKind(kind) || typeof mediaId !== 'string' || mediaId === '') return []
    return [
      {
        ...{ id: newId(), workspaceId, messageId, channelId, remoteId: mediaId, url: text(url), kind },
        ...{ mime: text(mimeType) ?? 'application/octet-stream', fileName: text(filename) },
        ...{ sha256: readSha256(sha256), bytes: null, state: 'waiting' as const, attempts: 0, cause: null },
        ...{ availableAt: now, blobKey: null, thumbnailKey: null, width: null, height: null, durationMs: null },
        ...{ createdAt: now, storedAt: null },
      },
    ]
  })
}

/** The address is good for five minutes and for us: the message is kept without it. */
export function withoutAddress<M extends StoredMessage>(message: M): M {
  if (!message.content || !('url' in message.content) || !isMediaKind(message.kind)) return message
  const { url: _, ...content } = message.content
  return { ...message, content }
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}
