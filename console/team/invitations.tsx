import { useState } from 'react'
import { api, ask } from '../api/client.ts'
import { usePages } from '../api/pages.ts'
import { useAct } from '../api/use-act.ts'
import { useWords } from '../i18n/team/index.ts'
import { Button } from '../ui/button.tsx'
import { ShownOnce } from '../ui/once.tsx'
import { Loaded, Section } from '../ui/page.tsx'
import { Chip } from '../ui/parts.tsx'
import { Table } from '../ui/table.tsx'
import { useDates } from '../ui/time.ts'
import { invitationsKey } from './invite.tsx'

const tones = { open: 'accent', accepted: 'good', revoked: 'plain', over: 'warn' } as const

/** Who was invited, and what became of it. */
export function Invitations() {
  const { people: words } = useWords()
  const dates = useDates()
  const [link, setLink] = useState<string | null>(null)
  const list = usePages(invitationsKey, cursor => ask(api.invitations.$get({ query: { limit: '10', ...cursor } })))
  const renew = useAct((id: string) => ask(api.invitations[':id'].renew.$post({ param: { id }, json: {} })), {
    refresh: [invitationsKey],
    onDone: made => setLink(made.link),
  })
  const revoke = useAct((id: string) => ask(api.invitations[':id'].revoke.$post({ param: { id } })), {
    refresh: [invitationsKey],
  })
  return (
    <Section title={words.invitations}>
      <Loaded query={list.query} rows={1}>
        {rows => (
          <Table
            label={words.invitations}
            rows={rows}
            keyOf={row => row.id}
            more={list.more}
            empty={<p className="text-sm text-quiet">{words.noInvitations}</p>}
            columns={[
              { head: words.email, cell: row => row.email ?? words.byLink, grows: true },
              {
                head: words.state,
                cell: row => <Chip tone={tones[row.state]}>{words.invitationStates[row.state]}</Chip>,
              },
              { head: words.until, cell: row => (row.expiresAt ? dates.whole(row.expiresAt) : '—') },
              {
                head: words.edit,
                cell: row =>
                  (row.state === 'open' || row.state === 'over') && (
                    <span className="flex gap-1">
                      <Button small onClick={() => renew.mutate(row.id)}>
                        {words.renew}
                      </Button>
                      {row.state === 'open' && (
                        <Button small look="quiet" onClick={() => revoke.mutate(row.id)}>
                          {words.revoke}
                        </Button>
                      )}
                    </span>
                  ),
              },
            ]}
          />
        )}
      </Loaded>
      {link && <ShownOnce title={words.link} lead={words.linkLead} value={link} onClose={() => setLink(null)} />}
    </Section>
  )
}
