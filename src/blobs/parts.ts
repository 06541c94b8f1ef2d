/** A stream in pieces of one size, so that a store that wants lengths in advance gets them and memory stays flat. */

/** Bytes of a piece; S3 wants at least 5 MiB of each but the last, R2 wants all of one size. */
export const PART_BYTES = 8 * 1024 * 1024

/** The last piece may be shorter; an empty stream is one empty piece. */
export async function* inParts(
  body: ReadableStream<Uint8Array>,
  size = PART_BYTES,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let part = new Uint8Array(size)
  let filled = 0
  let given = 0
  for await (const chunk of body) {
    for (let at = 0; at < chunk.length; ) {
      const taken = Math.min(chunk.length - at, size - filled)
      part.set(chunk.subarray(at, at + taken), filled)
      filled += taken
      at += taken
      if (filled < size) continue
      yield part
      given++
      part = new Uint8Array(size)
      filled = 0
    }
  }
  if (filled > 0 || given === 0) yield part.subarray(0, filled)
}

/** What both stores do: one piece goes in one call, more by an upload in parts, which is given up where it fails. */
export async function putInParts<Sent>(
  body: ReadableStream<Uint8Array>,
  store: {
    whole(bytes: Uint8Array<ArrayBuffer>): Promise<unknown>
    begin(): Promise<{
      part(number: number, bytes: Uint8Array<ArrayBuffer>): Promise<Sent>
      complete(parts: Sent[]): Promise<unknown>
      abort(): Promise<unknown>
    }>
  },
): Promise<void> {
  const parts = inParts(body)
  const first = await parts.next()
  const second = await parts.next()
  if (first.done) throw new Error('A stream has a piece')
  if (second.done) {
    await store.whole(first.value)
    return
  }
  const upload = await store.begin()
  try {
    const sent = [await upload.part(1, first.value), await upload.part(2, second.value)]
    for await (const part of parts) sent.push(await upload.part(sent.length + 1, part))
    await upload.complete(sent)
  } catch (error) {
    // What fails here too is ended by the bucket's own rule for unfinished uploads.
    await upload.abort().catch(() => {})
    throw error
  }
}
