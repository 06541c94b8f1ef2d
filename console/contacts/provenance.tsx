/** Why a field holds what it holds, its history, and taking a change back. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { actorName } from '../api/actor.ts'
import { api, ask } from '../api/client.ts'
import type { FieldChange } from '../api/contacts.ts'
import { useMay } from '../api/session.ts'
import { useAct } from '../api/use-act.ts'
import { customFieldsQuery } from '../data/fields.tsx'
import { useWords } from '../i18n/contacts/index.ts'
import { valueWords } from '../mapping/value-words.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Loaded, Section } from '../ui/page.tsx'
import { Table } from '../ui/table.tsx'
import { useDates } from '../ui/time.ts'

const provenanceQuery = (id: string, field?: string) => ({
  queryKey: ['contacts', id, 'provenance', field ?? ''],
  queryFn: () => ask(api.contacts[':id'].provenance.$get({ param: { id }, query: field ? { field } : {} })),
})

export function Provenance({ contactId }: { contactId: string }) {
  const { why: words } = useWords()
  const dates = useDates()
  const changes = useQuery(provenanceQuery(contactId))
  const [field, setField] = useState<string | null>(null)
  const whoWords = useWho()
  const nameOf = useFieldName()
  return (
    <Section title={words.title} lead={words.lead}>
      <Loaded query={changes} rows={2}>
        {({ items }) => (
          <Table
            label={words.title}
            rows={items}
            keyOf={row => row.field}
            onOpen={row => setField(row.field)}
            empty={<p className="text-sm text-quiet">{words.none}</p>}
            columns={[
              { head: words.field, cell: row => nameOf(row.field) },
              { head: words.value, cell: row => valueWords(row.value) || words.empty },
              { head: words.by, cell: whoWords },
              {
                head: words.at,
                cell: row => row.at && <span className="whitespace-nowrap">{dates.short(row.at)}</span>,
              },
            ]}
          />
        )}
      </Loaded>
      {field && <History contactId={contactId} field={field} onClose={() => setField(null)} />}
    </Section>
  )
}

/** As the screen calls it; a field of the workspace's own by its label. */
function useFieldName(): (field: string) => string {
  const { one, list } = useWords()
  const { data: own } = useQuery(customFieldsQuery)
  const names: Record<string, string> = {
    ...{ name: one.name, email: one.email, category: one.category, tags: one.tags },
    ...{ phone: list.phone, waKey: one.kinds.wa_id },
  }
  return field => {
    const made = own?.items.find(({ kind, key }) => kind === 'contact' && `custom.${key}` === field)
    return names[field] ?? made?.label ?? field
  }
}

/** Who wrote it, and from what: `Carmen Ruiz, a mano`. */
function useWho(): (change: FieldChange) => string {
  const { why: words } = useWords()
  return ({ actor, source }) => {
    const kind = (actor as { kind?: string } | null)?.kind
    const name = kind === 'customer' ? words.customer : kind === 'system' ? words.system : actorName(actor)
    const from = (source as { kind?: string } | null)?.kind ?? 'hand'
    return `${name}, ${from in words.sources ? words.sources[from as keyof typeof words.sources] : from}`
  }
}

function History({ contactId, field, onClose }: { contactId: string; field: string; onClose: () => void }) {
  const { why: words } = useWords()
  const dates = useDates()
  const whoWords = useWho()
  const nameOf = useFieldName()
  const mayChange = useMay('contacts.change')
  const history = useQuery(provenanceQuery(contactId, field))
  const undo = useAct((id: string) => ask(api.provenance[':id'].undo.$post({ param: { id }, json: {} })), {
    said: words.undone,
    refresh: [['contacts']],
  })
  return (
    <Dialog open onClose={onClose} title={words.history(nameOf(field))} wide>
      <Loaded query={history}>
        {({ items }) => (
          <Table
            label={words.history(nameOf(field))}
            rows={items}
            keyOf={row => row.id ?? 'first'}
            columns={[
              { head: words.value, cell: row => valueWords(row.value) || words.empty },
              { head: words.previous, cell: row => valueWords(row.previous) || words.empty },
              { head: words.by, cell: whoWords, grows: true },
              { head: words.policy, cell: row => row.policy ?? '—' },
              { head: words.at, cell: row => (row.at ? dates.whole(row.at) : '—') },
              {
                head: words.undo,
                cell: row =>
                  mayChange &&
                  row.id && (
                    <Button small disabled={undo.isPending} onClick={() => row.id && undo.mutate(row.id)}>
                      {words.undo}
                    </Button>
                  ),
              },
            ]}
          />
        )}
      </Loaded>
    </Dialog>
  )
}
