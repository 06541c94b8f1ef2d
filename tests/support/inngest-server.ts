/** An Inngest server as far as the SDK sees it: takes events and registrations, and keeps them. Its answers can be set. */
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Registered = { url: string; functions: { id: string; steps: { step: { runtime: { url: string } } } }[] }

export type InngestServer = {
  url: string
  events: { name: string; data: unknown }[]
  registered: Registered[]
  /** What registrations are answered from now on, whatever their key. */
  answer(status: number, text: string): void
  close(): Promise<void>
}

export async function startInngestServer(keys: { signingKey: string; eventKey: string }): Promise<InngestServer> {
  const events: InngestServer['events'] = []
  const registered: Registered[] = []
  let planned: { status: number; text: string } | undefined

  function answer(path: string | undefined, authorization: string | undefined, body: string) {
    if (path === `/e/${keys.eventKey}`) {
      const sent = JSON.parse(body) as InngestServer['events']
      events.push(...sent)
      return { status: 200, text: JSON.stringify({ ids: sent.map((_event, n) => String(n)), status: 200 }) }
    }
    if (path?.startsWith('/fn/register')) {
      if (planned) return planned
      if (authorization !== `Bearer ${bearer(keys.signingKey)}`) return { status: 401, text: 'Unauthorized' }
      registered.push(JSON.parse(body) as Registered)
      return { status: 200, text: JSON.stringify({ ok: true, modified: registered.length === 1 }) }
    }
    return { status: 404, text: 'not found' }
  }

  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const { status, text } = answer(request.url, request.headers.authorization, body)
    response.writeHead(status, { 'content-type': 'application/json' }).end(text)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ events, registered },
    answer(status, text) {
      planned = { status, text }
    },
    close: () => new Promise(resolve => server.close(() => resolve())),
  }
}

/** The prefix and the SHA-256 of the bytes that the key spells. */
function bearer(signingKey: string): string {
  const [, prefix = '', hex = ''] = /^(signkey-\w+-)?(\w+)$/.exec(signingKey) ?? []
  return prefix + createHash('sha256').update(Buffer.from(hex, 'hex')).digest('hex')
}
