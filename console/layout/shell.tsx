/** What stands around every page: where one can go, who one is, and what the keyboard does everywhere. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, Outlet, useRouter } from '@tanstack/react-router'
import {
  Bell,
  BellDot,
  Columns3,
  Contact,
  Gauge,
  Inbox,
  Keyboard,
  LogOut,
  Moon,
  Search,
  Settings,
  UserRound,
} from 'lucide-react'
import { lazy, Suspense, useEffect, useState } from 'react'
import { api, ask } from '../api/client.ts'
import { useLive } from '../api/live.ts'
import { unreadNoticesQuery } from '../api/notices.ts'
import { meQuery, type Permission, signOut, useMe } from '../api/session.ts'
import { useText } from '../i18n/index.tsx'
import { IconButton } from '../ui/button.tsx'
import { cx } from '../ui/cx.ts'
import { Hint } from '../ui/hint.tsx'
import { useHotkeys } from '../ui/hotkeys.ts'
import { Heading, Item, Line, Menu } from '../ui/menu.tsx'
import { Avatar, Chip } from '../ui/parts.tsx'
import { toggleTheme } from '../ui/theme.ts'
import { useToast } from '../ui/toasts.tsx'
import { useDesktopNotices, useNoticeChoice } from './desktop-notices.ts'

/** After the inbox is there. ms */
const SOON_MS = 1_500

const KeySheet = lazy(async () => ({ default: (await import('./key-sheet.tsx')).KeySheet }))

/** Who may do any of these finds something in the settings. */
const manages: Permission[] = [
  ...(['settings.manage', 'connections.read', 'routing.read', 'sla.read', 'people.manage', 'audit.read'] as const),
]

export function Shell() {
  const { nav, common } = useText()
  const [open, setOpen] = useState<'palette' | 'keys' | null>(null)
  const me = useMe()
  const mayManage = me.permissions.some(each => manages.includes(each))
  const liveness = useLive(useDesktopNotices())
  const Palette = usePalette()
  useHotkeys({ 'mod+k': () => setOpen('palette'), '?': () => setOpen('keys') })
  return (
    <div className="flex h-full flex-col-reverse md:flex-row">
      <a href="#main" className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:bg-panel focus:p-2">
        {nav.skip}
      </a>
      <nav
        aria-label="Buzón"
        className="flex shrink-0 items-center gap-1 border-line bg-panel p-1.5 max-md:justify-around max-md:border-t md:w-16 md:flex-col md:border-r md:py-3"
      >
        <img src="/icon.svg" alt="" className="mb-3 size-9 max-md:hidden" />
        <Place to="/inbox" label={nav.inbox} icon={<Inbox />} />
        <Place to="/board" label={nav.board} icon={<Columns3 />} />
        {me.permissions.includes('contacts.read') && <Place to="/contacts" label={nav.contacts} icon={<Contact />} />}
        {(me.permissions.includes('reports.read') || me.permissions.includes('sla.read')) && (
          <Place to="/supervisor" label={nav.supervisor} icon={<Gauge />} />
        )}
        {mayManage && <Place to="/settings" label={nav.settings} icon={<Settings />} />}
        <IconButton label={nav.palette} hotkey="Ctrl K" onClick={() => setOpen('palette')}>
          <Search />
        </IconButton>
        <span className="grow max-md:hidden" />
        <IconButton label={nav.shortcuts} hotkey="?" onClick={() => setOpen('keys')} className="max-md:hidden">
          <Keyboard />
        </IconButton>
        <Account />
      </nav>
      <main id="main" className="relative flex min-h-0 min-w-0 grow flex-col">
        {liveness === 'lost' && (
          <output className="bg-warn-soft px-4 py-1.5 text-center text-sm text-warn">{common.offline}</output>
        )}
        <Suspense>
          <Outlet />
        </Suspense>
      </main>
      {Palette && <Palette open={open === 'palette'} onClose={() => setOpen(null)} />}
      <Suspense>{open === 'keys' && <KeySheet open onClose={() => setOpen(null)} />}</Suspense>
    </div>
  )
}

/**
 * The palette comes once the page has nothing else to do. It is there whole by the time its key is pressed: what is typed
 * after it must not be taken for keys of one letter.
 */
function usePalette() {
  const [loaded, setLoaded] = useState<{ Palette: typeof import('./palette.tsx').Palette } | null>(null)
  useEffect(() => {
    const timer = setTimeout(() => void import('./palette.tsx').then(setLoaded), SOON_MS)
    return () => clearTimeout(timer)
  }, [])
  return loaded?.Palette
}

function Place({
  to,
  label,
  icon,
}: {
  to: '/inbox' | '/board' | '/contacts' | '/supervisor' | '/settings'
  label: string
  icon: React.ReactNode
}) {
  return (
    <Hint text={label}>
      <Link
        to={to}
        aria-label={label}
        className="flex size-10 items-center justify-center rounded-lg text-quiet hover:bg-page hover:text-ink [&_svg]:size-5"
        activeProps={{ className: 'bg-soft text-accent' }}
      >
        {icon}
      </Link>
    </Hint>
  )
}

function Account() {
  const { nav } = useText()
  const me = useMe()
  const router = useRouter()
  const client = useQueryClient()
  const leave = useMutation({
    mutationFn: signOut,
    onSettled: async () => {
      client.clear()
      await router.navigate({ to: '/sign-in' })
    },
  })
  const notices = useNoticeChoice()
  const say = useToast()
  const isHere = me.person?.available ?? true
  const unread = useQuery({ ...unreadNoticesQuery, enabled: me.person !== null }).data?.count ?? 0
  const appear = useMutation({
    mutationFn: (available: boolean) => ask(api.me.$patch({ json: { available } })),
    onSuccess: changed => client.setQueryData(meQuery.queryKey, changed),
  })
  return (
    <Menu
      align="start"
      trigger={
        <button
          type="button"
          aria-label={unread > 0 ? nav.accountWith(unread) : nav.account}
          className="relative rounded-full"
        >
          <Avatar name={me.name} />
          {unread > 0 && (
            <span className="absolute -top-1 -right-1 rounded-full bg-accent px-1 text-[11px] leading-4 font-semibold text-on-accent">
              <span aria-hidden>{unread > 99 ? '99+' : unread}</span>
            </span>
          )}
          <span
            className={cx(
              'absolute right-0 bottom-0 size-2.5 rounded-full border-2 border-panel',
              isHere ? 'bg-good' : 'bg-warn',
            )}
          />
        </button>
      }
    >
      <Heading>{me.name}</Heading>
      {me.person && (
        <>
          <Item checked={isHere} onSelect={() => appear.mutate(true)}>
            <span className="size-2.5 rounded-full bg-good" /> {nav.available}
          </Item>
          <Item checked={!isHere} onSelect={() => appear.mutate(false)}>
            <span className="size-2.5 rounded-full bg-warn" /> {nav.away}
          </Item>
          <Line />
        </>
      )}
      <Item onSelect={() => void router.navigate({ to: '/account' })}>
        <UserRound /> {nav.account}
      </Item>
      <Item onSelect={() => void router.navigate({ to: '/account/notices' })}>
        <BellDot /> {nav.notices}
        {unread > 0 && <Chip tone="accent">{unread}</Chip>}
      </Item>
      <Item onSelect={toggleTheme}>
        <Moon /> {nav.theme}
      </Item>
      {typeof Notification !== 'undefined' && (
        <Item
          checked={notices.on}
          onSelect={() => void notices.toggle().then(isDone => isDone || say(nav.noticesRefused, { isBad: true }))}
        >
          <Bell /> {notices.on ? nav.noticesOff : nav.noticesOn}
        </Item>
      )}
      <Item onSelect={() => leave.mutate()}>
        <LogOut /> {nav.signOut}
      </Item>
    </Menu>
  )
}
