/** The same mapping as a file, to be kept and reviewed elsewhere and loaded here as a draft. */
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { api, ask } from '../api/client.ts'
import { useMay } from '../api/session.ts'
import { useAct } from '../api/use-act.ts'
import { useText } from '../i18n/index.tsx'
import { useWords } from '../i18n/mapping/index.ts'
import { Button } from '../ui/button.tsx'
import { Choice, Form, TextArea } from '../ui/form.tsx'
import { Section } from '../ui/page.tsx'
import { useToast } from '../ui/toasts.tsx'
import { fileQuery, mappingQuery, refreshMapping, stampOf } from './questions.ts'

export function AsCode({ connectionId: id }: { connectionId: string }) {
  const words = useWords()
  const { common } = useText()
  const say = useToast()
  const mayEdit = useMay('connections.manage')
  const { data: whole } = useQuery(mappingQuery(id))
  const hasDraft = whole?.draft !== null && whole?.draft !== undefined
  const [which, setWhich] = useState<'active' | 'draft'>('active')
  const shown = which === 'draft' && hasDraft ? 'draft' : 'active'
  const { data: file } = useQuery(fileQuery(id, shown, stampOf(whole)))
  const [text, setText] = useState('')
  useEffect(() => setText(file?.text ?? ''), [file])
  const load = useAct(
    () => ask(api.connections[':id'].mapping.file.$put({ param: { id }, json: { format: 'yaml', text } })),
    { isForm: true, said: words.loaded, refresh: refreshMapping(id) },
  )
  const copy = () => void navigator.clipboard.writeText(text).then(() => say(common.copied))
  return (
    <Section
      title={words.code}
      lead={words.codeLead}
      actions={
        <Button small onClick={copy}>
          {common.copy}
        </Button>
      }
    >
      {hasDraft && (
        <Choice
          label={words.which}
          value={shown}
          onChange={next => next && setWhich(next)}
          options={[
            ['active', words.whichActive],
            ['draft', words.whichDraft],
          ]}
        />
      )}
      {mayEdit ? (
        <Form onSubmit={() => load.mutate(undefined)} submit={words.load} error={load.error} isBusy={load.isPending}>
          <TextArea label="YAML" value={text} onChange={setText} rows={20} mono required />
        </Form>
      ) : (
        <TextArea label="YAML" value={text} onChange={() => {}} rows={20} mono />
      )}
    </Section>
  )
}
