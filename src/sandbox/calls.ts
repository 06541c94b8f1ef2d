/** What was asked of the simulated vendors, and what they answered. */
export type Call = {
  seq: number
  at: string
  vendor: Vendor
  method: string
  path: string
  template: string
  status: number
  durationMs: number
  fault?: string
  attempt?: number
  body?: string
}

export const vendors = ['whatsapp', 'hubspot', 'salesforce', 'google', 'zendesk', 'webhooks'] as const
export type Vendor = (typeof vendors)[number]
export type CallReport = { total: number; counts: Record<string, number>; calls: Call[] }

const MAX_CALLS = 20_000
const MAX_BODY = 1_024

export type Calls = {
  record(call: Omit<Call, 'seq' | 'template'>): void
  report(vendor?: Vendor): CallReport
  clear(): void
}

/** Counts are complete; the list keeps the newest 20,000. */
export function createCalls(): Calls {
  let calls: Call[] = []
  let counts = new Map<string, { vendor: Vendor; count: number }>()
  let seq = 0

  return {
    record(call) {
      const template = templateOf(call.path)
      const key = `${call.method} ${template}`
      const count = counts.get(key)
      if (count) count.count++
      else counts.set(key, { vendor: call.vendor, count: 1 })
      const { body, ...rest } = call
      const kept = body !== undefined && body.length <= MAX_BODY ? { body } : {}
      calls.push({ seq: ++seq, ...rest, template, ...kept })
      if (calls.length >= MAX_CALLS * 2) calls = calls.slice(-MAX_CALLS)
    },
    report(vendor) {
      const wanted = [...counts].filter(([, entry]) => vendor === undefined || entry.vendor === vendor)
      return {
        total: wanted.reduce((sum, [, entry]) => sum + entry.count, 0),
        counts: Object.fromEntries(wanted.map(([key, entry]) => [key, entry.count])),
        calls: calls.slice(-MAX_CALLS).filter(call => vendor === undefined || call.vendor === vendor),
      }
    },
    clear() {
      calls = []
      counts = new Map()
    },
  }
}

/** `/whatsapp/v26.0/5512/messages` and its siblings count as one line. */
function templateOf(path: string): string {
  return path.split('?', 1)[0]?.replace(/\/(?:\d{3,}|[0-9a-f]{32}|wamid\.[^/]+)(?=\/|$)/g, '/{id}') as string
}
