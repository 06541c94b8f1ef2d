/**
 * What a CRM's events tell of single fields: what others set last, and what we did. By it alone is known that a write of ours went
 * over theirs a moment after it was made: nothing of theirs is left then that could be read.
 */
import { same, type Values } from './echo.ts'

/** `at`: ms since 1970, by the CRM's clock, which all of a record's events go by. */
export type Telling = { value: string | null; at: number }
export type Tellings = Record<string, { theirs?: Telling; ours?: Telling }>

/** Of an event that names what was set at that moment, and nothing else. */
export function tellingsOf(values: Values, at: Date, byUs: boolean): Tellings {
  const entries = Object.entries(values).map(([field, value]) => {
    const telling = { value, at: at.getTime() }
    return [field, byUs ? { ours: telling } : { theirs: telling }] as const
  })
  return Object.fromEntries(entries)
}

/** The latest of each, in whatever order they came. */
export function joinTellings(a: Tellings = {}, b: Tellings = {}): Tellings {
  const fields = new Set([...Object.keys(a), ...Object.keys(b)])
  return Object.fromEntries(
    [...fields].map(field => {
      const theirs = later(a[field]?.theirs, b[field]?.theirs)
      const ours = later(a[field]?.ours, b[field]?.ours)
      return [field, { ...(theirs ? { theirs } : {}), ...(ours ? { ours } : {}) }]
    }),
  )
}

function later(a: Telling | undefined, b: Telling | undefined): Telling | undefined {
  return a && b ? (b.at > a.at ? b : a) : (a ?? b)
}

export type Written = {
  /** What is there now. */
  there: Values
  /** What our last pushes said. */
  said: Values
  /** When the last push began to look at what was there: what was set before, it has heard. */
  since: Date
  /** When the record was written last, where that was by our push; else null. */
  byUsAt: Date | null
}

/**
 * What others set, after our push had looked and before it wrote over it; by field, as they set it. Only where the order is told
 * for certain: by our own event, or by the record, which nobody has written since. At the same instant it is not.
 */
export function overwritten(tellings: Tellings, { there, said, since, byUsAt }: Written): Values {
  const lost: Values = {}
  for (const [field, { theirs, ours }] of Object.entries(tellings)) {
    if (!theirs || !(field in there) || !(field in said)) continue
    const isOurs = same(there[field], said[field]) && !same(there[field], theirs.value)
    const writtenAt = Math.max(ours && same(ours.value, there[field]) ? ours.at : 0, byUsAt?.getTime() ?? 0)
    if (isOurs && theirs.at >= since.getTime() && theirs.at < writtenAt) lost[field] = theirs.value
  }
  return lost
}
