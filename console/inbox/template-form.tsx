/** What an approved text still needs, beside what the customer will read. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { api } from '../api/client.ts'
import type { Content } from '../api/tickets.ts'
import type { Answer, Asked } from '../api/types.ts'
import { useText } from '../i18n/index.tsx'
import { Button } from '../ui/button.tsx'
import { Field, inputLook } from '../ui/parts.tsx'
import { HeaderFile, type HeaderMedia, HeaderPreview } from './header-file.tsx'

type Whole = Answer<typeof api.templates.$get>['items'][number]
export type Template = Pick<Whole, 'id' | 'name' | 'language' | 'category' | 'parameterFormat' | 'needs' | 'preview'>
export type Given = Asked<(typeof api.templates)[':id']['preview']['$post']>['json']
export type Previewed = Answer<(typeof api.templates)[':id']['preview']['$post']>

type Props = {
  template: Template
  customer: string
  preview: (templateId: string, given: Given) => Promise<Previewed>
  onBack: () => void
  onSend: (content: Content) => void
}

export function TemplateForm({ template, customer, preview, onBack, onSend }: Props) {
  const { composer: text, common } = useText()
  const { header, body, buttons } = template.needs
  const [values, setValues] = useState<Record<string, string>>(() => firstGuess(body, customer))
  const [media, setMedia] = useState<HeaderMedia | null>(null)
  const set = (name: string, value: string) => setValues(all => ({ ...all, [name]: value }))
  const headerNeeds = header.placeholders ?? []
  const isNamed = template.parameterFormat === 'named'
  const given = (names: string[], prefix: string) =>
    isNamed
      ? Object.fromEntries(names.map(name => [name, values[prefix + name] ?? '']))
      : names.map(name => values[prefix + name] ?? '')
  const asked: Given = {
    ...(body.length > 0 ? { body: given(body, '') } : {}),
    ...(headerNeeds.length > 0 ? { header: given(headerNeeds, 'header.') } : {}),
    ...(media ? { headerMedia: { id: media.id } } : {}),
    ...(buttons.length > 0
      ? { buttons: buttons.map(({ index }) => ({ index, value: values[`button.${index}`] ?? '' })) }
      : {}),
  }
  const { data: read } = useQuery({
    queryKey: ['templates', template.id, 'preview', asked],
    queryFn: () => preview(template.id, asked),
    placeholderData: known => known,
  })
  const send = () =>
    onSend({
      ...{ type: 'template', name: template.name, language: template.language },
      ...(asked.body ? { body: asked.body } : {}),
      ...(asked.header ? { header: { type: 'text', values: asked.header } } : {}),
      ...(media ? { header: { type: header.kind, media: { id: media.id }, ...nameOf(header.kind, media) } } : {}),
      ...(asked.buttons
        ? { buttons: asked.buttons.map((button, nth) => ({ ...button, type: buttons[nth]?.kind })) }
        : {}),
    } as Content)
  const fields: [name: string, label: string][] = [
    ...headerNeeds.map(name => [`header.${name}`, `{{${name}}}`] as [string, string]),
    ...body.map(name => [name, `{{${name}}}`] as [string, string]),
    ...buttons.map(({ index, kind }) => [`button.${index}`, kind] as [string, string]),
  ]
  return (
    <div className="grid gap-5 sm:grid-cols-2">
      <div className="flex flex-col gap-3">
        {fields.length > 0 && <h3 className="font-semibold">{text.parameters}</h3>}
        {takesFile(template) && <HeaderFile kind={header.kind} media={media} onChange={setMedia} />}
        {fields.map(([name, label]) => (
          <Field key={name} label={label}>
            <input className={inputLook} value={values[name] ?? ''} onChange={event => set(name, event.target.value)} />
          </Field>
        ))}
        {read?.problems.map(problem => (
          <p key={problem.field + problem.message} className="text-sm text-warn">
            {problem.message}
          </p>
        ))}
      </div>
      <div className="flex flex-col gap-2">
        <h3 className="font-semibold">{text.preview}</h3>
        <div className="rounded-2xl rounded-tr-md bg-mine p-3">
          {media && <HeaderPreview media={media} />}
          <p className="break-words whitespace-pre-wrap">{read?.text ?? template.preview}</p>
        </div>
        <div className="mt-auto flex justify-end gap-2 pt-3">
          <Button onClick={onBack}>{common.back}</Button>
          <Button look="accent" disabled={!read || read.problems.length > 0} onClick={send}>
            {text.send}
          </Button>
        </div>
      </div>
    </div>
  )
}

/** Whether a file stands over its text. */
export const takesFile = ({ needs }: Template): boolean => ['image', 'video', 'document'].includes(needs.header.kind)

/** Documents are called what the customer sees. */
const nameOf = (kind: string, { name }: HeaderMedia) => (kind === 'document' ? { filename: name } : {})

/** The first space of most templates is a name. */
function firstGuess(names: string[], customer: string): Record<string, string> {
  const [first] = names
  return first && /^(1|name|nombre|nome|first_name)$/i.test(first) ? { [first]: customer.split(' ')[0] ?? '' } : {}
}
