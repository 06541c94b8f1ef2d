/** Whom files are fetched from, and who sees the token. */
import { expect, it } from 'vitest'
import { openMedia, putMedia } from '../../../src/inbox/whatsapp/media.ts'
import { judgeHost } from '../../../src/inbox/whatsapp/media-hosts.ts'

const GRAPH = 'https://graph.facebook.com'
const DOOR = 'https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1'

it.each([
  [DOOR, 'with token'],
  [`${GRAPH}/x`, 'with token'],
  ['https://scontent.xx.fbcdn.net/v/a?b', 'without token'],
  ['https://mmg.whatsapp.net/a', 'without token'],
  ['http://lookaside.fbsbx.com/a', 'foreign'],
  ['https://lookaside.fbsbx.com:8443/a', 'foreign'],
  ['https://lookaside.fbsbx.com@evil.example/a', 'foreign'],
  ['https://user:pass@lookaside.fbsbx.com/a', 'foreign'],
  ['https://lookaside.fbsbx.com.evil.example/a', 'foreign'],
  ['https://evilfbcdn.net/a', 'foreign'],
  ['https://127.0.0.1/a', 'foreign'],
  ['http://169.254.169.254/latest/meta-data', 'foreign'],
  ['http://[::1]/a', 'foreign'],
  ['file:///etc/passwd', 'foreign'],
  ['data:text/plain,x', 'foreign'],
  ['not an address', 'foreign'],
])('%s: %s', (address, host) => {
  expect(judgeHost(address, GRAPH)).toBe(host)
})

type Asked = { url: string; token: string | null }

function api(answers: Record<string, () => Response>) {
  const asked: Asked[] = []
  const call: typeof fetch = async (input, init) => {
    const url = String(input)
    expect(init?.redirect).toBe('manual')
    asked.push({ url, token: new Headers(init?.headers).get('authorization') })
    return answers[url]?.() ?? new Response(null, { status: 500 })
  }
  return { asked, api: { fetch: call, baseUrl: GRAPH, version: 'v26.0' } }
}
const open = (from: ReturnType<typeof api>, url = DOOR) => openMedia(from.api, 'secret', url, AbortSignal.timeout(5000))
const to = (location: string) => () => new Response(null, { status: 302, headers: { location } })

it('the token stays at the door: where it sends us on, nobody sees it', async () => {
  const store = 'https://scontent.xx.fbcdn.net/v/a'
  const from = api({ [DOOR]: to(store), [store]: () => new Response('bytes') })
  expect(await open(from)).toMatchObject({ kind: 'open' })
  expect(from.asked).toEqual([
    { url: DOOR, token: 'Bearer secret' },
    { url: store, token: null },
  ])
})

it.each([
  'https://evil.example/',
  'http://127.0.0.1:8080/',
  'http://lookaside.fbsbx.com/',
  '//evil.example/',
  'javascript:1',
])('is not led to %s', async location => {
  const from = api({ [DOOR]: to(location) })
  expect(await open(from)).toMatchObject({ kind: 'foreign' })
  expect(from.asked).toHaveLength(1)
})

it('does not go round in circles', async () => {
  const from = api({ [DOOR]: to(DOOR) })
  expect(await open(from)).toMatchObject({ kind: 'no answer' })
  expect(from.asked.length).toBeLessThan(6)
})

it.each([
  [401, 'over'],
  [404, 'over'],
  [410, 'over'],
  [429, 'no answer'],
  [500, 'no answer'],
])('HTTP %i is %s', async (status, kind) => {
  expect(await open(api({ [DOOR]: () => new Response(null, { status }) }))).toMatchObject({ kind })
})

it('a file is put as a form that others read, under a name that cannot break it', async () => {
  let form: FormData | undefined
  const call: typeof fetch = async (input, init) => {
    const request = new Request(input, init)
    expect(request.headers.get('content-length')).toBe(String((await request.clone().arrayBuffer()).byteLength))
    form = await request.formData()
    return Response.json({ id: '77' })
  }
  const name = 'año "2026"\r\nx: y.pdf'
  const body = new Blob(['%PDF-1.4']).stream()
  const put = await putMedia(
    { fetch: call, baseUrl: GRAPH, version: 'v26.0' },
    { phoneNumberId: '1', token: 't' },
    { body, bytes: 8, mime: 'application/pdf', name },
  )
  expect(put).toEqual({ kind: 'put', remoteId: '77' })
  const file = form?.get('file') as File
  expect([form?.get('messaging_product'), form?.get('type'), file.type]).toEqual([
    'whatsapp',
    'application/pdf',
    'application/pdf',
  ])
  expect(await file.text()).toBe('%PDF-1.4')
  expect(file.name).toBe(name)
})
