import type { Vendor } from './calls.ts'

/** One planned misbehaviour; it is used up after `times` requests. */
export type Fault = {
  vendor: Vendor
  method?: string | undefined
  /** A regular expression on the path (for `webhooks`, on the whole URL). */
  path?: string | undefined
  times: number
  skip?: number | undefined
  kind: 'status' | 'hang' | 'store_then_hang' | 'cut' | 'store_then_cut' | 'store_then_500' | 'partial' | 'delay'
  status?: number | undefined
  body?: unknown
  headers?: Record<string, string> | undefined
  delayMs?: number | undefined
  failIndexes?: number[] | undefined
}

export type Faults = {
  add(fault: Fault): void
  clear(): void
  list(): Fault[]
  take(vendor: Vendor, method: string, path: string): Fault | undefined
}

type Planned = { fault: Fault; pattern: RegExp | undefined; skip: number; left: number }

/** The first matching plan wins, in the order they were made. */
export function createFaults(): Faults {
  let planned: Planned[] = []
  return {
    add(fault) {
      const pattern = fault.path === undefined ? undefined : new RegExp(fault.path)
      planned.push({ fault, pattern, skip: fault.skip ?? 0, left: fault.times })
    },
    clear() {
      planned = []
    },
    list: () => planned.map(({ fault, left, skip }) => ({ ...fault, times: left, skip })),
    take(vendor, method, path) {
      if (planned.length === 0) return undefined
      for (const plan of planned) {
        if (!matches(plan, vendor, method, path)) continue
        if (plan.skip > 0) {
          plan.skip--
          continue
        }
        plan.left--
        if (plan.left <= 0) planned = planned.filter(other => other !== plan)
        return plan.fault
      }
      return undefined
    },
  }
}

function matches({ fault, pattern }: Planned, vendor: Vendor, method: string, path: string): boolean {
  if (fault.vendor !== vendor) return false
  if (fault.method !== undefined && fault.method.toUpperCase() !== method) return false
  return pattern === undefined || pattern.test(path)
}
