import { useWords } from '../i18n/mapping/index.ts'
import { cx } from '../ui/cx.ts'
import type { Finding } from './questions.ts'

/** What is wrong with a mapping, what to look at, and how much there is left to map; each with what mends it. */
export function Findings({ items }: { items: readonly Finding[] }) {
  const words = useWords()
  const groups = [
    ['error', words.blocked, 'bg-danger-soft text-danger'],
    ['warning', words.warnings, 'bg-warn-soft text-warn'],
    ['count', words.counts, 'bg-page text-quiet'],
  ] as const
  return groups.map(([level, title, look]) => {
    const found = items.filter(each => each.level === level)
    if (found.length === 0) return null
    return (
      <section key={level} aria-label={title} className={cx('rounded-xl p-3 text-sm', look)}>
        <h3 className="mb-1 font-semibold">{title}</h3>
        <ul className="flex flex-col gap-1">
          {found.map(({ kind, rowId, code, sentence, fix }) => (
            <li key={`${kind}${rowId}${code}${sentence}`}>
              {sentence} {fix}
            </li>
          ))}
        </ul>
      </section>
    )
  })
}
