/** A record that somebody changed in the CRM against what ours says, row by row of the mapping. */
import type { RemoteValues } from '../connectors/contract.ts'
import { hearRow, inTheirWords, ofRow, sameValue, sayRow } from '../core/mapping/apply.ts'
import { contactValues, ticketValues } from '../core/mapping/fields.ts'
import { isPaused, type MappedKind, type MappingRow, type OurValue, type OurValues } from '../core/mapping/row.ts'
import { type ChangedBy, mergeField } from '../core/merge.ts'
import { changedBy } from '../core/provenance.ts'
import type { ConflictRow } from '../db/conflicts.ts'
import type { ProvenanceRow } from '../db/provenance.ts'
import type { SyncRecord } from './load-records.ts'
import type { OpenConnection } from './open-connection.ts'
import { tablesOf } from './to-remote.ts'

/** A field that a person is to decide; values are in our words. */
export type Asked = { field: string; base: OurValue; ours: OurValue; theirs: OurValue; writtenBy: ProvenanceRow | null }

export type MergedRows = {
  /** Their values that we take over, in their words. */
  take: RemoteValues
  asked: Asked[]
  /** Fields of ours of which both sides say the same now. */
  alike: string[]
}

/** `byUs`: the vendor calls it our own voice; what we said before is not newer than what we would say. */
export type Said = { at: Date; byUs: boolean; by: ChangedBy; user: string | null }

export type MappedRecord = Exclude<SyncRecord, { kind: 'message' }>

/**
 * `theirs.changed`: what of theirs is news. `written`: who last wrote each field of ours; of those that nobody wrote down,
 * `dirtyAt`, since when the record waits to be told, is their time. `waiting`: its conflicts that are open.
 */
export function mergeRows(
  connection: OpenConnection,
  record: MappedRecord,
  {
    base,
    theirs,
    said,
    dirtyAt,
    written,
    waiting,
  }: {
    base: RemoteValues
    theirs: { values: RemoteValues; changed: RemoteValues }
    said: Said
    dirtyAt: Date | null
    written: readonly ProvenanceRow[]
    waiting: readonly Pick<ConflictRow, 'field' | 'base'>[]
  },
): MergedRows {
  const tables = tablesOf(connection, record.kind)
  const values = valuesOf(record)
  const merged: MergedRows = { take: {}, asked: [], alike: [] }
  for (const row of connection.mapping[record.kind]) {
    if (isPaused(row) || !row.theirs.some(field => field in theirs.changed)) continue
    const [agreed, there] = [ofRow(row, base), ofRow(row, theirs.values)]
    const writtenBy = written.find(({ field }) => field === row.ours) ?? null
    const words = sayRow(row, tables, values)
    const here = inTheirWords([row], tables, inTheirWords([row], tables, words, agreed), there)
    const outcome = mergeField({
      ...{ policy: row.policy, direction: row.direction, base: agreed, ...separatorOf(row) },
      ours: { values: here, ...oursOf(row.ours, writtenBy, dirtyAt) },
      theirs: { values: there, at: said.byUs ? null : said.at, by: said.by },
    })
    switch (outcome.kind) {
      case 'theirs':
      case 'joined':
        Object.assign(merged.take, outcome.values)
        break
      case 'agreed':
        merged.alike.push(row.ours)
        break
      case 'ask': {
        const theirValue = hearRow(row, tables, there)
        // What means nothing to us is nobody's to decide: it stays there as it is.
        if (theirValue === undefined) break
        const ourValue = values[row.ours] ?? null
        const asked = {
          field: row.ours,
          base: hearRow(row, tables, agreed) ?? null,
          ours: ourValue,
          theirs: theirValue,
        }
        const before = waiting.find(({ field }) => field === row.ours)
        // Who goes back to what both agreed on has given way.
        const theyGaveWay = before && sameValue(theirValue, before.base)
        const weGaveWay = before && sameValue(ourValue, before.base)
        if (sameValue(ourValue, theirValue) || theyGaveWay) merged.alike.push(row.ours)
        else if (weGaveWay) Object.assign(merged.take, there)
        else merged.asked.push({ ...asked, writtenBy })
        break
      }
      case 'ours':
        break
    }
  }
  return merged
}

/** Without what rows that stand still hold: of that nothing is heard, and the base keeps what it was. */
export function holdPaused({ mapping }: OpenConnection, kind: MappedKind, values: RemoteValues): RemoteValues {
  const held = new Set(mapping[kind].filter(isPaused).flatMap(row => row.theirs))
  return Object.fromEntries(Object.entries(values).filter(([field]) => !held.has(field)))
}

export function valuesOf(record: MappedRecord): OurValues {
  return record.kind === 'contact' ? contactValues(record.record) : ticketValues(record.record)
}

function separatorOf({ transform }: MappingRow): { separator?: string } {
  return transform.kind === 'list' ? { separator: transform.separator } : {}
}

/** Customers move these too, by what they write, which no entry says. */
const movedByMessages = new Set(['state', 'name'])

/** Our side changed when the field was last written, if it still waits to be told. */
function oursOf(
  field: string,
  writtenBy: ProvenanceRow | null,
  dirtyAt: Date | null,
): { at: Date | null; by: ChangedBy } {
  const isLast = !movedByMessages.has(field) || (writtenBy && dirtyAt && writtenBy.recordedAt >= dirtyAt)
  if (!dirtyAt || !writtenBy || !isLast) return { at: dirtyAt, by: null }
  return { at: writtenBy.at, by: changedBy(writtenBy.actor, writtenBy.source) }
}
