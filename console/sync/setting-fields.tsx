import { TextField } from '../ui/form.tsx'
import { settingForms } from './credential-forms.ts'

export type Settings = Record<string, string>

/** `by`: how the account lets us in. What is not needed may stay empty, and is then not sent. */
export function SettingFields({
  connector,
  by,
  value,
  onChange,
}: {
  connector: string
  by: 'token' | 'consent'
  value: Settings
  onChange: (value: Settings) => void
}) {
  return settingForms[connector]?.map(({ key, label, placeholder, needed }) => (
    <TextField
      key={key}
      label={label}
      name={`settings.${key}`}
      autoComplete="off"
      value={value[key] ?? ''}
      onChange={text => onChange({ ...value, [key]: text })}
      required={needed === 'always' || (needed === 'by token' && by === 'token')}
      placeholder={placeholder}
    />
  ))
}

/** As the API takes them: without those that nobody filled in. */
export function filled(settings: Settings): { settings?: Settings } {
  const entries = Object.entries(settings).filter(([, text]) => text.trim() !== '')
  return entries.length > 0 ? { settings: Object.fromEntries(entries) } : {}
}
