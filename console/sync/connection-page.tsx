/** One account: how it fares and what mends it, its calls, its history, and both sides compared. */
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { connectionsQuery } from '../api/connections.ts'
import { useText } from '../i18n/index.tsx'
import { useWords } from '../i18n/sync/index.ts'
import { Loaded, Page } from '../ui/page.tsx'
import { Chip, Empty } from '../ui/parts.tsx'
import { Backfills } from './backfills.tsx'
import { Budget } from './budget.tsx'
import { ConnectionActs } from './connection-acts.tsx'
import { stateTones } from './connections.tsx'
import { Drift } from './drift.tsx'
import { Health, healthQuery } from './health.tsx'
import { Reconciliations } from './reconciliations.tsx'
import { ConnectionSettings } from './settings.tsx'

export function ConnectionPage() {
  const { id } = useParams({ from: '/shell/settings/connections/$id' })
  const { one, connections: words, state: states } = useWords()
  const { common } = useText()
  const list = useQuery(connectionsQuery)
  const health = useQuery(healthQuery(id))
  const connection = list.data?.items.find(each => each.id === id)
  if (list.data && !connection) return <Empty icon={null} title={common.nothingFound} />
  return (
    <Page title={connection?.name ?? words.title} actions={connection && <ConnectionActs connection={connection} />}>
      <div className="flex flex-wrap items-center gap-3 text-sm">
        <Link to="/settings/connections" className="font-medium text-accent">
          {one.back}
        </Link>
        {connection && <Chip tone={stateTones[connection.state]}>{states[connection.state]}</Chip>}
        <Link to="/settings/mapping" search={{ connection: id }} className="font-medium text-accent">
          {one.mapping}
        </Link>
        <Link to="/settings/log" search={{ connection: id }} className="font-medium text-accent">
          {one.log}
        </Link>
      </div>
      <Loaded query={health}>
        {data => (
          <>
            <Health health={data} webhookUrl={connection?.webhookUrl ?? ''} />
            <Budget connectionId={id} budget={data.budget} />
          </>
        )}
      </Loaded>
      <ConnectionSettings connectionId={id} />
      <Drift connectionId={id} />
      <Backfills connectionId={id} />
      <Reconciliations connectionId={id} />
    </Page>
  )
}
