import { useState } from 'react'
import { api, ask } from '../api/client.ts'
import { useAct } from '../api/use-act.ts'
import { useWords } from '../i18n/sync/index.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Choice, Form, TextField, Tick, Ticks } from '../ui/form.tsx'

const kinds = ['contact', 'ticket', 'message'] as const

/** What of the history is carried over, which way. */
export function StartBackfill({ connectionId: id, onClose }: { connectionId: string; onClose: () => void }) {
  const { backfills: words } = useWords()
  const [direction, setDirection] = useState<'out' | 'in'>('out')
  const [chosen, setChosen] = useState<(typeof kinds)[number][]>(['contact', 'ticket'])
  const [since, setSince] = useState('')
  const [openOnly, setOpenOnly] = useState(true)
  const [createUnknown, setCreateUnknown] = useState(false)
  const start = useAct(
    () =>
      ask(
        api.connections[':id'].backfills.$post({
          param: { id },
          json: {
            direction,
            scope: {
              kinds: chosen,
              openOnly,
              createUnknown,
              ...(since ? { since: new Date(since).toISOString() } : {}),
            },
          },
        }),
      ),
    { isForm: true, refresh: [['backfills', id]], onDone: onClose },
  )
  return (
    <Dialog open onClose={onClose} title={words.start} lead={words.lead}>
      <Form
        onSubmit={() => start.mutate(undefined)}
        submit={words.start}
        error={start.error}
        isBusy={start.isPending || chosen.length === 0}
        onCancel={onClose}
      >
        <Choice
          label={words.direction}
          value={direction}
          onChange={next => next && setDirection(next)}
          options={[
            ['out', words.directions.out],
            ['in', words.directions.in],
          ]}
        />
        <Ticks
          label={words.kinds}
          value={chosen}
          onChange={setChosen}
          options={kinds.map(each => [each, words.kind[each]])}
        />
        <TextField label={words.since} type="date" value={since} onChange={setSince} />
        <Tick label={words.openOnly} value={openOnly} onChange={setOpenOnly} />
        {direction === 'in' && <Tick label={words.createUnknown} value={createUnknown} onChange={setCreateUnknown} />}
      </Form>
    </Dialog>
  )
}
