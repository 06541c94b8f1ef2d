/** What supervisors look at: views of one place, each loaded when it is opened. */
import { Link, Outlet } from '@tanstack/react-router'
import { Suspense } from 'react'
import { useMay } from '../api/session.ts'
import { useWords } from '../i18n/supervisor/index.ts'

const views = [
  { name: 'live', to: '/supervisor', needsReports: false },
  { name: 'workload', to: '/supervisor/workload', needsReports: true },
  { name: 'reports', to: '/supervisor/reports', needsReports: true },
  { name: 'breaches', to: '/supervisor/breaches', needsReports: true },
] as const

export function SupervisorLayout() {
  const words = useWords()
  const mayRead = useMay('reports.read')
  return (
    <div className="flex min-h-0 grow flex-col">
      <nav aria-label={words.title} className="flex shrink-0 gap-1 overflow-x-auto border-b border-line bg-panel p-2">
        {views
          .filter(({ needsReports }) => mayRead || !needsReports)
          .map(({ name, to }) => (
            <Link
              key={name}
              to={to}
              activeOptions={{ exact: true }}
              className="flex h-9 shrink-0 items-center rounded-lg px-3 text-sm font-medium text-quiet hover:text-ink"
              activeProps={{ className: 'bg-soft !text-accent' }}
            >
              {words.views[name]}
            </Link>
          ))}
      </nav>
      <Suspense>
        <Outlet />
      </Suspense>
    </div>
  )
}
