import { cx } from '../ui/cx.ts'

/** One number under its name. */
export function Figure({ name, value, tone }: { name: string; value: string | number; tone?: 'danger' | 'warn' }) {
  const isLoud = tone && value !== 0
  return (
    <div className="rounded-2xl border border-line bg-panel p-4">
      <p className="text-sm text-quiet">{name}</p>
      <p
        className={cx(
          'mt-1 text-2xl font-semibold tabular-nums',
          isLoud && tone === 'danger' && 'text-danger',
          isLoud && tone === 'warn' && 'text-warn',
        )}
      >
        {value}
      </p>
    </div>
  )
}
