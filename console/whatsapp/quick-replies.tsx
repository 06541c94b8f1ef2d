/** Shared texts by shortcut. */
import { useQuery } from '@tanstack/react-query'
import { Zap } from 'lucide-react'
import { useState } from 'react'
import { api, ask } from '../api/client.ts'
import { useMay, useMe } from '../api/session.ts'
import { quickRepliesQuery } from '../api/tickets.ts'
import type { Answer } from '../api/types.ts'
import { useAct } from '../api/use-act.ts'
import { languages, useText } from '../i18n/index.tsx'
import { useWords } from '../i18n/whatsapp/index.ts'
import { ConfirmButton } from '../ui/confirm.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { EditableList } from '../ui/editable-list.tsx'
import { Choice, Form, TextArea, TextField } from '../ui/form.tsx'
import { Empty } from '../ui/parts.tsx'
import { useDates } from '../ui/time.ts'

type QuickReply = Answer<(typeof api)['quick-replies']['$get']>['items'][number]
const refresh = [quickRepliesQuery.queryKey]
const names = { es: 'Español', en: 'English', pt: 'Português' }
const variables = [
  ...['contact.name', 'contact.firstName', 'contact.phone', 'ticket.number', 'ticket.subject'],
  ...['agent.name', 'agent.firstName', 'channel.name', 'workspace.name'],
]

export function QuickRepliesPage() {
  const { quick: words } = useWords()
  const dates = useDates()
  const mayManage = useMay('quick-replies.manage')
  const list = useQuery(quickRepliesQuery)
  return (
    <EditableList
      title={words.title}
      lead={words.lead}
      query={list}
      add={mayManage && words.add}
      opens={mayManage}
      empty={<Empty icon={<Zap />} title={words.none} lead={words.noneLead} />}
      columns={[
        { head: words.shortcut, cell: row => `/${row.shortcut}` },
        { head: words.name, cell: row => row.title },
        { head: words.body, cell: row => <span className="line-clamp-2">{row.body}</span>, grows: true },
        { head: words.category, cell: row => row.category ?? '—' },
        { head: words.uses, cell: row => row.uses, isNumber: true },
        { head: words.lastUsed, cell: row => (row.lastUsedAt ? dates.short(row.lastUsedAt) : '—') },
      ]}
      editor={(reply, onClose) => <Editor reply={reply} onClose={onClose} />}
    />
  )
}

function Editor({ reply, onClose }: { reply: QuickReply | null; onClose: () => void }) {
  const { quick: words } = useWords()
  const { common } = useText()
  const me = useMe()
  const [draft, setDraft] = useState({
    ...{ shortcut: reply?.shortcut ?? '', title: reply?.title ?? '', category: reply?.category ?? '' },
    ...{ language: languages.find(each => each === reply?.language) ?? me.language, body: reply?.body ?? '' },
  })
  const set = (change: Partial<typeof draft>) => setDraft({ ...draft, ...change })
  const save = useAct(
    () => {
      const json = { ...draft, shortcut: draft.shortcut.replace(/^\//, ''), category: draft.category || null }
      return reply
        ? ask(api['quick-replies'][':id'].$put({ param: { id: reply.id }, json }))
        : ask(api['quick-replies'].$post({ json }))
    },
    { isForm: true, said: words.saved, refresh, onDone: onClose },
  )
  const remove = useAct((id: string) => ask(api['quick-replies'][':id'].$delete({ param: { id } })), {
    said: words.removed,
    refresh,
    onDone: onClose,
  })
  return (
    <Dialog open onClose={onClose} title={reply ? words.edit : words.add}>
      <Form
        onSubmit={() => save.mutate(undefined)}
        submit={common.save}
        error={save.error}
        isBusy={save.isPending}
        onCancel={onClose}
      >
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField
            label={words.shortcut}
            name="shortcut"
            hint={words.shortcutHint}
            value={draft.shortcut}
            onChange={shortcut => set({ shortcut })}
            required
          />
          <TextField label={words.name} name="title" value={draft.title} onChange={title => set({ title })} required />
          <TextField
            label={words.category}
            name="category"
            value={draft.category}
            onChange={category => set({ category })}
          />
          <Choice
            label={words.language}
            value={draft.language}
            onChange={language => language && set({ language })}
            options={languages.map(each => [each, names[each]])}
          />
        </div>
        <TextArea
          label={words.body}
          name="body"
          value={draft.body}
          onChange={body => set({ body })}
          required
          rows={5}
        />
        <fieldset className="flex flex-wrap gap-1.5">
          <legend className="mb-1.5 text-sm font-medium">{words.variables}</legend>
          {variables.map(name => (
            <button
              key={name}
              type="button"
              onClick={() => set({ body: `${draft.body}{{${name}}}` })}
              className="rounded-full bg-page px-2.5 py-1 text-xs hover:bg-soft"
            >
              {`{{${name}}}`}
            </button>
          ))}
        </fieldset>
      </Form>
      {reply && (
        <ConfirmButton
          look="danger"
          className="self-start"
          question={words.remove(reply.shortcut)}
          yes={common.remove}
          onYes={() => remove.mutate(reply.id)}
        >
          {common.remove}
        </ConfirmButton>
      )}
    </Dialog>
  )
}
