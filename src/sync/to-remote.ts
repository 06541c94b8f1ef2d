import type { Mapped, RemoteValues } from '../connectors/contract.ts'
import type { SyncRecord } from './load-records.ts'
import type { OpenConnection } from './open-connection.ts'

/**
 * One of our records in the words of the connection's CRM. `base`, what both sides last agreed on, decides between words
 * that mean the same: a name is divided as they divide it, and a stage of theirs beyond our states stays.
 */
export function toRemote(connection: OpenConnection, record: SyncRecord, base: RemoteValues | null): Mapped {
  const mapped = translate(connection, record)
  const { fromRemote } = connection.connector[record.kind]
  if (!base || !fromRemote) return mapped
  const meaning = (said: RemoteValues) => fromRemote(connection.remote.settings, said) as Record<string, unknown>
  return { ...mapped, values: inTheirWords(meaning, mapped.values, base) }
}

function translate({ connector, remote, row }: OpenConnection, record: SyncRecord): Mapped {
  switch (record.kind) {
    case 'contact':
      return connector.contact.toRemote(remote.settings, record.record, row.id)
    case 'ticket':
      return connector.ticket.toRemote(remote.settings, record.record, row.id)
    case 'message':
      return connector.message.toRemote(remote.settings, record.record, row.id)
  }
}

/** Of our fields that live in several of theirs, all are replaced or none. */
function inTheirWords(
  meaning: (said: RemoteValues) => Record<string, unknown>,
  values: RemoteValues,
  base: RemoteValues,
): RemoteValues {
  const [here, there] = [meaning(values), meaning(base)]
  const says = (said: Record<string, unknown>, name: string) => JSON.stringify(said[name])
  const result: RemoteValues = {}
  for (const [field, value] of Object.entries(values)) {
    const matters = [values, base].flatMap(said => {
      const { [field]: _, ...without } = said
      const [whole, less] = [meaning(said), meaning(without)]
      return [...new Set([...Object.keys(whole), ...Object.keys(less)])].filter(
        name => says(whole, name) !== says(less, name),
      )
    })
    const meansTheSame = matters.length > 0 && matters.every(name => says(here, name) === says(there, name))
    if (!meansTheSame) result[field] = value
    else if (field in base) result[field] = base[field] ?? null
  }
  return result
}
