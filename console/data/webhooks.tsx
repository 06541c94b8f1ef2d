/** Systems of the customer's own that are told: where, of what, and what was sent to each. */
import { useQuery } from '@tanstack/react-query'
import { Plus, Webhook } from 'lucide-react'
import { useState } from 'react'
import { api, ask } from '../api/client.ts'
import type { Answer, Asked } from '../api/types.ts'
import { useAct } from '../api/use-act.ts'
import { useWords } from '../i18n/data/index.ts'
import { useText } from '../i18n/index.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Form, TextField, Ticks } from '../ui/form.tsx'
import { ShownOnce } from '../ui/once.tsx'
import { Loaded, Page } from '../ui/page.tsx'
import { Chip, Empty } from '../ui/parts.tsx'
import { Table } from '../ui/table.tsx'
import { WebhookDeliveries } from './webhook-deliveries.tsx'

const at = api['webhook-endpoints']
export type Endpoint = Answer<typeof at.$get>['items'][number]
type Event = Asked<typeof at.$post>['json']['events'][number]
export const endpointsKey = ['webhook-endpoints']
export const endpointTones = { active: 'good', disabled: 'plain', failing: 'danger' } as const
const events = [
  ...(['ticket.created', 'ticket.updated', 'ticket.assigned', 'ticket.resolved', 'ticket.reopened'] as const),
  ...(['message.received', 'message.sent', 'message.delivered', 'message.read', 'message.failed'] as const),
  ...(['contact.created', 'contact.updated', 'sla.warned', 'sla.breached'] as const),
] satisfies Event[]

export function Webhooks() {
  const { webhooks: words } = useWords()
  const list = useQuery({ queryKey: endpointsKey, queryFn: () => ask(at.$get()) })
  const [open, setOpen] = useState<{ edits: Endpoint | 'new' } | { shows: string } | { secret: string } | null>(null)
  const close = () => setOpen(null)
  const shown = open && 'shows' in open ? list.data?.items.find(({ id }) => id === open.shows) : undefined
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={
        <Button look="accent" onClick={() => setOpen({ edits: 'new' })}>
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
              onOpen={row => setOpen({ shows: row.id })}
              empty={<Empty icon={<Webhook />} title={words.none} lead={words.noneLead} />}
              columns={[
                { head: words.url, cell: row => <span className="break-all">{row.url}</span>, grows: true },
                { head: words.description, cell: row => row.description || '—' },
                { head: words.events, cell: row => row.events.length, isNumber: true },
                {
                  head: words.state,
                  cell: row => <Chip tone={endpointTones[row.state]}>{words.states[row.state]}</Chip>,
                },
              ]}
            />
          )}
        </Loaded>
      </div>
      {open && 'edits' in open && (
        <Editor
          endpoint={open.edits === 'new' ? null : open.edits}
          onClose={close}
          onSecret={secret => setOpen({ secret })}
        />
      )}
      {shown && (
        <WebhookDeliveries
          endpoint={shown}
          onClose={close}
          onEdit={() => setOpen({ edits: shown })}
          onSecret={secret => setOpen({ secret })}
        />
      )}
      {open && 'secret' in open && (
        <ShownOnce title={words.secret} lead={words.secretLead} value={open.secret} onClose={close} />
      )}
    </Page>
  )
}

function Editor({
  endpoint,
  onClose,
  onSecret,
}: {
  endpoint: Endpoint | null
  onClose: () => void
  onSecret: (secret: string) => void
}) {
  const { webhooks: words } = useWords()
  const { common } = useText()
  const [url, setUrl] = useState(endpoint?.url ?? 'https://')
  const [description, setDescription] = useState(endpoint?.description ?? '')
  const [chosen, setChosen] = useState<Event[]>(
    endpoint ? events.filter(each => endpoint.events.includes(each)) : ['ticket.created', 'ticket.resolved'],
  )
  const json = { url, description, events: chosen }
  const options = { isForm: true, said: words.saved, refresh: [endpointsKey] }
  const add = useAct(() => ask(at.$post({ json })), { ...options, onDone: ({ secret }) => onSecret(secret) })
  const change = useAct((id: string) => ask(at[':id'].$patch({ param: { id }, json })), { ...options, onDone: onClose })
  return (
    <Dialog open onClose={onClose} title={endpoint ? words.edit : words.add} wide>
      <Form
        onSubmit={() => (endpoint ? change.mutate(endpoint.id) : add.mutate(undefined))}
        submit={common.save}
        error={add.error ?? change.error}
        isBusy={add.isPending || change.isPending || chosen.length === 0}
        onCancel={onClose}
      >
        <TextField label={words.url} name="url" type="url" value={url} onChange={setUrl} required />
        <TextField label={words.description} name="description" value={description} onChange={setDescription} />
        <Ticks label={words.events} value={chosen} onChange={setChosen} options={events.map(each => [each, each])} />
      </Form>
    </Dialog>
  )
}
