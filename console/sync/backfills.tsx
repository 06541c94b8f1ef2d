/** History carried over: how far each is, and beginning another. */
import { useState } from 'react'
import { api, ask } from '../api/client.ts'
import { usePages } from '../api/pages.ts'
import { useMay } from '../api/session.ts'
import type { Answer } from '../api/types.ts'
import { useAct } from '../api/use-act.ts'
import { useLanguage } from '../i18n/index.tsx'
import { useWords } from '../i18n/sync/index.ts'
import { Button } from '../ui/button.tsx'
import { Meter } from '../ui/meter.tsx'
import { Loaded, Section } from '../ui/page.tsx'
import { Chip } from '../ui/parts.tsx'
import { useDates } from '../ui/time.ts'
import { StartBackfill } from './start-backfill.tsx'

export type Backfill = Answer<(typeof api.backfills)[':id']['$get']>
const tones = { running: 'accent', paused: 'warn', done: 'good', cancelled: 'plain', failed: 'danger' } as const

export function Backfills({ connectionId }: { connectionId: string }) {
  const { backfills: words } = useWords()
  const mayManage = useMay('connections.manage')
  const [isStarting, setStarting] = useState(false)
  const list = usePages(
    ['backfills', connectionId],
    cursor => ask(api.backfills.$get({ query: { connectionId, limit: '10', ...cursor } })),
    { refetchInterval: 3_000 },
  )
  return (
    <Section
      title={words.title}
      lead={words.lead}
      actions={mayManage && <Button onClick={() => setStarting(true)}>{words.start}</Button>}
    >
      <Loaded query={list.query} rows={1}>
        {rows =>
          rows.length === 0 ? (
            <p className="text-sm text-quiet">{words.none}</p>
          ) : (
            <ul className="flex flex-col gap-4">
              {rows.map(each => (
                <li key={each.id}>
                  <Line backfill={each} mayManage={mayManage} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      {isStarting && <StartBackfill connectionId={connectionId} onClose={() => setStarting(false)} />}
    </Section>
  )
}

function Line({ backfill, mayManage }: { backfill: Backfill; mayManage: boolean }) {
  const { backfills: words, one } = useWords()
  const dates = useDates()
  const language = useLanguage()
  const { id, connectionId, direction, state, seen, total, doneAt, error, requestedAt } = backfill
  const refresh = [['backfills', connectionId]]
  const move = useAct(
    (verb: 'pause' | 'resume' | 'cancel') => ask(api.backfills[':id'][verb].$post({ param: { id } })),
    {
      refresh,
    },
  )
  const count = (n: number) => n.toLocaleString(language)
  const done = total === null ? words.seen(count(seen)) : words.progress(count(seen), count(total))
  return (
    <article className="flex flex-col gap-1.5 text-sm">
      <p className="flex flex-wrap items-center gap-2">
        <Chip tone={tones[state]}>{words.states[state]}</Chip>
        <b>{words.directions[direction]}</b>
        {requestedAt && <span className="text-quiet">{dates.whole(requestedAt)}</span>}
        <span className="grow" />
        {mayManage && state === 'running' && (
          <Button small onClick={() => move.mutate('pause')}>
            {one.pause}
          </Button>
        )}
        {mayManage && state === 'paused' && (
          <Button small onClick={() => move.mutate('resume')}>
            {one.resume}
          </Button>
        )}
        {mayManage && (state === 'running' || state === 'paused') && (
          <Button small look="quiet" onClick={() => move.mutate('cancel')}>
            {words.cancel}
          </Button>
        )}
      </p>
      {total !== null && <Meter label={words.directions[direction]} value={seen} max={total} />}
      <p className="text-quiet">
        {done} · {words.counts(backfill.queued, backfill.adopted, backfill.created, backfill.skipped)}
        {doneAt && ` · ${words.doneAt(dates.whole(doneAt))}`}
      </p>
      {error && <p className="text-danger">{error}</p>}
    </article>
  )
}
