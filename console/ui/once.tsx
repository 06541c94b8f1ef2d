/** Something that is shown this once: to be copied now. */
import { Copy } from 'lucide-react'
import { useText } from '../i18n/index.tsx'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { useToast } from './toasts.tsx'

export function ShownOnce({
  title,
  lead,
  value,
  onClose,
}: {
  title: string
  lead: string
  value: string
  onClose: () => void
}) {
  const { common } = useText()
  const say = useToast()
  return (
    <Dialog open onClose={onClose} title={title} lead={lead}>
      <code className="rounded-xl bg-page p-3 text-sm break-all select-all">{value}</code>
      <div className="flex justify-end gap-2">
        <Button onClick={() => void navigator.clipboard.writeText(value).then(() => say(common.copied))}>
          <Copy className="size-4" /> {common.copy}
        </Button>
        <Button look="accent" onClick={onClose}>
          {common.close}
        </Button>
      </div>
    </Dialog>
  )
}
