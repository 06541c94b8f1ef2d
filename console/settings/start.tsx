/** What a first day needs, and what of it is there. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CircleCheck, CircleDashed } from 'lucide-react'
import { api, ask } from '../api/client.ts'
import { useMay } from '../api/session.ts'
import { useText } from '../i18n/index.tsx'
import { useWords } from '../i18n/settings/index.ts'
import { cx } from '../ui/cx.ts'
import { Loaded, Page } from '../ui/page.tsx'

const onboardingQuery = { queryKey: ['onboarding'], queryFn: () => ask(api.workspace.onboarding.$get()) }

const places = {
  number: '/settings/channels',
  crm: '/settings/connections',
  message: '/inbox',
  colleague: '/settings/people',
  rules: '/settings/routing',
  sla: '/settings/sla',
} as const

export function Start() {
  const { nav } = useText()
  const { start } = useWords()
  const maySee = useMay('settings.manage')
  const onboarding = useQuery({ ...onboardingQuery, enabled: maySee })
  return (
    <Page title={nav.settings} lead={start.lead}>
      {maySee && (
        <Loaded query={onboarding}>
          {({ items, done }) => (
            <details open={!done} className="rounded-2xl border border-line bg-panel p-4 md:p-5">
              <summary className="cursor-pointer font-semibold">{done ? start.done : start.title}</summary>
              <ol className="mt-3 flex flex-col">
                {items.map(({ step, done: isDone }) => (
                  <li key={step}>
                    <Link to={places[step]} className="flex items-start gap-3 rounded-lg px-1 py-2 hover:bg-page">
                      {isDone ? (
                        <CircleCheck aria-label={start.isDone} className="mt-0.5 size-5 shrink-0 text-good" />
                      ) : (
                        <CircleDashed aria-label={start.isOpen} className="mt-0.5 size-5 shrink-0 text-quiet" />
                      )}
                      <span>
                        <span className={cx('block font-medium', isDone && 'text-quiet')}>{start.steps[step][0]}</span>
                        <span className="text-sm text-quiet">{start.steps[step][1]}</span>
                      </span>
                    </Link>
                  </li>
                ))}
              </ol>
            </details>
          )}
        </Loaded>
      )}
    </Page>
  )
}
