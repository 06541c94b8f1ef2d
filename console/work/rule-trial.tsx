import { useWords } from '../i18n/work/index.ts'
import { Table } from '../ui/table.tsx'
import type { Trial } from './rule-questions.ts'
import { useActionWords } from './rule-words.ts'

/** What the rule would have done with past tickets. */
export function RuleTrial({ trial: { tickets, matched, changed, items } }: { trial: Trial }) {
  const { rules: words } = useWords()
  const doing = useActionWords()
  return (
    <section aria-label={words.try} className="flex flex-col gap-2 rounded-xl bg-page p-3 text-sm">
      <p className="font-semibold">{words.tried(matched, tickets, changed)}</p>
      {items.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
        <section aria-label={words.ticket} tabIndex={0} className="scroller max-h-64 overflow-y-auto">
          <Table
            label={words.try}
            rows={items.slice(0, 50)}
            keyOf={row => row.ticketId}
            columns={[
              { head: words.ticket, cell: row => row.number },
              { head: words.word, cell: row => row.keyword ?? '—' },
              { head: words.before, cell: row => doing(row.before) },
              { head: words.after, cell: row => doing(row.after), grows: true },
            ]}
          />
        </section>
      )}
    </section>
  )
}
