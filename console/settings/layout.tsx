/** The admin area: its own places at the left; on a phone, above. */
import { Link, Outlet, useMatchRoute } from '@tanstack/react-router'
import { ChevronLeft } from 'lucide-react'
import { Suspense } from 'react'
import { useMe } from '../api/session.ts'
import { useText } from '../i18n/index.tsx'
import { useWords } from '../i18n/settings/index.ts'
import { cx } from '../ui/cx.ts'
import { groups } from './places.ts'

export function SettingsLayout() {
  const { nav } = useText()
  const words = useWords()
  const me = useMe()
  const isAtStart = Boolean(useMatchRoute()({ to: '/settings' }))
  return (
    <div className="flex min-h-0 grow max-md:flex-col">
      <nav
        aria-label={nav.settings}
        className={cx(
          'scroller shrink-0 overflow-y-auto border-line bg-panel p-3 md:w-60 md:border-r',
          // On a phone the places are the first page, and each other one has the way back.
          isAtStart ? 'max-md:order-2 max-md:border-t' : 'max-md:hidden',
        )}
      >
        {groups.map(({ name, places }) => {
          const mine = places.filter(({ needs }) => needs === null || me.permissions.includes(needs))
          if (mine.length === 0) return null
          return (
            <section key={name} aria-label={words.groups[name]} className="mb-4">
              {name !== 'first' && (
                <h2 className="px-2 pb-1 text-xs font-semibold tracking-wide text-quiet uppercase">
                  {words.groups[name]}
                </h2>
              )}
              <ul>
                {mine.map(({ name: place, to }) => (
                  <li key={place}>
                    <Link
                      to={to}
                      activeOptions={{ exact: to === '/settings' }}
                      className="flex min-h-9 items-center rounded-lg px-2 text-sm hover:bg-page"
                      activeProps={{ className: 'bg-soft font-semibold text-accent' }}
                    >
                      {words.places[place]}
                    </Link>
                  </li>
                ))}
              </ul>
            </section>
          )
        })}
      </nav>
      <div className={cx('flex min-h-0 min-w-0 grow flex-col', isAtStart && 'max-md:order-1 max-md:grow-0')}>
        {!isAtStart && (
          <Link
            to="/settings"
            className="flex items-center gap-1 border-b border-line bg-panel px-3 py-2 text-sm font-medium text-accent md:hidden"
          >
            <ChevronLeft className="size-4" /> {nav.settings}
          </Link>
        )}
        <Suspense>
          <Outlet />
        </Suspense>
      </div>
    </div>
  )
}
