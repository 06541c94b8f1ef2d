/** A connection whose writes are withheld: what reads passes, what would write is counted and answered as if it had gone well. */
import { ITEMS_HEADER } from '../connectors/registry.ts'
import type { PlannedCalls } from '../core/plan.ts'
import type { OpenConnection } from './open-connection.ts'

export type Rehearsal = {
  connection: OpenConnection
  /** What was called or withheld since the last taking. */
  takeCalls(): PlannedCalls[]
}

/** Undefined where the connector cannot tell a write from a reading. */
export function rehearse(connection: OpenConnection): Rehearsal | undefined {
  const { connector, remote } = connection
  if (!connector.rehearse) return undefined
  const withhold = connector.rehearse.bind(connector)
  const calls = new Map<string, PlannedCalls>()
  const fetch: typeof remote.fetch = async (input, init) => {
    const request = new Request(input, init)
    const text = init?.body ?? (request.body ? await request.clone().text() : '')
    const answer = withhold({ method: request.method, url: request.url, body: String(text), now: remote.now })
    const path = new URL(request.url).pathname.replace(/\/\d+(?=\/|$)/g, '/…')
    const key = `${request.method} ${path}`
    const known = calls.get(key) ?? { method: request.method, path, calls: 0, items: 0, writes: answer !== null }
    known.calls++
    known.items += Number(request.headers.get(ITEMS_HEADER) ?? 1)
    calls.set(key, known)
    return answer ?? remote.fetch(input, init)
  }
  return {
    connection: { ...connection, remote: { ...remote, fetch } },
    takeCalls() {
      const taken = [...calls.values()]
      calls.clear()
      return taken
    },
  }
}
