/** What was done, for some seconds, and how to take it back. */
import { Toast } from 'radix-ui'
import { createContext, type ReactNode, useCallback, useContext, useState } from 'react'
import { useText } from '../i18n/index.tsx'
import { cx } from './cx.ts'

type Said = { id: number; text: string; isBad: boolean; undo: (() => void) | undefined }
type Say = (text: string, how?: { undo?: () => void; isBad?: boolean }) => void

/** As long as something may be taken back, or must be understood; ms. */
const SHOWN_MS = 10_000
/** What only says that it was done; ms. */
const SAID_MS = 4_000

const Sayer = createContext<Say>(() => {})
export const useToast = (): Say => useContext(Sayer)

export function Toasts({ children }: { children: ReactNode }) {
  const { common } = useText()
  const [said, setSaid] = useState<Said[]>([])
  const say = useCallback<Say>((text, { undo, isBad = false } = {}) => {
    setSaid(all => [...all.slice(-2), { id: Date.now() + Math.random(), text, isBad, undo }])
  }, [])
  const forget = (id: number) => setSaid(all => all.filter(each => each.id !== id))
  return (
    <Toast.Provider duration={SHOWN_MS} swipeDirection="right" label={common.close}>
      <Sayer value={say}>{children}</Sayer>
      {said.map(({ id, text, isBad, undo }) => (
        <Toast.Root
          key={id}
          duration={undo || isBad ? SHOWN_MS : SAID_MS}
          onOpenChange={open => !open && forget(id)}
          className={cx(
            'flex items-center gap-3 rounded-xl px-4 py-3 text-sm shadow-xl',
            isBad ? 'bg-danger-soft text-danger' : 'bg-ink text-page',
          )}
        >
          <Toast.Description className="grow">{text}</Toast.Description>
          {undo && (
            <Toast.Action altText={common.undo} asChild>
              <button type="button" className="rounded-md px-2 py-1 font-semibold underline" onClick={undo}>
                {common.undo}
              </button>
            </Toast.Action>
          )}
          <Toast.Close aria-label={common.close} className="px-1 text-lg leading-none opacity-70">
            ×
          </Toast.Close>
        </Toast.Root>
      ))}
      <Toast.Viewport className="fixed top-3 left-1/2 z-50 flex w-[min(26rem,calc(100vw-1.5rem))] -translate-x-1/2 flex-col gap-2 md:top-auto md:bottom-4 md:left-20 md:w-80 md:translate-x-0" />
    </Toast.Provider>
  )
}
