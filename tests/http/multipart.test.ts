/** The file of a form, whatever pieces it comes in. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { fileOfForm } from '../../src/http/multipart.ts'

async function encoded(bytes: Uint8Array<ArrayBuffer>, name = 'año "1".pdf') {
  const form = new FormData()
  form.set('before', 'a field')
  form.set('file', new Blob([bytes], { type: 'application/pdf' }), name)
  form.set('after', 'another')
  const response = new Response(form)
  return { type: response.headers.get('content-type') ?? '', body: new Uint8Array(await response.arrayBuffer()) }
}

/** `cuts` are the places where it is taken apart. */
function request({ type, body }: { type: string; body: Uint8Array }, cuts: number[] = [], counted?: { pulls: number }) {
  const places = [...new Set(cuts.map(cut => cut % (body.length + 1)))].sort((a, b) => a - b)
  const pieces = [0, ...places].map((from, n) => body.slice(from, places[n] ?? body.length))
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (counted) counted.pulls++
      const piece = pieces.shift()
      if (piece) controller.enqueue(piece)
      else controller.close()
    },
  })
  const init = { method: 'POST', headers: { 'content-type': type }, body: stream, duplex: 'half' }
  return new Request('http://x/', init as RequestInit)
}
const whole = async (stream: ReadableStream<Uint8Array>) =>
  new Uint8Array(await new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer())

it('is the same bytes, name and type', async () => {
  const piece = fc.oneof(fc.uint8Array({ maxLength: 400 }), fc.constant(new TextEncoder().encode('\r\n--')))
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { maxLength: 6 }),
      fc.array(fc.nat(3000), { maxLength: 12 }),
      async (parts, cuts) => {
        const bytes = new Uint8Array(Buffer.concat(parts))
        const form = await fileOfForm(request(await encoded(bytes), cuts))
        expect(form).toMatchObject({ mime: 'application/pdf' })
        expect(await whole(form?.body ?? new Blob([]).stream())).toEqual(bytes)
      },
    ),
    { numRuns: 60 },
  )
})

it('is read no faster than it is wanted', async () => {
  const form = await encoded(new Uint8Array(1_000_000))
  const counted = { pulls: 0 }
  const file = await fileOfForm(
    request(
      form,
      Array.from({ length: 100 }, (_, n) => n * 10_000),
      counted,
    ),
  )
  const reader = file?.body.getReader()
  await reader?.read()
  expect(counted.pulls).toBeLessThan(8)
  await reader?.cancel()
})

it('fails where the form ends within it', async () => {
  const { type, body } = await encoded(new Uint8Array(50_000))
  const file = await fileOfForm(request({ type, body: body.slice(0, 20_000) }))
  await expect(whole(file?.body ?? new Blob([]).stream())).rejects.toThrow()
})

it('is nothing where there is no file, or no form', async () => {
  const fields = new FormData()
  fields.set('file', 'a text')
  expect(await fileOfForm(new Request('http://x/', { method: 'POST', body: fields }))).toBeNull()
  expect(await fileOfForm(new Request('http://x/', { method: 'POST', body: '{}' }))).toBeNull()
  expect(await fileOfForm(new Request('http://x/', { method: 'POST' }))).toBeNull()
})
