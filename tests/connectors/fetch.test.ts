import { expect, test } from 'vitest'
import { RemoteCallError } from '../../src/connectors/contract.ts'
import { type CallRecord, createTransport, ITEMS_HEADER } from '../../src/connectors/fetch.ts'
import type { Failure } from '../../src/core/failure.ts'

function transport(fetchNow: typeof fetch, deadlineMs = 1_000) {
  const calls: CallRecord[] = []
  let time = 0
  const clock = () => (time += 5)
  return { calls, send: createTransport({ fetch: fetchNow, deadlineMs, onCall: call => calls.push(call), clock }) }
}

async function failureFrom(promise: Promise<Response>): Promise<Failure> {
  const error = await promise.then(
    () => undefined,
    reason => reason,
  )
  expect(error).toBeInstanceOf(RemoteCallError)
  return (error as RemoteCallError).failure
}

const lost = (cause: object) => async () => {
  throw new TypeError('fetch failed', { cause: Object.assign(new Error('network'), cause) })
}

test('returns answers of any status, and accounts for them without the query', async () => {
  const { send, calls } = transport(async () => new Response('é'.repeat(3_000), { status: 502 }))
  const headers = { [ITEMS_HEADER]: '7' }
  const answer = await send('https://crm.test/a/b?token=secret', { method: 'POST', body: 'ñandú', headers })
  expect(answer.status).toBe(502)
  expect(await answer.text()).toHaveLength(3_000)
  expect(calls[0]).toMatchObject({
    method: 'POST',
    path: '/a/b',
    status: 502,
    durationMs: 5,
    requestBytes: 7,
    items: 7,
  })
  expect(new TextEncoder().encode(calls[0]?.excerpt).length).toBeLessThanOrEqual(2_050)
})

test('keeps nothing of a good answer, and never sends its own header', async () => {
  let sent: Headers | undefined
  const { send, calls } = transport(async (_url, init) => {
    sent = new Headers(init?.headers)
    return new Response(null, { status: 204 })
  })
  const answer = await send('https://crm.test/', { headers: { [ITEMS_HEADER]: '1', authorization: 'x' } })
  expect(answer.status).toBe(204)
  expect(sent?.has(ITEMS_HEADER)).toBe(false)
  expect(sent?.get('authorization')).toBe('x')
  expect(calls[0]).not.toHaveProperty('excerpt')
})

test.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'])('%s stored nothing', async code => {
  const { send, calls } = transport(lost({ code }))
  expect(await failureFrom(send('https://crm.test/'))).toMatchObject({ kind: 'retry after' })
  expect(calls[0]).toMatchObject({ status: null })
})

test.each(['ECONNRESET', 'UND_ERR_SOCKET', 'EPIPE'])('%s may have stored it', async code => {
  expect(await failureFrom(transport(lost({ code })).send('https://crm.test/'))).toMatchObject({ kind: 'ambiguous' })
})

test('no answer within the deadline may have stored it', async () => {
  const never: typeof fetch = (_url, init) =>
    new Promise((_resolve, reject) => init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)))
  const failure = await failureFrom(transport(never, 20).send('https://crm.test/'))
  expect(failure).toEqual({ kind: 'ambiguous', message: 'No answer within 20 ms' })
})

test('an answer that breaks off is no answer', async () => {
  const broken = async () =>
    new Response(
      new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode('{"resul'))
          controller.error(new TypeError('terminated'))
        },
      }),
    )
  expect(await failureFrom(transport(broken).send('https://crm.test/'))).toMatchObject({ kind: 'ambiguous' })
})

test('the limiter stops a call before it leaves', async () => {
  let sent = 0
  const failure: Failure = { kind: 'retry after', afterMs: 300, message: 'limiter' }
  const send = createTransport({
    fetch: async () => new Response(String(sent++)),
    beforeCall: () => Promise.reject(new RemoteCallError(failure)),
    clock: () => 0,
  })
  expect(await failureFrom(send('https://crm.test/'))).toEqual(failure)
  expect(sent).toBe(0)
})
