/** All of a row: both sides, direction, conversion, who wins, and what is written where ours is empty. */
import { useState } from 'react'
import { useWords } from '../i18n/mapping/index.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Choice, Form, TextField, Tick } from '../ui/form.tsx'
import { WordsField } from '../ui/words-field.tsx'
import { blankTransform } from './new-row.ts'
import type { Fields, Row, Transform } from './questions.ts'
import { policies } from './row-line.tsx'
import { TransformFields } from './transform-fields.tsx'

const directions = ['both', 'out', 'in'] as const
const transforms = [
  ...(['as is', 'text', 'options', 'list', 'date', 'datetime', 'number', 'boolean', 'phone'] as const),
  ...(['template', 'name', 'split'] as const),
] satisfies Transform['kind'][]

export function RowEditor({
  row: given,
  fields,
  crm,
  onDone,
  onClose,
}: {
  row: Row
  fields: Fields
  crm: string
  onDone: (row: Row) => void
  onClose: () => void
}) {
  const words = useWords()
  const [row, setRow] = useState(given)
  const set = (change: Partial<Row>) => setRow({ ...row, ...change })
  const isSeveral = row.transform.kind === 'name' || row.transform.kind === 'split'
  const done = () => {
    const { default: otherwise, clears, identifier, ...rest } = row
    onDone({
      ...rest,
      ...(otherwise ? { default: otherwise } : {}),
      ...(clears ? { clears } : {}),
      ...(identifier ? { identifier } : {}),
    })
  }
  return (
    <Dialog open onClose={onClose} title={words.edit} wide>
      <Form onSubmit={done} submit={words.done} onCancel={onClose}>
        <div className="grid gap-4 sm:grid-cols-2">
          <Choice
            label={words.ours}
            value={row.ours}
            onChange={ours => set({ ours })}
            options={fields.ours.map(({ key, label }) => [key, label])}
          />
          {isSeveral ? (
            <WordsField label={words.theirs(crm)} value={row.theirs} onChange={theirs => set({ theirs })} />
          ) : (
            <Choice
              label={words.theirs(crm)}
              value={row.theirs[0] ?? ''}
              onChange={name => set({ theirs: [name] })}
              options={fields.theirs.map(({ name, label }) => [name, `${label} (${name})`])}
            />
          )}
          <Choice
            label={words.direction}
            value={row.direction}
            onChange={direction => direction && set({ direction })}
            options={directions.map(each => [each, words.directions[each]])}
          />
          <Choice
            label={words.policy}
            value={row.policy}
            onChange={policy => policy && set({ policy })}
            options={policies.map(each => [each, words.policies[each]])}
          />
          <Choice
            label={words.transform}
            value={row.transform.kind}
            onChange={kind => kind && set({ transform: blankTransform(kind) })}
            options={transforms.map(each => [each, words.transforms[each]])}
          />
          <TextField label={words.default} value={row.default ?? ''} onChange={text => set({ default: text })} />
        </div>
        <TransformFields
          key={row.transform.kind}
          transform={row.transform}
          ours={fields.ours.find(({ key }) => key === row.ours)}
          theirs={fields.theirs.find(({ name }) => name === row.theirs[0])}
          tables={fields.tables}
          onChange={transform => set({ transform })}
        />
        <Tick
          label={words.clears}
          hint={words.clearsHint}
          value={row.clears ?? false}
          onChange={isOn => set(isOn ? { clears: true } : { clears: undefined })}
        />
        <Tick
          label={words.identifier}
          hint={words.identifierHint}
          value={row.identifier ?? false}
          onChange={isOn => set(isOn ? { identifier: true } : { identifier: undefined })}
        />
      </Form>
    </Dialog>
  )
}
