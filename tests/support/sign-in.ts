/** People of the demo, signed in: requests with their cookies, as a browser sends them. */
import { SANDBOX } from '../../src/config.ts'
import { seedPeople } from '../../src/node/demo.ts'
import type { TestHub } from './hub.ts'

export type Answer<T = unknown> = { status: number; body: T; headers: Headers }

export type Person = {
  cookies: Map<string, string>
  api<T = unknown>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer<T>>
}

export const DEMO_PEOPLE = {
  admin: 'carmen.ruiz@example.com',
  supervisor: 'javier.ortega@example.com',
  agent: 'nuria.vidal@example.com',
} as const

/** Accounts for the people of the demo. */
export const openDemoPeople = (t: TestHub) => seedPeople(t.hub)

/** A browser that nobody has signed in with; `path` is below the service's address. */
export function browser(t: Pick<TestHub, 'url'>): Person {
  const cookies = new Map<string, string>()
  return {
    cookies,
    async api(method, path, body, headers = {}) {
      const answer = await fetch(`${t.url}${path}`, {
        method,
        redirect: 'manual',
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(cookies.size > 0 ? { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') } : {}),
          ...{ origin: t.url, ...headers },
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      for (const line of answer.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
        if (/max-age=0/i.test(line) || value === '') cookies.delete(name)
        else cookies.set(name, value)
      }
      const text = await answer.text()
      return {
        status: answer.status,
        body: (text.startsWith('{') ? JSON.parse(text) : text) as never,
        headers: answer.headers,
      }
    },
  }
}

export async function signIn(
  t: Pick<TestHub, 'url'>,
  email: string,
  password: string = SANDBOX.password,
): Promise<Person> {
  const person = browser(t)
  const answer = await person.api('POST', '/api/auth/sign-in/email', { email, password })
  if (answer.status !== 200) throw new Error(`${email} was not let in: ${JSON.stringify(answer.body)}`)
  return person
}
