/** A button that asks before it does what cannot be taken back. */
import { type ReactNode, useState } from 'react'
import { useText } from '../i18n/index.tsx'
import { Button, type ButtonProps } from './button.tsx'
import { Dialog } from './dialog.tsx'

export function ConfirmButton({
  question,
  lead,
  yes,
  onYes,
  children,
  ...look
}: Omit<ButtonProps, 'onClick'> & {
  question: string
  lead?: string
  yes: string
  onYes: () => void
  children: ReactNode
}) {
  const { common } = useText()
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button {...look} onClick={() => setOpen(true)}>
        {children}
      </Button>
      <Dialog open={isOpen} onClose={() => setOpen(false)} title={question} {...(lead ? { lead } : {})}>
        <div className="flex justify-end gap-2">
          <Button onClick={() => setOpen(false)}>{common.cancel}</Button>
          <Button
            look="danger"
            onClick={() => {
              setOpen(false)
              onYes()
            }}
          >
            {yes}
          </Button>
        </div>
      </Dialog>
    </>
  )
}
