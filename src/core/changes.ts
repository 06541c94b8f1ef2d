/** What a change changed, for the audit log. */

export type Changes = { before: Record<string, unknown>; after: Record<string, unknown> }

/** The fields of `after` that differ from `before`. Dates are compared as instants, lists and objects by their content. */
export function changesOf(before: object, after: object): Changes {
  const changes: Changes = { before: {}, after: {} }
  for (const [key, value] of Object.entries(after)) {
    const was = (before as Record<string, unknown>)[key]
    if (value === undefined || JSON.stringify(was ?? null) === JSON.stringify(value ?? null)) continue
    changes.before[key] = was ?? null
    changes.after[key] = value ?? null
  }
  return changes
}

export const isUnchanged = (changes: Changes): boolean => Object.keys(changes.after).length === 0
