/** Both sides compared, each night and on demand: what was missing, and what became of it. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, ask } from '../api/client.ts'
import { usePages } from '../api/pages.ts'
import { useMay } from '../api/session.ts'
import { useAct } from '../api/use-act.ts'
import { useWords } from '../i18n/sync/index.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Loaded, Section } from '../ui/page.tsx'
import { Chip } from '../ui/parts.tsx'
import { Table } from '../ui/table.tsx'
import { useDates } from '../ui/time.ts'

const tones = { running: 'accent', done: 'good', cancelled: 'plain', failed: 'danger' } as const

export function Reconciliations({ connectionId: id }: { connectionId: string }) {
  const { reconciliations: words, backfills } = useWords()
  const dates = useDates()
  const mayManage = useMay('connections.manage')
  const [opened, setOpened] = useState<string | null>(null)
  const list = usePages(
    ['reconciliations', id],
    cursor => ask(api.reconciliations.$get({ query: { connectionId: id, limit: '10', ...cursor } })),
    { refetchInterval: 3_000 },
  )
  const refresh = [['reconciliations', id]]
  const start = useAct(() => ask(api.connections[':id'].reconciliations.$post({ param: { id } })), { refresh })
  const cancel = useAct((each: string) => ask(api.reconciliations[':id'].cancel.$post({ param: { id: each } })), {
    refresh,
  })
  const running = list.query.data?.find(({ state }) => state === 'running')
  const act = running ? (
    <Button onClick={() => cancel.mutate(running.id)}>{backfills.cancel}</Button>
  ) : (
    <Button disabled={start.isPending} onClick={() => start.mutate(undefined)}>
      {words.start}
    </Button>
  )
  return (
    <Section title={words.title} lead={words.lead} actions={mayManage && act}>
      <Loaded query={list.query} rows={1}>
        {rows => (
          <Table
            label={words.title}
            rows={rows}
            keyOf={row => row.id}
            onOpen={row => setOpened(row.id)}
            more={list.more}
            empty={<p className="text-sm text-quiet">{words.none}</p>}
            columns={[
              { head: words.when, cell: row => (row.requestedAt ? dates.whole(row.requestedAt) : '—') },
              { head: words.reason, cell: row => words.reasons[row.reason], grows: true },
              { head: words.checked, cell: row => row.checked, isNumber: true },
              { head: words.missing, cell: row => row.missingThere + row.missingHere, isNumber: true },
              { head: words.differing, cell: row => row.differing, isNumber: true },
              { head: words.repaired, cell: row => row.repaired, isNumber: true },
              {
                head: backfills.states.done,
                cell: row => <Chip tone={tones[row.state]}>{words.states[row.state]}</Chip>,
              },
            ]}
          />
        )}
      </Loaded>
      {opened && <Findings id={opened} onClose={() => setOpened(null)} />}
    </Section>
  )
}

function Findings({ id, onClose }: { id: string; onClose: () => void }) {
  const { reconciliations: words } = useWords()
  const found = useQuery({
    queryKey: ['findings', id],
    queryFn: () => ask(api.reconciliations[':id'].findings.$get({ param: { id }, query: { limit: '200' } })),
  })
  return (
    <Dialog open onClose={onClose} title={words.findings} wide>
      <Loaded query={found}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="text-quiet">{words.allEqual}</p>
          ) : (
            <ul className="flex flex-col gap-2 text-sm">
              {items.map(({ id: each, problem, outcome, kind, recordId, remoteId, fields }) => (
                <li key={each} className="flex flex-wrap items-center gap-2">
                  <Chip tone={outcome === 'repaired' ? 'good' : 'warn'}>{words.outcomes[outcome]}</Chip>
                  <b>{words.problems[problem]}</b>
                  <span className="text-quiet">{kind}</span>
                  <code className="text-xs break-all">{remoteId ?? recordId}</code>
                  {fields && <span className="text-quiet">{Object.keys(fields).join(', ')}</span>}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Dialog>
  )
}
