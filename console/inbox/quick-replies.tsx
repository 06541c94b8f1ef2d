import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, ask } from '../api/client.ts'
import { quickRepliesQuery } from '../api/tickets.ts'
import { useText } from '../i18n/index.tsx'
import { cx } from '../ui/cx.ts'
import { useToast } from '../ui/toasts.tsx'

/** After a `/`: texts by shortcut, filled for this ticket before they are sent. */
export function QuickReplies({
  typed,
  ticket,
  onPick,
}: {
  typed: string
  ticket: string
  onPick: (text: string) => void
}) {
  const { composer: text } = useText()
  const { data } = useQuery(quickRepliesQuery)
  const say = useToast()
  const [busy, setBusy] = useState<string | null>(null)
  const wanted = typed.toLowerCase()
  const found = data?.items
    .filter(({ shortcut, title }) => shortcut.toLowerCase().startsWith(wanted) || title.toLowerCase().includes(wanted))
    .slice(0, 6)
  if (!found || found.length === 0) return null
  const pick = async (quickReplyId: string) => {
    setBusy(quickReplyId)
    try {
      const filled = await ask(
        api.tickets[':id']['quick-reply'].$post({ param: { id: ticket }, json: { quickReplyId, preview: false } }),
      )
      onPick(filled.text)
    } catch (error) {
      say((error as Error).message, { isBad: true })
    } finally {
      setBusy(null)
    }
  }
  return (
    <ul
      aria-label={text.quickReplies}
      className="mb-2 overflow-hidden rounded-xl border border-line bg-raised shadow-sm"
    >
      {found.map(({ id, shortcut, title, body }) => (
        <li key={id}>
          <button
            type="button"
            disabled={busy !== null}
            onClick={() => void pick(id)}
            className={cx(
              'flex w-full items-baseline gap-3 px-3 py-2 text-left text-sm hover:bg-page',
              busy === id && 'opacity-60',
            )}
          >
            <b className="shrink-0 text-accent">/{shortcut}</b>
            <span className="shrink-0 font-medium">{title}</span>
            <span className="truncate text-quiet">{body}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}
