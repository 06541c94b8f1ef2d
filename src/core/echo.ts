/**
 * Is what comes back from a CRM news, or our own voice? Judged by values, because vendors' markers miss workflows and
 * merges, and drop genuine changes of the same app.
 */
export type Values = Record<string, string | null>

export type Verdict =
  /** Everything equals what both sides agreed on, or what we have just written. */
  | { kind: 'echo' }
  /** Older than what we already know. */
  | { kind: 'stale' }
  /** Fields that differ from both. `nearMiss`: the vendor calls it ours, but the value is another. */
  | { kind: 'real'; changed: Values; nearMiss: boolean }

export function judge(
  link: { base: Values; pushing: Values | null; remoteVersion: string | null },
  theirs: { values: Values; version: string | null; byUs: boolean },
): Verdict {
  if (isOlder(theirs.version, link.remoteVersion)) return { kind: 'stale' }
  const changed: Values = {}
  for (const [field, value] of Object.entries(theirs.values)) {
    // A field never spoken of is agreed to be empty.
    if (same(value, link.base[field])) continue
    const sent = link.pushing?.[field]
    if (sent !== undefined && same(value, sent)) continue
    changed[field] = value
  }
  if (Object.keys(changed).length === 0) return { kind: 'echo' }
  return { kind: 'real', changed, nearMiss: theirs.byUs }
}

/** CRMs give an emptied field as null, as '' or not at all. */
export function same(a: string | null | undefined, b: string | null | undefined): boolean {
  return (a || null) === (b || null)
}

function isOlder(a: string | null, b: string | null): boolean {
  if (a === null || b === null) return false
  const [one, other] = [place(a), place(b)]
  return Number.isNaN(one) || Number.isNaN(other) ? a < b : one < other
}

/** Versions are instants or counters, and neither sorts as text: `…:00Z` comes after `…:00.600Z`, and 9 after 10. */
function place(version: string): number {
  return instantOf(version)?.getTime() ?? Number(version)
}

/** When the record was changed last, of versions that say it; null of counters. */
export function instantOf(version: string): Date | null {
  return /^\d{4}-\d\d-\d\dT/.test(version) ? new Date(version) : null
}
