import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/index.ts'

export type Received = { url: string; headers: Record<string, string>; body: string; json: Json }
/** Bodies are looked into freely in these tests: any key may be asked for, `listOf` and `String` say what is there. */
export type Json = { [key: string]: Json }

export function listOf(json: Json | undefined): Json[] {
  return (json ?? []) as unknown as Json[]
}

export type Receiver = { url: string; received: Received[]; answer(status: () => number): void; close(): Promise<void> }

/** A webhook endpoint that remembers what it was sent. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = []
  let status = () => 200
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', chunk => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8')
      const headers = request.headers as Record<string, string>
      received.push({ url: request.url ?? '', headers, body, json: JSON.parse(body || '{}') as Json })
      response.writeHead(status()).end('ok')
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    answer: next => {
      status = next
    },
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export const PHONE = {
  phoneNumberId: '550011002200330',
  wabaId: '880011002200330',
  displayPhoneNumber: '+52 55 9000 1000',
  verifiedName: 'Taller Norte',
  token: 'wa-token',
  appSecret: 'wa-secret',
}
export const CUSTOMER = '5215512345678'
export const PORTAL = { portalId: 4242, token: 'hs-token', clientSecret: 'hs-secret', appId: 909 }

export function openSandbox(options: SandboxOptions = {}): Sandbox {
  return createSandbox(options)
}

export type Answer = { status: number; headers: Headers; json: Json }

/** One call to a simulated vendor. */
export async function call(
  sandbox: Sandbox,
  method: string,
  path: string,
  body?: unknown,
  token = path.startsWith('/whatsapp') ? PHONE.token : PORTAL.token,
): Promise<Answer> {
  const response = await sandbox.app.request(path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, json: (text ? JSON.parse(text) : null) as Json }
}
