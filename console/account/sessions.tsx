/** Where one is signed in, and signing out there from here. */
import { useQuery } from '@tanstack/react-query'
import { endOtherSessions, endSession, sessionsQuery } from '../api/account.ts'
import { useAct } from '../api/use-act.ts'
import { useWords } from '../i18n/account/index.ts'
import { Button } from '../ui/button.tsx'
import { Loaded, Section } from '../ui/page.tsx'
import { Chip } from '../ui/parts.tsx'
import { Table } from '../ui/table.tsx'
import { useDates } from '../ui/time.ts'

/** `current`: the token of this one. */
export function Sessions({ current }: { current: string }) {
  const { security: words } = useWords()
  const dates = useDates()
  const sessions = useQuery(sessionsQuery)
  const refresh = [sessionsQuery.queryKey]
  const end = useAct(endSession, { said: words.ended, refresh })
  const endOthers = useAct(endOtherSessions, { said: words.othersEnded, refresh })
  const hasOthers = (sessions.data?.items.length ?? 0) > 1
  return (
    <Section
      title={words.sessions}
      lead={words.sessionsLead}
      actions={
        hasOthers && (
          <Button small disabled={endOthers.isPending} onClick={() => endOthers.mutate(undefined)}>
            {words.endOthers}
          </Button>
        )
      }
    >
      <Loaded query={sessions}>
        {({ items }) => (
          <Table
            label={words.sessions}
            rows={items}
            keyOf={row => row.id}
            columns={[
              { head: words.where, cell: row => machineOf(row.userAgent) || words.unknown, grows: true },
              { head: words.address, cell: row => row.ipAddress || '—' },
              { head: words.lastSeen, cell: row => dates.whole(row.updatedAt) },
              {
                head: words.state,
                cell: row =>
                  row.token === current ? (
                    <Chip tone="good">{words.thisOne}</Chip>
                  ) : (
                    <Button small disabled={end.isPending} onClick={() => end.mutate(row.token)}>
                      {words.end}
                    </Button>
                  ),
              },
            ]}
          />
        )}
      </Loaded>
    </Section>
  )
}

const browsers = [
  ...[
    ['Edge', /\bEdg\//],
    ['Firefox', /\bFirefox\//],
    ['Chrome', /\bChrome\//],
    ['Safari', /\bSafari\//],
  ],
] as [string, RegExp][]
const systems = [
  ...[
    ['iPhone', /iPhone/],
    ['iPad', /iPad/],
    ['Android', /Android/],
    ['Windows', /Windows/],
    ['macOS', /Mac OS X/],
    ['Linux', /Linux/],
  ],
] as [string, RegExp][]

/** `Chrome · Windows`, of what the browser said of itself; the rest of it helps nobody. */
function machineOf(userAgent: string | null): string {
  const first = (known: [string, RegExp][]) => known.find(([, pattern]) => pattern.test(userAgent ?? ''))?.[0]
  return [first(browsers), first(systems)].filter(Boolean).join(' · ')
}
