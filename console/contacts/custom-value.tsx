/** The value of a field of the workspace's own, by its type. */
import type { api } from '../api/client.ts'
import type { Answer } from '../api/types.ts'
import { useText } from '../i18n/index.tsx'
import { Choice, NumberField, TextField, Ticks } from '../ui/form.tsx'

export type Value = string | number | boolean | string[] | null
type Field = Answer<(typeof api)['custom-fields']['$get']>['items'][number]

export function CustomValue({
  field: { key, label, type, options },
  value,
  onChange,
}: {
  field: Field
  value: Value
  onChange: (value: Value) => void
}) {
  const { common } = useText()
  const about = { label, name: `custom.${key}` }
  const text = typeof value === 'string' ? value : ''
  const pairs = options.map(each => [each.value, each.label] as const)
  switch (type) {
    case 'number':
      return <NumberField {...about} value={typeof value === 'number' ? value : null} onChange={onChange} />
    case 'boolean':
      return (
        <Choice
          {...about}
          value={value === null ? '' : value ? 'yes' : 'no'}
          none="—"
          onChange={each => onChange(each === '' ? null : each === 'yes')}
          options={[
            ['yes', common.yes],
            ['no', common.no],
          ]}
        />
      )
    case 'option':
      return <Choice {...about} value={text} none="—" onChange={each => onChange(each || null)} options={pairs} />
    case 'options':
      return <Ticks label={label} value={Array.isArray(value) ? value : []} onChange={onChange} options={pairs} />
    case 'date':
      return <TextField {...about} type="date" value={text} onChange={each => onChange(each || null)} />
    case 'datetime':
      return (
        <TextField
          {...about}
          type="datetime-local"
          value={localTime(text)}
          onChange={each => onChange(each ? new Date(each).toISOString() : null)}
        />
      )
    default:
      return <TextField {...about} value={text} onChange={each => onChange(each || null)} />
  }
}

/** As the field of a browser writes an instant: by the clock on the wall, without a zone. */
function localTime(iso: string): string {
  if (!iso) return ''
  const at = new Date(iso)
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}
