import type { Mapped, RemoteValues } from '../connectors/contract.ts'
import { holdsSomething, inTheirWords } from '../core/mapping/apply.ts'
import { goesOut, type MappedKind, type MappingRow, type OptionTables } from '../core/mapping/row.ts'
import type { SyncRecord } from './load-records.ts'
import type { OpenConnection } from './open-connection.ts'

/**
 * One of our records as it is to be in the connection's CRM. `base`, what both sides last agreed on, decides between words
 * that mean the same: a name is divided as they divide it, and a stage of theirs beyond our states stays. What is held
 * (a conflict that waits for a person, a field there that is filled already) stays as it is there.
 */
export function toRemote(connection: OpenConnection, record: SyncRecord, base: RemoteValues | null): Mapped {
  const mapped = translate(connection, record)
  if (record.kind === 'message') return mapped
  const rows = connection.mapping[record.kind]
  const known = base ?? {}
  const values = inTheirWords(rows, tablesOf(connection, record.kind), mapped.values, known)
  for (const row of rows) {
    if (!goesOut(row) || !isHeld(connection, record, row, known)) continue
    for (const field of row.theirs) {
      if (field in known) values[field] = known[field] ?? null
      else delete values[field]
    }
  }
  return { ...mapped, values }
}

/** The option tables that rows of this kind may name. */
export function tablesOf({ connector, remote }: OpenConnection, kind: MappedKind): OptionTables {
  return connector[kind].tables(remote.settings)
}

type MappedRecord = Exclude<SyncRecord, { kind: 'message' }>

function isHeld({ row: { id } }: OpenConnection, record: MappedRecord, row: MappingRow, base: RemoteValues): boolean {
  if (row.policy === 'fill if empty' && holdsSomething(row, base)) return true
  return record.inConflict?.some(({ connectionId, field }) => connectionId === id && field === row.ours) ?? false
}

function translate({ connector, remote, row, mapping }: OpenConnection, record: SyncRecord): Mapped {
  switch (record.kind) {
    case 'contact':
      return connector.contact.toRemote(remote.settings, record.record, row.id, mapping.contact)
    case 'ticket':
      return connector.ticket.toRemote(remote.settings, record.record, row.id, mapping.ticket)
    case 'message':
      return connector.message.toRemote(remote.settings, record.record, row.id)
  }
}
