import type { ComponentProps, ReactNode } from 'react'
import { cx } from './cx.ts'
import { Hint } from './hint.tsx'

const looks = {
  plain: 'bg-raised border border-line hover:bg-page text-ink',
  accent: 'bg-accent text-on-accent hover:brightness-110',
  quiet: 'text-quiet hover:bg-page hover:text-ink',
  danger: 'text-danger hover:bg-danger-soft',
}

export type ButtonProps = ComponentProps<'button'> & { look?: keyof typeof looks; small?: boolean; square?: boolean }

export function Button({ look = 'plain', small = false, square = false, className, ...rest }: ButtonProps) {
  const size = square ? (small ? 'size-8' : 'size-10') : small ? 'h-8 px-2.5 text-sm' : 'h-10 px-3.5'
  const base =
    'inline-flex shrink-0 items-center justify-center gap-2 rounded-lg font-medium whitespace-nowrap transition'
  return <button type="button" className={cx(base, size, looks[look], className)} {...rest} />
}

/** A picture alone: its name is read aloud and shown on hover, with its key. */
export function IconButton({
  label,
  hotkey,
  children,
  small = false,
  look = 'quiet',
  className,
  ...rest
}: ButtonProps & {
  label: string
  hotkey?: string
  children: ReactNode
}) {
  return (
    <Hint text={label} hotkey={hotkey}>
      <Button
        aria-label={label}
        look={look}
        {...{ small, square: true }}
        className={cx('[&_svg]:size-[18px]', className)}
        {...rest}
      >
        {children}
      </Button>
    </Hint>
  )
}
