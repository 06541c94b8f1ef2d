import { Tooltip } from 'radix-ui'
import type { ReactNode } from 'react'

export const Hints = ({ children }: { children: ReactNode }) => (
  <Tooltip.Provider delayDuration={400} skipDelayDuration={200}>
    {children}
  </Tooltip.Provider>
)

export function Hint({ text, hotkey, children }: { text: string; hotkey?: string | undefined; children: ReactNode }) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>{children}</Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content
          sideOffset={6}
          className="z-50 max-w-72 rounded-md bg-ink px-2 py-1 text-xs text-page shadow-lg select-none"
        >
          {text}
          {hotkey && <kbd className="ml-2 rounded border border-current/40 px-1 opacity-80">{hotkey}</kbd>}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  )
}
