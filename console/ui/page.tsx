/** What every page below the shell is made of. */
import type { ReactNode } from 'react'
import { useText } from '../i18n/index.tsx'
import { cx } from './cx.ts'
import { Trouble } from './parts.tsx'

export function Page({
  title,
  lead,
  actions,
  children,
  isWide = false,
}: {
  title: string
  lead?: string
  actions?: ReactNode
  children: ReactNode
  isWide?: boolean
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
    <section aria-label={title} tabIndex={0} className="scroller min-h-0 grow overflow-y-auto outline-offset-[-2px]">
      <div className={cx('mx-auto flex w-full flex-col gap-5 p-4 md:p-6', isWide ? 'max-w-7xl' : 'max-w-5xl')}>
        <header className="flex flex-wrap items-start gap-3">
          <div className="min-w-0 grow basis-64">
            <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
            {lead && <p className="mt-1 max-w-2xl text-quiet">{lead}</p>}
          </div>
          {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
        </header>
        {children}
      </div>
    </section>
  )
}

/** A part of a page under its name. */
export function Section({
  title,
  lead,
  actions,
  children,
}: {
  title: string
  lead?: string
  actions?: ReactNode
  children: ReactNode
}) {
  return (
    <section aria-label={title} className="flex flex-col gap-3 rounded-2xl border border-line bg-panel p-4 md:p-5">
      <header className="flex flex-wrap items-start gap-2">
        <div className="min-w-0 grow">
          <h2 className="font-semibold">{title}</h2>
          {lead && <p className="text-sm text-quiet">{lead}</p>}
        </div>
        {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
      </header>
      {children}
    </section>
  )
}

/** What was asked for, once it is there; bars of its size until then, and what went wrong instead. */
export function Loaded<T>({
  query,
  children,
  rows = 4,
}: {
  query: { data: T | undefined; error: Error | null; refetch: () => unknown }
  children: (data: T) => ReactNode
  rows?: number
}) {
  const { common } = useText()
  if (query.data !== undefined) return children(query.data)
  if (query.error) return <Trouble error={query.error} retry={() => void query.refetch()} />
  return (
    <div role="status" aria-label={common.loading} className="flex flex-col gap-3">
      {Array.from({ length: rows }, (_, nth) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
        <span key={nth} className="pulse h-12 w-full" />
      ))}
    </div>
  )
}

/** Names and values, in two columns where there is room. */
export function Facts({ items }: { items: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-5 gap-y-1.5 text-sm">
      {items.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-quiet">{name}</dt>
          <dd className="min-w-0 wrap-break-word">{value ?? '—'}</dd>
        </div>
      ))}
    </dl>
  )
}
