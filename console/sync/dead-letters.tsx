/** What could not be taken in or told, with its cause; each can be tried again, and all at once. */
import { MailX } from 'lucide-react'
import { useState } from 'react'
import { api, ask } from '../api/client.ts'
import { usePages } from '../api/pages.ts'
import { useMay } from '../api/session.ts'
import type { Answer } from '../api/types.ts'
import { useAct } from '../api/use-act.ts'
import { useWords } from '../i18n/sync/index.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Facts, Loaded, Page } from '../ui/page.tsx'
import { Empty } from '../ui/parts.tsx'
import { Table } from '../ui/table.tsx'
import { Tabs } from '../ui/tabs.tsx'
import { useDates } from '../ui/time.ts'
import { useToast } from '../ui/toasts.tsx'

type Letter = Answer<(typeof api)['dead-letters']['$get']>['items'][number]
const key = ['dead-letters']

export function DeadLetters() {
  const { dead: words } = useWords()
  const dates = useDates()
  const mayReplay = useMay('ledger.replay')
  const [replayed, setReplayed] = useState<'false' | 'true'>('false')
  const [opened, setOpened] = useState<Letter | null>(null)
  const list = usePages([...key, replayed], cursor => ask(api['dead-letters'].$get({ query: { replayed, ...cursor } })))
  const replay = useReplay(() => setOpened(null))
  const rows = list.query.data ?? []
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={
        mayReplay &&
        replayed === 'false' &&
        rows.length > 1 && (
          <Button disabled={replay.isPending} onClick={() => replay.mutate(rows)}>
            {words.replayAll(rows.length)}
          </Button>
        )
      }
    >
      <Tabs
        label={words.title}
        value={replayed}
        onChange={setReplayed}
        options={[
          ['false', words.open],
          ['true', words.replayed],
        ]}
      />
      <div className="rounded-2xl border border-line bg-panel p-4">
        <Loaded query={list.query}>
          {letters => (
            <Table
              label={words.title}
              rows={letters}
              keyOf={row => row.id}
              more={list.more}
              onOpen={setOpened}
              empty={<Empty icon={<MailX />} title={words.none} lead={words.noneLead} />}
              columns={[
                { head: words.kind, cell: row => words.kinds[row.kind] },
                { head: words.cause, cell: row => row.cause, grows: true },
                { head: words.place, cell: row => <code className="text-xs break-all">{row.place}</code> },
                { head: words.at, cell: row => (row.createdAt ? dates.whole(row.createdAt) : '—') },
              ]}
            />
          )}
        </Loaded>
      </div>
      {opened && (
        <Dialog open onClose={() => setOpened(null)} title={words.kinds[opened.kind]} wide>
          <Facts
            items={[
              [words.cause, opened.cause],
              [words.place, opened.place],
              [words.at, opened.createdAt && dates.whole(opened.createdAt)],
            ]}
          />
          <section aria-label={words.item} className="flex flex-col gap-1 text-sm">
            <h3 className="font-semibold">{words.item}</h3>
            <pre className="rounded-xl bg-page p-3 text-xs whitespace-pre-wrap wrap-break-word">
              {JSON.stringify(opened.item, null, 2)}
            </pre>
          </section>
          {mayReplay && (
            <div className="flex justify-end">
              <Button look="accent" disabled={replay.isPending} onClick={() => replay.mutate([opened])}>
                {words.replay}
              </Button>
            </div>
          )}
        </Dialog>
      )}
    </Page>
  )
}

/** One after the other; those that cannot be are counted, not hidden. */
function useReplay(onDone: () => void) {
  const { dead: words } = useWords()
  const say = useToast()
  return useAct(
    async (letters: readonly Letter[]) => {
      let failed = 0
      let last: Error | null = null
      for (const { id } of letters) {
        try {
          await ask(api['dead-letters'][':id'].replay.$post({ param: { id } }))
        } catch (error) {
          failed++
          last = error as Error
        }
      }
      if (last && failed === letters.length) throw last
      return { done: letters.length - failed, failed }
    },
    {
      refresh: [key],
      onDone({ done, failed }) {
        say(failed > 0 ? words.some(done, failed) : words.replayedDone(done), { isBad: failed > 0 })
        onDone()
      },
    },
  )
}
