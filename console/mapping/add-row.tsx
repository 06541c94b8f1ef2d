/** Two fields that belong together: proposed, or chosen. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ArrowLeftRight, Plus } from 'lucide-react'
import { useState } from 'react'
import type { Connection } from '../api/connections.ts'
import { useMay } from '../api/session.ts'
import { useWords } from '../i18n/mapping/index.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Choice, Form } from '../ui/form.tsx'
import { newRow } from './new-row.ts'
import { type Fields, type Kind, type Row, suggestionsQuery } from './questions.ts'

export function AddRow({
  connection,
  kind,
  fields,
  rows,
  onAdd,
  onClose,
}: {
  connection: Connection
  kind: Kind
  fields: Fields
  rows: readonly Row[]
  onAdd: (row: Row) => void
  onClose: () => void
}) {
  const words = useWords()
  const mayMake = useMay('settings.manage')
  const { data: suggested } = useQuery(suggestionsQuery(connection.id, kind))
  const [ours, setOurs] = useState('')
  const [theirs, setTheirs] = useState('')
  const mine = fields.ours.find(({ key }) => key === ours)
  const other = fields.theirs.find(({ name }) => name === theirs)
  const add = () => {
    if (mine && other) onAdd(newRow(mine, other, rows))
  }
  const labelOf = (key: string) => fields.ours.find(each => each.key === key)?.label ?? key
  // Those that no row has yet come first.
  const sorted = [...fields.ours].sort((a, b) => Number(isMapped(a.key, rows)) - Number(isMapped(b.key, rows)))
  return (
    <Dialog open onClose={onClose} title={words.add} lead={words.addLead}>
      <Form onSubmit={add} submit={words.add} onCancel={onClose}>
        <div className="grid gap-4 sm:grid-cols-2">
          <Choice
            label={words.ours}
            value={ours}
            onChange={setOurs}
            none={words.choose}
            required
            options={sorted.map(({ key, label }) => [key, label])}
          />
          <Choice
            label={words.theirs(connection.name)}
            value={theirs}
            onChange={setTheirs}
            none={words.choose}
            required
            options={fields.theirs.map(({ name, label }) => [name, `${label} (${name})`])}
          />
        </div>
        {mayMake && (
          <Link to="/settings/fields" className="self-start text-sm font-medium text-accent">
            {words.newField}
          </Link>
        )}
      </Form>
      {suggested && suggested.items.length > 0 && (
        <section aria-label={words.suggestions} className="flex flex-col gap-2 border-t border-line pt-4">
          <h3 className="font-semibold">{words.suggestions}</h3>
          <p className="text-sm text-quiet">{words.suggestionsLead}</p>
          <ul className="flex flex-col gap-1">
            {suggested.items.slice(0, 6).map(({ row, sentence }) => (
              <li key={row.id} className="flex items-center gap-3 text-sm">
                <span className="grow">
                  <b>{labelOf(row.ours)}</b> <ArrowLeftRight aria-hidden className="inline size-4" />{' '}
                  <b>{row.theirs.join(', ')}</b>
                  <span className="block text-quiet">{sentence}</span>
                </span>
                <Button small aria-label={`${words.add}: ${labelOf(row.ours)}`} onClick={() => onAdd(row)}>
                  <Plus className="size-4" />
                </Button>
              </li>
            ))}
          </ul>
        </section>
      )}
    </Dialog>
  )
}

const isMapped = (key: string, rows: readonly Row[]) => rows.some(row => row.ours === key)
