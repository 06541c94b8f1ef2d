/**
 * The one file of a form, as it comes in: no more of it is read than is asked for, so that a large file never stands in
 * memory. Fields and further files are passed over.
 */
import { make, type PartInfo } from 'multipasta'

export type FormFile = { name: string | null; mime: string; body: ReadableStream<Uint8Array> }

/** Null for what is no form, or has no file. */
export async function fileOfForm(request: Request): Promise<FormFile | null> {
  const type = request.headers.get('content-type') ?? ''
  if (!request.body || !/^multipart\/form-data\s*;.*boundary=/i.test(type)) return null
  const reader = request.body.getReader()
  let info: PartInfo | undefined
  let [isOver, isBroken] = [false, false]
  const waiting: Uint8Array[] = []
  const parser = make({
    headers: { 'content-type': type },
    onField() {},
    onFile(part) {
      // Of several the first.
      if (info) return () => {}
      info = part
      return chunk => {
        if (chunk === null) isOver = true
        else if (chunk.length > 0) waiting.push(chunk.slice())
      }
    },
    onError() {
      isBroken = true
    },
    onDone() {},
  })

  /** Reads until something of the file is there, or nothing more comes. */
  async function advance(until: () => boolean) {
    while (!until() && !isBroken) {
      const { value } = await reader.read()
      if (!value) {
        parser.end()
        isBroken ||= !isOver
        return
      }
      parser.write(value)
    }
  }

  await advance(() => info !== undefined)
  const found = info as PartInfo | undefined
  if (!found) return null
  return {
    name: found.filename || null,
    mime: found.contentType,
    body: new ReadableStream<Uint8Array>({
      async pull(controller) {
        await advance(() => waiting.length > 0 || isOver)
        const chunk = waiting.shift()
        if (chunk) controller.enqueue(chunk)
        else if (isOver) controller.close()
        else controller.error(new Error('The form ended within its file'))
      },
      cancel: reason => reader.cancel(reason),
    }),
  }
}
