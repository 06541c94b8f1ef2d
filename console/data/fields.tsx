/** Fields of the workspace's own on contacts and tickets. */
import { useQuery } from '@tanstack/react-query'
import { ListPlus } from 'lucide-react'
import { useState } from 'react'
import { api, ask } from '../api/client.ts'
import { useMay } from '../api/session.ts'
import type { Answer } from '../api/types.ts'
import { useAct } from '../api/use-act.ts'
import { useWords } from '../i18n/data/index.ts'
import { useText } from '../i18n/index.tsx'
import { ConfirmButton } from '../ui/confirm.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { EditableList } from '../ui/editable-list.tsx'
import { Choice, Form, TextField } from '../ui/form.tsx'
import { Empty } from '../ui/parts.tsx'
import { WordsField } from '../ui/words-field.tsx'

type Field = Answer<(typeof api)['custom-fields']['$get']>['items'][number]

export const customFieldsQuery = {
  queryKey: ['custom-fields'],
  queryFn: () => ask(api['custom-fields'].$get({ query: {} })),
}
const refresh = [['custom-fields'], ['mapping-fields'], ['mapping']]
const types = [
  ...(['string', 'number', 'boolean', 'date', 'datetime', 'option', 'options', 'phone', 'url'] as const),
] as const

export function Fields() {
  const { fields: words } = useWords()
  const mayManage = useMay('settings.manage')
  const list = useQuery(customFieldsQuery)
  return (
    <EditableList
      title={words.title}
      lead={words.lead}
      query={list}
      add={mayManage && words.add}
      opens={mayManage}
      nameOf={row => row.label}
      empty={<Empty icon={<ListPlus />} title={words.none} lead={words.noneLead} />}
      columns={[
        { head: words.label, cell: row => row.label, grows: true },
        { head: words.of, cell: row => words.kinds[row.kind] },
        { head: words.type, cell: row => words.types[row.type] },
        { head: words.key, cell: row => <code className="text-xs">{row.key}</code> },
      ]}
      editor={(field, onClose) => <Editor field={field} onClose={onClose} />}
    />
  )
}

function Editor({ field, onClose }: { field: Field | null; onClose: () => void }) {
  const { fields: words } = useWords()
  const { common } = useText()
  const [kind, setKind] = useState<Field['kind']>(field?.kind ?? 'contact')
  const [label, setLabel] = useState(field?.label ?? '')
  const [key, setKey] = useState(field?.key ?? '')
  const [type, setType] = useState<Field['type']>(field?.type ?? 'string')
  const [options, setOptions] = useState<string[]>(field?.options.map(each => each.label) ?? [])
  const hasOptions = type === 'option' || type === 'options'
  // What is there already keeps its value, whatever it is called.
  const given = options.map(each => ({
    value: field?.options.find(known => known.label === each)?.value ?? each,
    label: each,
  }))
  const save = useAct(
    (): Promise<unknown> =>
      field
        ? ask(
            api['custom-fields'][':id'].$patch({
              param: { id: field.id },
              json: { label, ...(hasOptions ? { options: given } : {}) },
            }),
          )
        : ask(
            api['custom-fields'].$post({
              json: { kind, key: key || keyOf(label), label, type, ...(hasOptions ? { options: given } : {}) },
            }),
          ),
    { isForm: true, said: words.saved, refresh, onDone: onClose },
  )
  const remove = useAct((id: string) => ask(api['custom-fields'][':id'].$delete({ param: { id } })), {
    said: words.removed,
    refresh,
    onDone: onClose,
  })
  return (
    <Dialog open onClose={onClose} title={field ? words.edit : words.add}>
      <Form
        onSubmit={() => save.mutate(undefined)}
        submit={common.save}
        error={save.error}
        isBusy={save.isPending}
        onCancel={onClose}
      >
        <TextField label={words.label} name="label" value={label} onChange={setLabel} required />
        <Choice
          label={words.of}
          value={kind}
          disabled={field !== null}
          onChange={next => next && setKind(next)}
          options={[
            ['contact', words.kinds.contact],
            ['ticket', words.kinds.ticket],
          ]}
        />
        <Choice
          label={words.type}
          value={type}
          disabled={field !== null}
          onChange={next => next && setType(next)}
          options={types.map(each => [each, words.types[each]])}
        />
        <TextField
          label={words.key}
          name="key"
          hint={words.keyHint}
          value={key}
          onChange={setKey}
          disabled={field !== null}
          placeholder={keyOf(label)}
        />
        {hasOptions && (
          <WordsField
            label={words.options}
            name="options"
            hint={words.optionsHint}
            value={options}
            onChange={setOptions}
          />
        )}
      </Form>
      {field && (
        <ConfirmButton
          look="danger"
          className="self-start"
          question={words.remove(field.label)}
          lead={words.removeLead}
          yes={common.remove}
          onYes={() => remove.mutate(field.id)}
        >
          {common.remove}
        </ConfirmButton>
      )}
    </Dialog>
  )
}

/** As a key may be written: `Número de pedido` is `numero_de_pedido`. */
function keyOf(label: string): string {
  return label
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+|_+$/g, '')
    .slice(0, 40)
}
