/** A `fetch` that answers from a script and keeps what it was asked. */
export type Asked = {
  method: string
  path: string
  headers: Headers
  body: { inputs: FakeInput[] } & Record<string, unknown>
}
export type FakeInput = { id: string; properties: Record<string, string>; objectWriteTraceId: string } & Record<
  string,
  unknown
>

export function fakeFetch(answer: (asked: Asked) => Response | Promise<Response>) {
  const asked: Asked[] = []
  const fetchNow: typeof fetch = async (input, init) => {
    const request = new Request(input, init)
    const { pathname, search } = new URL(request.url)
    const text = await request.text()
    const call = {
      method: request.method,
      path: pathname + search,
      headers: request.headers,
      body: JSON.parse(text || '{}'),
    }
    asked.push(call)
    return answer(call)
  }
  return { fetch: fetchNow, asked }
}

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } })
}
