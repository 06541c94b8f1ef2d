import { DropdownMenu } from 'radix-ui'
import type { ReactNode } from 'react'
import { cx } from './cx.ts'

/** A menu under its button; arrows, letters and Escape do what people expect. */
export function Menu({
  trigger,
  children,
  align = 'end',
}: {
  trigger: ReactNode
  children: ReactNode
  align?: 'start' | 'end'
}) {
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align={align}
          sideOffset={6}
          collisionPadding={8}
          className="scroller z-50 max-h-[min(24rem,var(--radix-dropdown-menu-content-available-height))] min-w-52 overflow-y-auto rounded-xl border border-line bg-raised p-1.5 shadow-xl"
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

export function Item({
  children,
  onSelect,
  hotkey,
  danger = false,
  checked,
}: {
  children: ReactNode
  onSelect: () => void
  hotkey?: string
  danger?: boolean
  checked?: boolean
}) {
  return (
    <DropdownMenu.Item
      onSelect={onSelect}
      className={cx(
        'flex min-h-9 items-center gap-2.5 rounded-lg px-2.5 py-1.5 text-sm outline-none select-none',
        'data-highlighted:bg-page [&_svg]:size-4 [&_svg]:shrink-0',
        danger ? 'text-danger' : 'text-ink',
        checked && 'font-semibold text-accent',
      )}
    >
      {children}
      {hotkey && <kbd className="ml-auto pl-4 text-xs text-quiet">{hotkey}</kbd>}
    </DropdownMenu.Item>
  )
}

export const Heading = ({ children }: { children: ReactNode }) => (
  <DropdownMenu.Label className="px-2.5 pt-2 pb-1 text-xs font-semibold text-quiet">{children}</DropdownMenu.Label>
)
export const Line = () => <DropdownMenu.Separator className="my-1.5 h-px bg-line" />
