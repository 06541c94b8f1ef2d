/** Keys of other programs. */
import { useQuery } from '@tanstack/react-query'
import { KeyRound, Plus } from 'lucide-react'
import { useState } from 'react'
import { api, ask } from '../api/client.ts'
import type { Permission } from '../api/session.ts'
import type { Answer } from '../api/types.ts'
import { useAct } from '../api/use-act.ts'
import { useWords } from '../i18n/data/index.ts'
import { Button } from '../ui/button.tsx'
import { ConfirmButton } from '../ui/confirm.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Form, NumberField, TextField } from '../ui/form.tsx'
import { ShownOnce } from '../ui/once.tsx'
import { Loaded, Page } from '../ui/page.tsx'
import { Chip, Empty } from '../ui/parts.tsx'
import { Table } from '../ui/table.tsx'
import { useDates, useNow } from '../ui/time.ts'
import { PermissionTicks } from './permission-ticks.tsx'

type Key = Answer<typeof api.keys.$get>['items'][number]
const queryKey = ['keys']

export function Keys() {
  const { keys: words } = useWords()
  const dates = useDates()
  const list = useQuery({ queryKey, queryFn: () => ask(api.keys.$get()) })
  const [isAdding, setAdding] = useState(false)
  const [made, setMade] = useState<string | null>(null)
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={
        <Button look="accent" onClick={() => setAdding(true)}>
          <Plus className="size-4" /> {words.add}
        </Button>
      }
    >
      <div className="rounded-2xl border border-line bg-panel p-4">
        <Loaded query={list}>
          {({ items }) => (
            <Table
              label={words.title}
              rows={items}
              keyOf={row => row.id}
              empty={<Empty icon={<KeyRound />} title={words.none} lead={words.lead} />}
              columns={[
                { head: words.name, cell: row => row.name, grows: true },
                { head: words.hint, cell: row => (row.hint ? <code>…{row.hint}</code> : '—') },
                { head: words.permissions, cell: row => row.permissions.length, isNumber: true },
                { head: words.lastUsed, cell: row => (row.lastUsedAt ? dates.whole(row.lastUsedAt) : words.never) },
                { head: words.until, cell: row => (row.expiresAt ? dates.whole(row.expiresAt) : words.never) },
                { head: words.state, cell: row => <State of={row} /> },
              ]}
            />
          )}
        </Loaded>
      </div>
      {isAdding && (
        <NewKey
          onClose={() => setAdding(false)}
          onMade={key => {
            setAdding(false)
            setMade(key)
          }}
        />
      )}
      {made && <ShownOnce title={words.made} lead={words.madeLead} value={made} onClose={() => setMade(null)} />}
    </Page>
  )
}

function State({ of: { id, name, expiresAt, revokedAt } }: { of: Key }) {
  const { keys: words } = useWords()
  const now = useNow()
  const revoke = useAct(() => ask(api.keys[':id'].revoke.$post({ param: { id } })), {
    said: words.revoked,
    refresh: [queryKey],
  })
  if (revokedAt) return <Chip>{words.revoked}</Chip>
  if (expiresAt && Date.parse(expiresAt) <= now) return <Chip tone="warn">{words.over}</Chip>
  return (
    <ConfirmButton
      small
      look="danger"
      question={words.revokeAsk(name)}
      lead={words.revokeLead}
      yes={words.revoke}
      onYes={() => revoke.mutate(undefined)}
    >
      {words.revoke}
    </ConfirmButton>
  )
}

function NewKey({ onClose, onMade }: { onClose: () => void; onMade: (key: string) => void }) {
  const { keys: words } = useWords()
  const [name, setName] = useState('')
  const [permissions, setPermissions] = useState<Permission[]>(['tickets.read', 'contacts.read'])
  const [expiresInDays, setDays] = useState<number | null>(90)
  const make = useAct(() => ask(api.keys.$post({ json: { name, permissions, expiresInDays } })), {
    isForm: true,
    refresh: [queryKey],
    onDone: ({ key }) => onMade(key),
  })
  return (
    <Dialog open onClose={onClose} title={words.add} lead={words.lead} wide>
      <Form
        onSubmit={() => make.mutate(undefined)}
        submit={words.add}
        error={make.error}
        isBusy={make.isPending}
        onCancel={onClose}
      >
        <TextField label={words.name} name="name" value={name} onChange={setName} required />
        <NumberField
          label={words.expires}
          name="expiresInDays"
          value={expiresInDays}
          onChange={setDays}
          min={1}
          max={3650}
        />
        <PermissionTicks label={words.permissions} value={permissions} onChange={setPermissions} />
      </Form>
    </Dialog>
  )
}
