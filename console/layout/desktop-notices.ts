/** Notices of the desktop: only for those who asked for them, of tickets that are theirs or nobody's, while they look elsewhere. */
import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useCallback, useState } from 'react'
import { useMe } from '../api/session.ts'
import { oneTicket } from '../api/tickets.ts'

const KEY = 'buzon.notices'

const isOn = () =>
  typeof Notification !== 'undefined' && Notification.permission === 'granted' && localStorage.getItem(KEY) === 'on'

/** Whether they are wanted, and asking for them, which the browser does in its own words. */
export function useNoticeChoice(): { on: boolean; toggle: () => Promise<boolean> } {
  const [on, setOn] = useState(isOn)
  return {
    on,
    async toggle() {
      const wanted = !on
      if (wanted) await Notification.requestPermission()
      localStorage.setItem(KEY, wanted ? 'on' : 'off')
      setOn(isOn())
      return isOn() === wanted
    },
  }
}

/** Told of each message that comes in. */
export function useDesktopNotices(): (ticketId: string) => void {
  const client = useQueryClient()
  const router = useRouter()
  const me = useMe()
  return useCallback(
    async (ticketId: string) => {
      if (!isOn() || document.visibilityState === 'visible') return
      // Out of sight, or gone by now: nothing to tell.
      const ticket = await client.fetchQuery({ ...oneTicket(ticketId), staleTime: 0 }).catch(() => null)
      if (!ticket || (ticket.owner && ticket.owner.id !== me.person?.id)) return
      const name = ticket.contact.name ?? ticket.contact.phone ?? ticket.number
      // One for each ticket: the newest takes the place of the one before.
      const notice = new Notification(name, {
        body: ticket.last?.text ?? ticket.subject,
        tag: ticketId,
        icon: '/icon.svg',
      })
      notice.addEventListener('click', () => {
        window.focus()
        void router.navigate({ to: '/inbox/$ticket', params: { ticket: ticket.number } })
        notice.close()
      })
    },
    [client, router, me.person?.id],
  )
}
