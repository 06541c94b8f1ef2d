import { type Permission, useMe } from '../api/session.ts'
import { useWords } from '../i18n/data/index.ts'
import { Ticks } from '../ui/form.tsx'

/** Nobody gives what they have not: those that one has oneself, in the order of the hub. */
export function PermissionTicks({
  label,
  value,
  onChange,
}: {
  label: string
  value: readonly Permission[]
  onChange: (permissions: Permission[]) => void
}) {
  const { permissions: names } = useWords()
  const me = useMe()
  return (
    <Ticks label={label} value={value} onChange={onChange} options={me.permissions.map(each => [each, names[each]])} />
  )
}
