/** The codes for when the app is lost, shown this once. */
import { Copy } from 'lucide-react'
import { useWords } from '../i18n/account/index.ts'
import { useText } from '../i18n/index.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { useToast } from '../ui/toasts.tsx'

export function BackupCodes({ codes, onClose }: { codes: readonly string[]; onClose: () => void }) {
  const { security: words } = useWords()
  const { common } = useText()
  const say = useToast()
  return (
    <Dialog open onClose={onClose} title={words.codes} lead={words.codesLead}>
      <ul aria-label={words.codes} className="grid grid-cols-2 gap-2 rounded-xl bg-page p-3 text-center select-all">
        {codes.map(code => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div className="flex justify-end gap-2">
        <Button onClick={() => void navigator.clipboard.writeText(codes.join('\n')).then(() => say(common.copied))}>
          <Copy className="size-4" /> {common.copy}
        </Button>
        <Button look="accent" onClick={onClose}>
          {words.kept}
        </Button>
      </div>
    </Dialog>
  )
}
