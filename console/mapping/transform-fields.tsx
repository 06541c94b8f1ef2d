/** What a conversion needs to be told. */
import { useWords } from '../i18n/mapping/index.ts'
import { Choice, TextField, Tick } from '../ui/form.tsx'
import { OptionTable } from './option-table.tsx'
import type { OurField, TheirField, Transform } from './questions.ts'

type Props = {
  transform: Transform
  ours: OurField | undefined
  theirs: TheirField | undefined
  /** Tables that follow the connection, by name. */
  tables: readonly string[]
  onChange: (transform: Transform) => void
}

export function TransformFields({ transform, onChange, ...sides }: Props) {
  const words = useWords()
  switch (transform.kind) {
    case 'text':
      return (
        <div className="flex flex-col gap-2">
          <Tick
            label={words.trim}
            value={transform.trim ?? false}
            onChange={trim => onChange({ ...transform, trim })}
          />
          <Tick
            label={words.lower}
            value={transform.lower ?? false}
            onChange={lower => onChange({ ...transform, lower })}
          />
        </div>
      )
    case 'options':
      return <OptionTable {...sides} table={transform.table} onChange={table => onChange({ ...transform, table })} />
    case 'list':
      return (
        <>
          <TextField
            label={words.separator}
            value={transform.separator}
            onChange={separator => onChange({ ...transform, separator })}
            required
          />
          <OptionTable
            {...sides}
            table={transform.table ?? []}
            onChange={table =>
              onChange(table.length > 0 ? { ...transform, table } : { kind: 'list', separator: transform.separator })
            }
          />
        </>
      )
    case 'datetime':
      return (
        <Choice
          label={words.form}
          value={transform.form}
          onChange={form => form && onChange({ ...transform, form })}
          options={(['iso', 'ms'] as const).map(each => [each, words.dateForms[each]])}
        />
      )
    case 'number':
      return (
        <Choice
          label={words.decimalMark}
          value={transform.decimalMark ?? '.'}
          onChange={mark => mark && onChange({ ...transform, decimalMark: mark })}
          options={[
            ['.', '.'],
            [',', ','],
          ]}
        />
      )
    case 'boolean':
      return (
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField
            label={words.yesWord}
            value={transform.yes}
            onChange={yes => onChange({ ...transform, yes })}
            required
          />
          <TextField
            label={words.noWord}
            value={transform.no}
            onChange={no => onChange({ ...transform, no })}
            required
          />
        </div>
      )
    case 'phone':
      return (
        <div className="grid gap-4 sm:grid-cols-2">
          <Choice
            label={words.form}
            value={transform.form}
            onChange={form => form && onChange({ ...transform, form })}
            options={(['e164', 'digits', 'national'] as const).map(each => [each, words.phoneForms[each]])}
          />
          {transform.form === 'national' && (
            <TextField
              label={words.countryCode}
              value={transform.countryCode ?? ''}
              onChange={countryCode => onChange({ ...transform, countryCode })}
              placeholder="52"
              required
            />
          )}
        </div>
      )
    case 'template':
      return (
        <TextField
          label={words.templateText}
          hint={words.templateHint}
          value={transform.text}
          onChange={text => onChange({ ...transform, text })}
          required
        />
      )
    case 'split':
      return (
        <TextField
          label={words.separator}
          value={transform.separator}
          onChange={separator => onChange({ ...transform, separator })}
          required
        />
      )
    case 'as is':
    case 'date':
    case 'name':
      return null
  }
}
