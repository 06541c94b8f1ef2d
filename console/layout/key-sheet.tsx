import { useText } from '../i18n/index.tsx'
import { Dialog } from '../ui/dialog.tsx'

export function KeySheet({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { keys } = useText()
  const rows: [key: string, what: string][] = [
    ['J', keys.nextTicket],
    ['K', keys.previousTicket],
    ['R', keys.reply],
    ['N', keys.note],
    ['A', keys.assign],
    ['E', keys.resolve],
    ['Z', keys.snooze],
    ['U', keys.priority],
    ['M', keys.unread],
    ['G', keys.pull],
    ['Ctrl K', keys.search],
    ['Ctrl ↵', keys.send],
    ['Esc', keys.escape],
    ['?', keys.sheet],
  ]
  return (
    <Dialog open={open} onClose={onClose} title={keys.title}>
      <dl className="grid grid-cols-[auto_1fr] gap-x-5 gap-y-2 sm:grid-cols-[auto_1fr_auto_1fr]">
        {rows.map(([key, what]) => (
          <div key={key} className="contents">
            <dt>
              <kbd className="rounded-md border border-line bg-page px-2 py-0.5 text-sm">{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
