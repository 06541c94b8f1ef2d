import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, ask } from '../api/client.ts'
import type { Content, WholeTicket } from '../api/tickets.ts'
import { useText } from '../i18n/index.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Trouble } from '../ui/parts.tsx'
import { type Given, type Template, TemplateForm } from './template-form.tsx'
import { TemplateList } from './template-list.tsx'

type Props = { open: boolean; ticket: WholeTicket; onClose: () => void; onSend: (content: Content) => void }

/** Approved texts, with what is to be filled in and what the customer will read. */
export function TemplatePicker({ open, ticket, onClose, onSend }: Props) {
  const { composer: text, common } = useText()
  const { data, error, refetch } = useQuery({
    queryKey: ['templates', 'approved'],
    queryFn: () => ask(api.templates.$get({ query: { status: 'approved' } })),
    enabled: open,
  })
  const [chosen, setChosen] = useState<Template | null>(null)
  const close = () => {
    setChosen(null)
    onClose()
  }
  return (
    <Dialog open={open} onClose={close} title={text.chooseTemplate} wide>
      {error && <Trouble error={error} retry={() => void refetch()} />}
      {chosen ? (
        <TemplateForm
          template={chosen}
          customer={ticket.contact.name ?? ''}
          preview={preview}
          onBack={() => setChosen(null)}
          onSend={onSend}
        />
      ) : data ? (
        <TemplateList templates={data.items} onChoose={setChosen} />
      ) : (
        !error && <p className="py-8 text-center text-quiet">{common.loading}</p>
      )}
    </Dialog>
  )
}

const preview = (id: string, json: Given) => ask(api.templates[':id'].preview.$post({ param: { id }, json }))
