/** Fields that both sides changed, for a person to decide: what it was, what each says, and who said it; and records that were deleted there. */
import { Scale } from 'lucide-react'
import { useState } from 'react'
import { actorName } from '../api/actor.ts'
import { api, ask } from '../api/client.ts'
import { usePages } from '../api/pages.ts'
import { useMay } from '../api/session.ts'
import type { Answer, Asked } from '../api/types.ts'
import { useAct } from '../api/use-act.ts'
import { useWords } from '../i18n/sync/index.ts'
import { valueWords } from '../mapping/value-words.ts'
import { Button } from '../ui/button.tsx'
import { Form, TextField } from '../ui/form.tsx'
import { Loaded, Page } from '../ui/page.tsx'
import { Chip, Empty } from '../ui/parts.tsx'
import { Tabs } from '../ui/tabs.tsx'
import { useDates } from '../ui/time.ts'

type Conflict = Answer<typeof api.conflicts.$get>['items'][number]
type Decision = Asked<(typeof api.conflicts)[':id']['resolve']['$post']>['json']
const states = ['open', 'resolved', 'settled'] as const

export function Conflicts() {
  const { conflicts: words } = useWords()
  const mayDecide = useMay('contacts.change')
  const [state, setState] = useState<(typeof states)[number]>('open')
  const list = usePages(['conflicts', state], cursor => ask(api.conflicts.$get({ query: { state, ...cursor } })))
  return (
    <Page title={words.title} lead={words.lead}>
      <Tabs
        label={words.title}
        value={state}
        onChange={setState}
        options={states.map(each => [each, words.states[each]])}
      />
      <Loaded query={list.query}>
        {rows =>
          rows.length === 0 ? (
            <Empty icon={<Scale />} title={words.none} lead={words.noneLead} />
          ) : (
            <ul aria-label={words.title} className="flex flex-col gap-3">
              {rows.map(each => (
                <li key={each.id}>
                  {each.field === DELETION ? (
                    <Deletion conflict={each} mayDecide={mayDecide} />
                  ) : (
                    <One conflict={each} mayDecide={mayDecide} />
                  )}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Page>
  )
}

/** What the API calls the field of a record that was deleted there. */
const DELETION = 'deletion'

function useDecide({ id }: Conflict, said: string) {
  return useAct((json: Decision) => ask(api.conflicts[':id'].resolve.$post({ param: { id }, json })), {
    said,
    refresh: [['conflicts'], ['mapping']],
  })
}

function Deletion({ conflict, mayDecide }: { conflict: Conflict; mayDecide: boolean }) {
  const { conflicts: words } = useWords()
  const dates = useDates()
  const { label, recordId, kind, theirs, state, decision } = conflict
  const decide = useDecide(conflict, words.deletionDecided)
  return (
    <article className="flex flex-col gap-3 rounded-2xl border border-line bg-panel p-4">
      <header className="flex flex-wrap items-center gap-2">
        <b>{words.deleted(label ?? recordId, kind)}</b>
        <span className="ml-auto text-sm text-quiet">{theirs.at && dates.whole(theirs.at)}</span>
      </header>
      {state === 'open' && <p className="text-sm text-quiet">{words.deletedLead}</p>}
      {state === 'open' && mayDecide && (
        <div className="flex flex-wrap gap-2">
          <Button small disabled={decide.isPending} onClick={() => decide.mutate({ decision: 'ours' })}>
            {words.restore}
          </Button>
          <Button small disabled={decide.isPending} onClick={() => decide.mutate({ decision: 'theirs' })}>
            {words.leaveOut}
          </Button>
        </div>
      )}
      {state === 'resolved' && (
        <Chip tone="good">{words.decidedAs(decision === 'ours' ? words.restore : words.leaveOut)}</Chip>
      )}
    </article>
  )
}

function One({ conflict, mayDecide }: { conflict: Conflict; mayDecide: boolean }) {
  const { conflicts: words } = useWords()
  const dates = useDates()
  const { label, recordId, field, base, ours, theirs, state, decided } = conflict
  const decide = useDecide(conflict, words.decided)
  const [other, setOther] = useState('')
  const by = (side: Conflict['ours']) => (side.at ? words.byAt(actorName(side.by), dates.whole(side.at)) : '')
  return (
    <article className="flex flex-col gap-3 rounded-2xl border border-line bg-panel p-4">
      <header className="flex flex-wrap items-center gap-2">
        <b>{label ?? recordId}</b>
        <code className="text-sm text-quiet">{field}</code>
        <span className="ml-auto text-sm text-quiet">
          {words.base}: {valueWords(base) || '—'}
        </span>
      </header>
      <div className="grid gap-3 md:grid-cols-2">
        <Side name={words.ours} value={valueWords(ours.value)} by={by(ours)}>
          {mayDecide && state === 'open' && (
            <Button small disabled={decide.isPending} onClick={() => decide.mutate({ decision: 'ours' })}>
              {words.keepOurs}
            </Button>
          )}
        </Side>
        <Side name={words.theirs} value={valueWords(theirs.value)} by={by(theirs)}>
          {mayDecide && state === 'open' && (
            <Button small disabled={decide.isPending} onClick={() => decide.mutate({ decision: 'theirs' })}>
              {words.keepTheirs}
            </Button>
          )}
        </Side>
      </div>
      {state === 'resolved' && <Chip tone="good">{words.decidedAs(valueWords(decided))}</Chip>}
      {mayDecide && state === 'open' && (
        <details className="text-sm">
          <summary className="cursor-pointer font-medium">{words.other}</summary>
          <div className="mt-2">
            <Form
              onSubmit={() => decide.mutate({ decision: 'value', value: other })}
              submit={words.useOther}
              isBusy={decide.isPending}
            >
              <TextField label={words.other} value={other} onChange={setOther} required />
            </Form>
          </div>
        </details>
      )}
    </article>
  )
}

function Side({ name, value, by, children }: { name: string; value: string; by: string; children: React.ReactNode }) {
  return (
    <div className="flex items-start gap-3 rounded-xl bg-page p-3">
      <div className="min-w-0 grow">
        <p className="text-xs font-semibold text-quiet">{name}</p>
        <p className="font-medium wrap-break-word">{value || '—'}</p>
        <p className="text-xs text-quiet">{by}</p>
      </div>
      {children}
    </div>
  )
}
