import type { Problem } from '../api/client.ts'
import { useText } from '../i18n/index.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'

/** Before an answer goes that did not see what came, or crosses a colleague's. */
export function AskFirst({
  asked,
  onSend,
  onClose,
}: {
  asked: { problem: Problem } | null
  onSend: () => void
  onClose: () => void
}) {
  const { composer: text, common } = useText()
  const isReplying = asked?.problem.code === 'somebody_is_replying'
  return (
    <Dialog
      open={asked !== null}
      onClose={onClose}
      title={isReplying ? text.replyingTitle : text.changedTitle}
      lead={isReplying ? text.replyingLead : text.changedLead}
    >
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{common.cancel}</Button>
        <Button look="accent" onClick={onSend}>
          {text.sendAnyway}
        </Button>
      </div>
    </Dialog>
  )
}
