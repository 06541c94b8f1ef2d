/** The CRM accounts: how each fares at a glance, and connecting another. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Cable, Plus } from 'lucide-react'
import { useState } from 'react'
import { type Connection, connectionsQuery } from '../api/connections.ts'
import { useMay } from '../api/session.ts'
import { useWords } from '../i18n/sync/index.ts'
import { Button } from '../ui/button.tsx'
import { Loaded, Page } from '../ui/page.tsx'
import { Chip, Empty } from '../ui/parts.tsx'
import { ConnectCrm } from './connect-crm.tsx'

export const stateTones = { active: 'good', paused: 'warn', unauthorized: 'danger' } as const

export function Connections() {
  const { connections: words } = useWords()
  const mayManage = useMay('connections.manage')
  const connections = useQuery({ ...connectionsQuery, refetchInterval: 15_000 })
  const [isConnecting, setConnecting] = useState(false)
  const connect = mayManage && (
    <Button look="accent" onClick={() => setConnecting(true)}>
      <Plus className="size-4" /> {words.connect}
    </Button>
  )
  return (
    <Page title={words.title} lead={words.lead} actions={connect}>
      <Loaded query={connections}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon={<Cable />} title={words.empty} lead={words.emptyLead} />
          ) : (
            <ul aria-label={words.title} className="grid gap-3 md:grid-cols-2">
              {items.map(each => (
                <li key={each.id}>
                  <Card connection={each} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      {isConnecting && <ConnectCrm onClose={() => setConnecting(false)} />}
    </Page>
  )
}

function Card({ connection }: { connection: Connection }) {
  const { connections: words, state: states } = useWords()
  const { id, name, connector, state, stateReason, waiting, failing, nearMisses } = connection
  return (
    <Link
      to="/settings/connections/$id"
      params={{ id }}
      className="flex h-full flex-col gap-2 rounded-2xl border border-line bg-panel p-4 hover:border-accent"
    >
      <span className="flex items-center gap-2">
        <b className="truncate">{name}</b>
        <span className="text-sm text-quiet">{connector}</span>
        <span className="ml-auto">
          <Chip tone={stateTones[state]}>{states[state]}</Chip>
        </span>
      </span>
      {stateReason && <span className="text-sm text-danger">{stateReason}</span>}
      <span className="flex flex-wrap gap-1.5">
        <Chip>{words.waiting(waiting)}</Chip>
        {failing > 0 && <Chip tone="danger">{words.failing(failing)}</Chip>}
        {nearMisses > 0 && <Chip tone="warn">{words.nearMisses(nearMisses)}</Chip>}
      </span>
    </Link>
  )
}
