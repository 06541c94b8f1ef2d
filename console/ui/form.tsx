/** Forms: what the hub finds wrong with a field is said beneath it, and what is wrong with the whole above the buttons. */
import { createContext, type FormEvent, type ReactNode, useContext, useId } from 'react'
import { Problem } from '../api/client.ts'
import { useText } from '../i18n/index.tsx'
import { Button } from './button.tsx'
import { cx } from './cx.ts'
import { inputLook } from './parts.tsx'

const Wrong = createContext<readonly { field: string; message: string }[]>([])

export function Form({
  onSubmit,
  submit,
  error = null,
  isBusy = false,
  onCancel,
  isBad = false,
  children,
}: {
  onSubmit: () => void
  submit: string
  error?: Error | null
  isBusy?: boolean
  onCancel?: () => void
  /** What it does cannot be taken back. */
  isBad?: boolean
  children: ReactNode
}) {
  const { common } = useText()
  const send = (event: FormEvent) => {
    event.preventDefault()
    event.stopPropagation()
    onSubmit()
  }
  const wrong = error instanceof Problem ? error.errors : []
  return (
    <Wrong value={wrong}>
      <form onSubmit={send} className="flex flex-col gap-4">
        {children}
        {error && (
          <p role="alert" className="rounded-lg bg-danger-soft px-3 py-2 text-sm text-danger">
            {error.message || common.noConnection}
          </p>
        )}
        <div className="flex flex-wrap justify-end gap-2">
          {onCancel && <Button onClick={onCancel}>{common.cancel}</Button>}
          <Button type="submit" look={isBad ? 'danger' : 'accent'} disabled={isBusy}>
            {submit}
          </Button>
        </div>
      </form>
    </Wrong>
  )
}

type Labelled = { label: string; hint?: string | undefined; name?: string | undefined }

/** The label, the control and what is to be said of it; `children` is given what ties them together. */
function Labelled({
  label,
  hint,
  name,
  children,
}: Labelled & { children: (ties: { id: string; 'aria-describedby'?: string; 'aria-invalid'?: true }) => ReactNode }) {
  const id = useId()
  const wrong = useContext(Wrong).find(({ field }) => name && (field === name || field.startsWith(`${name}.`)))
  const about = wrong?.message ?? hint
  return (
    <div className="flex min-w-0 flex-col gap-1.5 text-sm">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      {children({
        id,
        ...(about ? { 'aria-describedby': `${id}-about` } : {}),
        ...(wrong ? { 'aria-invalid': true } : {}),
      })}
      {about && (
        <p id={`${id}-about`} className={wrong ? 'text-danger' : 'text-quiet'}>
          {about}
        </p>
      )}
    </div>
  )
}

type Basic<T> = Labelled & { value: T; onChange: (value: T) => void; required?: boolean; disabled?: boolean }

export function TextField({
  value,
  onChange,
  type = 'text',
  required,
  disabled,
  placeholder,
  autoFocus,
  autoComplete,
  ...about
}: Basic<string> & { type?: string; placeholder?: string; autoFocus?: boolean; autoComplete?: string }) {
  return (
    <Labelled {...about}>
      {ties => (
        <input
          {...ties}
          {...{ type, value, required, disabled, placeholder, autoFocus, autoComplete }}
          onChange={event => onChange(event.target.value)}
          className={inputLook}
        />
      )}
    </Labelled>
  )
}

/** A whole number, or nothing. */
export function NumberField({
  value,
  onChange,
  min = 0,
  max,
  required,
  disabled,
  ...about
}: Basic<number | null> & { min?: number; max?: number }) {
  return (
    <Labelled {...about}>
      {ties => (
        <input
          {...ties}
          {...{ type: 'number', inputMode: 'numeric', value: value ?? '', min, max, required, disabled }}
          onChange={event => onChange(event.target.value === '' ? null : event.target.valueAsNumber)}
          className={inputLook}
        />
      )}
    </Labelled>
  )
}

export function TextArea({
  value,
  onChange,
  required,
  rows = 4,
  mono,
  ...about
}: Basic<string> & { rows?: number; mono?: boolean }) {
  return (
    <Labelled {...about}>
      {ties => (
        <textarea
          {...ties}
          {...{ value, required, rows }}
          onChange={event => onChange(event.target.value)}
          className={cx(inputLook, 'h-auto py-2', mono && 'font-mono text-[13px]')}
        />
      )}
    </Labelled>
  )
}

export type Option<T extends string = string> = readonly [value: T, label: string]

/** `none`: what stands for no choice, where none is one. */
export function Choice<T extends string>({
  value,
  onChange,
  options,
  none,
  required,
  disabled,
  ...about
}: Basic<T | ''> & { options: readonly Option<T>[]; none?: string }) {
  return (
    <Labelled {...about}>
      {ties => (
        <select
          {...ties}
          {...{ value, required, disabled }}
          onChange={event => onChange(event.target.value as T | '')}
          className={inputLook}
        >
          {none !== undefined && <option value="">{none}</option>}
          {options.map(([each, words]) => (
            <option key={each} value={each}>
              {words}
            </option>
          ))}
        </select>
      )}
    </Labelled>
  )
}

export function Tick({ label, hint, value, onChange, disabled }: Basic<boolean>) {
  return (
    <label className="flex items-start gap-2.5 text-sm">
      <input
        type="checkbox"
        checked={value}
        disabled={disabled}
        onChange={event => onChange(event.target.checked)}
        className="mt-0.5 size-4 shrink-0 accent-(--accent)"
      />
      <span>
        <span className="font-medium">{label}</span>
        {hint && <span className="block text-quiet">{hint}</span>}
      </span>
    </label>
  )
}

/** Any of some. */
export function Ticks<T extends string>({
  label,
  value,
  onChange,
  options,
}: {
  label: string
  value: readonly T[]
  onChange: (value: T[]) => void
  options: readonly Option<T>[]
}) {
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1.5 text-sm font-medium">{label}</legend>
      <div className="grid gap-2 sm:grid-cols-2">
        {options.map(([each, words]) => (
          <Tick
            key={each}
            label={words}
            value={value.includes(each)}
            onChange={isOn => onChange(isOn ? [...value, each] : value.filter(other => other !== each))}
          />
        ))}
      </div>
    </fieldset>
  )
}
