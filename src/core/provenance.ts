/** Why a field holds what it holds: who or what wrote each value, from what, and under which policy. */
import type { Actor } from './actor.ts'
import type { FieldPolicy, OurValue } from './mapping/row.ts'
import type { ChangedBy } from './merge.ts'

/** What a change came from, where it was not simply made here by hand. */
export type ChangeSource =
  | { kind: 'message'; messageId: string | null }
  /** `user`: who did it there, where the CRM says. */
  | { kind: 'connection'; connectionId: string; remoteId: string | null; user: string | null }
  | { kind: 'rule'; name: string }
  | { kind: 'import'; name: string }
  /** The entry whose change was taken back. */
  | { kind: 'undo'; entryId: string }
  | { kind: 'conflict'; conflictId: string }

/** What a verb is told of the change it makes. `policies`: of what comes from a CRM, by our field. */
export type Because = { source: ChangeSource; policies?: Readonly<Record<string, FieldPolicy>> }

export type FieldChange = { field: string; previous: OurValue; value: OurValue }

/** Whether a person or a rule changed it; null where nobody can tell: behind a key or a CRM there may be either. */
export function changedBy(actor: Actor, source: ChangeSource | null): ChangedBy {
  if (source?.kind === 'rule' || source?.kind === 'import') return 'rule'
  switch (actor.kind) {
    case 'agent':
    case 'customer':
      return 'person'
    case 'system':
      return 'rule'
    case 'connection':
      return source?.kind === 'connection' && source.user ? 'person' : null
    case 'api':
      return null
  }
}

/** The fields of `fields` that the two versions of a record differ in. Lists are the same in any order. */
export function fieldChanges(
  fields: readonly string[],
  before: Record<string, unknown>,
  after: Record<string, unknown>,
): FieldChange[] {
  return fields.flatMap(field => {
    const [previous, value] = [plain(before[field]), plain(after[field])]
    return key(previous) === key(value) ? [] : [{ field, previous, value }]
  })
}

function plain(value: unknown): OurValue {
  if (value === undefined || value === null || value === '') return null
  if (value instanceof Date) return value.toISOString()
  return Array.isArray(value) ? value.map(String) : (value as OurValue)
}

function key(value: OurValue): string {
  return JSON.stringify(Array.isArray(value) ? [...value].sort() : value)
}
