import type { Mapped } from '../connectors/contract.ts'
import type { SyncRecord } from './load-records.ts'
import type { OpenConnection } from './open-connection.ts'

/** One of our records in the words of the connection's CRM. */
export function toRemote({ connector, remote, row }: OpenConnection, record: SyncRecord): Mapped {
  switch (record.kind) {
    case 'contact':
      return connector.contact.toRemote(remote.settings, record.record, row.id)
    case 'ticket':
      return connector.ticket.toRemote(remote.settings, record.record, row.id)
    case 'message':
      return connector.message.toRemote(remote.settings, record.record, row.id)
  }
}
