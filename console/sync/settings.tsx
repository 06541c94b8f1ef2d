/** What a connection does beside its fields: set when it was connected, or here later. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, ask } from '../api/client.ts'
import { useMay } from '../api/session.ts'
import { useAct } from '../api/use-act.ts'
import { useText } from '../i18n/index.tsx'
import { useWords } from '../i18n/sync/index.ts'
import { Choice, Form, NumberField, TextField, Tick } from '../ui/form.tsx'
import { Loaded, Section } from '../ui/page.tsx'

type Values = Record<string, unknown>
type Schema = Record<string, unknown>

export function ConnectionSettings({ connectionId: id }: { connectionId: string }) {
  const { settings: words } = useWords()
  const mayManage = useMay('connections.manage')
  const settings = useQuery({
    queryKey: ['settings', id],
    queryFn: () => ask(api.connections[':id'].settings.$get({ param: { id } })),
    enabled: mayManage,
  })
  if (!mayManage) return null
  return (
    <Section title={words.title} lead={words.lead}>
      <Loaded query={settings} rows={2}>
        {({ values, schema }) => <SettingsForm key={JSON.stringify(values)} {...{ id, values, schema }} />}
      </Loaded>
    </Section>
  )
}

function SettingsForm({ id, values, schema }: { id: string; values: Values; schema: Record<string, Schema> }) {
  const { settings: words } = useWords()
  const { common } = useText()
  const [changed, setChanged] = useState<Values>({})
  const save = useAct(() => ask(api.connections[':id'].settings.$patch({ param: { id }, json: changed })), {
    said: words.saved,
    refresh: [
      ['settings', id],
      ['health', id],
      ['mapping', id],
    ],
  })
  if (Object.keys(schema).length === 0) return <p className="text-sm text-quiet">{words.none}</p>
  return (
    <Form
      onSubmit={() => save.mutate(undefined)}
      submit={common.save}
      error={save.error}
      isBusy={save.isPending || Object.keys(changed).length === 0}
    >
      {Object.entries(schema).map(([key, each]) => (
        <Setting
          key={key}
          name={key}
          schema={each}
          value={key in changed ? changed[key] : values[key]}
          onChange={value => setChanged(before => ({ ...before, [key]: value }))}
        />
      ))}
    </Form>
  )
}

type SettingProps = { name: string; schema: Schema; value: unknown; onChange: (value: unknown) => void }

/** In the words of the screen; of a connector whose words are not here yet, in its own. */
function Setting({ name, schema, value, onChange }: SettingProps) {
  const { settings: words } = useWords()
  const fields: Record<string, readonly string[]> = words.fields
  const [label = name, hint] = fields[name] ?? [schema.title, schema.description].map(text => String(text ?? ''))
  if (schema.type === 'boolean') return <Tick {...{ label, hint, value: value === true, onChange }} />
  if (schema.type === 'array') return <Table {...{ label, rows: value as Row[], onChange }} />
  if (schema.type === 'integer') {
    const { minimum: min, maximum: max } = schema as { minimum?: number; maximum?: number }
    const bounds = { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) }
    return (
      <NumberField {...{ label, hint, name, value: value as number | null, onChange, ...bounds, required: true }} />
    )
  }
  if (Array.isArray(schema.enum)) {
    const known: Record<string, string> = words.people
    const options = schema.enum.map(each => [String(each), known[String(each)] ?? String(each)] as const)
    return <Choice {...{ label, hint, name, value: String(value), onChange, options, required: true }} />
  }
  return <TextField {...{ label, hint, name, value: String(value ?? ''), onChange, autoComplete: 'off' }} />
}

type Row = { ours: string; theirs: string; label: string }

/** Each word of theirs, and which of ours it is. */
function Table({ label, rows, onChange }: { label: string; rows: Row[]; onChange: (rows: Row[]) => void }) {
  const { state, priority } = useText()
  const words: Record<string, string> = rows.some(({ ours }) => ours in state) ? state : priority
  if (rows.length === 0) return null
  return (
    <fieldset className="grid gap-x-4 gap-y-2 rounded-xl border border-line p-3 sm:grid-cols-2">
      <legend className="px-1 text-sm font-medium">{label}</legend>
      {rows.map(({ ours, theirs, label: named }, nth) => (
        <Choice
          key={`${theirs} ${ours}`}
          label={named || theirs}
          value={ours}
          onChange={chosen => onChange(rows.map((row, n) => (n === nth ? { ...row, ours: chosen } : row)))}
          options={Object.entries(words)}
          required
        />
      ))}
    </fieldset>
  )
}
