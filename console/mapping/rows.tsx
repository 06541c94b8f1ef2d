/** The rows of one kind, with what a real record holds on both sides. */
import { useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import type { Connection } from '../api/connections.ts'
import { useMay } from '../api/session.ts'
import { useWords } from '../i18n/mapping/index.ts'
import { Button } from '../ui/button.tsx'
import { Choice } from '../ui/form.tsx'
import { Loaded } from '../ui/page.tsx'
import { Tabs } from '../ui/tabs.tsx'
import { AddRow } from './add-row.tsx'
import {
  driftQuery,
  fieldsQuery,
  type Kind,
  previewQuery,
  type Row,
  samplesQuery,
  stampOf,
  useDraft,
} from './questions.ts'
import { RowEditor } from './row-editor.tsx'
import { RowLine } from './row-line.tsx'

export function Rows({
  connection,
  kind,
  onKind,
}: {
  connection: Connection
  kind: Kind
  onKind: (kind: Kind) => void
}) {
  const words = useWords()
  const mayEdit = useMay('connections.manage')
  const { id } = connection
  const draft = useDraft(id)
  const fields = useQuery(fieldsQuery(id, kind))
  const samples = useQuery(samplesQuery(kind))
  const drift = useQuery(driftQuery(id))
  const [chosen, setChosen] = useState<Partial<Record<Kind, string>>>({})
  const sample = chosen[kind] ?? samples.data?.[0]?.id ?? ''
  const preview = useQuery(
    previewQuery(id, kind, sample, draft.isDraft ? 'draft' : 'active', stampOf(draft.query.data)),
  )
  const [edited, setEdited] = useState<Row | null>(null)
  const [isAdding, setAdding] = useState(false)
  const replace = (row: Row) => draft.change(kind, rows => rows.map(each => (each.id === row.id ? row : each)))
  return (
    <>
      <div className="flex flex-wrap items-end gap-3">
        <Tabs
          label={words.title}
          value={kind}
          onChange={onKind}
          options={[
            ['contact', words.kinds.contact],
            ['ticket', words.kinds.ticket],
          ]}
        />
        <div className="min-w-0 max-w-xs grow">
          <Choice
            label={words.sample}
            value={sample}
            onChange={record => setChosen({ ...chosen, [kind]: record })}
            options={(samples.data ?? []).map(each => [each.id, each.name])}
          />
        </div>
        <span className="grow max-md:hidden" />
        {mayEdit && (
          <Button look="accent" onClick={() => setAdding(true)}>
            <Plus className="size-4" /> {words.add}
          </Button>
        )}
      </div>
      <Loaded query={draft.query} rows={6}>
        {({ paused, conflicts }) => (
          <ul aria-label={words.kinds[kind]} className="flex flex-col gap-2">
            {draft.mapping?.[kind].map(row => (
              <li key={row.id}>
                <RowLine
                  row={row}
                  ours={fields.data?.ours.find(({ key }) => key === row.ours)}
                  theirs={row.theirs.map(name => fields.data?.theirs.find(each => each.name === name) ?? name)}
                  sample={preview.data?.items.find(({ rowId }) => rowId === row.id)}
                  pause={paused.find(each => each.kind === kind && each.rowId === row.id)?.reason}
                  conflicts={conflicts.find(each => each.kind === kind && each.field === row.ours)?.open ?? 0}
                  hasDrifted={
                    drift.data?.items.some(each => each.kind === kind && row.theirs.includes(each.field)) ?? false
                  }
                  connectionId={id}
                  kind={kind}
                  onChange={mayEdit ? replace : undefined}
                  onEdit={() => setEdited(row)}
                  onRemove={() => draft.change(kind, rows => rows.filter(each => each.id !== row.id))}
                />
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      {isAdding && fields.data && (
        <AddRow
          connection={connection}
          kind={kind}
          fields={fields.data}
          rows={draft.mapping?.[kind] ?? []}
          onAdd={row => {
            draft.change(kind, rows => [...rows, row])
            setAdding(false)
          }}
          onClose={() => setAdding(false)}
        />
      )}
      {edited && fields.data && (
        <RowEditor
          row={edited}
          fields={fields.data}
          crm={connection.name}
          onClose={() => setEdited(null)}
          onDone={row => {
            replace(row)
            setEdited(null)
          }}
        />
      )}
    </>
  )
}
