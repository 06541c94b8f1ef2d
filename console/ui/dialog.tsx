import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { useText } from '../i18n/index.tsx'
import { IconButton } from './button.tsx'

export function Dialog({
  open,
  onClose,
  title,
  lead,
  children,
  wide = false,
}: {
  open: boolean
  onClose: () => void
  title: string
  lead?: string
  children: ReactNode
  wide?: boolean
}) {
  const { common } = useText()
  return (
    <Radix.Root open={open} onOpenChange={isOpen => !isOpen && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-black/40 backdrop-blur-[1px]" />
        <Radix.Content
          {...(lead ? {} : { 'aria-describedby': undefined })}
          // Not on the button that closes it, whose hint would stand over the title. A field that asks for it keeps it.
          onOpenAutoFocus={event => {
            event.preventDefault()
            ;(event.currentTarget as HTMLElement).focus()
          }}
          className={`scroller outline-none fixed inset-x-3 top-[10vh] z-50 mx-auto flex max-h-[80vh] flex-col gap-4 overflow-y-auto rounded-2xl border border-line bg-panel p-5 shadow-2xl ${wide ? 'max-w-3xl' : 'max-w-lg'}`}
        >
          <header className="flex items-start gap-3">
            <div className="grow">
              <Radix.Title className="text-lg font-semibold">{title}</Radix.Title>
              {lead && <Radix.Description className="mt-1 text-sm text-quiet">{lead}</Radix.Description>}
            </div>
            <IconButton label={common.close} small onClick={onClose}>
              <X />
            </IconButton>
          </header>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
