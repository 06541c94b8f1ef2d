/** What was missed, latest first; somebody says why, so that it is learnt from. */
import { Link } from '@tanstack/react-router'
import { CircleCheckBig } from 'lucide-react'
import { useState } from 'react'
import { api, ask } from '../api/client.ts'
import { usePages } from '../api/pages.ts'
import { useMay } from '../api/session.ts'
import type { Answer } from '../api/types.ts'
import { useAct } from '../api/use-act.ts'
import { useText } from '../i18n/index.tsx'
import { useWords } from '../i18n/supervisor/index.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Choice, Form, TextArea } from '../ui/form.tsx'
import { Loaded, Page } from '../ui/page.tsx'
import { Chip, Empty } from '../ui/parts.tsx'
import { Table } from '../ui/table.tsx'
import { useDates } from '../ui/time.ts'

type Breach = Answer<typeof api.sla.breaches.$get>['items'][number]
type Cause = NonNullable<Breach['cause']>
const key = ['breaches']
const causes = [
  ...(['too few people', 'outside hours', 'wrong team', 'waited on others', 'complicated', 'overlooked'] as const),
  ...(['technical', 'not ours', 'other'] as const),
] satisfies Cause[]

export function Breaches() {
  const { breaches: words, views } = useWords()
  const { clock } = useText()
  const dates = useDates()
  const mayExplain = useMay('sla.manage')
  const [cause, setCause] = useState<Cause | 'none' | ''>('')
  const [opened, setOpened] = useState<Breach | null>(null)
  const list = usePages([...key, cause], cursor =>
    ask(api.sla.breaches.$get({ query: { ...(cause ? { cause } : {}), ...cursor } })),
  )
  return (
    <Page title={views.breaches} lead={words.lead} isWide>
      <div className="max-w-xs">
        <Choice
          label={words.filter}
          value={cause}
          none={words.any}
          onChange={setCause}
          options={[['none', words.unexplained], ...causes.map(each => [each, words.causes[each]] as const)]}
        />
      </div>
      <div className="rounded-2xl border border-line bg-panel p-4">
        <Loaded query={list.query}>
          {rows => (
            <Table
              label={views.breaches}
              rows={rows}
              keyOf={row => row.clockId}
              more={list.more}
              empty={<Empty icon={<CircleCheckBig />} title={words.none} lead={words.noneLead} />}
              columns={[
                {
                  head: words.ticket,
                  cell: ({ ticket }) => (
                    <Link to="/inbox/$ticket" params={{ ticket: ticket.number }} className="font-medium text-accent">
                      {ticket.number}
                    </Link>
                  ),
                },
                { head: words.clock, cell: row => clock[row.kind] },
                { head: words.at, cell: row => (row.breachedAt ? dates.whole(row.breachedAt) : '—') },
                { head: words.stopped, cell: row => (row.stoppedAt ? dates.whole(row.stoppedAt) : '—') },
                { head: words.owner, cell: ({ ticket }) => ticket.owner?.name ?? '—' },
                {
                  head: words.cause,
                  cell: row =>
                    row.cause ? (
                      <span>
                        {words.causes[row.cause]}
                        {row.note && <span className="block text-quiet">{row.note}</span>}
                      </span>
                    ) : (
                      <Chip tone="warn">{words.unexplained}</Chip>
                    ),
                  grows: true,
                },
                {
                  head: words.explain,
                  cell: row =>
                    mayExplain && (
                      <Button small onClick={() => setOpened(row)}>
                        {words.explain}
                      </Button>
                    ),
                },
              ]}
            />
          )}
        </Loaded>
      </div>
      {opened && <Explain breach={opened} onClose={() => setOpened(null)} />}
    </Page>
  )
}

function Explain({ breach: { clockId: id, ticket, ...given }, onClose }: { breach: Breach; onClose: () => void }) {
  const { breaches: words } = useWords()
  const { common } = useText()
  const [cause, setCause] = useState<Cause>(given.cause ?? 'overlooked')
  const [note, setNote] = useState(given.note ?? '')
  const at = api.sla.breaches[':id'].cause
  const save = useAct(() => ask(at.$put({ param: { id }, json: { cause, note } })), {
    isForm: true,
    said: words.explained,
    refresh: [key],
    onDone: onClose,
  })
  const takeBack = useAct(() => ask(at.$delete({ param: { id } })), { refresh: [key], onDone: onClose })
  return (
    <Dialog open onClose={onClose} title={`${words.explain}: ${ticket.number}`} lead={ticket.subject}>
      <Form
        onSubmit={() => save.mutate(undefined)}
        submit={common.save}
        error={save.error}
        isBusy={save.isPending}
        onCancel={onClose}
      >
        <Choice
          label={words.cause}
          value={cause}
          onChange={each => each && setCause(each)}
          options={causes.map(each => [each, words.causes[each]])}
        />
        <TextArea label={words.note} name="note" value={note} onChange={setNote} />
      </Form>
      {given.cause && (
        <Button look="quiet" className="self-start" onClick={() => takeBack.mutate(undefined)}>
          {words.takeBack}
        </Button>
      )}
    </Dialog>
  )
}
