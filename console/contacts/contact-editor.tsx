/** What is known of a person, fields of the workspace's own too. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, ask } from '../api/client.ts'
import type { WholeContact } from '../api/contacts.ts'
import type { Asked } from '../api/types.ts'
import { useAct } from '../api/use-act.ts'
import { customFieldsQuery } from '../data/fields.tsx'
import { useWords } from '../i18n/contacts/index.ts'
import { useText } from '../i18n/index.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Choice, Form, TextField } from '../ui/form.tsx'
import { WordsField } from '../ui/words-field.tsx'
import { CustomValue, type Value } from './custom-value.tsx'

type Change = Asked<(typeof api.contacts)[':id']['$patch']>['json']

export function ContactEditor({ contact, onClose }: { contact: WholeContact; onClose: () => void }) {
  const { one } = useWords()
  const { common } = useText()
  const { data: fields } = useQuery(customFieldsQuery)
  const [draft, setDraft] = useState({
    ...{ name: contact.name ?? '', email: contact.email ?? '', category: contact.category, tags: contact.tags },
  })
  const [custom, setCustom] = useState<Record<string, Value>>({})
  const set = (change: Partial<typeof draft>) => setDraft({ ...draft, ...change })
  const save = useAct(
    () => {
      const { name, email, ...rest } = draft
      const json: Change = { ...rest, name: name || null, email: email || null, custom }
      return ask(api.contacts[':id'].$patch({ param: { id: contact.id }, json }))
    },
    { isForm: true, said: one.saved, refresh: [['contacts'], ['tickets']], onDone: onClose },
  )
  return (
    <Dialog open onClose={onClose} title={one.edit} wide>
      <Form
        onSubmit={() => save.mutate(undefined)}
        submit={common.save}
        error={save.error}
        isBusy={save.isPending}
        onCancel={onClose}
      >
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField label={one.name} name="name" value={draft.name} onChange={name => set({ name })} />
          <TextField
            label={one.email}
            name="email"
            type="email"
            value={draft.email}
            onChange={email => set({ email })}
          />
          <Choice
            label={one.category}
            value={draft.category}
            onChange={category => category && set({ category })}
            options={(['standard', 'vip'] as const).map(each => [each, one.categories[each]])}
          />
          <WordsField
            label={one.tags}
            name="tags"
            hint={one.tagsHint}
            value={draft.tags}
            onChange={tags => set({ tags })}
          />
          {fields?.items
            .filter(({ kind }) => kind === 'contact')
            .map(field => (
              <CustomValue
                key={field.id}
                field={field}
                value={custom[field.key] ?? (contact.custom[field.key] as Value | undefined) ?? null}
                onChange={value => setCustom({ ...custom, [field.key]: value })}
              />
            ))}
        </div>
      </Form>
    </Dialog>
  )
}
