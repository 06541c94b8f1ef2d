/** Files: from the customer's phone to a link that plays, and from ours to the customer's. On Node and in workerd. */
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { SANDBOX } from '../../src/config.ts'
import { DEMO } from '../../src/node/demo.ts'
import { sampleFile } from '../../src/sandbox/whatsapp/sample-files.ts'
import { startHub, type TestHub } from '../support/hub.ts'

type Media = {
  id: string
  state: string
  kind: string
  mime: string
  bytes: number
  fileName: string | null
  cause: string | null
  width: number | null
  height: number | null
  durationSeconds: number | null
  url: string | null
  thumbnailUrl: string | null
  repackedFrom?: string | null
}
type Message = { id: string; kind: string; status: string; media: Media | null; failure: { code: string } | null }
type Problem = { code: string; detail: string; errors: { field: string; message: string }[] }

const FROM = '5215512340077'
const { phoneNumberId } = DEMO
const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

let t: TestHub
beforeAll(async () => {
  t = await startHub()
})
afterAll(() => t.close())

const write = (message: object) =>
  t.sandbox.whatsapp.inbound({ phoneNumberId, messages: [{ from: FROM, name: 'Ana', ...message }] })

function directUrls(directUrls: boolean) {
  const phone = t.sandbox.state().whatsapp.phones.find(each => each.phoneNumberId === phoneNumberId)
  const { whatsappToken: token, appSecret } = SANDBOX
  if (phone) t.sandbox.whatsapp.phones({ ...phone, token, appSecret, directUrls } as never)
}

async function messages(): Promise<Message[]> {
  const [row] = await t.database.owner<{ number: number }[]>`select number from tickets order by number desc limit 1`
  return (await t.api<{ messages: Message[] }>('GET', `/tickets/BZ-${row?.number}`)).body.messages
}
const last = async () => (await messages()).at(-1) as Message
const lastMedia = async () => (await last()).media as Media

async function upload(file: Blob, name: string, query = '') {
  const form = new FormData()
  form.set('note', 'a field before it')
  form.set('file', file, name)
  const response = await fetch(`${t.url}/api/v1/media${query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${SANDBOX.apiKey}`, 'accept-language': 'es' },
    body: form,
  })
  return { status: response.status, body: (await response.json()) as Media & Problem }
}

async function reply(content: object) {
  const [row] = await t.database.owner<{ number: number }[]>`select number from tickets order by number desc limit 1`
  return t.api<{ message: Message } & Problem>('POST', `/tickets/BZ-${row?.number}/reply`, { content })
}

it.each([
  ['image', 'image/png', 'inline', { width: 240, height: 160 }],
  ['audio', 'audio/ogg; codecs=opus', 'inline', {}],
  ['document', 'application/pdf', 'attachment', { fileName: 'Cotización.pdf' }],
  ['sticker', 'image/webp', 'inline', { width: 1, height: 1 }],
] as const)('a %s of the customer is stored, and opens by a link', async (type, mime, disposition, more) => {
  write({ type })
  await t.pass(1)
  const media = await lastMedia()
  expect(media).toMatchObject({ state: 'stored', mime, ...more })
  if (type === 'audio') expect(media.durationSeconds).toBeCloseTo(2, 1)
  const answer = await fetch(media.url ?? '')
  const bytes = new Uint8Array(await answer.arrayBuffer())
  expect(bytes).toEqual(new Uint8Array(sampleFile(type)?.data ?? []))
  expect(answer.headers.get('content-disposition')).toMatch(new RegExp(`^${disposition}; filename="`))
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  expect(answer.headers.get('content-security-policy')).toContain('sandbox')
  if (type !== 'document') return
  // Told to the CRM by an address that lasts, and says nothing else.
  await t.pass(5)
  const told = t.sandbox.hubspot.objects(DEMO.portalId, 'communications').results.at(-1)
  const address = /<a href="([^"]+)">/.exec(told?.properties.hs_communication_body ?? '')?.[1]?.replaceAll('&amp;', '&')
  expect(await fetch(address ?? '').then(file => file.arrayBuffer())).toEqual(bytes.buffer)
  const over = Number(new URL(address ?? '').searchParams.get('e')) * 1_000 - t.now().getTime()
  expect(over / 86_400_000).toBeCloseTo(90, 1)
})

it('pictures have thumbnails: PNG, JPEG and WebP', async () => {
  const thumbnailOfLast = async () => {
    await t.pass(1)
    const answer = await fetch((await lastMedia()).thumbnailUrl ?? '')
    expect(answer.headers.get('content-type')).toBe('image/jpeg')
    const bytes = new Uint8Array(await answer.arrayBuffer())
    expect(bytes.subarray(0, 3)).toEqual(new Uint8Array([0xff, 0xd8, 0xff]))
    return bytes
  }
  write({ type: 'image', text: 'Así llegó' })
  const jpeg = await thumbnailOfLast()
  write({ type: 'image', file: { mimeType: 'image/jpeg', data: Buffer.from(jpeg).toString('base64') } })
  expect(await thumbnailOfLast()).not.toEqual(jpeg)
  expect(await lastMedia()).toMatchObject({ mime: 'image/jpeg', width: 240, height: 160 })
  write({ type: 'sticker' })
  await thumbnailOfLast()
})

it('an address that is over is asked for anew; so is one that never came', async () => {
  t.sandbox.faults.add({ vendor: 'whatsapp', path: '/attachments/', kind: 'status', status: 404 })
  const data = Buffer.from('first').toString('base64')
  write({ type: 'document', file: { mimeType: 'text/plain', data, fileName: 'a.txt' } })
  await t.pass(1)
  expect(await lastMedia()).toMatchObject({ state: 'stored', bytes: 5, fileName: 'a.txt' })
  directUrls(false)
  write({ type: 'document', file: { mimeType: 'text/plain', data: Buffer.from('second').toString('base64') } })
  await t.pass(1)
  expect(await lastMedia()).toMatchObject({ state: 'stored', bytes: 6 })
  directUrls(true)
})

it.each(['other bytes', 'cut'] as const)('%s instead of the file: it is fetched again', async how => {
  const data = Buffer.from(`the file after ${how}`).toString('base64')
  write({ type: 'document', file: { mimeType: 'text/plain', data, spoil: { how, times: 1 } } })
  await t.pass(1)
  expect(await lastMedia()).toMatchObject({ state: 'waiting', url: null })
  for (const seconds of [60, 60]) await t.pass(seconds)
  expect(await lastMedia()).toMatchObject({ state: 'stored', cause: null })
})

it('what WhatsApp has no more is expired, and may be asked for again', async () => {
  t.sandbox.faults.add({ vendor: 'whatsapp', path: '/attachments/', kind: 'status', status: 404 })
  const gone = { error: { code: 100, error_subcode: 33, message: 'Object does not exist' } }
  t.sandbox.faults.add({ vendor: 'whatsapp', path: '/v26.0/\\d+$', kind: 'status', status: 400, body: gone })
  write({ type: 'document', file: { mimeType: 'text/plain', data: Buffer.from('gone').toString('base64') } })
  await t.pass(1)
  const media = await lastMedia()
  expect(media).toMatchObject({ state: 'expired', url: null })
  expect((await t.api('POST', `/media/${media.id}/retry`)).status).toBe(202)
  await t.pass(1)
  expect(await lastMedia()).toMatchObject({ state: 'stored' })
  expect((await t.api('POST', `/media/${media.id}/retry`)).status).toBe(409)
})

it('the same bytes are kept once, and not fetched twice', async () => {
  const file = { mimeType: 'text/plain', data: Buffer.from('a list of prices').toString('base64') }
  write({ type: 'document', file })
  await t.pass(1)
  t.sandbox.calls.clear()
  write({ type: 'document', file })
  await t.pass(1)
  expect(await lastMedia()).toMatchObject({ state: 'stored', bytes: 16 })
  const calls = t.sandbox.calls.report('whatsapp').calls.filter(call => call.path.includes('attachments'))
  expect(calls).toEqual([])
})

it('plays in pieces', async () => {
  const bytes = Uint8Array.from({ length: 5000 }, (_, n) => (n * 7) & 255)
  const data = Buffer.from(bytes).toString('base64')
  write({ type: 'document', file: { mimeType: 'application/zip', data } })
  await t.pass(1)
  const { url } = await lastMedia()
  const part = async (range: string) => {
    const answer = await fetch(url ?? '', { headers: { range } })
    return {
      status: answer.status,
      range: answer.headers.get('content-range'),
      bytes: new Uint8Array(await answer.arrayBuffer()),
    }
  }
  expect(await part('bytes=0-1')).toEqual({ status: 206, range: 'bytes 0-1/5000', bytes: bytes.slice(0, 2) })
  expect(await part('bytes=4990-')).toEqual({ status: 206, range: 'bytes 4990-4999/5000', bytes: bytes.slice(4990) })
  expect(await part('bytes=-3')).toEqual({ status: 206, range: 'bytes 4997-4999/5000', bytes: bytes.slice(4997) })
  expect(await part('bytes=5000-')).toMatchObject({ status: 416, range: 'bytes */5000' })
  const head = await fetch(url ?? '', { method: 'HEAD' })
  expect([head.status, head.headers.get('content-length'), head.headers.get('accept-ranges')]).toEqual([
    200,
    '5000',
    'bytes',
  ])
})

it('links end, and open nothing else', async () => {
  const { url } = await lastMedia()
  const link = new URL(url ?? '')
  const changed = (name: string, value: string) => {
    const other = new URL(link)
    other.searchParams.set(name, value)
    return fetch(other)
  }
  const { workspaceId } = t
  const other = workspaceId.replace(/.$/, last => (last === '0' ? '1' : '0'))
  for (const [name, value] of [
    ['w', other],
    ['e', '9999999999'],
    ['s', 'x'.repeat(43)],
    ['v', 'thumbnail'],
  ] as const) {
    expect((await changed(name, value)).status, name).toBe(404)
  }
  expect((await fetch(`${t.url}/media/${link.pathname.split('/').at(-1)}`)).status).toBe(404)
  expect((await fetch(link)).status).toBe(200)
  await t.pass(11 * 60)
  expect((await fetch(link)).status).toBe(410)
})

it('what a stranger names HTML is only ever downloaded', async () => {
  const data = Buffer.from('<script>alert(1)</script>').toString('base64')
  write({ type: 'document', file: { mimeType: 'text/html', data, fileName: 'x".html' } })
  await t.pass(1)
  const answer = await fetch((await lastMedia()).url ?? '')
  expect(answer.headers.get('content-type')).toBe('application/octet-stream')
  expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="x_.html"; filename*=UTF-8''x%22.html`)
})

it('sends what was uploaded: put at WhatsApp once, and the phone has its bytes', async () => {
  write({ text: 'Hola' })
  await t.pass(1)
  const png = sampleFile('image')?.data as Uint8Array<ArrayBuffer>
  const { status, body } = await upload(new Blob([png]), 'ramo ñ.png')
  expect({ status, body }).toMatchObject({ status: 201, body: { kind: 'image', mime: 'image/png', state: 'stored' } })
  t.sandbox.calls.clear()
  for (const caption of ['uno', 'dos']) {
    expect((await reply({ type: 'image', media: { id: body.id }, caption })).status).toBe(202)
  }
  await t.pass(5)
  const [one, two] = (await messages()).slice(-2)
  expect([one, two]).toMatchObject([
    { status: 'delivered', media: { id: body.id, width: 240 } },
    { status: 'delivered', media: { id: body.id } },
  ])
  const puts = t.sandbox.calls.report('whatsapp').calls.filter(call => call.path.endsWith('/media'))
  expect(puts.length).toBe(1)
  const chat = t.sandbox.state().whatsapp.chats.find(({ person }) => person.endsWith('5512340077'))
  const { fileId = '' } = chat?.messages.at(-1) ?? {}
  const there = await t.sandbox.app.request(`/control/whatsapp/files/${fileId}`)
  expect(sha(new Uint8Array(await there.arrayBuffer()))).toBe(sha(png))
})

it('a document of any size WhatsApp takes goes out as it came in, under its name', async () => {
  const text = new Blob([`${'línea de texto\n'.repeat(200_000)}`])
  const { body } = await upload(text, 'pedidos.txt')
  expect(body).toMatchObject({ kind: 'document', mime: 'text/plain', bytes: text.size })
  await reply({ type: 'document', media: { id: body.id } })
  await t.pass(5)
  expect(await last()).toMatchObject({ status: 'delivered', media: { id: body.id } })
  const chat = t.sandbox.state().whatsapp.chats.find(({ person }) => person.endsWith('5512340077'))
  const { fileId = '' } = chat?.messages.at(-1) ?? {}
  const there = await t.sandbox.app.request(`/control/whatsapp/files/${fileId}`)
  expect(sha(new Uint8Array(await there.arrayBuffer()))).toBe(sha(new Uint8Array(await text.arrayBuffer())))
})

it('an upload that WhatsApp did not answer is made again, and the message goes out once', async () => {
  const { body } = await upload(new Blob(['otra cosa']), 'otra.txt')
  t.sandbox.faults.add({ vendor: 'whatsapp', method: 'POST', path: '/media$', kind: 'store_then_500' })
  await reply({ type: 'document', media: { id: body.id } })
  for (const seconds of [20, 20]) await t.pass(seconds)
  expect(await last()).toMatchObject({ status: 'delivered', media: { id: body.id } })
})

it.each([
  ['a picture of another type', new Blob(['GIF89a\x01\x00\x01\x00\x00\x00\x00;']), 'x.gif', '', /JPEG y PNG/],
  ['no file at all', new Blob([]), 'x.txt', '?as=document', /vacío/],
  ['a sticker that is none', new Blob([sampleFile('image')?.data as never]), 'x.png', '?as=sticker', /WebP de 512×512/],
  ['too large a picture', new Blob([sampleFile('image')?.data as never, new Uint8Array(6e6)]), 'x.png', '', /5 MB/],
] as const)('refuses %s, and says what to do', async (_, file, name, query, words) => {
  const { status, body } = await upload(file, name, query)
  expect(status).toBe(422)
  expect(body.errors[0]?.message).toMatch(words)
})

it('refuses a file that is not there, or does not fit', async () => {
  const nobody = await reply({ type: 'image', media: { id: '0192f3a0-7c00-7000-8000-000000000009' } })
  expect(nobody).toMatchObject({ status: 422, body: { errors: [{ field: 'media' }] } })
  const { body } = await upload(new Blob(['texto']), 'a.txt')
  const unfit = await reply({ type: 'image', media: { id: body.id } })
  expect(unfit).toMatchObject({
    status: 422,
    body: { errors: [{ field: 'media', message: expect.stringMatching(/JPEG/) }] },
  })
})

it('stands over the text of a new template, as a sample for the review', async () => {
  const { body: channels } = await t.api<{ items: { id: string }[] }>('GET', '/channels')
  const make = async (id: string | undefined) =>
    t.api<{ components: { example?: { header_handle?: string[] } }[] }>('POST', '/templates', {
      ...{ channelId: channels.items[0]?.id, name: 'novedad', language: 'es', category: 'marketing' },
      ...{ components: [{ type: 'BODY', text: 'Llegó tu libro' }], headerMedia: { id } },
    })
  const text = await upload(new Blob(['texto']), 'a.txt')
  expect(await make(text.body.id)).toMatchObject({ status: 422 })
  expect(await make('0192f3a0-7c00-7000-8000-000000000009')).toMatchObject({ status: 404 })
  const picture = await upload(new Blob([sampleFile('image')?.data as never]), 'portada.png')
  const made = await make(picture.body.id)
  expect(made).toMatchObject({ status: 201, body: { status: 'pending', needs: { header: { kind: 'image' } } } })
  expect(made.body.components[0]?.example?.header_handle?.[0]).toMatch(/^4::/)
})
