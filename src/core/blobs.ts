/**
 * Where files are kept: a disk, R2 or S3, which the composition chooses. Keys are `<workspace id>/<name>`, so nothing is
 * shared between tenants.
 */
export type BlobStore = {
  /** All of it or nothing: what was there before is replaced once the last byte is in. */
  put(key: string, body: ReadableStream<Uint8Array>): Promise<void>
  /** From `start` to `end`, both included; the whole without a range. Null: there is nothing. */
  get(key: string, range?: { start: number; end: number }): Promise<ReadableStream<Uint8Array> | null>
  /** Replaces what is at `to`. Throws where there is nothing at `from`. */
  move(from: string, to: string): Promise<void>
  /** Nothing there is no error. */
  delete(key: string): Promise<void>
}

const KEY = /^[0-9a-f-]{36}\/[A-Za-z0-9][A-Za-z0-9.-]*$/

/** A key is a path and part of an address: it never leads elsewhere. */
export function requireKey(key: string): string {
  if (!KEY.test(key) || key.includes('..')) throw new Error('Not the key of a file')
  return key
}

/** Content-addressed within the workspace: the same bytes are kept once, and never shared with another. */
export function blobKey(workspaceId: string, sha256: string): string {
  return `${workspaceId}/${sha256}`
}

/** Made of those bytes, and replaced by nothing else. */
export function thumbnailKey(workspaceId: string, sha256: string): string {
  return `${workspaceId}/${sha256}.thumbnail`
}

/** While it is coming in, and its hash is not known yet. The same for each try, so that a crash leaves nothing that stays. */
export function incomingKey(workspaceId: string, mediaId: string): string {
  return `${workspaceId}/incoming.${mediaId}`
}
