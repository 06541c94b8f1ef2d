/** What is one's own: how one comes in, what one is told of, how one's lists are arranged. */
import { Link, Outlet } from '@tanstack/react-router'
import { Suspense } from 'react'
import { useWords } from '../i18n/account/index.ts'

const places = [
  { name: 'security', to: '/account' },
  { name: 'notices', to: '/account/notices' },
  { name: 'views', to: '/account/views' },
] as const

export function AccountLayout() {
  const words = useWords()
  return (
    <div className="flex min-h-0 grow flex-col">
      <nav aria-label={words.title} className="flex shrink-0 gap-1 overflow-x-auto border-b border-line bg-panel p-2">
        {places.map(({ name, to }) => (
          <Link
            key={name}
            to={to}
            activeOptions={{ exact: true, includeSearch: false }}
            className="flex h-9 shrink-0 items-center rounded-lg px-3 text-sm font-medium text-quiet hover:text-ink"
            activeProps={{ className: 'bg-soft !text-accent' }}
          >
            {words.places[name]}
          </Link>
        ))}
      </nav>
      <Suspense>
        <Outlet />
      </Suspense>
    </div>
  )
}
