import { useText } from '../i18n/index.tsx'
import { cx } from '../ui/cx.ts'

export type Tab = 'reply' | 'note'

/** Whether the customer reads it, or the team alone. */
export function ComposerTabs({ value, onChange }: { value: Tab; onChange: (tab: Tab) => void }) {
  const { composer: text } = useText()
  return (
    <div role="tablist" className="mb-2 flex gap-1">
      {(['reply', 'note'] as const).map(each => (
        <button
          key={each}
          {...{ type: 'button', role: 'tab', 'aria-selected': each === value }}
          onClick={() => onChange(each)}
          className={cx(
            'rounded-lg px-2.5 py-1 text-sm font-medium',
            each === value ? 'bg-soft text-accent' : 'text-quiet hover:text-ink',
          )}
        >
          {text[each]}
        </button>
      ))}
    </div>
  )
}
