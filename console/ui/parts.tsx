/** Small things that stand everywhere. */
import type { ReactNode } from 'react'
import { useText } from '../i18n/index.tsx'
import { Button } from './button.tsx'
import { cx } from './cx.ts'

const tones = {
  plain: 'bg-page text-quiet',
  accent: 'bg-soft text-accent',
  warn: 'bg-warn-soft text-warn',
  danger: 'bg-danger-soft text-danger',
  good: 'bg-soft text-good',
}
export type Tone = keyof typeof tones

export function Chip({
  tone = 'plain',
  children,
  className,
}: {
  tone?: Tone
  children: ReactNode
  className?: string
}) {
  return (
    <span
      className={cx(
        'inline-flex max-w-full items-center gap-1 rounded-full px-2 py-0.5 text-xs font-medium whitespace-nowrap',
        '[&_svg]:size-3 [&_svg]:shrink-0',
        tones[tone],
        className,
      )}
    >
      {children}
    </span>
  )
}

/** A colour of its own for each name, dark enough for white letters. */
export function Avatar({ name, size = 36, className }: { name: string; size?: number; className?: string }) {
  const hue = [...name].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 360, 7)
  const initials = name
    .split(/\s+/)
    .filter(word => /[\p{L}\p{N}]/u.test(word))
    .slice(0, 2)
    .map(word => [...word][0])
    .join('')
  return (
    <span
      aria-hidden
      // Not as text, which would be a part of the name of whatever it stands in.
      data-initials={initials.toLocaleUpperCase() || '·'}
      className={cx(
        'inline-flex shrink-0 items-center justify-center rounded-full font-semibold text-white before:content-[attr(data-initials)]',
        className,
      )}
      style={{ width: size, height: size, fontSize: size * 0.38, background: `oklch(0.45 0.11 ${hue})` }}
    />
  )
}

export function Empty({
  icon,
  title,
  lead,
  children,
}: {
  icon: ReactNode
  title: string
  lead?: string
  children?: ReactNode
}) {
  return (
    <div className="flex flex-col items-center gap-3 px-6 py-16 text-center">
      <span className="rounded-2xl bg-soft p-4 text-accent [&_svg]:size-7">{icon}</span>
      <h2 className="text-lg font-semibold">{title}</h2>
      {lead && <p className="max-w-sm text-quiet">{lead}</p>}
      {children}
    </div>
  )
}

export function Trouble({ error, retry }: { error: Error; retry: () => void }) {
  const { common } = useText()
  return (
    <div role="alert" className="m-4 flex flex-col items-start gap-3 rounded-xl bg-danger-soft p-4 text-danger">
      <p>
        <strong>{common.failed}.</strong> {error.message || common.noConnection}
      </p>
      <Button small onClick={retry}>
        {common.retry}
      </Button>
    </div>
  )
}

export function Field({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is its child
    <label className="flex flex-col gap-1.5 text-sm font-medium">
      {label}
      {children}
    </label>
  )
}

export const inputLook =
  'h-10 w-full rounded-lg border border-line bg-raised px-3 text-[15px] font-normal text-ink placeholder:text-quiet'
