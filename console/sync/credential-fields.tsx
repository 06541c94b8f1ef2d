import { useWords } from '../i18n/sync/index.ts'
import { TextField } from '../ui/form.tsx'
import { credentialForms } from './credential-forms.ts'

export type Credentials = Record<string, string>

export function CredentialFields({
  connector,
  value,
  onChange,
}: {
  connector: string
  value: Credentials
  onChange: (value: Credentials) => void
}) {
  const { connections: words } = useWords()
  return credentialForms[connector]?.map(({ key, label, isSecret, placeholder }) => (
    <TextField
      key={key}
      label={label}
      name={`credentials.${key}`}
      type={isSecret ? 'password' : 'text'}
      autoComplete="off"
      value={value[key] ?? ''}
      onChange={text => onChange({ ...value, [key]: text })}
      required
      {...(isSecret ? { hint: words.secretHint } : {})}
      {...(placeholder ? { placeholder } : {})}
    />
  ))
}
