import { useQuery } from '@tanstack/react-query'
import { actorName } from '../api/actor.ts'
import { useWords } from '../i18n/mapping/index.ts'
import { Loaded, Section } from '../ui/page.tsx'
import { Chip } from '../ui/parts.tsx'
import { Table } from '../ui/table.tsx'
import { useDates } from '../ui/time.ts'
import { versionsQuery } from './questions.ts'

const tones = { draft: 'warn', active: 'good', past: 'plain' } as const

/** Versions, newest first: who made each, and when it held. */
export function History({ connectionId }: { connectionId: string }) {
  const words = useWords()
  const dates = useDates()
  const versions = useQuery(versionsQuery(connectionId))
  return (
    <Section title={words.views.history}>
      <Loaded query={versions}>
        {({ items }) => (
          <Table
            label={words.views.history}
            rows={items}
            keyOf={row => String(row.version)}
            empty={<p className="text-quiet">{words.noVersions}</p>}
            columns={[
              { head: words.version, cell: row => `${row.version} · ${words.origins[row.origin]}` },
              { head: words.state, cell: row => <Chip tone={tones[row.state]}>{words.states[row.state]}</Chip> },
              { head: words.by, cell: row => actorName(row.appliedBy ?? row.editedBy), grows: true },
              { head: words.appliedOn, cell: row => (row.appliedAt ? dates.whole(row.appliedAt) : '—') },
            ]}
          />
        )}
      </Loaded>
    </Section>
  )
}
