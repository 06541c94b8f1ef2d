import { useQuery } from '@tanstack/react-query'
import { connectionsQuery } from '../api/connections.ts'
import type { WholeContact } from '../api/contacts.ts'
import { useMay } from '../api/session.ts'
import { useWords } from '../i18n/contacts/index.ts'

/** Where else this person is, by the ids of their records there. */
export function CrmLinks({ links }: { links: WholeContact['links'] }) {
  const { one } = useWords()
  const { data } = useQuery({ ...connectionsQuery, enabled: useMay('connections.read') })
  const nameOf = (id: string) => data?.items.find(each => each.id === id)?.name ?? ''
  if (links.length === 0) return <p className="text-sm text-quiet">{one.noCrm}</p>
  return (
    <ul className="flex flex-col gap-1 text-sm">
      {links.map(({ connectionId, remoteType, remoteId }) => (
        <li key={connectionId + remoteType + remoteId} className="flex flex-wrap justify-between gap-2">
          <span>
            {nameOf(connectionId)} <span className="text-quiet">{remoteType}</span>
          </span>
          <code className="text-quiet select-all">{remoteId ?? one.pending}</code>
        </li>
      ))}
    </ul>
  )
}
