import { cx } from './cx.ts'

/** One of a few views of the same thing. */
export function Tabs<T extends string>({
  label,
  value,
  onChange,
  options,
}: {
  label: string
  value: T
  onChange: (value: T) => void
  options: readonly (readonly [value: T, words: string])[]
}) {
  return (
    <fieldset className="flex w-fit flex-wrap gap-1 rounded-xl bg-panel p-1 shadow-xs ring-1 ring-line">
      <legend className="sr-only">{label}</legend>
      {options.map(([each, words]) => (
        <button
          key={each}
          type="button"
          aria-pressed={each === value}
          onClick={() => onChange(each)}
          className={cx(
            'h-8 rounded-lg px-3 text-sm font-medium',
            each === value ? 'bg-soft text-accent' : 'text-quiet hover:text-ink',
          )}
        >
          {words}
        </button>
      ))}
    </fieldset>
  )
}
