import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, ask } from '../api/client.ts'
import type { Content, WholeTicket } from '../api/tickets.ts'
import type { Answer } from '../api/types.ts'
import { useText } from '../i18n/index.tsx'
import { Button } from '../ui/button.tsx'
import { cx } from '../ui/cx.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Chip, Field, inputLook, Trouble } from '../ui/parts.tsx'

type Template = Answer<typeof api.templates.$get>['items'][number]
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
        <Fill template={chosen} customer={ticket.contact.name ?? ''} onBack={() => setChosen(null)} onSend={onSend} />
      ) : (
        <ul className="flex flex-col gap-2">
          {data?.items.map(template => (
            <li key={template.id}>
              <button
                type="button"
                onClick={() => setChosen(template)}
                className="flex w-full flex-col gap-1 rounded-xl border border-line p-3 text-left hover:bg-page"
              >
                <span className="flex items-center gap-2">
                  <b className="truncate">{template.name}</b>
                  <Chip>{template.language}</Chip>
                  <Chip>{template.category}</Chip>
                </span>
                <span className="line-clamp-2 text-sm text-quiet">{template.preview}</span>
              </button>
            </li>
          ))}
          {data?.items.length === 0 && <p className="py-8 text-center text-quiet">{text.noTemplates}</p>}
          {!data && !error && <p className="py-8 text-center text-quiet">{common.loading}</p>}
        </ul>
      )}
    </Dialog>
  )
}

type FillProps = { template: Template; customer: string; onBack: () => void; onSend: (content: Content) => void }

function Fill({ template, customer, onBack, onSend }: FillProps) {
  const { composer: text, common } = useText()
  const { header, body, buttons } = template.needs
  const [values, setValues] = useState<Record<string, string>>(() => firstGuess(body, customer))
  const set = (name: string, value: string) => setValues(all => ({ ...all, [name]: value }))
  const headerNeeds = header.placeholders ?? []
  const isNamed = template.parameterFormat === 'named'
  const given = (names: string[], prefix: string) =>
    isNamed
      ? Object.fromEntries(names.map(name => [name, values[prefix + name] ?? '']))
      : names.map(name => values[prefix + name] ?? '')
  const asked = {
    ...(body.length > 0 ? { body: given(body, '') } : {}),
    ...(headerNeeds.length > 0 ? { header: given(headerNeeds, 'header.') } : {}),
    ...(isMedia(header.kind) && values.media ? { headerMedia: { link: values.media } } : {}),
    ...(buttons.length > 0
      ? { buttons: buttons.map(({ index }) => ({ index, value: values[`button.${index}`] ?? '' })) }
      : {}),
  }
  const { data: preview } = useQuery({
    queryKey: ['templates', template.id, 'preview', asked],
    queryFn: () => ask(api.templates[':id'].preview.$post({ param: { id: template.id }, json: asked })),
    placeholderData: known => known,
  })
  const send = () =>
    onSend({
      ...{ type: 'template', name: template.name, language: template.language },
      ...(asked.body ? { body: asked.body } : {}),
      ...(asked.header ? { header: { type: 'text', values: asked.header } } : {}),
      ...(asked.headerMedia ? { header: { type: header.kind, media: asked.headerMedia } } : {}),
      ...(asked.buttons
        ? { buttons: asked.buttons.map((button, nth) => ({ ...button, type: buttons[nth]?.kind })) }
        : {}),
    } as Content)
  const fields: [name: string, label: string][] = [
    ...headerNeeds.map(name => [`header.${name}`, `{{${name}}}`] as [string, string]),
    ...(isMedia(header.kind) ? ([['media', 'https://…']] as [string, string][]) : []),
    ...body.map(name => [name, `{{${name}}}`] as [string, string]),
    ...buttons.map(({ index, kind }) => [`button.${index}`, kind] as [string, string]),
  ]
  return (
    <div className="grid gap-5 sm:grid-cols-2">
      <div className="flex flex-col gap-3">
        {fields.length > 0 && <h3 className="font-semibold">{text.parameters}</h3>}
        {fields.map(([name, label]) => (
          <Field key={name} label={label}>
            <input className={inputLook} value={values[name] ?? ''} onChange={event => set(name, event.target.value)} />
          </Field>
        ))}
        {preview?.problems.map(problem => (
          <p key={problem.field + problem.message} className="text-sm text-warn">
            {problem.message}
          </p>
        ))}
      </div>
      <div className="flex flex-col gap-2">
        <h3 className="font-semibold">{text.preview}</h3>
        <p className={cx('rounded-2xl rounded-tr-md bg-mine p-3 break-words whitespace-pre-wrap')}>
          {preview?.text ?? template.preview}
        </p>
        <div className="mt-auto flex justify-end gap-2 pt-3">
          <Button onClick={onBack}>{common.back}</Button>
          <Button look="accent" disabled={!preview || preview.problems.length > 0} onClick={send}>
            {text.send}
          </Button>
        </div>
      </div>
    </div>
  )
}

const isMedia = (kind: string) => ['image', 'video', 'document'].includes(kind)

/** The first space of most templates is a name. */
function firstGuess(names: string[], customer: string): Record<string, string> {
  const [first] = names
  return first && /^(1|name|nombre|nome|first_name)$/i.test(first) ? { [first]: customer.split(' ')[0] ?? '' } : {}
}
