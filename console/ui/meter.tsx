/** A part of a whole, as a bar. */
import { cx } from './cx.ts'

export function Meter({
  label,
  value,
  max,
  tone = 'accent',
}: {
  label: string
  value: number
  max: number
  tone?: 'accent' | 'warn'
}) {
  const part = max > 0 ? Math.min(100, (value / max) * 100) : 0
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={max}
      aria-valuenow={Math.min(value, max)}
      className="h-2 overflow-hidden rounded-full bg-line"
    >
      <div
        className={cx('h-full rounded-full transition-[width]', tone === 'warn' ? 'bg-warn' : 'bg-accent')}
        style={{ width: `${part}%` }}
      />
    </div>
  )
}
