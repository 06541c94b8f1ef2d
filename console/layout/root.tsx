import { useQuery } from '@tanstack/react-query'
import { Outlet } from '@tanstack/react-router'
import { Suspense } from 'react'
import { meQuery } from '../api/session.ts'
import { browserLanguage, Speaks } from '../i18n/index.tsx'
import { Hints } from '../ui/hint.tsx'
import { Toasts } from '../ui/toasts.tsx'

export function Root() {
  const { data: me } = useQuery(meQuery)
  return (
    <Speaks language={me?.language ?? browserLanguage()}>
      <Hints>
        <Toasts>
          <Suspense>
            <Outlet />
          </Suspense>
        </Toasts>
      </Hints>
    </Speaks>
  )
}
