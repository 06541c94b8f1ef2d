import { useText } from '../i18n/index.tsx'
import { useWords } from '../i18n/work/index.ts'
import { Table } from '../ui/table.tsx'
import { useDates } from '../ui/time.ts'
import type { PolicyPreview } from './policy-questions.ts'

/** Deadlines of open tickets that the policy would move. */
export function PolicyEffect({ preview: { tickets, moved, deadlines } }: { preview: PolicyPreview }) {
  const { sla: words } = useWords()
  const { clock } = useText()
  const dates = useDates()
  const at = (time: string | null) => (time ? dates.whole(time) : '—')
  return (
    <section aria-label={words.preview} className="flex flex-col gap-2 rounded-xl bg-page p-3 text-sm">
      <p className="font-semibold">{words.previewed(moved, tickets)}</p>
      {deadlines.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
        <section aria-label={words.ticket} tabIndex={0} className="scroller max-h-64 overflow-y-auto">
          <Table
            label={words.preview}
            rows={deadlines.slice(0, 100)}
            keyOf={row => `${row.ticketId}${row.clock}${row.turn}`}
            columns={[
              { head: words.ticket, cell: row => row.number },
              { head: words.clock, cell: row => clock[row.clock], grows: true },
              { head: words.from, cell: row => at(row.from) },
              { head: words.to, cell: row => at(row.to) },
            ]}
          />
        </section>
      )}
    </section>
  )
}
